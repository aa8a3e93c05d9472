"""Models that are none of ours have index, form, result, card and API, in words that are true of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from flask.testing import FlaskClient

from model.learn.train import train
from model.predict.catalog import Catalog
from webapp import create_app
from webapp.http.addresses import texts

from tests.cards import rows, section, the_table
from tests.other_models import DOGS, HEAD, MODELS, write_models
from tests.page import Page, page_of
from tests.payloads import SETTINGS, example
from tests.people import make_site, signed_in

pytestmark = pytest.mark.slow

# Words that belong to one of our own models, and would be a lie of any other.
OURS = re.compile(
    r"\b(food|photos?|iris|flowers?|passengers?|districts?|rooms|census|income|cost|three together|three kinds)\b",
    re.IGNORECASE,
)
each = pytest.mark.parametrize("name", MODELS)


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    folder = write_models(tmp_path_factory.mktemp("others"))
    app = create_app(SETTINGS | {"MODEL_FOLDERS": (folder,), "MODELS": tuple(MODELS)})
    with app.test_client() as client:
        yield client


def catalog(client: FlaskClient) -> Catalog:
    models: Catalog = client.application.extensions["models"]
    return models


def page(client: FlaskClient, path: str, **query: Any) -> Page:
    response = client.get(path, query_string=query)
    assert response.status_code == 200
    return page_of(response)


def result(client: FlaskClient, name: str) -> Page:
    model = catalog(client)[name]
    return page(client, f"/{name}/result", **texts(model, example(model)))


def test_the_index_shows_them_all(others: FlaskClient) -> None:
    text = page(others, "/").text
    for name in MODELS:
        assert catalog(others)[name].words.question in text
    assert "Of 100 pictures that show a dog, it got 90 right. It was tuned on these." in text


@each
def test_every_page_of_one_speaks_of_it_and_of_none_of_ours(others: FlaskClient, name: str) -> None:
    pages = [page(others, f"/{name}"), result(others, name), page(others, f"/{name}/card")]
    pages += [] if name == "dogs" else [page(others, f"/{name}/batch")]
    for shown in pages:
        assert catalog(others)[name].words.title in shown.title or "out of 100" in shown.title
        # What is pasted into a terminal takes photo.jpg, whatever it shows.
        said = re.sub(r"\bphoto\.jpg\b|--photo\b|boundary=photo\b", "", shown.text)
        assert OURS.findall(said) == []


@each
def test_one_can_be_compared(others: FlaskClient, name: str) -> None:
    model = catalog(others)[name]
    shown = page(others, f"/{name}/compare", **texts(model, example(model)))
    assert "No answer is changed yet." in shown.text


def test_a_second_model_of_pictures_says_what_its_declaration_leaves_out(others: FlaskClient) -> None:
    sure = section(result(others, "dogs"), "sure").text
    assert "The pictures that the model was set by were not kept" in sure
    shown = page(others, "/dogs/card")
    assert the_table(shown, "good")["show a dog"][0] == "100"
    assert the_table(shown, "wrong")["In fact: do not"] == ["45 15.0 of 100", "255 85.0 of 100"]
    assert "Picture" in the_table(shown, "equation")
    assert "There is none" in section(shown, "counted").text


Serve = Callable[[str], FlaskClient]


@pytest.fixture
def changed_dogs(tmp_path: Path) -> Serve:
    """The second model of pictures, with another declaration."""

    def serve(declared: str) -> FlaskClient:
        assert declared != DOGS
        (tmp_path / "dogs.py").write_text(HEAD + declared, encoding="utf-8")
        train(Catalog([tmp_path])["dogs"])
        return create_app(SETTINGS | {"MODEL_FOLDERS": (tmp_path,), "MODELS": ("dogs",)}).test_client()

    return serve


def test_the_example_on_its_card_starts_from_the_number_that_the_sum_multiplies(others: FlaskClient) -> None:
    # The logit of 0.9, times 0.5.
    worked = rows(section(page(others, "/dogs/card"), "equation").all("table")[-1])
    assert worked["Picture: 2.197225"] == ["1.098612"]


def test_where_nobody_knows_how_good_it_is_the_equation_still_names_its_number(changed_dogs: Serve) -> None:
    given = DOGS.replace('"yes": 100, "right_yes": 0.9, "right_no": 0.85', "")
    shown = page(changed_dogs(given.replace("slope=0.5,", 'slope=0.5, number="evidence of a dog",')), "/dogs/card")
    assert "No honest figure is known." in section(shown, "good").text
    assert the_table(shown, "equation")["Evidence of a dog"] == ["0.500000"]
    worked = rows(section(shown, "equation").all("table")[-1])
    assert worked["Picture: evidence of a dog 2.197225"] == ["1.098612"]


# Takes “I don’t know” for how common dogs are.
ASKS_MORE = {
    "range(151, 269))": """range(151, 269))
    common = NumberField(
        "How many of 100 pictures show dogs", thing="how many", between=(1, 99), like="10", may_be_unknown=True
    )""",
    '    return {"picture": math.log(share / (1 - share))}': """    common = (answers["common"] or 10) / 100
    return {"picture": math.log(share / (1 - share)), "common": math.log(common / (1 - common))}""",
    '("picture",)': '("picture", "common")',
    "slope=0.5,": 'slope=0.5, prior="common",',
    '184-0.0100"}': '184-0.0100", "common": 30}',
}


def test_one_whose_coefficients_are_given_may_take_an_unknown_answer(changed_dogs: Serve) -> None:
    declared = DOGS
    for was, so in ASKS_MORE.items():
        declared = declared.replace(was, so)
    dogs = changed_dogs(declared)
    model = catalog(dogs)["dogs"]
    shown = page(dogs, "/dogs/result", **texts(model, example(model)) | {"common": "unknown"})
    assert "How many of 100 pictures show dogs: from" in section(shown, "unknown").text
    assert "filled in" not in section(shown, "unknown").text
    told = section(page(dogs, "/dogs/card"), "counted").text
    assert "Its declaration says what the model takes for it. This can be left unknown:" in told


def test_four_classes_have_a_shape_each(others: FlaskClient) -> None:
    legend = [svg for svg in result(others, "birds").root.all("svg") if "key" in svg.attributes["class"]]
    shapes = [svg.all("path")[0].attributes["class"] for svg in legend]
    assert len(shapes) == len(set(shapes)) == 4


def test_four_classes_add_up_on_their_card(others: FlaskClient) -> None:
    shown = page(others, "/birds/card")
    counts = [[int(cell.split()[0]) for cell in cells] for cells in the_table(shown, "wrong").values()]
    assert [sum(row) for row in counts] == [40] * 4
    assert list(the_table(shown, "who")) == ["Robin", "Wren", "Blackbird", "Thrush"]


def test_the_card_of_events_that_are_never_foretold_says_so(others: FlaskClient) -> None:
    shown = page(others, "/faults/card")
    said = section(shown, "wrong").text
    assert re.search(r"It never said yes; when it said no, it was right \d+\.\d times out of 100\.", said)
    assert the_table(shown, "wrong")["In fact: had a fault"][0].startswith("0 ")
    assert [cells[2] for cells in the_table(shown, "tells").values()][-1] == "–"


def test_an_amount_is_told_in_its_own_words(others: FlaskClient) -> None:
    shown = result(others, "stays")
    assert shown.heading.endswith(" days")
    assert re.search(r"\d+ of 100 patients in the data have less\.", shown.text)


def test_a_result_of_pictures_is_kept_whose_classes_are_declared_as_a_range(
    others: FlaskClient, tmp_path: Path
) -> None:
    model = catalog(others)["dogs"]
    site = make_site(tmp_path, MODEL_FOLDERS=(model.folder,), MODELS=("dogs",))
    keeper = signed_in(site, "Ada", {"dogs": "analyst"})
    version = catalog(others).predictor("dogs").version
    sent = {**texts(model, example(model)), "case-version": version}
    shown = page_of(keeper.post("/dogs/keep", data=sent, follow_redirects=True))
    assert "Kept. Only you see this case." in shown.text


@each
def test_the_api_answers_and_describes_it(others: FlaskClient, name: str) -> None:
    model = catalog(others)[name]
    document = others.get("/api/openapi.json").get_json()
    schema = {**document["components"]["schemas"][f"{name}_estimate"], "components": document["components"]}
    address = f"/api/models/{name}/predict?explain=1"
    sent = {"data": texts(model, example(model))} if model.has_photo else {"json": dict(model.examples[0].answers)}
    media = {"content_type": "multipart/form-data"} if model.has_photo else {}
    answer = others.post(address, **sent, **media)
    assert answer.status_code == 200
    assert list(jsonschema_rs.validator_for(schema).iter_errors(answer.get_json())) == []
    assert json.dumps(document["paths"][f"/api/models/{name}/predict"]).count("“photo”") == 0
    assert model.words.question in page(others, "/api/").text
