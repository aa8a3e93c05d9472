"""What the image network sees in a photo: how much of it is of some classes, and which things are likeliest."""

from __future__ import annotations

import ctypes
import hashlib
import io
import json
import math
import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.machine.processors import step_back

if TYPE_CHECKING:
    from PIL.Image import Image

FOLDER = Path(__file__).parent / "food_network"
NETWORK = FOLDER / "efficientnet-lite0-int8.onnx"
NETWORK_SHA256 = "0c8eb5de3fffc518fd18bcb4c69a3fc9611aeaa24f02f1aa1fb60793122fb9f6"

THINGS = 5
# The logarithm that calibrates a share needs it off 0 and 1.
LEAST = 1e-6

M_MMAP_THRESHOLD = -3

_TEXT = re.compile("_".join([r"(0\.[0-9]{1,11})"] * 3 + [r"([0-9]{1,3})-(0\.[0-9]{4}|1\.0000)"] * THINGS))

# Looking takes up to 150 MB and most of a processor, so that a process looks at one photo at a time; and it does so
# in one thread, since glibc keeps memory for every thread that asked for some.
_looking = ThreadPoolExecutor(1, "photos", initializer=step_back)


class NetworkChanged(RuntimeError):
    """The network's file is not the one whose figures the card states."""


@dataclass(frozen=True)
class Sight:
    """What the network saw: all that an answer needs, so that the photo itself can be forgotten."""

    share: float
    low: float
    high: float
    things: tuple[tuple[int, float], ...]

    def text(self) -> str:
        """Return the sight as text for a web address; Sight.parse() gives the same sight again."""
        shares = [f"{share:.11f}".rstrip("0") for share in (self.share, self.low, self.high)]
        return "_".join(shares + [f"{number}-{chance:.4f}" for number, chance in self.things])

    def words(self) -> str:
        """What the network thinks it sees, the likeliest first; what is under 5 % is left out."""
        likely = [name_of(number) for number, chance in self.things if chance >= 0.05]
        return ", ".join(likely) if likely else f"perhaps {name_of(self.things[0][0])}, but it is not sure"

    def name_of(self, number: int) -> str:
        """The everyday name of one of the things."""
        return name_of(number)

    @classmethod
    def parse(cls, text: str) -> Sight:
        """Return the sight that text() wrote, or raise ValueError for any other text."""
        match = _TEXT.fullmatch(text)
        if match:
            share, low, high, *rest = map(float, match.groups())
            numbers, chances = [int(number) for number in rest[::2]], rest[1::2]
            sight = cls(_rounded(share), _rounded(low), _rounded(high), tuple(zip(numbers, chances, strict=True)))
            in_order = low <= share <= high and chances == sorted(chances, reverse=True)
            # Five chances, each rounded by up to half of 0.0001.
            possible = len(set(numbers)) == THINGS and math.fsum(chances) <= 1.00025 + 1e-9
            # A sight has one spelling.
            if in_order and possible and sight.text() == text:
                return sight
        raise ValueError("This is not the text of a sight.")


def look(data: bytes, classes: Iterable[int], seconds: float | None = None) -> Sight:
    """Return what the network sees in a photo file, or raise PhotoRefused; the share is that of the classes.

    Nobody waits for longer than so many seconds, and what has not begun by then is not begun any more: TimeoutError.
    """
    from model.vision import photo

    looking = _looking.submit(lambda: look_at(photo.views(photo.open_photo(data)), classes))
    try:
        return looking.result(seconds)
    finally:
        looking.cancel()


def look_at(views: list[Image], classes: Iterable[int]) -> Sight:
    """Return what the network sees in several views of one photo, the plain one first."""
    import numpy as np

    pixels = np.stack([np.asarray(view, np.float32) for view in views])
    # Not ImageNet's mean and standard deviation: this network was trained on plainly scaled pixels.
    scaled = np.ascontiguousarray(((pixels - 127.0) / 128.0).transpose(0, 3, 1, 2))
    logits = np.asarray(load().run(["logits"], {"image": scaled})[0], np.float64)
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances = odds / odds.sum(axis=1, keepdims=True)
    shares = [_rounded(float(share)) for share in chances[:, list(classes)].sum(axis=1)]
    likeliest = (-chances[0]).argsort(kind="stable")[:THINGS]
    things = tuple((int(number), round(float(chances[0, number]), 4)) for number in likeliest)
    return Sight(shares[0], min(shares), max(shares), things)


def _rounded(share: float) -> float:
    """Return the share off 0 and 1, and with the six digits that travel in a web address."""
    return float(f"{min(max(share, LEAST), 1 - LEAST):.6g}")


def name_of(number: int) -> str:
    """Return the everyday name of one of the network's 1,000 classes."""
    return _labels()[number].split(",")[0].strip().lower()


@cache
def _labels() -> list[str]:
    return json.loads((FOLDER / "labels.json").read_text(encoding="utf-8"))


def verify() -> None:
    """Raise NetworkChanged unless the network's file is whole. It loads nothing, and reads a file once."""
    state = NETWORK.stat() if NETWORK.exists() else None
    _verify(NETWORK, state and (state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=1)
def _verify(path: Path, state: tuple[int, int] | None) -> None:
    _read()


def _read() -> bytes:
    network = NETWORK.read_bytes() if NETWORK.exists() else b""
    if hashlib.sha256(network).hexdigest() != NETWORK_SHA256:
        raise NetworkChanged(
            "model/vision/food_network/efficientnet-lite0-int8.onnx is missing, or its sha256 is not the one in "
            "model/vision/network.py. Restore the file; if you rebuilt it on purpose, measure it again first."
        )
    return network


@cache
def load() -> Any:
    """Return the network, read and checked once in a process."""
    # glibc learns to keep blocks as large as those that were freed. Told where to stop, it returns them at once: after
    # 48 of the worst photos a process is 8 MB larger than before, and not 145. Other systems return them anyway, and
    # have no mallopt: macOS and musl no such name, and Windows no library of None.
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, 1024 * 1024)
    import onnxruntime  # type: ignore[import-untyped, unused-ignore]

    options = onnxruntime.SessionOptions()
    # One thread is faster than two here, and the other cores have other people's photos.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Processors without VNNI instructions would add up the network's 8-bit numbers in 16 bits, and cut off what is larger:
    # a cup of coffee had 75 in 100 there, and has more than 90 elsewhere. So they take the slower, exact way.
    options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(_read(), options, providers=["CPUExecutionProvider"])


def blank_photo() -> bytes:
    """A small white photo, so that the network has something to look at."""
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (64, 64), "white").save(file, "PNG")
    return file.getvalue()
