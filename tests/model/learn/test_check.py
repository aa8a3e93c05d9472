"""The check finds each byte that was changed, and opens no pickle that was."""

from __future__ import annotations

import hashlib
import pickle
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.declare.model import Model
from model.learn.check import CheckFailed, check
from model.predict.card_file import NotTrained, Tampered, read_content

from tests.payloads import each_model
from tests.processes import likely
from tests.trained import copied, dated

# Each test copies a model and checks all of it.
pytestmark = pytest.mark.slow


@each_model
def test_the_files_that_were_committed_pass_the_check(model: Model) -> None:
    lines = list(check(model))
    assert lines[0].startswith("card: checksum holds")
    assert lines[-1].startswith("agreement: card and pickle differ by at most")


def assert_fails(model: Model, *words: str) -> None:
    with pytest.raises((CheckFailed, Tampered, NotTrained)) as failed:
        list(check(model))
    for word in words:
        assert word in str(failed.value)


def test_a_pickle_of_another_edition_is_to_be_trained_again(tmp_path: Path) -> None:
    model = copied("iris", tmp_path)
    model.pickle_path.write_bytes(b"cmodel.declare.inputs\nOfAnotherEdition\n.")
    dated(model, pickle=hashlib.sha256(model.pickle_path.read_bytes()).hexdigest())
    assert_fails(model, "iris.joblib was pickled by another edition", "Train it again: python run.py train iris")


@pytest.mark.parametrize("suffix", ["json", "joblib", "people"])
@pytest.mark.parametrize("name", ["census", "titanic", "housing"])
def test_any_one_byte_that_was_changed_fails_the_check(
    tmp_path_factory: pytest.TempPathFactory, name: str, suffix: str
) -> None:
    model = copied(name, tmp_path_factory.mktemp(f"{name}-{suffix}"))
    path = model.card_path.with_suffix(f".{suffix}")
    whole = path.read_bytes()

    @given(place=st.integers(0, len(whole) - 1), other=st.integers(1, 255))
    def fails(place: int, other: int) -> None:
        changed = bytearray(whole)
        changed[place] ^= other
        path.write_bytes(changed)
        assert_fails(model, path.name, "was changed after training: its checksum does not match")

    fails()


@pytest.mark.parametrize("suffix", ["json", "joblib", "people"])
@pytest.mark.parametrize(
    "change",
    [lambda whole: b"", lambda whole: whole[:-1], lambda whole: whole + b"\n", lambda whole: b" " + whole],
    ids=["emptied", "cut", "longer", "shifted"],
)
def test_a_file_of_another_length_fails_the_check(
    tmp_path: Path, suffix: str, change: Callable[[bytes], bytes]
) -> None:
    model = copied("housing", tmp_path)
    path = model.card_path.with_suffix(f".{suffix}")
    path.write_bytes(change(path.read_bytes()))
    assert_fails(model, path.name, "was changed after training")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1.5E+400", "1" + "0" * 400 + ".0"])
def test_a_card_with_a_number_that_is_not_finite_is_refused_whatever_its_checksum(tmp_path: Path, number: str) -> None:
    model = copied("housing", tmp_path)
    body = model.card_path.read_bytes().split(b"\n", 1)[1]
    changed = re.sub(rb"(?<=: )-?\d+\.\d+", number.encode(), body, count=1)
    assert changed != body
    digest = hashlib.sha256(changed).hexdigest()
    model.card_path.write_bytes(f'{{"checksum": "{digest}",\n'.encode() + changed)
    with pytest.raises(Tampered, match=r"where a number belongs\. Train it again: python run\.py train housing"):
        read_content(model.card_path)


@pytest.mark.parametrize("suffix", ["json", "joblib", "people"])
def test_a_file_that_is_missing_fails_the_check(tmp_path: Path, suffix: str) -> None:
    model = copied("housing", tmp_path)
    model.card_path.with_suffix(f".{suffix}").unlink()
    assert_fails(model, "housing is not trained", "python run.py train housing")


def test_data_that_was_changed_fails_the_check(tmp_path: Path) -> None:
    model = copied("housing", tmp_path)
    recipe = model.learns
    assert recipe.path is not None
    changed = tmp_path / "housing.csv"
    changed.write_text(recipe.path.read_text().replace("24.0", "24.1", 1))
    assert changed.read_bytes() != recipe.path.read_bytes()
    assert_fails(replace(model, recipe=replace(recipe, table=changed)), "the data is not the data of training")


def test_data_of_a_library_that_was_changed_fails_the_check(tmp_path: Path) -> None:
    model = copied("iris", tmp_path)
    recipe = model.learns
    table = recipe.table
    assert callable(table)

    def changed() -> Any:
        frame = table().copy()
        frame.loc[0, "petal_width"] += 0.1
        return frame

    assert_fails(replace(model, recipe=replace(recipe, table=changed)), "the data is not the data of training")


@pytest.mark.parametrize("name", ["housing", "iris", "food"])
def test_points_that_were_changed_under_a_checksum_made_anew_fail_the_check(tmp_path: Path, name: str) -> None:
    """A checksum guards against accidents; the pickle tells the rest."""
    model = copied(name, tmp_path)
    score = read_content(model.card_path)["engine"]
    part = score.get("estimate", score)
    part["intercept"][-1] += 1e-6
    dated(model, engine=score)
    assert_fails(model, "card and pickle differ by")


class Bomb:
    """Unpickled, it writes a file."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return open, (self.path, "w")


def test_a_pickle_that_was_changed_is_not_even_opened(tmp_path: Path) -> None:
    model = copied("housing", tmp_path)
    model.pickle_path.write_bytes(pickle.dumps(Bomb(str(tmp_path / "exploded"))))
    assert_fails(model, "housing.joblib was changed after training")
    assert not (tmp_path / "exploded").exists()


def test_the_command_ends_with_0_where_everything_holds() -> None:
    result = likely("check", "housing", "iris")
    assert result.returncode == 0, result.stderr
    assert "housing: card: checksum holds" in result.stdout
    assert "iris: agreement: card and pickle differ by at most" in result.stdout
