"""The WTForms fields that a model's form is written with; each reads through its Input."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wtforms import Field, Form
from wtforms.validators import ValidationError
from wtforms.widgets import FileInput, Select, TextInput

from .inputs import ChoiceInput, Input, NumberInput, Refused
from .photo import PhotoInput


class InputField(Field):
    """A field whose answer is read by an Input, which also holds the words of its messages."""

    input: Input

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = None
        self.data = self.input.read(one_answer(self.input, valuelist))

    def pre_validate(self, form: Form) -> None:
        # An answer set from Python (not typed) has met no reader yet.
        if self.raw_data is None:
            try:
                self.data = self.input.read(self.data)
            except Refused as refused:
                raise ValidationError(str(refused)) from None

    @property
    def typed(self) -> str:
        """What the person typed, as the page shows it again."""
        if self.raw_data:
            return next((str(raw) for raw in self.raw_data if raw), "")
        return "" if self.data is None else self.input.text(self.data)

    @property
    def chosen(self) -> str:
        """The choice to mark on the page: what was understood, else what was typed."""
        if self.raw_data and not self.errors and not self.process_errors:
            return self.input.text(self.data)
        return self.typed

    @property
    def says_unknown(self) -> bool:
        return self.input.may_be_unknown and "unknown" in (self.raw_data or ())

    def _value(self) -> str:
        return self.typed


def one_answer(asked: Input, raw: Sequence[Any]) -> Any:
    """The one answer among the values sent for a field; a number's “I don’t know” box is a second."""
    given = [value for value in raw if value != ""]
    if len(given) > 1 and len(set(map(str, given))) > 1:
        if asked.may_be_unknown and "unknown" in given:
            raise Refused(f"Either give {asked.thing} or select “I don’t know”, not both")
        raise Refused(f"Give one answer for {asked.thing}, not {len(given)}")
    return given[0] if given else ""


class NumberField(InputField):
    widget = TextInput()

    def __init__(
        self,
        label: str,
        *,
        thing: str,
        between: tuple[float, float],
        like: str,
        whole: bool = False,
        unit: str = "",
        beyond: str = "",
        subject: str = "",
        hint: str = "",
        phrase: str = "",
        phrase_of_one: str = "",
        may_be_unknown: bool = False,
        changeable: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        self.input = NumberInput(
            name=self.short_name, label=label, thing=thing, lowest=between[0], highest=between[1],
            like=like, whole=whole, unit=unit, beyond=beyond, subject=subject, hint=hint, phrase=phrase,
            phrase_of_one=phrase_of_one, may_be_unknown=may_be_unknown, changeable=changeable,
        )  # fmt: skip


Choices = Mapping[str, str] | Mapping[str, Mapping[str, str]]


class ChoiceField(InputField):
    """Choices as {value: label}, or {group: {value: label}} where the page groups them."""

    widget = Select()

    def __init__(
        self,
        label: str,
        *,
        thing: str,
        plural: str,
        choices: Choices,
        hint: str = "",
        phrase: str = "",
        may_be_unknown: bool = False,
        changeable: bool = False,
        ordered: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        flat, groups = flattened(choices)
        self.input = ChoiceInput(
            name=self.short_name, label=label, thing=thing, plural=plural, choices=flat, groups=groups,
            hint=hint, phrase=phrase, may_be_unknown=may_be_unknown, changeable=changeable, ordered=ordered,
        )  # fmt: skip


class PhotoField(InputField):
    """One photo; where Flask-WTF hands over an uploaded file, its bytes are read."""

    widget = FileInput()

    def __init__(self, label: str, *, thing: str, hint: str = "", **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.input = PhotoInput(name=self.short_name, label=label, thing=thing, hint=hint)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = None
        sent = [value.read() if hasattr(value, "read") else value for value in valuelist if value]
        self.data = self.input.read(one_answer(self.input, sent))


def flattened(choices: Choices) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    flat: dict[str, str] = {}
    groups: dict[str, tuple[str, ...]] = {}
    for key, value in choices.items():
        if isinstance(value, str):
            flat[key] = value
        else:
            flat |= value
            groups[key] = tuple(value)
    return flat, groups


def inputs_of(form: Callable[[], Form]) -> tuple[Input, ...]:
    """The inputs that a form class declares, in its order."""
    return tuple(field.input for field in form() if isinstance(field, InputField))
