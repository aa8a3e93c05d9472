"""What the image network sees in a photo: how much of it is of some classes, and which things are likeliest."""

from __future__ import annotations

import ctypes
import hashlib
import json
import math
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.vision import photo

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

FOLDER = Path(__file__).parent / "food_network"
NETWORK = FOLDER / "efficientnet-lite0-int8.onnx"
NETWORK_SHA256 = "0c8eb5de3fffc518fd18bcb4c69a3fc9611aeaa24f02f1aa1fb60793122fb9f6"

CHANGED = (
    "model/vision/food_network/efficientnet-lite0-int8.onnx is missing, or its sha256 is not the one in "
    "model/vision/network.py. Restore the file; if you rebuilt it on purpose, measure it again first."
)

CLASSES = 1000
THINGS = 5
# The logarithm that calibrates a share needs it off 0 and 1.
LEAST = 1e-6

M_MMAP_THRESHOLD = -3
LARGE_BLOCK = 1024 * 1024

_LONGEST_TEXT = 120
_SHARE = r"0\.[0-9]{1,11}"
_THING = r"([0-9]{1,3})-([01]\.[0-9]{4})"
_TEXT = re.compile("_".join([f"({_SHARE})"] * 3 + [_THING] * THINGS))

_loading = threading.Lock()
# Looking takes up to 150 MB and most of a processor, so that a process looks at one photo at a time; and it does so
# in one thread, since glibc keeps memory for every thread that asked for some.
_looking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="photos")
_session: Any = None  # onnxruntime comes without types


class NetworkChanged(RuntimeError):
    """The network's file is not the one whose figures the card states."""


@dataclass(frozen=True)
class Sight:
    """What the network saw: all that an answer needs, so that the photo itself can be forgotten."""

    share: float
    low: float
    high: float
    things: tuple[tuple[int, float], ...]

    def __post_init__(self) -> None:
        if not LEAST <= self.low <= self.share <= self.high <= 1 - LEAST:
            raise ValueError("The shares must be in order and between 0 and 1.")
        if any(share != _rounded(share) for share in (self.share, self.low, self.high)):
            raise ValueError("A share has six digits.")
        _check_things(self.things)

    def text(self) -> str:
        """Return the sight as text for a web address; Sight.parse() gives the same sight again."""
        shares = [f"{share:.11f}".rstrip("0") for share in (self.share, self.low, self.high)]
        things = [f"{number}-{chance:.4f}" for number, chance in self.things]
        return "_".join(shares + things)

    def words(self) -> str:
        """What the network thinks it sees, the likeliest first; what is under 5 % is left out."""
        likely = [name_of(number) for number, chance in self.things if chance >= 0.05]
        return ", ".join(likely) if likely else f"perhaps {name_of(self.things[0][0])}, but it is not sure"

    @classmethod
    def parse(cls, text: str) -> Sight:
        """Return the sight that text() wrote, or raise ValueError for any other text."""
        match = _TEXT.fullmatch(text) if len(text) <= _LONGEST_TEXT else None
        if match is None:
            raise ValueError("This is not the text of a sight.")
        share, low, high, *rest = match.groups()
        things = tuple((int(number), float(chance)) for number, chance in zip(rest[::2], rest[1::2], strict=True))
        sight = cls(float(share), float(low), float(high), things)
        if sight.text() != text:
            raise ValueError("A sight has one spelling, and this is another.")
        return sight


def look(data: bytes, classes: Iterable[int]) -> Sight:
    """Return what the network sees in a photo file, or raise photo.PhotoRefused; the share is that of the classes."""
    return _looking.submit(lambda: look_at(photo.views(photo.open_photo(data)), classes)).result()


def look_at(views: list[Image], classes: Iterable[int]) -> Sight:
    """Return what the network sees in several views of one photo, the plain one first."""
    chances = _chances(views)
    shares = [_rounded(float(share)) for share in chances[:, list(classes)].sum(axis=1)]
    likeliest = (-chances[0]).argsort(kind="stable")[:THINGS]
    things = tuple((int(number), round(float(chances[0, number]), 4)) for number in likeliest)
    return Sight(shares[0], min(shares), max(shares), things)


def name_of(number: int) -> str:
    """Return the everyday name of one of the network's 1,000 classes."""
    return _names()[number]


def warm_up() -> None:
    """Load the network now, so that the first photo need not wait. Call it after a worker has forked."""
    _network()


def verify() -> None:
    """Raise NetworkChanged unless the network's file is whole. It loads nothing, and reads a file once."""
    try:
        state = NETWORK.stat()
        _verify(NETWORK, state.st_mtime_ns, state.st_size)
    except OSError as error:
        raise NetworkChanged(CHANGED) from error


@lru_cache(maxsize=1)
def _verify(path: Path, changed: int, size: int) -> None:
    _check(path.read_bytes())


def _check(network: bytes) -> None:
    if hashlib.sha256(network).hexdigest() != NETWORK_SHA256:
        raise NetworkChanged(CHANGED)


def _network() -> Any:
    global _session
    with _loading:
        if _session is None:
            _session = _load(NETWORK.read_bytes())
        return _session


def _load(network: bytes) -> Any:
    _check(network)
    # glibc learns to keep blocks as large as those that were freed. Told where to stop, it returns them at once: after
    # 48 of the worst photos a process is 8 MB larger than before, and not 145. Other systems return them anyway.
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)
    import onnxruntime  # type: ignore[import-untyped, unused-ignore]

    options = onnxruntime.SessionOptions()
    # One thread is faster than two here, and the other cores have other people's photos.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # The bytes that were checked are the bytes that are loaded.
    return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])


def _chances(views: list[Image]) -> NDArray[np.float64]:
    """Return the chance of each class in each view."""
    import numpy as np

    pixels = np.stack([np.asarray(view, np.float32) for view in views])
    # Not ImageNet's mean and standard deviation: this network was trained on plainly scaled pixels.
    scaled = np.ascontiguousarray(((pixels - 127.0) / 128.0).transpose(0, 3, 1, 2))
    logits = np.asarray(_network().run(["logits"], {"image": scaled})[0], np.float64)
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
    return chances


def _rounded(share: float) -> float:
    """Return the share off 0 and 1, and with the six digits that travel in a web address."""
    return float(f"{min(max(share, LEAST), 1 - LEAST):.6g}")


def _check_things(things: tuple[tuple[int, float], ...]) -> None:
    numbers = [number for number, _ in things]
    chances = [chance for _, chance in things]
    if len(things) != THINGS or len(set(numbers)) != THINGS:
        raise ValueError("A sight names five different things.")
    if not all(0 <= number < CLASSES for number in numbers):
        raise ValueError("There is no such class.")
    if not all(0 <= chance <= 1 and chance == round(chance, 4) for chance in chances):
        raise ValueError("A chance is from 0 to 1, with four decimals.")
    # Five chances, each rounded by up to half of 0.0001.
    if chances != sorted(chances, reverse=True) or math.fsum(chances) > 1.00025 + 1e-9:
        raise ValueError("The likeliest thing comes first, and the chances sum to 1 at most.")


@cache
def _names() -> tuple[str, ...]:
    labels = json.loads((FOLDER / "labels.json").read_text(encoding="utf-8"))
    return tuple(label.split(",")[0].strip().lower() for label in labels)
