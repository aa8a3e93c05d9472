"""Store what the trained models answer to 10,000 sets of answers, after a training that was meant to change them.

    python scripts/store_numbers.py

Until the next training every change of the code must give the same (tests/model/predict/test_same_numbers.py).
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from model.declare.reading import read_answers
from model.predict.catalog import Catalog

STORED = Path(__file__).resolve().parents[1] / "tests" / "model" / "predict" / "numbers_before.json.gz"


def main() -> None:
    catalog, stored = Catalog(), json.loads(gzip.decompress(STORED.read_bytes()))
    for name, rows in stored.items():
        predictor = catalog.predictor(name)
        for row in rows:
            answers, _ = read_answers(predictor.model.inputs, dict(zip(predictor.model.input, row[0], strict=True)))
            row[1] = [number for one in predictor.estimates(answers) for number in (one.value, one.low, one.high)]
    # Without the time, so that the same numbers are the same file.
    STORED.write_bytes(gzip.compress(json.dumps(stored).encode(), mtime=0))


if __name__ == "__main__":
    main()
