"""Turning raw answers into clean ones, or into one fault for each that cannot be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .faults import Fault
from .fields import one_answer
from .inputs import Input, Refused

Answers = dict[str, Any]


def read_answers(inputs: Sequence[Input], raw: Mapping[str, Any]) -> tuple[Answers, list[Fault]]:
    """Read every input from raw; an input that is missing reads like a blank one."""
    answers: Answers = {}
    faults: list[Fault] = []
    for asked in inputs:
        name = asked.name
        try:
            answers[name] = asked.read(raw.get(name, ""))
        except Refused as refused:
            faults.append(Fault.of(asked, refused))
    return answers, faults


def read_lists(inputs: Sequence[Input], raw: Mapping[str, list[Any]]) -> tuple[Answers, list[Fault]]:
    """The same for a query string or a form, where a name can come several times."""
    answers: Answers = {}
    faults: list[Fault] = []
    for asked in inputs:
        try:
            answers[asked.name] = asked.read(one_answer(asked, raw.get(asked.name, [])))
        except Refused as refused:
            faults.append(Fault.of(asked, refused))
    return answers, faults
