"""Words in a file beside the declaration, and which of them only a person can write."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.declare.words import NEUTRAL_WARNING, Words

from tests.payloads import MODELS

GOOD = {
    "title": '"Rain"', "question": '"Does it rain?"', "heading": '"Estimate"', "lead": '"From {rows} days."',
    "button": '"Estimate"', "those": '"days like this"', "yes": '"had rain"', "no": '"did not"',
    "warning": '"Plan no picnic by it."', "source": '"a weather station"', "one": '"day"', "many": '"days"',
    "things": "true",
}  # fmt: skip


def read(folder: Path, **changes: str) -> Words:
    lines = [f"{name} = {value}" for name, value in (GOOD | changes).items() if value]
    (folder / "rain.words.toml").write_text("\n".join(lines), encoding="utf-8")
    return Words.from_file(folder / "rain.words.toml")


def test_words_are_read_from_a_file(tmp_path: Path) -> None:
    words = read(tmp_path)
    assert (words.title, words.things, words.another) == ("Rain", True, "Another person")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"titel": '"Rain"'}, "rain.words.toml: there are no words 'titel'. Did you mean 'title'?"),
        ({"xyzzy": '"Rain"'}, "rain.words.toml: there are no words 'xyzzy'. There are: title, question,"),
        ({"title": ""}, "rain.words.toml: 'title' is missing. Add a line title = \"…\""),
        ({"title": "7"}, "rain.words.toml: 'title' must be a text in quotation marks, and is 7"),
        ({"things": '"yes"'}, "rain.words.toml: 'things' must be true or false, and is 'yes'"),
        ({"title": "Rain"}, "rain.words.toml: Invalid value (at line 1, column 9)"),
    ],
)
def test_wrong_words_are_told_in_a_sentence(tmp_path: Path, changes: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match="words") as told:
        read(tmp_path, **changes)
    assert str(told.value).startswith(says)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^there is no file rain\.words\.toml with the words$"):
        Words.from_file(tmp_path / "rain.words.toml")


@pytest.mark.parametrize(
    ("name", "neutral"),
    [
        ("warning", NEUTRAL_WARNING), ("warning", f"{NEUTRAL_WARNING} It may look better than it is: “x” may not be known beforehand."),
        ("source", "the file people of 2020.csv"), ("yes", "had income “>50K”"),
        ("no", "had another"), ("one", "row"),
    ],
)  # fmt: skip
def test_words_that_a_draft_wrote_are_not_yet_written(tmp_path: Path, name: str, neutral: str) -> None:
    assert read(tmp_path).unwritten == []
    assert read(tmp_path, **{name: f'"{neutral}"'}).unwritten == [name]


def test_the_words_of_every_model_of_ours_are_written() -> None:
    assert [model.name for model in MODELS if model.words.unwritten] == []
