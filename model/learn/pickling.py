"""Pickling a fitted estimator so that the same fit gives the same bytes, wherever it was made."""

from __future__ import annotations

import io
import pickle
import zlib
from pathlib import Path
from typing import Any


class OneString(pickle._Pickler):
    """Writes equal strings as one and the same string.

    A pickle refers back to an object that it has already written. Whether two equal strings are one
    object depends on what is installed and what was unpickled before, and so would the pickle's bytes.
    """

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self.strings: dict[str, str] = {}

    def save(self, obj: Any, save_persistent_id: bool = True) -> Any:
        if type(obj) is str:
            obj = self.strings.setdefault(obj, obj)
        return super().save(obj, save_persistent_id)  # type: ignore[misc]


def write_pickle(estimator: Any, path: Path) -> None:
    """Write what joblib.load() reads. joblib's own dump() leaves it to chance which strings are one."""
    buffer = io.BytesIO()
    OneString(buffer).dump(estimator)
    path.write_bytes(zlib.compress(buffer.getvalue(), 9))
