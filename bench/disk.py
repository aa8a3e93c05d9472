"""A disk that is really full: a small one in memory, which only root can mount."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.servers import PERSON, free_port, likely, server

FEW, ENOUGH = "64k", "16m"
WARNING = b"The folder for temporary files cannot be written"
PATIENCE = 20.0


@contextmanager
def small_disk(size: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk: Path) -> None:
    with suppress(OSError), (disk / "full").open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


def answers(port: int) -> bool:
    """Whether a page, an estimate, a whole file and the check are answered well."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nage\r\n1\r\n--x--\r\n'
    told = []
    for method, path, body, kind in (
        ("GET", "/census", b"", ""),
        ("POST", "/api/models/census/predict", json.dumps(PERSON).encode(), "application/json"),
        ("POST", "/census/batch", head, "multipart/form-data; boundary=x"),
        ("GET", "/readyz", b"", ""),
    ):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        line.request(method, path, body, {"Content-Type": kind} if kind else {})
        told.append(line.getresponse().status)
        line.close()
    # The file comes without a form's token, which is said on its page.
    return told == [200, 200, 400, 200]


def bear_a_full_disk() -> bool:
    if os.geteuid() != 0:
        print("Only root can mount a disk that is full.")
        return False
    borne = True
    for size, when in ((FEW, "before the start"), (ENOUGH, "after the start")):
        port = free_port()
        with small_disk(size) as disk, tempfile.TemporaryFile("w+b") as log:
            # Where nothing at all fits, Python itself looks for another folder.
            with server(likely(port), port, output=log, TMPDIR=str(disk), LIKELY_DATABASE="off"):
                fill(disk)
                good = all(answers(port) for _ in range(10))
            log.seek(0)
            warned = WARNING in log.read()
        print(
            f"full {when}: {'all' if good else 'not all'} was answered, and the log {'warned' if warned else 'was quiet'}"
        )
        borne &= good and warned == (size == FEW)
    return borne
