"""The words that people read are plain: Flesch and Kincaid's school grade of every form and result."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from model.declare.inputs import first_lower
from model.declare.model import Model

from tests.page import Page, page_of
from tests.payloads import asked, each_model

HIGHEST_GRADE = 8
READ = ("p", "li", "h1", "h2", "h3", "label", "legend", "caption", "figcaption", "summary", "dt")
# Blocks inside others are read once, with the block around them.
INSIDE = ("li", "summary", "label")


def sentences(page: Page) -> list[str]:
    (main,) = page.root.all("main")
    blocks = [
        element.text
        for element in main.elements()
        if element.tag in READ and not any(element.above(tag) for tag in INSIDE)
    ]
    return [s for block in blocks for s in re.split(r"(?<=[.?!:])\s+", block) if re.search("[A-Za-z]", s)]


def grade(page: Page) -> float:
    read = sentences(page)
    words = [word for sentence in read for word in re.findall(r"[A-Za-z’]+|[\d.,$%]*\d", sentence)]
    syllables = sum(map(syllables_in, words))
    return 0.39 * len(words) / len(read) + 11.8 * syllables / len(words) - 15.59


def syllables_in(word: str) -> int:
    """Groups of vowels, but for a silent e; a number is read as about two."""
    if not word[0].isalpha():
        return 2
    plain = re.sub(r"(?<=[^aeiouyl])e$|(?<=[^aeiouytd])ed$|(?<=[^aeiouysxzcgh])es$", "", word.lower())
    return max(1, len(re.findall(r"[aeiouy]+", plain)))


def test_the_grade_tells_plain_words_from_hard_ones() -> None:
    plain = Page("<main><p>The cat sat on the mat. It was warm.</p></main>")
    hard = Page("<main><p>Heteroscedasticity-consistent covariance estimation necessitates regularisation.</p></main>")
    assert grade(plain) < 2
    assert grade(hard) > 14


@each_model
def test_a_form_is_read_by_a_thirteen_year_old(client: FlaskClient, model: Model) -> None:
    page = page_of(client.get(f"/{model.name}"))
    assert grade(page) <= HIGHEST_GRADE, sentences(page)


@each_model
def test_a_result_is_read_by_a_thirteen_year_old(client: FlaskClient, model: Model) -> None:
    page = page_of(client.get(f"/{model.name}/result", query_string=asked(model)))
    assert grade(page) <= HIGHEST_GRADE, sentences(page)


@each_model
def test_a_result_speaks_of_so_many_out_of_100_and_never_of_probabilities(client: FlaskClient, model: Model) -> None:
    (main,) = page_of(client.get(f"/{model.name}/result", query_string=asked(model))).root.all("main")
    words = " ".join(e.text for e in main.elements() if e.tag in READ).casefold()
    for jargon in ("probabilit", "log-odds", "logit", "coefficient", "covariance", "regression"):
        assert jargon not in words


@pytest.mark.parametrize(
    ("label", "within"),
    [
        ("Age", "age"), ("A grey day", "a grey day"), ("BMI (kg/m²)", "BMI (kg/m²)"), ("HbA1c", "HbA1c"),
        ("REGION CD", "REGION CD"), ("I don’t know", "I don’t know"), ("", ""),
    ],
)  # fmt: skip
def test_a_label_within_a_sentence_keeps_the_capitals_of_an_abbreviation(label: str, within: str) -> None:
    assert first_lower(label) == within
