"""The scorecard's text: it reads as it was written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.declare.model import Model
from model.predict.card_file import read_content, write_card

from tests.payloads import each_model

PLAIN_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text('ab é“{}\\"\n', max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=4),
    max_leaves=20,
)


@given(content=st.dictionaries(st.text("abc", min_size=1, max_size=3), PLAIN_JSON, min_size=1))
def test_a_scorecard_reads_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, content: dict[str, Any]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    write_card(path, content)
    read = read_content(path)
    assert {name: value for name, value in read.items() if name != "checksum"} == content


@each_model
def test_a_scorecard_is_plain_json_in_short_lines(model: Model) -> None:
    """A model that was trained anew shows as a readable difference, but for the vectors behind its ranges."""
    text = model.card_path.read_text(encoding="utf-8")
    assert json.loads(text)["model"] == model.name
    assert text.endswith("}\n")
    assert max(len(line) for line in text.splitlines() if not line.startswith('    "spread": ')) < 3000
