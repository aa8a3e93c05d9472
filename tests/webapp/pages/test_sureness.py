"""How sure a number is: its range, what the tests say of such numbers, what another kind of model says, and a guess."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from model.declare.model import Model
from model.predict.kinds import Estimate
from webapp.http.addresses import texts
from webapp.text.kinds import kind_of

from tests.payloads import MODELS, asked, each_typed_model, example, get_predictor, passenger, person
from tests.results import by_api, result, section, words_of

CENSUS, TITANIC = MODELS[0], MODELS[1]


def test_a_range_that_held_too_few_in_tests_is_not_said_to_hold_eight_of_ten(client: FlaskClient) -> None:
    text = result(client, MODELS[3], {"rooms": "6.7"}).root.text
    assert "It is made to hold 8 of 10 such districts, and in tests it held fewer." in text
    assert "About 8 of 10 such districts" not in text
    assert (
        "In tests, 61 of the 100 districts with the nearest estimates fell in their own range, fewer than the 8" in text
    )
    text = result(client, MODELS[3], {"rooms": "6.5"}).root.text
    assert "About 8 of 10 such districts fall in this range." in text
    assert "83 of the 100 districts with the nearest estimates fell in their own range." in text


def test_a_range_that_was_stretched_says_to_which_side_and_why_that_may_be(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of amounts with a long tail nearly all may lie below their average, however many rows there are."""
    (table,) = client.application.extensions["models"].predictor("housing").engine.span.tables
    for end, errors, side in (("high", [-1.0] * 5, "less"), ("low", [1.0] * 5, "more")):
        with monkeypatch.context() as patch:
            patch.setitem(table, end, errors)
            text = section(result(client, MODELS[3], {"rooms": "6.5"}), "How sure is this?").text
        assert (
            f"The range had to be stretched to hold the estimate: nearly all such districts would have {side}." in text
        )
        assert "Either a few amounts far from all others have drawn it there, or the data has hardly any such" in text


def test_the_record_is_that_of_the_thousand_nearest_estimates(client: FlaskClient) -> None:
    page = result(client, CENSUS, asked(CENSUS))
    text = section(page, "How sure is this?").text
    predictor = get_predictor("census")
    value = predictor.values(example(CENSUS))[0]
    assert predictor.crowd is not None
    pairs = sorted(
        zip(predictor.crowd.chances[0], predictor.crowd.outcomes, strict=True), key=lambda p: abs(p[0] - value)
    )
    nearest = pairs[:1000]
    assert "The 1,000 people with the nearest numbers" in text
    estimated, so = (100 * sum(column) / 1000 for column in zip(*nearest, strict=True))
    told = re.search(r"([\d.]+) on average. In fact ([\d.]+) in 100", text)
    assert told is not None
    assert (float(told[1]), float(told[2])) == pytest.approx((estimated, so), abs=0.21)


def test_whether_to_trust_a_number_is_answered_from_those_nearest_to_it(client: FlaskClient) -> None:
    # The answer comes first, and then what it rests on.
    told = (
        r"Can you trust it\? In tests such numbers were (.*?) on average\. .*The .* got .* "
        r"([\d.]+) on average\. In fact .* \(allowing for chance, ([\d.]+) to ([\d.]+)\)\."
    )
    answered = set()
    for age in range(20, 80, 5):
        sure = section(result(client, CENSUS, person(age=age, status="Married-civ-spouse")), "How sure is this?")
        found = re.search(told, sure.text)
        assert found is not None
        estimated, low, high = map(float, found.groups()[1:])
        right = "about right" if low <= estimated <= high else "too high" if estimated > high else "too low"
        answered.add(found[1])
        assert found[1] == right
        # Figures that speak against the number are in view, and others are folded away.
        (folded,) = sure.all("details")
        assert ("with the nearest numbers got" in folded.text) == (right == "about right")
    assert "about right" in answered
    assert len(answered) > 1
    doubtful = section(result(client, MODELS[2], texts(MODELS[2], example(MODELS[2], 2))), "How sure is this?").text
    assert "The tests say little about it, since few tested numbers lay near this one." in doubtful


def test_tests_of_numbers_half_as_large_again_say_little_about_a_small_number(client: FlaskClient) -> None:
    """The 130 passengers nearest to 4 out of 100 got 6.9 on average; in fact it was 10.0, so 4 is not shown to be right."""
    old = passenger(sex="male", age="70", ticket_class="2", port="S", siblings_spouses="0", parents_children="0")
    assert by_api(client, TITANIC, old)["probability"] == pytest.approx(0.042, abs=0.001)
    text = section(result(client, TITANIC, old), "How sure is this?").text
    assert "got 0.4 to 9.1 out of 100, 6.9 on average" in text
    assert "The tests say little about it, since few tested numbers lay near this one." in text
    likely = section(result(client, TITANIC, texts(TITANIC, example(TITANIC, 0))), "How sure is this?").text
    assert "In tests such numbers were about right on average." in likely


def test_an_unknown_answer_is_averaged_flagged_and_bounded(client: FlaskClient) -> None:
    answers = passenger(age="unknown")
    text = section(result(client, TITANIC, answers), "What is not known").text
    (unknown,) = by_api(client, TITANIC, answers)["unknown_answers"]
    assert "It is filled in with the answers of the passengers in the data, and the number is the average." in text
    assert f"Age: from {words_of(unknown['low'])} (if " in text
    assert f" to {words_of(unknown['high'])} (if " in text


def test_an_unknown_answer_is_told_with_how_right_the_model_was_about_those_of_whom_it_is_not_recorded(
    client: FlaskClient,
) -> None:
    text = section(result(client, CENSUS, person(work="unknown")), "What is not known").text
    crowd = get_predictor("census").crowd
    assert crowd is not None
    rows = [row for row in range(crowd.count) if crowd.person(row).answers["work"] is None]
    so = 100 * sum(crowd.outcomes[row] for row in rows) / len(rows)
    given_then = 100 * sum(crowd.chances[0][row] for row in rows) / len(rows)
    assert f"Employer: the data has {len(rows):,} people without it. Of them {so:.1f} out of 100 had" in text
    assert f"the model gave them {given_then:.1f} on average." in text


def test_no_range_of_a_price_reaches_beyond_the_data(client: FlaskClient) -> None:
    sure = section(result(client, MODELS[3], {"rooms": "9"}), "How sure is this?").text
    assert "to $50,000." in sure
    assert "Another kind of model, just as good (boosted trees), says $" in sure


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (0.0004, 0.9999, "anything from under 0.1 to more than 99"),
        (0.0004, 0.97, "at most 97"),
        (0.02, 0.9999, "at least 2"),
        (0.02, 0.97, "2 to 97"),
    ],
)
def test_a_range_that_says_next_to_nothing_is_called_so(low: float, high: float, told: str) -> None:
    assert kind_of(CENSUS).probable(Estimate(0.3, low, high)) == told


def test_another_kind_of_model_stands_beside_the_number_and_where_they_differ_who_was_right(
    client: FlaskClient,
) -> None:
    person_who_never_worked = person(age="45", sex="Male", status="Married-civ-spouse", work="Never-worked")
    sure = section(result(client, CENSUS, person_who_never_worked), "How sure is this?").text
    assert "This model and the other differ by more than 5 points." in sure
    assert re.search(r"In fact [\d.]+ in 100 had an income over \$50,000 \(allowing for chance, ", sure)
    assert "All three together say at most 98." in sure
    assert (
        "Other kinds of models were tried, and none was found"
        in section(result(client, MODELS[2], asked(MODELS[2])), "How sure is this?").text
    )


def test_what_is_like_nothing_in_the_data_is_a_guess_without_a_range(client: FlaskClient) -> None:
    odd = {"sepal_length": "9", "sepal_width": "1.2", "petal_length": "8.5", "petal_width": "0.1"}
    page = result(client, MODELS[2], odd)
    assert "The data has no flower like this. Treat the number as a guess." in page.text
    assert "probably" not in page.text
    sure = section(page, "How sure is this?").text
    assert sure.startswith(
        "How sure is this? Nobody knows. The data has no flower like this. No range could be trusted."
    )
    assert not re.search(r"Can you trust it|may be chance|trust the number less", page.text)
    usual = result(client, MODELS[2], asked(MODELS[2]))
    assert "like this. Treat" not in usual.text
    assert "probably" in result(client, MODELS[2], texts(MODELS[2], example(MODELS[2], 2))).heading


def test_a_guess_is_called_one_in_the_sentence_beside_the_other_model_and_where_it_is_shared(
    client: FlaskClient,
) -> None:
    odd = person(age="19", sex="Female", race="Black", education="Doctorate", work="Never-worked", hours="1")
    page = result(client, CENSUS, odd)
    assert "The model’s guess: about " in page.text
    assert re.search(r"\(boosted trees\), says [^.]*\. It guesses too\.", page.text)
    baby = passenger(sex="female", age="0.5", ticket_class="1", port="Q", siblings_spouses="8", parents_children="9")
    assert "the other differ" not in result(client, TITANIC, baby).text
    shared = [button.attributes.get("data-share") for button in page.root.all("button")]
    said = [text for text in shared if text]
    assert said
    assert all(text.startswith("The data has no one like this. Treat the number as a guess. About ") for text in said)
    assert "guess" not in result(client, CENSUS, person()).text


@pytest.mark.parametrize("model", MODELS[:3], ids=lambda model: str(model.name))
def test_what_a_range_covers_and_what_it_does_not_is_said_without_a_formula(client: FlaskClient, model: Model) -> None:
    sure = section(result(client, model, asked(model)), "How sure is this?").text
    for said in (
        f"The model learnt from a limited number of {model.words.many}. With more and more of them, its number would move, ",
        "of 100 such ranges, about 95 hold the number on which it settles. ",
        "The range shows no other error, so the truth may lie outside it.",
    ):
        assert said in sure
    assert not {"endless", "formula"} & set(sure.split())


def test_a_range_whose_ends_are_told_alike_is_called_narrow(client: FlaskClient) -> None:
    sure = section(result(client, MODELS[4], asked(MODELS[4])), "How sure is this?").text
    assert "The range is so narrow that both of its ends are told as more than 99 out of 100." in sure


def test_a_range_far_beyond_a_small_number_has_a_unit_of_its_own() -> None:
    kind = kind_of(CENSUS)
    near, far = Estimate(0.003, 0.0001, 0.041), Estimate(0.003, 0.0001, 0.292)
    assert (kind.probable(near), kind.whole_span(near)) == ("at most 41 in 1,000", "at most 41 in 1,000")
    assert kind.probable(far) == kind.whole_span(far) == "at most 29 out of 100"


@each_typed_model
def test_what_the_number_leaves_out_is_said_of_the_number(client: FlaskClient, model: Model) -> None:
    assert "The number does not allow for" in section(result(client, model, asked(model)), "How sure is this?").text
