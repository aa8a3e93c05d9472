"""The one door: whoever asks is let in, read alike, and told alike."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from model.declare.faults import Fault
from model.declare.model import Model
from model.declare.numerals import plain
from model.files.reader import CsvReader
from model.files.writer import CsvWriter
from webapp.ask import Budget, Caller, OverBudget, ask, ask_each, ask_file
from webapp.pages.fields import fill

from tests.model.declare.test_reading import typed_text
from tests.payloads import asked, each_typed_model, get_predictor, person

CALLER = Caller("api")


@each_typed_model
def test_a_row_is_read_alike_alone_and_among_the_many_of_a_file(model: Model) -> None:
    """The reader of one row and the reader of many give the same estimates, or the same words."""
    predictor = get_predictor(model.name)
    usual = asked(model)

    @given(typed=st.fixed_dictionaries({}, optional={one.name: typed_text(model) for one in model.inputs}))
    def holds(typed: dict[str, str]) -> None:
        cells = {**usual, **{name: " ".join(text.replace("\0", "").split()) for name, text in typed.items()}}
        # An empty cell of a file, and a question mark, is not recorded where the form offers that, and else unknown.
        empty = [model.input[name] for name, cell in cells.items() if plain(cell) in ("", "?")]
        said = {one.name: "not recorded" if one.not_recorded else "unknown" for one in empty if one.may_be_unknown}
        alone = ask(predictor, cells | said, CALLER, Budget())
        file = io.StringIO()
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([list(cells), list(cells.values())])
        reader = CsvReader([file.getvalue().encode()])
        many = ask_file(predictor, reader, CsvWriter(reader.dialect), CALLER)
        assert b"".join(many.run())
        if alone.faults:
            assert [row.error for row in many.counts.first_wrong] == [
                "; ".join(said.message for said in alone.sentences)
            ]
        else:
            expected = predictor.kind.cells(predictor.estimates(alone.answers))
            (row,) = many.counts.first
            assert [float(cell) if not isinstance(cell, str) else cell for cell in row.estimates] == [
                cell if isinstance(cell, str) else pytest.approx(cell, abs=1e-12) for cell in expected
            ]

    holds()


def test_form_address_and_object_are_read_alike() -> None:
    predictor = get_predictor("census")
    for changes in ({}, {"age": "12"}, {"age": "abc", "sex": "X"}, {"work": "unknown"}, {"hours": ""}):
        row = person(**changes)
        by_object = ask(predictor, row, CALLER, Budget())
        by_address = ask(predictor, MultiDict(row), CALLER, Budget())
        assert (by_object.answers, by_object.faults) == (by_address.answers, by_address.faults)


def test_a_form_tells_its_faults_by_code(app: Any) -> None:
    with app.test_request_context(method="POST"):
        sent = fill(get_predictor("census").model, MultiDict(person(age="12", hours="x")))
        sent.validate()
        told = ask(get_predictor("census"), sent, CALLER, Budget())
    assert [(fault.name, fault.code) for fault in told.faults] == [("age", "out_of_range"), ("hours", "not_a_number")]


def test_a_fault_is_a_name_a_code_and_values_until_somebody_reads_it() -> None:
    told = ask(get_predictor("census"), person(sex="X", aeg="3"), CALLER, Budget())
    assert told.faults == [
        Fault("sex", "not_offered", {"given": '"X"'}),
        Fault("aeg", "misspelt", {"given": "aeg", "near": "age"}),
    ]
    assert [said.message for said in told.sentences] == [
        '"X" is not one of the sexes the census recorded: Female, Male',
        "“aeg” is not one of the inputs. Did you mean “age”?",
    ]


def test_work_is_refused_before_any_of_it_is_done() -> None:
    predictor = get_predictor("census")
    with pytest.raises(OverBudget, match=r"Send up to 2 at once. These are 3"):
        ask_each(predictor, [person()] * 3, CALLER, Budget(rows=2))
    with pytest.raises(OverBudget, match=r"Ask for up to 1 explanations at once. These are 2"):
        ask_each(predictor, [person()] * 2, CALLER, Budget(rows=2, explained=1), explain=True)
    budget = Budget(rows=2)
    ask(predictor, person(), CALLER, budget)
    ask(predictor, person(), CALLER, budget)
    with pytest.raises(OverBudget):
        ask(predictor, person(), CALLER, budget)
