"""Which processors of the machine a thread may use."""

import os


def use_all() -> None:
    """Let this thread, and those that it starts, use whatever the process that started this one may use.

    A worker of the server stays on one processor, which is meant for its pages and not for what takes long.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, os.sched_getaffinity(os.getppid()))
