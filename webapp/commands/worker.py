"""A worker of the server: where it stays, how it gets the application, and how it ends."""

import atexit
import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import Any

from .refused import refusals


def make_seats(workers: int) -> Any:
    """A place for each processor, with the process that was the last to sit there; None where workers are not as many."""
    if not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) != workers:
        return None
    return multiprocessing.Array("q", workers)


def sit_down(seats: Any) -> None:
    """Stay on the processor that no worker stays on, or that one has had for longest, who is about to be replaced.

    A worker's threads take turns, as Python has them. On several processors each turn would begin by fetching what the
    one before had at hand.
    """
    with seats.get_lock():
        at = min(range(len(seats)), key=lambda place: (Path(f"/proc/{seats[place]}").exists(), seats[place]))
        seats[at] = os.getpid()
    processors = sorted(os.sched_getaffinity(0))
    # A system may forbid it.
    with suppress(OSError):
        os.sched_setaffinity(0, [processors[at % len(processors)]])
    # Polars would count one processor from here; its threads are those that step back, and use all.
    os.environ.setdefault("POLARS_MAX_THREADS", str(len(seats)))


def load_app(reports: SimpleQueue[str], ending: Connection, seats: Any) -> Any:
    """The application, in a worker. Where it cannot be made, the reason goes to the server, which then ends."""
    if seats is not None:
        sit_down(seats)
    if sys.platform != "win32":
        # A terminal's Ctrl-C comes here too; where a worker ended first, Granian would take that for a failure.
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    # Beside bodies of a megabyte an ordinary request then waits half as long for its turn.
    sys.setswitchinterval(0.001)
    threading.Thread(target=end_with_the_server, args=(ending,), daemon=True).start()
    try:
        from webapp.wsgi import app
    except Exception as problem:
        if not isinstance(problem, refusals()):
            traceback.print_exc()
        reports.put(str(problem) or type(problem).__name__)
        # The server would replace a worker that ends by itself.
        threading.Event().wait()
    reports.put("")
    # What stays is looked through no more for what could go, while all others wait: 41 ms each time, and 3 without it.
    gc.freeze()
    # Where a client has left, Granian does not wait for the thread that still answers it, and Python would end under it.
    atexit.register(os._exit, 0)
    return app


def end_with_the_server(ending: Connection) -> None:
    """A server that ends, or was killed, leaves no workers behind that hold its port."""
    with suppress(EOFError, OSError):
        ending.recv()
    # A worker that has just begun to listen to signals does not hear the first; one that is asked again and again breaks
    # off what it is at.
    time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(30)
    os._exit(1)
