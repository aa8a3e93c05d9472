"""How fast a whole file is scored by the web, and how much memory that takes.

    python bench/batch.py                 a million different rows of the census against a real server
    python bench/batch.py --rows 100000

The file is uploaded as the page does it, and the answer read to its end. Memory is the server's
workers' own (private) memory at its highest while they do so, above what they had before it, and above what they had before the first upload brought Polars in. The
processor time is theirs too, which says more than the clock where a machine has other work.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import polars
from processes import workers
from rows import census, misfits
from servers import free_port, likely, server

EDGE = "the-edge-of-the-file"
PIECE = 256 * 1024


def body_of(token: str, file: bytes) -> bytes:
    part = f"--{EDGE}\r\nContent-Disposition: form-data; name="
    head = f'{part}"csrf_token"\r\n\r\n{token}\r\n{part}"file"; filename="census.csv"\r\n\r\n'
    return head.encode() + file + f"\r\n--{EDGE}--\r\n".encode()


def private_memory(process: int) -> int:
    """The bytes that the process shares with no other."""
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    return sum(int(found) * 1024 for found in re.findall(r"Private_\w+: +(\d+) kB", rollup))


def processor_seconds(processes: list[int]) -> float:
    """What they have spent so far, in their own code and in the system's."""
    ticks = 0
    for process in processes:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


class Watch(threading.Thread):
    """The highest private memory of some processes together while it runs."""

    def __init__(self, processes: list[int]) -> None:
        super().__init__(daemon=True)
        self.processes = processes
        self.highest = self.before = self.now()
        self.stopped = threading.Event()

    def now(self) -> int:
        return sum(map(private_memory, self.processes))

    def run(self) -> None:
        while not self.stopped.wait(0.05):
            self.highest = max(self.highest, self.now())


def pieces(body: bytes) -> Iterator[bytes]:
    for at in range(0, len(body), PIECE):
        yield body[at : at + PIECE]


def upload(port: int, body: bytes, address: str, cookie: str, status: int) -> tuple[float, int]:
    """Seconds and answered bytes."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    headers = {
        "Content-Type": f"multipart/form-data; boundary={EDGE}",
        "Content-Length": str(len(body)),
        "Cookie": cookie,
    }
    started = time.perf_counter()
    line.request("POST", address, pieces(body), headers)
    answer = line.getresponse()
    size = 0
    while piece := answer.read(PIECE):
        size += len(piece)
    line.close()
    if answer.status != status:
        raise SystemExit(f"{address} answered {answer.status}")
    return time.perf_counter() - started, size


def form(port: int) -> tuple[str, str]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("GET", "/census/batch")
    answer = line.getresponse()
    cookie = (answer.getheader("Set-Cookie") or "").split(";")[0]
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.read().decode())
    if not found:
        raise SystemExit("The page has no token")
    return found[1], cookie


def memory_of(started: subprocess.Popen[bytes]) -> int:
    return sum(map(private_memory, workers(started.pid)))


def measure(
    started: subprocess.Popen[bytes],
    port: int,
    name: str,
    body: bytes,
    address: str,
    cookie: str,
    fresh: int,
    status: int,
) -> None:
    processes = workers(started.pid)
    spent = processor_seconds(processes)
    watch = Watch(processes)
    watch.start()
    seconds, size = upload(port, body, address, cookie, status)
    watch.stopped.set()
    watch.join()
    spent = processor_seconds(processes) - spent
    print(
        f"  {name:9} {body.count(10) / seconds:9,.0f} lines/s, {seconds:.2f} s, {spent:.2f} s of processor,"
        f" {(watch.highest - watch.before) / 1e6:6.1f} MB above before, {(watch.highest - fresh) / 1e6:6.1f} MB"
        f" above workers without Polars, {size / 1e6:6.1f} MB answered"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    (file, answers), port = census(asked.rows), free_port()
    print(f"{asked.rows:,} different rows, {answers:,} different sets of answers, {len(file) / 1e6:.1f} MB")
    started = time.perf_counter()
    polars.read_csv(file, infer_schema=False).write_csv()
    print(f"  Polars reading and writing alone {asked.rows / (time.perf_counter() - started):9,.0f} rows/s")
    with server(likely(port), port, SECRET_KEY="for this benchmark only", LIKELY_BATCH_MB="1000") as process:
        token, cookie = form(port)
        header = file.partition(b"\n")[0].removeprefix(b"id,")
        bad = header + b"\n" + b"x\n" * 500_000
        unclosed = header + b'\n"' + b"x\n" * 500_000
        nested = header + b"\n" + b'x","\n' * 200_000
        one = file[: file.index(b"\n", file.index(b"\n") + 1) + 1]
        fresh = memory_of(process)
        for name, table, address, status in (
            ("one row", one, "/census/batch?download=1", 200),
            ("scored", file, "/census/batch?download=1", 200),
            ("checked", file, "/census/batch", 200),
            ("misfits", misfits(asked.rows), "/census/batch?download=1", 200),
            ("1 MB of x", bad, "/census/batch?download=1", 200),
            ("unclosed", unclosed, "/census/batch?download=1", 200),
            ("nested", nested, "/census/batch?download=1", 422),
        ):
            body = body_of(token, table)
            for _ in range(asked.rounds):
                measure(process, port, name, body, address, cookie, fresh, status)


if __name__ == "__main__":
    main()
