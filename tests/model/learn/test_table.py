"""Training stops where form and table disagree, and bears the tables that people bring."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
import pytest

from model.declare.model import Model
from model.learn.check import check
from model.learn.table import Disagreement, read_table
from model.learn.train import train
from model.predict.card import Card
from model.predict.catalog import declared_in
from model.predict.predictor import Predictor

from tests.processes import likely
from tests.toys import Row, days, write_toy

# Each test trains a toy.
pytestmark = pytest.mark.slow


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


def test_a_form_may_ask_for_less_than_the_table_has(tmp_path: Path) -> None:
    narrow = instead(
        "between=(0, 8)",
        "between=(1, 6), clipped=True",
        "knots=(0, 4, 8)",
        "knots=(1, 4, 6)",
        '"clouds": 7',
        '"clouds": 6',
    )
    model = declared_in(write_toy(tmp_path, narrow) / "toy.py")
    clouds = read_table(model)[0]["clouds"]
    assert (clouds.min(), clouds.max(), len(clouds)) == (1, 6, len(days()))
    assert isinstance(train(model), Card)
    assert list(check(model))


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


def test_a_function_that_returns_no_table_is_named(tmp_path: Path) -> None:
    source = instead(
        "MODEL = Model(", "def days():\n    pass\n\n\nMODEL = Model(", 'Path(__file__).with_name("toy.csv")', "days"
    )
    model = declared_in(write_toy(tmp_path, source) / "toy.py")
    with pytest.raises(Disagreement, match="The function days must return a DataFrame, and returns None"):
        train(model)


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


def test_a_group_of_one_row_has_a_wide_range(tmp_path: Path) -> None:
    model = toy(
        tmp_path,
        instead("smallest_bin=20,", 'smallest_bin=20, groups={"wind": ()},'),
        lambda rows: [row | {"wind": "E"} if row["wind"] == "N" and place else row for place, row in enumerate(rows)],
    )
    alone = next(row for row in train(model).evaluation.groups if row.group == "North")
    assert alone.people == 1
    assert alone.gap_low is not None
    assert alone.gap_high is not None
    reach = 1.96 * math.sqrt(alone.estimated * (1 - alone.estimated))
    assert (alone.gap_low, alone.gap_high) == pytest.approx(
        (max(alone.gap - reach, -1), min(alone.gap + reach, 1)), abs=1e-3
    )


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
    assert fitted.average_proba(nobody)[0, 1] == pytest.approx(both.value, abs=1e-12)


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
