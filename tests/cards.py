"""A model's card as the tests read it: its sections, its tables, the numbers in them."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from model.predict.evaluation import Evaluation
from model.predict.neighbours import People

from tests.page import Element, Page
from tests.payloads import get_predictor

NUMBER = re.compile(r"[+−-]?[\d,]+(?:\.\d+)?")
Rows = dict[str, list[str]]
CHANCES = pytest.mark.parametrize("name", ["census", "titanic"])


def section(page: Page, name: str) -> Element:
    """The part of the page under the heading of this id."""
    (found,) = page.root.all("section", aria_labelledby=name)
    return found


def rows(table: Element) -> Rows:
    """Each line's cells by its heading."""
    found = {}
    for line in table.all("tr"):
        headings = line.all("th")
        cells = [cell.text for cell in line.all("td")]
        if cells and headings and line.above("thead") is None:
            found[headings[0].text] = cells
    return found


def the_table(page: Page, name: str, number: int = 0) -> Rows:
    return rows(section(page, name).all("table")[number])


def numbers(text: str) -> list[float]:
    return [float(found.replace(",", "").replace("−", "-")) for found in NUMBER.findall(text)]


def number(text: str) -> float:
    return numbers(text)[0]


def crowd(name: str) -> People:
    found = get_predictor(name).crowd
    assert found is not None
    return found


def observed(name: str) -> tuple[Any, Any]:
    """Out-of-fold chances and outcomes, as the file has them."""
    return np.array(crowd(name).chances, dtype=float), np.array(crowd(name).outcomes)


def evaluation(name: str) -> Evaluation:
    return get_predictor(name).card.evaluation
