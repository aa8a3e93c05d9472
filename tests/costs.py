"""What work costs, in seconds of a quiet processor: the one that the tests run on may be slower, or have other work."""

from __future__ import annotations

import time
from collections.abc import Callable

from werkzeug.test import TestResponse

# So long a quiet processor takes for so many additions.
ADDITIONS, QUIET = 1_000_000, 0.04
TRIES = 8


def slowness() -> float:
    """How many times as long this one takes for them now; once at least."""
    begun, total = time.process_time(), 0
    for number in range(ADDITIONS):
        total += number
    return max(1.0, (time.process_time() - begun) / QUIET)


def assert_cheap(most: float, ask: Callable[[], TestResponse]) -> TestResponse:
    """The answer, once it took no more of the processor than this at one of a few tries."""
    spent = []
    for _ in range(TRIES):
        begun = time.process_time()
        answer = ask()
        spent.append((time.process_time() - begun) / slowness())
        if spent[-1] <= most:
            return answer
    raise AssertionError(f"It takes {min(spent):.2f} s of a quiet processor, and may take {most:.2f} s")
