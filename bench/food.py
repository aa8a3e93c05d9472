"""Print what the image network makes of three photos that anyone can get: python bench/food.py

They are scikit-image's coffee.png (as a JPEG in tests/pictures/) and scikit-learn's china.jpg and
flower.jpg. The figures stand in model/vision/food_network/README.md.
"""

from __future__ import annotations

import sys
from importlib import resources
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from model.declare.reading import read_answers  # noqa: E402
from model.predict.catalog import Catalog  # noqa: E402
from model.vision import network  # noqa: E402

SAMPLES = resources.files("sklearn.datasets.images")
PHOTOS = {
    "coffee": next((ROOT / "tests" / "pictures").glob("coffee.*")).read_bytes(),
    "china.jpg": (SAMPLES / "china.jpg").read_bytes(),
    "flower.jpg": (SAMPLES / "flower.jpg").read_bytes(),
}


def main() -> None:
    print(f"{'photo':12} {'likeliest':34} {'share of food':>14} {'chance of food':>15}")
    food = Catalog().predictor("food")
    for name, data in PHOTOS.items():
        answers, _ = read_answers(food.model.inputs, {"photo": data})
        seen = answers["photo"]
        likeliest = ", ".join(f"{network.name_of(n)} {chance:.1%}" for n, chance in seen.things[:2])
        print(f"{name:12} {likeliest:34} {seen.share:14.3f} {food.values(answers)[0]:15.3f}")


if __name__ == "__main__":
    main()
