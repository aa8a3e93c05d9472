"""Whether Likely stays as it is while it works without a pause: python bench/soak.py [--minutes 5]

Sixteen connections ask for forms, results, cards, JSON and photos, and send files of people.
After each minute all of them pause, and the workers' memory, open files and threads are read. To hold:
no error; at the end at most 5 % more memory than after the first minute, and no more files or threads.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.processes import open_files, threads, together, workers
from bench.servers import free_port, likely, server
from bench.visitors import VISITS, Visitor

CONNECTIONS = 16
GROWTH = 1.05


@dataclass(frozen=True)
class Held:
    """What the workers hold between them while nobody asks."""

    workers: int
    megabytes: float
    files: int
    threads: int


def held_by(master: int) -> Held:
    pids = workers(master)
    return Held(len(pids), together(pids, "Rss"), sum(map(open_files, pids)), sum(map(threads, pids)))


def minute(visitors: list[Visitor], seconds: float) -> None:
    end = time.monotonic() + seconds
    running = [threading.Thread(target=visitor.visit_until, args=(end,)) for visitor in visitors]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    # The workers notice a moment later that the connections are closed.
    time.sleep(2)


def soak(minutes: int, seconds: float) -> tuple[list[Held], list[str]]:
    port = free_port()
    samples: list[Held] = []
    with server(likely(port), port) as master:
        print(f"{CONNECTIONS} connections, each at random: {', '.join(kind.name for kind in VISITS)}")
        visitors = [Visitor(port, seed) for seed in range(CONNECTIONS)]
        seen: set[int] = set()
        for number in range(1, minutes + 1):
            minute(visitors, seconds)
            samples.append(held_by(master.pid))
            seen.update(workers(master.pid))
            print(f"minute {number}: {told(visitors, samples[-1])}", flush=True)
    errors = [error for one in visitors for error in one.errors]
    if len(seen) > samples[0].workers:
        errors.append("a worker died and was replaced")
    return samples, errors


def told(visitors: list[Visitor], now: Held) -> str:
    asked, errors = sum(one.requests for one in visitors), sum(len(one.errors) for one in visitors)
    held = f"{now.megabytes:6.1f} MB resident, {now.files} open files, {now.threads} threads"
    return f"{asked:7,} requests, {errors} errors, {held}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, default=5, help="at least 2")
    parser.add_argument("--seconds", type=float, default=60, help="how long a minute is")
    asked = parser.parse_args()
    if asked.minutes < 2:
        parser.error("the first minute is compared with a later one, so there must be two")
    samples, errors = soak(asked.minutes, asked.seconds)
    first, last = samples[0], samples[-1]
    for error in errors[:10]:
        print(error)
    print(f"memory at the end: {last.megabytes / first.megabytes - 1:+.1%} of that after the first minute")
    print("to reach: 0 errors, at most +5 % memory, no more open files, no more threads")
    flat = last.files <= first.files and last.threads <= first.threads
    sys.exit(0 if not errors and last.megabytes <= GROWTH * first.megabytes and flat else 1)


if __name__ == "__main__":
    main()
