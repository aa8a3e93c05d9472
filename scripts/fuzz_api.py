"""Ask the running API thousands of questions that its OpenAPI document allows, and that it forbids: python scripts/fuzz_api.py

Starts `python run.py` and lets schemathesis make up the questions and check every answer: no server error, no
answer that the document does not describe, nothing good refused, nothing bad accepted.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import strategies as st
from PIL import Image
from schemathesis.cli import schemathesis as command

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests import photos  # noqa: E402
from tests.processes import Server, server  # noqa: E402

FEWEST_CASES = 3_000
SMALLEST_SHARE = 0.99
TYPED_NUMBER = re.compile(r"(whole-)?number-from-(\S+)-to-(\S+)")
NUMBER = re.compile(r"\s*[+-]?\d+(\.\d*)?\s*")

asked: Counter[tuple[str, str, int]] = Counter()


@schemathesis.hook
def after_call(context: schemathesis.HookContext, case: schemathesis.Case, response: schemathesis.Response) -> None:
    asked[case.operation.label, case.meta.generation.mode.value, response.status_code] += 1


@schemathesis.hook
def filter_case(context: schemathesis.HookContext, case: schemathesis.Case) -> bool:
    """Leave out what is bad on paper only: an empty list in a multipart body, which is not sent at all, and a text
    that happens to be the number asked for, since schemathesis knows how to write our formats and not how to read them.
    """
    fields = case.body if isinstance(case.body, dict) else {}
    if case.media_type == "multipart/form-data":
        return not any(value in ([], {}) for value in fields.values())
    bad = case.meta is not None and case.meta.generation.mode.value == "negative"
    return not (bad and any(isinstance(value, str) and NUMBER.fullmatch(value) for value in fields.values()))


# -- what people would send ------------------------------------------------------------------------


def typed_numbers(whole: bool, lowest: float, highest: float) -> st.SearchStrategy[str]:
    """Numbers in this range as a person may type them."""
    tenths = st.integers(math.ceil(lowest * 10), math.floor(highest * 10)).map(lambda number: f"{number / 10:.1f}")
    numbers = st.integers(math.ceil(lowest), math.floor(highest)).map(str)
    ways = st.sampled_from(["{}", " {} ", "+{}", '"{}"', "{}\n", "0{}"])
    return st.builds(str.format, ways, numbers if whole else numbers | tenths)


def pictures() -> st.SearchStrategy[bytes]:
    """Small photos of one colour, and a real one."""
    sizes = st.tuples(st.integers(1, 64), st.integers(1, 64))
    colours = st.tuples(*[st.integers(0, 255)] * 3)
    drawn = st.builds(
        lambda size, colour, kind: photos.saved(Image.new("RGB", size, colour), kind),
        sizes,
        colours,
        st.sampled_from(["JPEG", "PNG", "WEBP"]),
    )
    return st.just(photos.COFFEE.read_bytes()) | drawn


def formats(content: Any) -> Iterator[str]:
    """Every string format in the document."""
    if isinstance(content, dict):
        if isinstance(content.get("format"), str):
            yield content["format"]
        content = list(content.values())
    if isinstance(content, list):
        for part in content:
            yield from formats(part)


def teach(started: Server) -> None:
    """Tell schemathesis how to fill in the formats of our own."""
    schemathesis.openapi.format("binary", pictures())
    for name in set(formats(json.loads(started.ask("GET", "/api/openapi.json").text))):
        if found := TYPED_NUMBER.fullmatch(name):
            schemathesis.openapi.format(name, typed_numbers(bool(found[1]), float(found[2]), float(found[3])))


# -- the run ---------------------------------------------------------------------------------------


def fuzz(started: Server, examples: int, seed: int) -> int:
    """Let schemathesis run; zero says that every check of every answer passed."""
    config = str(Path(__file__).with_suffix(".toml"))
    address = f"http://127.0.0.1:{started.port}/api/openapi.json"
    options = ["--config-file", config, "--no-color", "run", address, "--max-examples", str(examples)]
    options += ["--seed", str(seed)]
    try:
        return int(command.main(options, standalone_mode=False) or 0)
    except SystemExit as ended:
        return int(ended.code or 0)


def report(failed: int, seconds: float) -> list[str]:
    """Print the figures, and return what is wrong with them."""
    for (label, mode, status), number in sorted(asked.items()):
        print(f"{number:6,}  {mode:8}  {status}  {label}")
    cases = asked.total()
    positive = {key: number for key, number in asked.items() if key[1] == "positive" and key[0].startswith("POST /api")}
    reached = sum(number for key, number in positive.items() if key[2] == 200)
    share = reached / max(sum(positive.values()), 1)
    errors = sum(number for key, number in asked.items() if key[2] >= 500)
    print(f"{cases:,} cases in {seconds:.0f} s, {errors} server errors")
    print(f"{reached:,} of {sum(positive.values()):,} good questions were answered with 200: {share:.2%}")
    wrong = {
        f"schemathesis ended with {failed}": failed != 0,
        f"{errors} server errors": errors > 0,
        f"fewer than {FEWEST_CASES:,} cases": cases < FEWEST_CASES,
        f"fewer than {SMALLEST_SHARE:.0%} of the good questions were answered": share < SMALLEST_SHARE,
    }
    return [text for text, is_so in wrong.items() if is_so]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("--examples", type=int, default=1_000, help="the most made-up questions an address")
    parser.add_argument("--seed", type=int, default=1, help="another one makes up other questions")
    chosen = parser.parse_args()
    begun = time.monotonic()
    # Without a database, since what is kept needs a token, and made-up ones are all refused.
    with (
        # schemathesis leaves notes where it runs.
        tempfile.TemporaryDirectory() as folder,
        contextlib.chdir(folder),
        server(LIKELY_DATABASE="off") as started,
    ):
        teach(started)
        failed = fuzz(started, chosen.examples, chosen.seed)
    if wrong := report(failed, time.monotonic() - begun):
        sys.exit("; ".join(wrong))


if __name__ == "__main__":
    main()
