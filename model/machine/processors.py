"""How threads that take long share the machine's processors with all others."""

import os
import sys
import threading
from contextlib import suppress

# How far a thread steps back, from 0 to 19.
BEHIND = 10


def step_back() -> None:
    """Let others of this machine go first, where a thread can be told so; what it starts inherits it.

    It may use whatever the process that started this one may use: a worker of the server stays on one processor, which
    is meant for its pages.
    """
    if sys.platform == "linux":
        # A system may forbid either, and a thread that fails to begin would be the last of its pool.
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BEHIND)
        with suppress(OSError):
            os.sched_setaffinity(0, os.sched_getaffinity(os.getppid()))
