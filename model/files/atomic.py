"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path


@contextlib.contextmanager
def put_in_place(target: Path) -> Iterator[Path]:
    """The name of a file to write beside the target, which takes the target's place once it is whole."""
    whole = follow_links(target)
    if whole.exists() and not whole.is_file():
        # Nothing may take the place of a device or a pipe.
        yield target
        return
    if not whole.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "There is no such folder", str(whole.parent))
    for left in whole.parent.glob(f".{glob.escape(whole.name)}.*.part"):
        number = left.name.removeprefix(f".{whole.name}.").removesuffix(".part")
        # Of a run to the same target that was killed.
        if number.isdecimal() and left.is_file() and not is_running(int(number)):
            with contextlib.suppress(OSError):
                left.unlink()
    part = whole.with_name(f".{whole.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(whole)
    finally:
        part.unlink(missing_ok=True)


def put_all_in_place(writes: Mapping[Path, Callable[[Path], object]]) -> None:
    """The same for files that belong together: if one cannot be written or moved, all the old ones stay."""
    parts = {target: target.with_name(f".{target.name}.{os.getpid()}.part") for target in writes}
    old = {target: target.with_name(f".{target.name}.{os.getpid()}.old") for target in writes}
    try:
        for target, write in writes.items():
            write(parts[target])
        for target in filter(Path.exists, writes):
            shutil.copy2(target, old[target])
        try:
            for target, part in parts.items():
                part.replace(target)
        except BaseException:
            for target in writes:
                if old[target].exists():
                    old[target].replace(target)
                elif not parts[target].exists():
                    target.unlink(missing_ok=True)
            raise
    finally:
        for path in (*parts.values(), *old.values()):
            path.unlink(missing_ok=True)


def follow_links(target: Path) -> Path:
    try:
        return Path(os.path.realpath(target, strict=True))
    except FileNotFoundError:
        return Path(os.path.realpath(target))


def is_running(process: int) -> bool:
    try:
        # On Windows this would end it.
        if os.name != "nt":
            os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True
