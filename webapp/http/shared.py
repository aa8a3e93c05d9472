"""A folder in which the workers of one machine meet, and a lock there that a worker lets go of even when it is killed."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

if sys.platform == "win32":
    import msvcrt

    def lock_byte(file: int, place: int, wait: bool = True) -> None:
        """Hold one byte of a file; OSError where another process has it and nobody is to wait."""
        os.lseek(file, place, os.SEEK_SET)
        # LK_LOCK tries ten times, once a second.
        msvcrt.locking(file, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)

    def let_byte_go(file: int, place: int) -> None:
        os.lseek(file, place, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def lock_byte(file: int, place: int, wait: bool = True) -> None:
        """Hold one byte of a file; OSError where another process has it and nobody is to wait."""
        fcntl.lockf(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)

    def let_byte_go(file: int, place: int) -> None:
        fcntl.lockf(file, fcntl.LOCK_UN, 1, place)


def folder_of(secret: str) -> Path:
    """The folder of all workers that have this secret; only this user can read it, and nobody can guess its name."""
    name = hashlib.blake2b(str(ROOT).encode(), key=hashlib.sha256(secret.encode()).digest(), digest_size=12).hexdigest()
    folder = Path(tempfile.gettempdir()) / f"likely-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    state = folder.lstat()
    if not stat.S_ISDIR(state.st_mode) or (sys.platform != "win32" and state.st_uid != os.getuid()):
        raise PermissionError(f"{folder} belongs to somebody else")
    return folder


class Locks:
    """Locks between the threads of all processes that have the same file open, one for each of its bytes."""

    def __init__(self, file: int | None, number: int) -> None:
        # None where there is one process only.
        self.file = file
        # A system's lock is held by a process, whose threads need locks of their own; some bytes may share one.
        self.threads = [threading.Lock() for _ in range(number)]

    def acquire(self, place: int) -> None:
        thread = self.threads[place % len(self.threads)]
        thread.acquire()
        try:
            if self.file is not None:
                lock_byte(self.file, place)
        except BaseException:
            thread.release()
            raise

    def release(self, place: int) -> None:
        try:
            if self.file is not None:
                let_byte_go(self.file, place)
        finally:
            self.threads[place % len(self.threads)].release()
