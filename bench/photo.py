"""Print how long a 12-megapixel JPEG takes from bytes to a Sight: python bench/photo.py

One thread, no web server: the median of 20 runs, after two that warm up.
"""

from __future__ import annotations

import io
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from PIL import Image

from model.food import FOOD_CLASSES
from model.vision import network, photo

RUNS = 20
WIDTH, HEIGHT = 4000, 3000
COFFEE = Path(__file__).parents[1] / "tests" / "pictures" / "coffee.jpg"


def large_jpeg() -> bytes:
    """Return a photo of a cup as large as a phone's, with grain so that it weighs as much too."""
    cup = Image.open(COFFEE).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    grain = Image.effect_noise((WIDTH, HEIGHT), 32).convert("RGB")
    file = io.BytesIO()
    Image.blend(cup, grain, 0.25).save(file, "JPEG", quality=90)
    return file.getvalue()


def milliseconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS + 2):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times[2:])


def main() -> None:
    data = large_jpeg()
    start = time.perf_counter()
    network.load()
    print(f"load the network once   {1000 * (time.perf_counter() - start):6.1f} ms")

    views = photo.views(photo.open_photo(data))
    print(f"a JPEG of {WIDTH} x {HEIGHT} pixels, {len(data) / 1e6:.1f} MB, median of {RUNS}:")
    print(f"  open, turn, shrink    {milliseconds(lambda: photo.open_photo(data)):6.1f} ms")
    print(f"  decode to six views   {milliseconds(lambda: photo.views(photo.open_photo(data))):6.1f} ms")
    print(f"  network, six views    {milliseconds(lambda: network.look_at(views, FOOD_CLASSES)):6.1f} ms")
    print(f"  all, bytes to Sight   {milliseconds(lambda: network.look(data, FOOD_CLASSES)):6.1f} ms")


if __name__ == "__main__":
    main()
