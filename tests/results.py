"""Result pages as tests ask for them, and how they write a chance."""

from __future__ import annotations

import math
from typing import Any

from flask.testing import FlaskClient

from model.declare.model import Model

from tests.page import Element, Page, page_of


def result(client: FlaskClient, model: Model, answers: dict[str, Any]) -> Page:
    response = client.get(f"/{model.name}/result", query_string=answers)
    assert response.status_code == 200
    return page_of(response)


def section(page: Page, heading: str) -> Element:
    (title,) = [h for tag in ("h2", "summary") for h in page.root.all(tag) if h.text == heading]
    assert title.parent is not None
    return title.parent


def by_api(client: FlaskClient, model: Model, answers: dict[str, Any], explain: int = 1) -> dict[str, Any]:
    response = client.post(f"/api/models/{model.name}/predict?explain={explain}", json=answers)
    assert response.status_code == 200
    told: dict[str, Any] = response.json
    return told


def words_of(chance: float) -> str:
    """Worked out anew, as the page's own words promise it."""
    if chance < 0.01:
        return f"{100 * chance:.1f}" if chance >= 0.0005 else "under 0.1"
    return "more than 99" if chance > 0.99 else str(math.floor(chance * 100 + 0.5))


def in_1000(chance: float) -> str:
    return str(round(1000 * chance)) if chance >= 0.0005 else "fewer than 1"


def headline_of(chance: float) -> str:
    if chance >= 0.01:
        return f"{words_of(chance)} out of 100"
    return f"about {in_1000(chance)} in 1,000" if chance >= 0.0005 else "fewer than 1 in 1,000"
