"""What running processes hold, as the kernel tells it: memory, open files and threads; and how quiet the machine is."""

from __future__ import annotations

import time
from pathlib import Path

LOOP = 0.5


def children(pid: int) -> list[int]:
    """All that a process has started, whichever of its threads did."""
    return [int(child) for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()]


def workers(pid: int) -> list[int]:
    """Those of them that answer; beside them Python starts one that only watches over what they share."""
    return [child for child in children(pid) if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def megabytes(pid: int, kind: str) -> float:
    """Rss counts a page that two processes share twice, Pss half in each."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(f"{kind}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(kind)


def together(pids: list[int], kind: str) -> float:
    return sum(megabytes(pid, kind) for pid in pids)


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def connections(pid: int) -> int:
    """How many TCP connections a process holds open, at whichever end."""
    links = [str(file.readlink()) for file in Path(f"/proc/{pid}/fd").iterdir()]
    tables = [Path(f"/proc/net/{kind}").read_text().splitlines()[1:] for kind in ("tcp", "tcp6")]
    lines = [line.split() for table in tables for line in table]
    established = "01"
    return sum(line[3] == established and f"socket:[{line[9]}]" in links for line in lines)


def say_how_quiet() -> None:
    """Print a reference for all times: what part of a processor the machine leaves to a loop of ours."""
    started, used = time.perf_counter(), time.process_time()
    while time.perf_counter() - started < LOOP:
        pass
    print(f"a loop has {100 * (time.process_time() - used) / LOOP:.0f} % of a processor to itself", flush=True)
