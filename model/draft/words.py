"""The words of a draft: neutral ones, that are right of things and of people, in a file for a person to write over."""

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from model.declare.words import NEUTRAL_WARNING, Words

from .draft import Draft
from .names import WHO, plural_of

HEAD = """\
# What the pages say of the model {name}. Change any line and load the pages anew; nothing has to be trained again.
# `python run.py words {name}` lists what only a person can write.
# What else may stand here, each in quotation marks: {others}.

"""

# So many inputs are named that may know too much.
MOST_NAMED = 3


def neutral_words(draft: Draft) -> dict[str, Any]:
    told, one, table = draft.target, draft.one, draft.path.name
    many = plural_of(one)
    # Braces stand for numbers in these two.
    of_rows = f"{{rows}} {many} of {table.replace('{', '{{').replace('}', '}}')}"
    said = {
        "title": told.label,
        "lead": f"From {of_rows}.",
        "those": f"{many} with these answers",
        "warning": " ".join([NEUTRAL_WARNING, *warn_of_leaks(draft)]),
        "data_line": of_rows,
        "source": f"the file {table}",
        "one": one,
        "many": many,
        "things": one not in WHO,
        "another": f"Another {one}",
    }
    order = [about.name for about in fields(Words)]
    return dict(sorted({**said, **told.words()}.items(), key=lambda pair: order.index(pair[0])))


def warn_of_leaks(draft: Draft) -> Iterator[str]:
    """Whoever reads a page has not seen what was said of its inputs when it was drafted."""
    if draft.leaks:
        names = [f"“{name}”" for name in list(draft.leaks)[:MOST_NAMED]]
        more = len(draft.leaks) - len(names)
        *others, last = [*names, f"{more} more"] if more else names
        yield (
            f"It may look better than it is: {', '.join(others) + ' and ' if others else ''}{last} may not be known beforehand."
        )


def write_words(draft: Draft) -> str:
    """The file of words, as TOML has it."""
    words = neutral_words(draft)
    others = ", ".join(about.name for about in fields(Words) if about.name not in words)
    # A text in JSON's quotation marks is one in TOML's, but for one character that nobody sees.
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}".replace("\x7f", "") for name, value in words.items()]
    return HEAD.format(name=draft.name, others=others) + "\n".join(lines) + "\n"
