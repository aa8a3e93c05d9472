"""Until when one question may be worked on: whoever asks may set it, and whatever may take long looks at it."""

from __future__ import annotations

import math
import threading
import time
from contextvars import ContextVar

# As time.monotonic() counts.
END: ContextVar[float] = ContextVar("end", default=math.inf)


class TooLate(RuntimeError):
    """The time for this question is over."""


def seconds_left() -> float:
    """How long to wait for something at most."""
    return min(max(0.0, END.get() - time.monotonic()), threading.TIMEOUT_MAX)


def check_time() -> None:
    if time.monotonic() > END.get():
        raise TooLate
