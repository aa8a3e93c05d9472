"""Writing a draft as a declaration that reads as if a person had written it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from itertools import chain
from pathlib import Path
from typing import Any

from model.declare.numerals import written

from .columns import Column
from .draft import Draft
from .numbers import plain
from .report import block_of, is_tried_on_logarithm
from .tidied import Reader

WIDTH = 112
# How weakly the ridge holds, of which cross-validation takes the best; of very many rows it matters little.
STRENGTHS = (0.03, 0.1, 0.3, 1, 3, 10, 30)
FEW_STRENGTHS = (0.1, 1, 10)
QUICK_STRENGTHS = (0.01, 0.1, 1)
MANY_ROWS = 5_000
# Of fewer rows than this, steps learn by heart what curves draw.
ENOUGH_ROWS = 500
MANY_INPUTS = 15


def write_declaration(draft: Draft, folder: Path) -> str:
    """The text of the declaration’s file, in this folder."""
    form = "".join(part.capitalize() for part in draft.name.split("_")) + "Form"
    blocks = list(chain.from_iterable(map(block, draft.columns)))
    if len(draft.columns) == 1:
        blocks = [", ".join(blocks)]
    table = os.path.relpath(draft.path.resolve(), folder.resolve()).replace(os.sep, "/")
    told = comment(draft.target.guess)
    uses = {"Boosted", "Trees"} if not draft.wishes.quick else {"Blend", "Boosted"} if blends_quickly(draft) else set()
    skewed = on_offer_on_logarithms(draft)
    uses |= {"on_logarithms"} if skewed else set()
    uses |= {
        "Candidate",
        "Example",
        "Model",
        "Recipe",
        "Words",
        *(one.partition("(")[0] for one in blocks if "(" in one),
    }
    uses |= {"NumberField" if column.is_number else "ChoiceField" for column in draft.columns}
    reads = {"Tidied", *(type(one).__name__ for one in draft.readers.values())}
    model = [
        f'name="{draft.name}", kind="{draft.target.kind}", form={form},',
        "fieldsets={",
        *(f"    {line}" for name, inputs in draft.fieldsets.items()
          for line in wrapped(f"{text(name)}: (", map(text, inputs), "),", 0)),
        "},",
        f"recipe={recipe(draft)[0]}{told}",
        *recipe(draft)[1:],
        "examples=[",
        *(line for one in draft.examples for line in wrapped(f"    Example({text(one.name)}, {{", pairs(one.answers), "}),")),
        "],",
        'words=Words.from_file(Path(__file__).with_suffix(".words.toml")),',
    ]  # fmt: skip
    return "\n".join([
        f'"""{spoken(draft.target.label)}, learnt from {spoken(draft.path.name)}.',
        "",
        "A draft: what is a guess says so. Change what you know better, and train again.",
        '"""',
        "",
        "from pathlib import Path",
        "",
        "from wtforms import Form",
        "",
        *imported("model.declare", uses),
        f"from model.draft import {', '.join(sorted(reads))}",
        "",
        "",
        f"class {form}(Form):",
        *(line for column in draft.columns for line in write_field(column)),
        "",
        "",
        "# How each column of the table is read: the inputs, then what is told of them.",
        "TABLE = Tidied(",
        f"    Path(__file__).parent / {text(table)},",
        *(line for name, one in draft.readers.items() for line in write_reader(name, one)),
        ")",
        "",
        *wrapped("BLOCKS = (", blocks, ")", 0),
        *(wrapped("ON_LOGARITHMS = on_logarithms(", ["BLOCKS", *map(text, skewed)], ")", 0) if skewed else ()),
        "",
        "MODEL = Model(",
        *(f"    {line}" for line in model),
        ")",
        "",
    ])  # fmt: skip


def is_much(draft: Draft) -> bool:
    """Whether boosting takes long, since it learns each input's steps for each class."""
    return draft.rows > MANY_ROWS or len(draft.columns) * len(draft.target.classes or "1") > MANY_INPUTS


def recipe(draft: Draft) -> list[str]:
    """What is learnt and how, as lines: the one place that knows what a recipe can say."""
    told = draft.target
    says = [f'table=TABLE, target="{told.name}",']
    for name, value in told.answers.items():
        if isinstance(value, dict):
            says += wrapped(f"{name}={{", pairs(value), "},", 0)
        else:
            says[0] += f" {name}={value_of(value)},"
    if draft.wishes.quick and draft.rows < ENOUGH_ROWS:
        named = 'name=f"curves, C = {C:g}"'
        says += [f"candidates=[Candidate(BLOCKS, C=C, {named}) for C in {QUICK_STRENGTHS}],", "folds=3, inner_folds=3,"]
    elif draft.wishes.quick:
        few = comment("few cases" if draft.is_small else "")
        curves = f"Candidate(BLOCKS, C={0.3 if draft.is_small else 1.0})"
        way = f"Blend({curves}, Boosted(pairs=10, bags=2), 0.5)" if blends_quickly(draft) else curves
        says += [f"candidates=[{way}],{few}", "folds=3,"]
    else:
        strengths = FEW_STRENGTHS if draft.rows > MANY_ROWS else STRENGTHS
        says += [
            "# Cross-validation takes a blend of curves and steps, or whatever of these is clearly better. Trees, which",
            "# have no sum to show, must be better by 2 %.",
            "candidates=[",
            f'    *(Candidate(BLOCKS, C=C, name=f"curves, C = {{C:g}}") for C in {strengths}),',
            *(
                [
                    f'    *(Candidate(ON_LOGARITHMS, C=C, name=f"curves on logarithms, C = {{C:g}}") for C in {FEW_STRENGTHS}),'
                ]
                if on_offer_on_logarithms(draft)
                else ()
            ),
            f"    Boosted({'pairs=10, bags=4' if is_much(draft) else ''}),",
            "    Trees(leaves=8, ridge=1.0), Trees(leaves=31), Trees(leaves=31, rounds=100),",
            "],",
            "blends=(0.25, 0.5, 0.75), folds=5, inner_folds=3,",
        ]
    if any(column.missing for column in draft.columns):
        says.append('unknown="learnt",')
    says += [f"{name}={value_of(value)}," for name, value in told.measured(draft.rows).items()]
    if draft.groups:
        groups = (f"{text(name)}: {tuple_of(map(plain, edges))}" for name, edges in draft.groups.items())
        says += wrapped("groups={", groups, "},", 0)
    for option, name in {"weights": "weights", "group": "grouped_by", "order_by": "ordered_by"}.items():
        if option in draft.beside:
            says.append(f'{name}="{draft.beside[option][0]}",')
    says.append(
        "shows_rows=True,"
        if draft.wishes.show_rows
        else "shows_rows=False,  # no page and no file that is served has a row of the table, or a count under 10"
    )
    return ["Recipe(", *(f"    {line}" for line in says), "),"]


def on_offer_on_logarithms(draft: Draft) -> list[str]:
    """The inputs that cross-validation may put on their logarithms."""
    return [] if draft.wishes.quick else [one.name for one in draft.columns if is_tried_on_logarithm(one)]


def blends_quickly(draft: Draft) -> bool:
    """Whether curves with steps beside them are one recipe that does well unseen: not of few rows, and quick of one score."""
    return draft.rows >= ENOUGH_ROWS and not draft.target.classes


def block(column: Column) -> Sequence[str]:
    """What a score is built of for this input, in pieces that may stand on lines of their own."""
    how = block_of(column)
    if how == "table":
        return [f'Table("{column.name}")']
    if how == "ladder":
        return [f'Ladder("{column.name}")']
    if how == "line":
        return [f'Slope("{column.name}")']
    return [f'Curve("{column.name}", knots={tuple_of(map(plain, column.numbers.knots))}', "straight=True)"]


def write_field(column: Column) -> Iterable[str]:
    """A field of the form, with what was guessed at its end."""
    says = [text(column.label), f"thing={text(f'the value of {column.label}')}"]
    if column.is_number:
        asked = column.numbers
        ends = written(f"from {plain(asked.lowest)} to {plain(asked.highest)}")
        says += ["whole=True"] if asked.whole else []
        says += [f"between=({plain(asked.lowest)}, {plain(asked.highest)})", f'like="{asked.like}"']
        says += [f"unit={text(asked.unit)}"] if asked.unit else []
        says += [f'hint="{"A whole number" if asked.whole else "A number"} {ends}"']
        says += ['beyond="The data goes no further"']
    else:
        says += [f"plural={text(f'values of {column.label}')}", *flat("choices={", pairs(column.choices), "}")]
        says += ["ordered=True"] if column.ordered else []
    says += ["may_be_unknown=True"] if column.missing else []
    guesses = comment("; ".join(column.guesses))
    kind = "NumberField" if column.is_number else "ChoiceField"
    yield from wrapped(f"    {column.name} = {kind}(", says, f"){guesses}", 4, always=True)


def write_reader(name: str, reader: Reader) -> Iterable[str]:
    """How a column is read: what is not as usual."""
    usual = {about.name: about.default for about in fields(reader)}
    says = [text(reader.column)]
    for about, value in vars(reader).items():
        if about != "column" and value != usual[about]:
            several = isinstance(value, tuple)
            says += flat(f"{about}=(", map(text, value), ")") if several else [f"{about}={value_of(value)}"]
    yield from wrapped(f"    {name}={type(reader).__name__}(", says, "),")


def flat(start: str, parts: Iterable[str], end: str) -> list[str]:
    """Brackets within others: in one piece if that fits in a line, else as parts to be put in lines with theirs."""
    first, *others = parts
    whole = f"{start}{', '.join([first, *others])}{',' if end == ')' and not others else ''}{end}"
    if not others or len(whole) < WIDTH - 16:
        return [whole]
    return [f"\n{start}{first}", *others[:-1], f"{others[-1]}{end}"]


def wrapped(start: str, parts: Iterable[str], end: str, indent: int = 4, always: bool = False) -> list[str]:
    """Parts in brackets: on one line if they fit, else as many a line as fit."""
    parts = list(parts)
    only = "," if len(parts) == 1 and end[0] == ")" and start[-2:] in (" (", "=(") else ""
    whole = f"{start}{', '.join(parts)}{only}{end}"
    if len(whole) <= WIDTH - 8 and not always:
        return [whole]
    lines, line = [start], ""
    for part in parts:
        if line and (part[0] == "\n" or len(line) + len(part) + 2 > WIDTH - indent - 8):
            lines, line = [*lines, f"{' ' * (indent + 4)}{line}"], ""
        line += f"{' ' if line else ''}{part.lstrip()},"
    return [*lines, f"{' ' * (indent + 4)}{line}", f"{' ' * indent}{end}"]


def comment(guess: str) -> str:
    """A mark at the end of a line; what a table holds must not end it."""
    return f"  # guess: {spoken(guess)}" if guess else ""


def spoken(said: str) -> str:
    """A text of the table’s on one line, without marks that would end a docstring."""
    return " ".join(
        "".join(one if one.isprintable() else " " for one in said).replace("\\", "/").replace('"', "'").split()
    )


def imported(module: str, uses: Iterable[str]) -> list[str]:
    whole = f"from {module} import {', '.join(sorted(uses))}"
    return [whole] if len(whole) <= WIDTH else wrapped(f"from {module} import (", sorted(uses), ")", 0)


def pairs(values: Mapping[str, Any]) -> list[str]:
    return [f"{text(name)}: {value_of(value)}" for name, value in values.items()]


def value_of(value: Any) -> str:
    return text(value) if isinstance(value, str) else plain(value) if isinstance(value, float) else repr(value)


def tuple_of(parts: Iterable[str]) -> str:
    parts = list(parts)
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"


def text(value: str) -> str:
    """A text in double quotation marks."""
    plain = repr(value)
    return plain if plain[0] == '"' or '"' in value else f'"{plain[1:-1]}"'.replace("\\'", "'")
