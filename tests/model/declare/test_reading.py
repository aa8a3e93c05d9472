"""Page, address and API read answers alike: they accept the same, refuse the same and say the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from model.declare.choice import ChoiceInput
from model.declare.faults import sentence
from model.declare.inputs import Input, Refused
from model.declare.model import Model
from model.declare.number import NumberInput
from model.declare.reading import read_answers, read_lists

from tests.model.predict.test_prediction import answers_of, answers_to
from tests.payloads import MODELS, TYPED, each_typed_model

DIGITS = "0123456789٠١٢٣٤٥٦٧٨٩०१२३４５６７"
NEARLY_NUMBERS = st.text(alphabet=DIGITS + " .,+-−_eE٫٬\u00a0\u202f\"'xinfa²½", max_size=12)


def choices_of(model: Model) -> list[str]:
    choices = [asked.choices for asked in model.inputs if isinstance(asked, ChoiceInput)]
    return [word for one in choices for pair in one.items() for word in pair]


def typed_text(model: Model) -> st.SearchStrategy[str]:
    """Anything a person may type: text of any script, what looks like a number, a choice or nearly one."""
    words = ["", "unknown", "?", "I don’t know", *choices_of(model)]
    known = st.sampled_from(words)
    bent = st.tuples(known, st.sampled_from([str.upper, str.lower, str.title, lambda s: f' "{s}" ', lambda s: s[:-1]]))
    numbers = st.integers(-5, 120).map(str) | st.floats(allow_nan=True).map(str) | NEARLY_NUMBERS
    return known | bent.map(lambda pair: pair[1](pair[0])) | numbers | st.text(max_size=80)


def typed_answers(model: Model) -> st.SearchStrategy[dict[str, list[str]]]:
    several = st.lists(typed_text(model), max_size=3)
    return st.fixed_dictionaries({}, optional={asked.name: several for asked in model.inputs})


def by_the_form(model: Model, typed: dict[str, list[str]]) -> tuple[dict[str, Any], dict[str, str]]:
    """The clean answers and the messages that the page's form makes of what was typed."""
    form = model.form(formdata=MultiDict([(name, text) for name, texts in typed.items() for text in texts]))
    form.validate()
    faults = {}
    for field in form:
        assert len(field.errors) <= 1, "one fault, one message"
        if field.errors:
            faults[field.name] = str(field.errors[0])
    return {field.name: field.data for field in form if not field.errors}, faults


def by_the_lists(model: Model, typed: dict[str, list[str]]) -> tuple[dict[str, Any], dict[str, str]]:
    answers, faults = read_lists(model.inputs, typed)
    return answers, {fault.name: sentence(fault, model.input) for fault in faults}


def by_the_reader(model: Model, typed: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    answers, faults = read_answers(model.inputs, typed)
    return answers, {fault.name: sentence(fault, model.input) for fault in faults}


@each_typed_model
def test_form_and_address_read_alike(model: Model) -> None:
    @given(typed=typed_answers(model))
    def holds(typed: dict[str, list[str]]) -> None:
        assert by_the_form(model, typed) == by_the_lists(model, typed)

    holds()


@each_typed_model
def test_form_and_api_read_alike(model: Model) -> None:
    text = typed_text(model)

    @given(typed=st.fixed_dictionaries({}, optional={asked.name: text for asked in model.inputs}))
    @example(typed={})
    def holds(typed: dict[str, str]) -> None:
        as_form = {name: [text] for name, text in typed.items()}
        assert by_the_form(model, as_form) == by_the_reader(model, typed)

    holds()


@each_typed_model
def test_an_answer_survives_its_own_text(model: Model) -> None:
    """An address, a form and a file carry answers as text, and nothing is lost on the way."""

    @given(answers=answers_of(model))
    def holds(answers: dict[str, Any]) -> None:
        texts = {asked.name: asked.text(answers[asked.name]) for asked in model.inputs}
        assert by_the_reader(model, texts) == (answers, {})
        assert by_the_form(model, {name: [text] for name, text in texts.items()}) == (answers, {})

    holds()


@each_typed_model
def test_what_is_read_has_one_text(model: Model) -> None:
    """However an answer was typed, its text is that of the clean answer."""

    @given(text=typed_text(model), number=st.integers(0, len(model.inputs) - 1))
    def holds(text: str, number: int) -> None:
        asked = model.inputs[number]
        try:
            answer = asked.read(text)
        except Refused:
            return
        assert asked.read(asked.text(answer)) == answer
        assert asked.words(answer)

    holds()


@each_typed_model
def test_what_is_read_is_what_the_model_takes(model: Model) -> None:
    @given(text=typed_text(model), number=st.integers(0, len(model.inputs) - 1))
    def holds(text: str, number: int) -> None:
        asked = model.inputs[number]
        try:
            answer = asked.read(text)
        except Refused as refused:
            assert str(refused)
            return
        if answer is None:
            assert asked.may_be_unknown
        elif isinstance(asked, ChoiceInput):
            assert answer in asked.choices
        else:
            assert isinstance(asked, NumberInput)
            assert asked.lowest <= answer <= asked.highest
            assert type(answer) is (int if asked.whole else float)

    holds()


ANYTHING_IN_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(asked=st.sampled_from([asked for model in MODELS for asked in model.inputs]), raw=ANYTHING_IN_JSON)
def test_whatever_json_holds_is_read_or_refused_with_words(asked: Input, raw: Any) -> None:
    try:
        asked.read(raw)
    except Refused as refused:
        assert str(refused)


@given(asked=st.sampled_from([asked for model in TYPED for asked in model.inputs]), data=st.data())
def test_a_clean_answer_reads_as_itself(asked: Input, data: st.DataObject) -> None:
    """A program may send 37 where a form sends "37"."""
    answer = data.draw(answers_to(asked))
    assert asked.read(answer) == answer


@pytest.mark.parametrize("raw", [True, False])
def test_true_is_no_number_and_no_choice(raw: bool) -> None:
    for model in TYPED:
        for asked in model.inputs:
            with pytest.raises(Refused):
                asked.read(raw)


@pytest.mark.parametrize("raw", [37.5, 1e300, float("inf"), float("nan"), -0.5])
def test_a_number_that_is_not_whole_is_never_rounded(raw: float) -> None:
    for asked in (asked for model in TYPED for asked in model.inputs):
        if isinstance(asked, NumberInput) and asked.whole:
            with pytest.raises(Refused):
                asked.read(raw)


@each_typed_model
@pytest.mark.parametrize("mark", ["'", "’"])
def test_an_apostrophe_may_be_straight_or_curly(model: Model, mark: str) -> None:
    for asked in model.inputs:
        for value, label in asked.choices.items() if isinstance(asked, ChoiceInput) else ():
            assert asked.read(label.replace("’", mark)) == value


AMOUNT = NumberInput("amount", "Amount", "the amount", lowest=0, highest=10_000, unit="hours")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("2,8", 2.8), ("2,800", 2800), ("2800,50", 2800.5), ("0,125", 0.125), ("1,234.5", 1234.5), ("12,3456", 12.3456),
        ("1e3", 1000), ("2.5E-1", 0.25), ("1,5e3", 1500), ("1.234,5", 1234.5), ("1 234,5", 1234.5), ("1’234.5", 1234.5),
        ("1\u202f234", 1234), ("1.234", 1.234), ("2,5 Hours", 2.5), ("1 hour", 1),
    ],
)  # fmt: skip
def test_a_number_may_be_written_as_any_language_or_program_writes_it(typed: str, number: float) -> None:
    assert AMOUNT.read(typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        "1,23,4",
        "2,800,5",
        "1e",
        "e3",
        ",",
        "1,2,3",
        "1e9999",
        "1 23",
        "12 34 567",
        "1.23,4.5",
        "5 km",
        "hours",
        "1 234'567",
    ],
)
def test_what_could_mean_two_numbers_or_none_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        AMOUNT.read(typed)
    assert refused.value.code == "not_a_number"


@pytest.mark.parametrize("said", [True, "true", "Yes", "y", "1", 1])
@pytest.mark.parametrize("choices", [{"yes": "Yes", "no": "No"}, {"1": "Yes", "0": "No"}, {"t": "True", "f": "False"}])
def test_a_yes_may_be_said_as_programs_say_it(said: Any, choices: dict[str, str]) -> None:
    asked = ChoiceInput("smokes", "Smokes", "whether they smoke", choices=choices)
    assert asked.read(said) == next(iter(choices))


def test_a_code_may_be_written_with_a_point_and_nothing_after_it() -> None:
    asked = ChoiceInput("grade", "Grade", "the grade", choices={"1": "First", "2": "Second"})
    assert asked.read("2.0") == "2"
    for text in ("2.5", "3.0", ".0"):
        with pytest.raises(Refused):
            asked.read(text)


def test_choices_that_are_no_yes_and_no_take_no_boolean() -> None:
    for choices in ({"1": "First", "2": "Second"}, {"yes": "Yes", "no": "No", "perhaps": "Perhaps"}):
        with pytest.raises(Refused):
            ChoiceInput("which", "Which", "which", choices=choices).read(True)
