"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")


def put_in_place(target: Path, write: Callable[[Path], Result]) -> Result:
    """Call write with the name of a file beside the target, which takes the target's place once it is whole."""
    if target.exists() and not target.is_file():
        # Nothing may take the place of a device or a pipe.
        return write(target)
    whole = target.resolve()
    if not whole.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "There is no such folder", str(whole.parent))
    part = whole.with_name(f".{whole.name}.{os.getpid()}.part")
    try:
        result = write(part)
        part.replace(whole)
    finally:
        part.unlink(missing_ok=True)
    return result
