"""The WTForms fields that a model's form is written with; each reads through its Input."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from wtforms import Field, Form
from wtforms.validators import ValidationError

from .choice import ChoiceInput
from .faults import Fault, sentence
from .inputs import NOT_RECORDED, Input, Refused
from .number import NumberInput
from .photo import PhotoInput


class InputField(Field):
    """A field whose answer is read by an Input, which also holds the words of its messages."""

    input: Input
    reads: type[Input]
    # What is wrong with the answer; the field's one error says it in words.
    fault: Fault | None = None

    def __init__(self, label: str, *, thing: str, **words: Any) -> None:
        own = {about.name: words.pop(about.name) for about in fields(self.reads)[2:] if about.name in words}
        super().__init__(label, **words)
        self.input = self.reads(self.short_name, label, thing, **own)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read the answer; a refusal becomes the field's one message."""
        self.data = None
        try:
            self.data = self.input.read(one_answer(self.input, valuelist))
        except Refused as refused:
            self.fault = Fault.of(self.input, refused)
            raise ValidationError(sentence(self.fault, {self.input.name: self.input})) from None

    def pre_validate(self, form: Form) -> None:
        # An answer set from Python (not typed) has met no reader yet.
        if self.raw_data is None:
            self.process_formdata([self.data])

    @property
    def typed(self) -> str:
        """What the person typed, as the page shows it again."""
        if self.raw_data:
            return next((str(raw) for raw in self.raw_data if raw), "")
        usual = getattr(self.input, "default", None)
        answer = usual if self.data is None else self.data
        return "" if answer is None else self.input.text(answer)

    @property
    def chosen(self) -> str:
        """The choice to mark on the page: what was understood, else what was typed."""
        if self.raw_data and not self.errors and not self.process_errors:
            return self.input.text(self.data)
        return self.typed

    @property
    def says_unknown(self) -> bool:
        return self.input.may_be_unknown and "unknown" in (self.raw_data or ())

    @property
    def says_not_recorded(self) -> bool:
        return bool(self.input.not_recorded) and NOT_RECORDED.value in (self.raw_data or ())


def one_answer(asked: Input, raw: Sequence[Any]) -> Any:
    """The one answer among the values sent for a field; a number's “I don’t know” box is a second."""
    if len(raw) == 1:
        return raw[0]
    given = [value for value in raw if value != ""]
    if len(given) > 1 and len(set(map(str, given))) > 1:
        if asked.not_recorded and set(given) == {"unknown", NOT_RECORDED.value}:
            raise Refused("unknown_and_not_recorded", label=asked.not_recorded)
        if asked.may_be_unknown and "unknown" in given and NOT_RECORDED.value not in given:
            raise Refused("answer_and_unknown")
        if asked.not_recorded and NOT_RECORDED.value in given:
            raise Refused("answer_and_not_recorded", label=asked.not_recorded)
        raise Refused("several", count=len(given))
    return given[0] if given else ""


class NumberField(InputField):
    """A number between two ends; the words about it are NumberInput's."""

    reads = NumberInput

    def __init__(self, label: str, *, between: tuple[float, float], like: str, **words: Any) -> None:
        super().__init__(label, lowest=between[0], highest=between[1], like=like, **words)


Choices = Mapping[str, str] | Mapping[str, Mapping[str, str]]


class ChoiceField(InputField):
    """Choices as {value: label}, or {group: {value: label}} where the page groups them; the words are ChoiceInput's."""

    reads = ChoiceInput

    def __init__(self, label: str, *, plural: str, choices: Choices, **words: Any) -> None:
        flat: dict[str, str] = {}
        groups: dict[str, tuple[str, ...]] = {}
        for key, value in choices.items():
            if isinstance(value, Mapping):
                grouped = {text_of(inner): text_of(label) for inner, label in value.items()}
                flat |= grouped
                groups[text_of(key)] = tuple(grouped)
            else:
                flat[text_of(key)] = text_of(value)
        super().__init__(label, choices=flat, groups=groups, plural=plural, **words)


class PhotoField(InputField):
    """One photo; where Flask-WTF hands over an uploaded file, its bytes are read."""

    reads = PhotoInput

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        super().process_formdata([value.read() if hasattr(value, "read") else value for value in valuelist if value])


def text_of(value: Any) -> str:
    """A choice's value or label; a whole number is taken as it is written."""
    if isinstance(value, str) or type(value) is int:
        return str(value)
    raise TypeError(f"choices are texts; write {value!r} as {str(value)!r}")
