"""What is wrong with an answer: a name, a code and values, and the one place where they become words.

The form, the API and files all read through the same inputs, so they refuse the same; and all say it
through `sentence`, so they say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .inputs import Input, Refused

SENTENCES = {
    "number_blank": "Enter {thing}",
    "number_blank_or_unknown": "Enter {thing}, or select “I don’t know”",
    "choice_blank": "Select {thing}",
    "choice_blank_or_unknown": "Select {thing}, or select “I don’t know”",
    "photo_blank": "Choose {thing}",
    "not_a_number": "{named} must be a number, like {like}",
    "not_whole": "{named} must be a whole number, like {like}",
    "out_of_range": "{named} must be from {lowest} to {highest}",
    "out_of_range_because": "{named} must be from {lowest} to {highest}. {beyond}",
    "not_offered": "{given} is not one of the {plural}: {choices}",
    "not_offered_either": "{given} is not one of the {plural}",
    "several": "Give one answer for {thing}, not {count}",
    "answer_and_not_recorded": "Either give {thing} or select “{label}”, not both",
    "answer_and_unknown": "Either give {thing} or select “I don’t know”, not both",
    "unknown_and_not_recorded": "For {thing} select either “I don’t know” or “{label}”, not both",
    "unusable_photo": "{reason}",
    "not_a_sight": "This is neither a photo nor the whole address of a photo’s result. Choose the photo again",
    "stranger": "“{given}” is not one of the inputs. There are: {inputs}",
    "misspelt": "“{given}” is not one of the inputs. Did you mean “{near}”?",
    "strangers_left_out": "{count} more keys are not inputs",
    "too_late": "Time ran out before this one was answered. Send it again, with fewer at once",
    "no_object": "Each item of the list must be a JSON object of answers",
}
# What was sent, where a sentence is told that is for anything.
QUOTED = '"…"'


@dataclass(frozen=True)
class Fault:
    """One thing wrong with what was sent: the input's name, what it is, and the values of its sentence."""

    name: str
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, asked: Input, refused: Refused) -> Fault:
        return cls(asked.name, refused.code, refused.values)


def sentence(fault: Fault, inputs: Mapping[str, Input]) -> str:
    """What to do about a fault, for the person who made it."""
    asked = inputs.get(fault.name)
    code, values = (fault.code, {}) if asked is None else asked.wording(fault.code)
    return SENTENCES[code].format_map({**values, **fault.values})


def sentences_of(asked: Input, briefly: bool = False) -> dict[str, str]:
    """Every sentence with which this input can refuse an answer, by its code; briefly, without what it offers."""
    codes = [f"{code}_either" if briefly and code == "not_offered" else code for code in asked.refusals]
    return {code: sentence(Fault(asked.name, code, {"given": QUOTED}), {asked.name: asked}) for code in codes}
