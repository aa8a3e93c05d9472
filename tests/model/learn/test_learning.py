"""Training stops where form and table disagree, reproduces its files, and the check sees every change."""

from __future__ import annotations

import datetime
import hashlib
import json
import pickle
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from model.declare.model import Model
from model.learn.artefacts import NotWritten, digest
from model.learn.check import CheckFailed, check
from model.learn.table import Disagreement, read_table
from model.learn.train import train
from model.predict.card import Card, NotTrained, Tampered, read_content, write_card
from model.predict.catalog import declared_in
from model.predict.predictor import Predictor
from webapp.commands.main import progress

from tests.payloads import each_model, get_model
from tests.processes import likely
from tests.toys import Row, days, write_toy


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """One thread for the trees, so that other work on the machine does not slow them down."""
    with threadpool_limits(1, "openmp"):
        yield


# -- the mirror check --------------------------------------------------------------------------------


def put(number: int, **changes: str) -> Callable[[list[Row]], list[Row]]:
    """Change one row."""
    return lambda rows: [row | changes if place == number else row for place, row in enumerate(rows)]


def without(column: str) -> Callable[[list[Row]], list[Row]]:
    return lambda rows: [{name: value for name, value in row.items() if name != column} for row in rows]


def instead(*pairs: str) -> Callable[[str], str]:
    """Put each second text in the place of the one before it."""
    return lambda source: reduce(
        lambda text, pair: text.replace(*pair), zip(pairs[::2], pairs[1::2], strict=True), source
    )


def disagreement(folder: Path, **changes: Any) -> str:
    model = declared_in(write_toy(folder, **changes) / "toy.py")
    with pytest.raises(Disagreement) as stopped:
        train(model)
    return str(stopped.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (put(7, wind="NW"), "wind: the table has 'NW', which the form cannot send"),
        (put(7, wind="n"), "wind: the table has 'n', which the form cannot send"),
        (put(7, wind=" N"), "wind: the table has ' N', which the form cannot send"),
        (
            lambda rows: [row for row in rows if row["wind"] != "E"],
            "wind: the form offers 'E', which the table does not",
        ),
        (put(7, clouds="9"), "clouds: the form takes 0 to 8, but the table goes from 0 to 9"),
        (put(7, clouds="-1"), "clouds: the form takes 0 to 8, but the table goes from -1 to 8"),
        (put(7, clouds="inf"), "clouds: the form takes 0 to 8, but the table goes from 0 to inf"),
        (put(7, clouds="2.5"), "clouds: the form takes whole numbers, but the table has 2.5"),
        (put(7, clouds="cloudy"), "clouds: the table has 'cloudy', which the form does not take as a number"),
        (put(7, clouds="nan"), "clouds: the table has 'nan', which the form does not take as a number"),
        (put(7, clouds=""), "clouds: the table has '', which the form does not take as a number"),
        (put(7, clouds="?"), "clouds: the table has '?', which the form does not take as a number"),
        (without("wind"), "wind: the table has no such column. It has: clouds, rain"),
        (without("rain"), "rain: the table has no such column. It has: clouds, wind"),
        (put(7, rain="maybe"), "rain must be 'yes' or one other value; it has 'maybe', 'no', 'yes'"),
        (put(7, rain=""), "rain must be 'yes' or one other value; it has '', 'no', 'yes'"),
    ],
)
def test_a_table_that_disagrees_with_the_form_stops_training(
    tmp_path: Path, change: Callable[[list[Row]], list[Row]], message: str
) -> None:
    assert message in disagreement(tmp_path, change_rows=change)
    assert not (tmp_path / "trained").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            instead('"W": "West"', '"W": "West", "NW": "North-west"'),
            "wind: the form offers 'NW', which the table does not",
        ),
        (
            instead(', "W": "West"', "", '"wind": "W"', '"wind": "N"'),
            "wind: the table has 'W', which the form cannot send",
        ),
        (instead("may_be_unknown=True", "may_be_unknown=False"), "wind: the table has '?', which the form cannot send"),
        (
            instead("(0, 8)", "(0, 7)", "4, 8)", "4, 7)"),
            "clouds: the form takes 0 to 7, but the table goes from 0 to 8",
        ),
        (
            instead("(0, 8)", "(1, 8)", "(0, 4", "(1, 4"),
            "clouds: the form takes 1 to 8, but the table goes from 0 to 8",
        ),
        (instead("clouds", "cloud"), "cloud: the table has no such column. It has: clouds, wind, rain"),
        (instead('yes="yes"', 'yes="YES"'), "rain must be 'YES' or one other value; it has 'no', 'yes'"),
        (instead('"toy.csv"', '"tou.csv"'), "tou.csv"),
    ],
)
def test_a_form_that_disagrees_with_the_table_stops_training(
    tmp_path: Path, change: Callable[[str], str], message: str
) -> None:
    assert message in disagreement(tmp_path, change_model=change)
    assert not (tmp_path / "trained").exists()


def test_a_word_is_not_taken_for_an_unknown_number(tmp_path: Path) -> None:
    unknown = instead("whole=True,", "whole=True, may_be_unknown=True,")
    blank_and_word = [put(7, clouds=""), put(8, clouds="?"), put(9, clouds="cloudy")]
    message = disagreement(
        tmp_path,
        change_model=unknown,
        change_rows=lambda rows: reduce(lambda r, change: change(r), blank_and_word, rows),
    )
    assert "clouds: the table has 'cloudy', which the form does not take as a number" in message


def test_every_disagreement_is_named_at_once(tmp_path: Path) -> None:
    message = disagreement(
        tmp_path, change_model=instead("(0, 8)", "(0, 7)", "4, 8)", "4, 7)"), change_rows=put(7, wind="NW")
    )
    assert "clouds: " in message
    assert "wind: " in message


def test_form_and_table_that_agree_are_learned_from(tmp_path: Path) -> None:
    X, y = read_table(declared_in(write_toy(tmp_path) / "toy.py"))
    assert list(X[["clouds", "wind"]].iloc[0]) == [0.0, "N"]
    assert X["wind"].isna().sum() == 60
    assert set(y) == {0, 1}


def test_the_command_says_what_disagrees_and_ends_with_1(tmp_path: Path) -> None:
    write_toy(tmp_path, change_rows=put(7, wind="NW"))
    result = likely("train", "toy", LIKELY_MODEL_FOLDERS=str(tmp_path))
    assert result.returncode == 1
    assert "toy: the form and the table disagree" in result.stderr
    assert "wind: the table has 'NW', which the form cannot send" in result.stderr
    assert "Traceback" not in result.stderr


# -- tables that were too much for it ----------------------------------------------------------------


def toy(folder: Path, change: Callable[[str], str] = str, rows: Callable[[list[Row]], list[Row]] = list) -> Model:
    return declared_in(write_toy(folder, change, rows) / "toy.py")


FRAME = """
def table():
    import pandas
    frame = pandas.read_csv(Path(__file__).with_name("toy.csv"), na_values="gap")
    return frame
"""
from_frame = instead('Path(__file__).with_name("toy.csv")', "table", "\n\nclass ToyForm", FRAME + "\n\nclass ToyForm")


def test_a_target_with_gaps_is_refused_with_their_number(tmp_path: Path) -> None:
    message = disagreement(tmp_path, change_model=from_frame, change_rows=put(7, rain="gap"))
    assert message == "toy: rain is missing in 1 rows of the table. Leave these rows out"


def test_whole_codes_beside_gaps_are_read_without_a_point(tmp_path: Path) -> None:
    codes = instead('"N": "North", "E": "East", "S": "South", "W": "West"', '"1": "North", "2": "East"')
    model = toy(
        tmp_path,
        lambda source: codes(from_frame(source)).replace('"wind": "W"', '"wind": "1"'),
        lambda rows: [row | {"wind": {"N": "1", "E": "2"}.get(row["wind"], "gap")} for row in rows],
    )
    X, _ = read_table(model)
    assert set(X["wind"].dropna()) == {"1", "2"}


def test_an_amount_with_a_sign_is_quoted_with_what_to_do(tmp_path: Path) -> None:
    amount = instead('kind="probability"', 'kind="amount"', "may_be_unknown=True", "may_be_unknown=False")
    message = disagreement(
        tmp_path,
        change_model=lambda source: amount(source),
        change_rows=lambda rows: [row | {"wind": row["wind"].replace("?", "N"), "rain": "$0"} for row in rows],
    )
    assert message == "toy: rain must be an amount in digits, without a sign or unit; it has '$0'"


def test_of_two_hundred_categories_that_the_form_lacks_a_few_are_named(tmp_path: Path) -> None:
    message = disagreement(
        tmp_path,
        change_rows=lambda rows: [
            row | {"wind": f"w{place:03}"} if place < 200 else row for place, row in enumerate(rows)
        ],
    )
    assert "wind: the table has 'w000', 'w001', 'w002', 'w003', 'w004' and 195 more, which the form cannot" in message


def test_a_group_of_one_row_has_a_range_that_holds_everything(tmp_path: Path) -> None:
    model = toy(
        tmp_path,
        instead("smallest_bin=20,", 'smallest_bin=20, groups={"wind": ()},'),
        lambda rows: [row | {"wind": "E"} if row["wind"] == "N" and place else row for place, row in enumerate(rows)],
    )
    alone = next(row for row in train(model).evaluation.groups if row.group == "North")
    assert (alone.people, alone.gap_low, alone.gap_high) == (1, -1, 1)


def test_answers_that_are_never_recorded_together_can_be_unknown_together(tmp_path: Path) -> None:
    model = toy(
        tmp_path,
        instead("whole=True,", "whole=True, may_be_unknown=True,"),
        lambda rows: (
            [row | ({"wind": "?"} if place % 2 else {"clouds": "?"}) for place, row in enumerate(rows)]
            + [{"clouds": "0", "wind": "?", "rain": "no"}]
        ),
    )
    card = train(model)
    assert list(check(model))
    predictor = Predictor(model, card)
    both = predictor.estimates({"clouds": None, "wind": None})[0]
    assert both.low < both.value < both.high
    fitted = joblib.load(model.pickle_path)
    nobody = pd.DataFrame({"clouds": [float("nan")], "wind": pd.Series([float("nan")], dtype=object)})
    assert fitted.predict_proba(nobody)[0, 1] == pytest.approx(both.value, abs=1e-12)


def trained_in_another_unit(folder: Path, times: float) -> Card:
    """The card of a toy with a slope, whose numbers are all so many times as large."""
    slope = instead('Curve("clouds", knots=(0, 4, 8))', 'Slope("clouds")', "Curve, ", "Slope, ", "whole=True, ", "")
    unit = instead("between=(0, 8)", f"between=(0, {8 * times})", '"clouds": 7', f'"clouds": {7 * times}')
    numbers = [row | {"clouds": repr(int(row["clouds"]) * times)} for row in days()]
    return train(toy(folder, lambda source: unit(slope(source)), lambda rows: numbers))


def test_a_slope_learns_the_same_in_any_unit(tmp_path: Path) -> None:
    plain, small = (trained_in_another_unit(tmp_path / str(times), times) for times in (1.0, 1e-4))
    assert small.evaluation.figures["log_loss"] == pytest.approx(plain.evaluation.figures["log_loss"], abs=1e-6)
    lines = [term["points"] for card in (plain, small) for term in card.engine["terms"] if term["between"]]
    assert lines[1] == [pytest.approx(points, abs=1e-5) for points in lines[0]]


# -- training again ----------------------------------------------------------------------------------


def files(model: Model) -> dict[str, bytes]:
    folder = model.card_path.parent
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.stem == model.name}


def copied(name: str, folder: Path) -> Model:
    """The model with its files copied into a folder, where a test may change them."""
    model = get_model(name)
    copy = replace(model, folder=folder)
    copy.card_path.parent.mkdir(parents=True, exist_ok=True)
    for path in model.card_path.parent.glob(f"{name}.*"):
        shutil.copy(path, copy.card_path.parent)
    return copy


def dated(model: Model, **changes: Any) -> None:
    """Change the scorecard as if training had written it so."""
    content = read_content(model.card_path)
    del content["checksum"]
    write_card(model.card_path, content | changes)


AGAIN = [
    "food",
    "iris",
    pytest.param("housing", marks=pytest.mark.slow),
    pytest.param("titanic", marks=pytest.mark.slow),
]


@pytest.mark.parametrize("name", AGAIN)
def test_training_again_leaves_the_files_as_they_are(tmp_path: Path, name: str) -> None:
    model = copied(name, tmp_path)
    # Another pickle of the same numbers: what pickling writes may depend on what was unpickled before.
    joblib.dump(joblib.load(model.pickle_path), model.pickle_path, compress=1)
    dated(model, trained="2001-01-01", pickle=digest(model.pickle_path))
    before = files(model)
    train(model)
    assert files(model) == before


def test_training_replaces_a_pickle_that_was_changed(tmp_path: Path) -> None:
    model = copied("food", tmp_path)
    model.pickle_path.write_bytes(b"")
    train(model)
    assert list(check(model))


@pytest.mark.parametrize("failing", ["food.joblib", "food.json"])
def test_a_training_that_fails_at_the_end_leaves_the_old_files_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    model = copied("food", tmp_path)
    # An older training, whose scorecard and pickle both differ from what is to come.
    model.pickle_path.write_bytes(b"an older pickle")
    dated(model, version="00000000")
    before = {path.name: path.read_bytes() for path in model.card_path.parent.iterdir()}
    replace_file = Path.replace

    def fail(path: Path, target: Path) -> Path:
        if target.name == failing and path.suffix == ".part":
            raise OSError(28, "No space left on device")
        return replace_file(path, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(NotWritten, match="trained: No space left on device"):
        train(model)
    assert {path.name: path.read_bytes() for path in model.card_path.parent.iterdir()} == before


def test_a_first_training_that_fails_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = replace(get_model("food"), folder=tmp_path)
    monkeypatch.setattr("model.learn.artefacts.write_card", lambda part, content: part.rename(tmp_path / "none"))
    with pytest.raises(NotWritten, match="No such file"):
        train(model)
    assert list((tmp_path / "trained").iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_named_before_anything_is_learned(tmp_path: Path) -> None:
    (write_toy(tmp_path) / "trained").write_text("a file where the folder should be")
    result = likely("train", "toy", LIKELY_MODEL_FOLDERS=str(tmp_path))
    assert result.returncode == 1
    assert f"Error: Training cannot write to the folder {tmp_path / 'trained'}" in result.stderr
    assert "Traceback" not in result.stderr


def test_training_again_keeps_the_date_where_nothing_else_changed(tmp_path: Path) -> None:
    model = copied("food", tmp_path)
    dated(model, trained="2001-01-01")
    assert train(model).trained == "2001-01-01"


def test_training_again_takes_todays_date_where_something_changed(tmp_path: Path) -> None:
    model = copied("food", tmp_path)
    dated(model, trained="2001-01-01", version="00000000")
    assert train(model).trained == datetime.datetime.now(datetime.UTC).date().isoformat()


def test_training_makes_the_files_where_there_are_none(tmp_path: Path) -> None:
    model = replace(get_model("food"), folder=tmp_path)
    train(model)
    assert {path.name for path in (tmp_path / "trained").iterdir()} == {"food.joblib", "food.json"}


def test_off_a_terminal_progress_is_told_in_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("webapp.commands.main.SECONDS_BETWEEN_LINES", 0)
    with progress("toy", 3) as advance:
        for _ in range(3):
            advance("a fold")
    assert capsys.readouterr().err == (
        "toy: 1 of 3 steps, about 0 seconds left\ntoy: 2 of 3 steps, about 0 seconds left\n"
    )


# -- the check ---------------------------------------------------------------------------------------


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
    changed = re.sub(rb"-?\d+\.\d+", number.encode(), body, count=1)
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
    part["intercept"][0] += 1e-6
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


# -- the scorecard's text ----------------------------------------------------------------------------

PLAIN_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text('ab é“{}\\"\n', max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=4),
    max_leaves=20,
)


@given(content=st.dictionaries(st.text("abc", min_size=1, max_size=3), PLAIN_JSON, min_size=1))
def test_a_scorecard_reads_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, content: dict[str, Any]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    write_card(path, content)
    read = read_content(path)
    assert {name: value for name, value in read.items() if name != "checksum"} == content


@each_model
def test_a_scorecard_is_plain_json_in_short_lines(model: Model) -> None:
    """A model that was trained anew shows as a readable difference."""
    text = model.card_path.read_text(encoding="utf-8")
    assert json.loads(text)["model"] == model.name
    assert text.endswith("}\n")
    assert max(map(len, text.splitlines())) < 3000
