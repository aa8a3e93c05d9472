"""The card as a page: its headings, its pictures and tables, and what a person may ask of it."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sklearn.metrics import roc_auc_score

from model.declare.model import Model
from model.declare.number import NumberInput
from webapp.text.charts import amount_plot, nice_step
from webapp.text.numbers import chance, signed

from tests.cards import CHANCES, evaluation, number, observed, section, the_table
from tests.page import page_of
from tests.payloads import TYPED, each_model, each_typed_model, get_predictor

# -- the page ----------------------------------------------------------------------------------------


@each_model
def test_it_answers_its_questions_under_headings_that_the_contents_list_leads_to(card: Any, model: Model) -> None:
    page = card(model.name)
    (contents,) = page.root.all("nav", aria_label="On this page")
    headings = [(heading.attributes["id"], heading.text) for heading in page.root.all("h2")]
    assert [(link.attributes["href"][1:], link.text) for link in contents.all("a")] == headings
    assert len(headings) >= 10
    assert page.heading == model.words.title


@each_model
def test_it_has_no_style_of_its_own(client: FlaskClient, model: Model) -> None:
    assert "style=" not in client.get(f"/{model.name}/card").text


@each_model
def test_every_picture_says_what_it_shows_and_stands_beside_a_table(card: Any, model: Model) -> None:
    page = card(model.name)
    pictures = [svg for svg in page.root.all("svg") if svg.above("main")]
    assert len(pictures) == {"census": 4, "titanic": 4, "iris": 1, "housing": 2, "food": 0}[model.name]
    for picture in pictures:
        assert picture.attributes["role"] == "img"
        assert len(picture.attributes["aria-label"]) > 80
        part = picture.above("section")
        assert part is not None
        assert part.all("table")


@each_model
def test_the_names_in_a_picture_of_groups_end_within_it(card: Any, model: Model) -> None:
    for text in card(model.name).root.all("text"):
        if text.attributes.get("class") == "named" and "text-anchor" not in text.attributes:
            assert float(text.attributes["x"]) + 6.4 * len(text.text) < 320


def test_a_long_name_in_a_picture_keeps_its_group(card: Any) -> None:
    named = [text.text for text in card("census").root.all("text") if text.attributes.get("class") == "named"]
    assert "Race, as the…: American Indian or Eskimo" in named
    assert "Sex: Female" in named


@each_model
def test_every_wide_table_can_be_scrolled_by_keyboard(card: Any, model: Model) -> None:
    regions = card(model.name).root.all("section", tabindex="0")
    assert regions
    for region in regions:
        assert region.attributes["aria-label"]


@CHANCES
def test_the_marks_of_the_plot_stand_where_its_table_says(card: Any, name: str) -> None:
    page = card(name)
    picture = section(page, "keeps").all("svg")[0]
    axis = [float(place) for place in re.findall(r"[\d.]+", picture.all("path", class_="axis")[0].attributes["d"])]
    left, top, bottom, right = axis
    marks = picture.all("circle", class_="mark")
    told = the_table(page, "keeps").values()
    for mark, (_, estimated, so) in zip(marks, told, strict=True):
        across = (float(mark.attributes["cx"]) - left) / (right - left)
        up = (bottom - float(mark.attributes["cy"])) / (bottom - top)
        assert 100 * across == pytest.approx(number(estimated), abs=0.1)
        assert 100 * up == pytest.approx(number(so), abs=0.1)


def test_each_district_is_a_dot(card: Any) -> None:
    (dots,) = section(card("housing"), "wrong").all("path", class_="cloud")
    assert dots.attributes["d"].count("M") == 506


# -- how things are counted ------------------------------------------------------------------------------


@each_typed_model
def test_close_is_the_stated_part_of_the_datas_range(card: Any, model: Model) -> None:
    text = section(card(model.name), "counted").text
    assert ("a fifth of the data’s range" if model.name == "iris" else "a tenth of the data’s range") in text
    for name, seen in get_predictor(model.name).card.observed.items():
        asked = model.input[name]
        if isinstance(asked, NumberInput):
            reach = (seen.highest - seen.lowest) * model.learns.close_within
            # Of whole numbers none are 0.8 apart.
            told = (
                f"no more than {int(reach) if asked.whole else reach:.3g}"
                if reach >= 1 or not asked.whole
                else "the same"
            )
            assert f"{asked.named}: {told}" in text


@each_typed_model
def test_the_references_are_the_commonest_and_the_middle(card: Any, model: Model) -> None:
    items = [item.text for item in section(card(model.name), "counted").all("li")]
    for name, seen in get_predictor(model.name).card.observed.items():
        asked = model.input[name]
        answer = max(seen.counts, key=seen.counts.__getitem__) if seen.counts else seen.middle
        assert f"{asked.label}: {asked.words(answer)}" in items


# -- numbers and pictures --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [(0.2394, 1, "23.9"), (0.0004, 1, "under 0.1"), (0.99999, 2, "over 99.99"), (0.0, 1, "0.0"), (1.0, 1, "100.0")],
)
def test_only_what_is_0_or_100_says_so(value: float, places: int, text: str) -> None:
    assert chance(value, places) == text


@pytest.mark.parametrize(("value", "text"), [(1.25, "+1.2"), (-0.16, "−0.2"), (-0.04, "0.0"), (0.0, "0.0")])
def test_a_gap_has_its_sign(value: float, text: str) -> None:
    assert signed(value, 1) == text


def test_amounts_below_zero_are_drawn_within_the_picture() -> None:
    for plot in (amount_plot([-90, -40.5], [-120, -3]), amount_plot([-90, 40.5], [-120, 77])):
        places = [tuple(map(float, dot.split())) for dot in re.findall(r"M([^h]+)h0", plot.line)]
        assert all(plot.left <= x <= plot.right and plot.top <= y <= plot.bottom for x, y in places)
        assert "0" in [tick.text for tick in plot.up]


@pytest.mark.parametrize(("least", "step"), [(0.3, 0.5), (1, 1), (1.1, 2), (4, 5), (6, 10), (12, 20), (1000, 1000)])
def test_the_ticks_stand_at_round_numbers(least: float, step: float) -> None:
    assert nice_step(least) == pytest.approx(step)


# -- versions --------------------------------------------------------------------------------------------


@each_model
def test_the_checksums_are_those_of_the_files(card: Any, model: Model) -> None:
    text = section(card(model.name), "versions").text
    paths = [model.pickle_path, *([model.people_path, model.learns.path] if model in TYPED else [])]
    for path in paths:
        if path is not None:
            assert hashlib.sha256(path.read_bytes()).hexdigest() in text
    assert get_predictor(model.name).version in text
    for library, version in get_predictor(model.name).card.libraries.items():
        assert f"{library} {version}".lower() in text.lower()


@CHANCES
def test_the_smooth_curve_is_drawn_with_its_band(card: Any, name: str) -> None:
    (picture,) = [one for one in section(card(name), "keeps").all("svg") if one.all("polygon")]
    assert len(picture.all("polygon")[0].attributes["points"].split()) == 2 * len(evaluation(name).curve)


def test_a_card_says_that_what_stands_below_the_averages_is_of_one_way_to_cut_the_table(card: Any) -> None:
    assert "the figures are of the first of these ways alone" in section(card("titanic"), "good").text
    (chances,), outcomes = observed("titanic")
    assert f"That is the AUC, {roc_auc_score(outcomes, chances):.4f};" in section(card("titanic"), "tells").text


def test_the_pairs_of_groups_name_an_input_that_lists_several_things_in_full(card: Any) -> None:
    text = section(card("titanic"), "who").text
    assert "Brothers, sisters, husband or wife: 1 and over" in text
    assert "Brothers: " not in text


@CHANCES
@pytest.mark.parametrize("above", [5, 35, 62.5, 90])
def test_a_threshold_that_is_moved_tells_what_is_found_and_what_is_falsely_raised(
    client: FlaskClient, name: str, above: float
) -> None:
    page = page_of(client.get(f"/{name}/card?above={above}"))
    (chances,), outcomes = observed(name)
    raised = chances > above / 100
    counts = [int((raised & (outcomes == so)).sum()) for so in (1, 0)]
    sizes = [int((outcomes == so).sum()) for so in (1, 0)]
    text = page.root.all("p", id="line")[0].text
    assert f"Above {above:g} out of 100 it finds {counts[0]:,} of the {sizes[0]:,} " in text
    assert f"raises a false alarm for {counts[1]:,} of the {sizes[1]:,} others" in text
    assert f"{100 * counts[0] / max(sum(counts), 1):.1f} in 100 are right" in text


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("abc", "The line above which to say yes must be a number, like 50"),
        ("", "Enter the line above which to say yes"),
        ("100", "The line above which to say yes must be from 1 to 99. Above 0 everyone is called yes"),
    ],
)
def test_a_threshold_that_is_none_is_refused_and_kept_in_its_field(
    client: FlaskClient, typed: str, message: str
) -> None:
    refused = client.get("/census/card", query_string={"above": typed})
    assert refused.status_code == 422
    page = page_of(refused)
    assert message in page.text
    assert page.root.all("input", id="above")[0].attributes["value"] == typed


def test_a_site_that_keeps_results_names_the_cards_parts_as_any_other(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(client.application.jinja_env.globals, "keeps", True)
    page = page_of(client.get("/census/card"))
    assert "Is 20 out of 100 really 20 out of 100?" in [heading.text for heading in page.root.all("h2")]
    assert "True" not in [heading.text for heading in page.root.all("h2")]
