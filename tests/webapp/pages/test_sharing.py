"""What a shared link shows: a title, a description and a picture of the number."""

from __future__ import annotations

import io
import itertools
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageColor

from model.declare.model import Model
from webapp import create_app
from webapp.settings import Rate
from webapp.text.picture import ACCENT, Told, draw_picture

from tests.limited import CLIENT, limited
from tests.page import Page, page_of
from tests.payloads import MODELS, SETTINGS, asked, each_model, person

CENSUS = MODELS[0]


def told(page: Page) -> dict[str, str]:
    """What the page tells networks about itself."""
    metas = [meta.attributes for meta in page.root.all("meta")]
    return {meta.get("property") or meta["name"]: meta["content"] for meta in metas if "content" in meta}


@each_model
def test_a_shared_result_has_its_number_and_a_picture(client: FlaskClient, model: Model) -> None:
    page = page_of(client.get(f"/{model.name}/result", query_string=asked(model)))
    shown = told(page)
    assert shown["og:title"].startswith(f"{page.number}: ")
    assert model.words.warning in shown["og:description"]
    assert shown["description"] == shown["og:description"]
    assert shown["twitter:card"] == "summary_large_image"
    address = shown["og:image"]
    picture = client.get(address.removeprefix("http://localhost"))
    assert picture.mimetype == "image/png"
    assert picture.headers["Cache-Control"] == "no-store"
    assert Image.open(io.BytesIO(picture.data)).size == (1200, 630)
    assert len(picture.data) < 60_000


@each_model
def test_the_range_is_told_once_where_a_result_is_shared(client: FlaskClient, model: Model) -> None:
    page = page_of(client.get(f"/{model.name}/result", query_string=asked(model)))
    assert told(page)["og:description"].lower().count("probably") == page.heading.count("probably")


def lines_of(picture: bytes, colour: str) -> int:
    """How many lines of text of about this colour stand on the left."""
    left = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), int)[:, :700]
    near = (abs(left - ImageColor.getrgb(colour)[:3]).sum(axis=2) < 40).any(axis=1)
    return sum(now and not before for before, now in itertools.pairwise(near))


def test_the_number_of_a_shared_picture_stands_in_one_line(client: FlaskClient) -> None:
    picture = client.get("/census/result.png", query_string=asked(CENSUS)).data
    assert lines_of(picture, ACCENT) == 1


def test_what_is_like_nothing_in_the_data_is_shared_as_a_guess(client: FlaskClient) -> None:
    odd = {"sepal_length": "9", "sepal_width": "1.2", "petal_length": "8.5", "petal_width": "0.1"}
    shown = told(page_of(client.get("/iris/result", query_string=odd)))
    assert shown["og:description"].startswith("The data has no flower like this. Treat the number as a guess. ")
    assert shown["og:image:alt"].endswith(", a guess. The data has no flower like this.")
    assert client.get("/iris/result.png", query_string=odd).status_code == 200


def test_every_page_has_a_title_and_a_description_for_networks(client: FlaskClient) -> None:
    for path in ("/", "/census", "/census/card", "/privacy"):
        page = page_of(client.get(path))
        assert told(page)["og:title"] == page.title
        assert "og:image" not in told(page)


def test_whole_addresses_begin_as_the_settings_say() -> None:
    client = create_app(SETTINGS | {"URL": "https://likely.example"}).test_client()
    page = page_of(client.get("/census/result", query_string=person()))
    assert told(page)["og:image"].startswith("https://likely.example/census/result.png?")
    assert told(page)["og:url"].startswith("https://likely.example/census/result?")
    (printed,) = page.root.all("p", class_="printed")
    assert printed.text == told(page)["og:url"]


def test_a_picture_of_no_answers_is_not_there(client: FlaskClient) -> None:
    assert client.get("/census/result.png", query_string=person(age="12")).status_code == 404
    assert client.get("/census/result.png").status_code == 404


def test_pictures_are_counted_as_predictions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = limited(tmp_path, monkeypatch, PREDICTIONS=Rate(2, 2))
    asked_for = {"path": "/census/result.png", "query_string": person(), "environ_overrides": CLIENT}
    statuses = [client.get(**asked_for).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


@pytest.mark.parametrize("question", ["Wie groß? " * 40, "Сколько?", "中文", "x" * 5000, ""])
def test_any_question_can_be_drawn(question: str) -> None:
    drawn = draw_picture(Told(question, "More than 99 out of 100", "98 to 99", (("disc", 99), ("part", 1))))
    assert Image.open(io.BytesIO(drawn)).size == (1200, 630)


def test_the_picture_has_none_of_the_answers(client: FlaskClient) -> None:
    """Two people with the same number and range have one picture."""
    page = told(page_of(client.get("/census/result", query_string=asked(CENSUS))))
    assert urlsplit(page["og:image"]).path == "/census/result.png"
    assert draw_picture(Told("?", "1", "", ())) == draw_picture(Told("?", "1", "", ()))
