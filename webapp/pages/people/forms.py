"""The forms of these pages: what each asks, the words for what is wrong, and the password that a dangerous act asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, request
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, StopValidation

from webapp.ask import Said
from webapp.http.models import catalog, shown_models
from webapp.pages.fields import EXPIRED, TOKEN
from webapp.people import names, passwords
from webapp.people.roles import EVERY, LONGEST_LABEL, ROLES, SCOPES, Person
from webapp.people.throttle import TooOften, count_try

WRONG = "The name or the password is not right"
WRONG_PASSWORD = "This is not your password"  # noqa: S105 - a sentence
DAYS = {"7": "A week", "30": "A month", "90": "Three months", "366": "A year"}
ROLE_WORDS = {
    "viewer": "Viewer: sees it, asks it, and reads whether it keeps its word",
    "analyst": "Analyst: also keeps predictions and says what really happened",
    "owner": "Owner: also says who else may, and who may read the record",
}
SCOPE_WORDS = {
    "predict": "Ask, and keep what was estimated",
    "read": "Read what was kept, and the record",
    "outcome": "Say what really happened",
}


class SiteForm(FlaskForm):
    """A form of ours: bound, checked, and its faults as the summary shows them."""

    def __init__(self, **more: Any) -> None:
        # Said outright, since Flask-WTF would take JSON for a form.
        sent = request.form if request.method == "POST" else None
        super().__init__(**{"formdata": sent, **more})

    @property
    def is_sent_well(self) -> bool:
        return bool(self.validate_on_submit())

    def refuse(self, name: str, message: str) -> None:
        """Put what was found later on the form, as if its field had found it."""
        self[name].errors = [message]

    @property
    def faults(self) -> list[Said]:
        found = [Said(field.name, str(field.errors[0])) for field in self if field.errors and field.name != TOKEN]
        return [Said("", EXPIRED), *found] if TOKEN in self.errors else found

    @property
    def messages(self) -> dict[str, str]:
        return {said.name: said.message for said in self.faults}

    @property
    def status(self) -> int:
        return 400 if TOKEN in self.errors else 422 if self.faults else 200


def required(message: str) -> InputRequired:
    return InputRequired(message)


def tidy(text: str | None) -> str:
    return names.tidy(text or "")


class NewName:
    """A name that somebody can have here; whether somebody has it, the database tells."""

    def __call__(self, form: Any, field: Any) -> None:
        if fault := names.find_fault(field.data or ""):
            raise StopValidation(fault)


class NewPassword:
    def __call__(self, form: Any, field: Any) -> None:
        name = form["name"].data if "name" in form else form.whose
        if fault := passwords.find_fault(field.data or "", name or ""):
            raise StopValidation(fault)


class OneOf:
    """What was chosen is among the choices; nobody's browser sends anything else."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: Any, field: Any) -> None:
        known = {value for value, _ in field.choices}
        given = field.data if isinstance(field.data, list) else [field.data]
        if not given or not set(given) <= known:
            raise StopValidation(self.message)


class SignInForm(SiteForm):
    name = StringField("Name", [required("Enter your name")])
    password = PasswordField("Password", [required("Enter your password")])
    next = HiddenField()


class JoinForm(SiteForm):
    """By an invitation."""

    name = StringField("Your name here", [NewName()], filters=[tidy])
    password = PasswordField("A password", [NewPassword()])
    key = HiddenField()


class NewPasswordForm(SiteForm):
    """A new password for somebody who has a name already."""

    def __init__(self, whose: str, **more: Any) -> None:
        super().__init__(**more)
        self.whose = whose


class ResetForm(NewPasswordForm):
    password = PasswordField("A new password", [NewPassword()])
    key = HiddenField()


class PasswordForm(NewPasswordForm):
    old = PasswordField("Your password now", [required("Enter your password as it is now")])
    password = PasswordField("A new password", [NewPassword()])


class ButtonForm(SiteForm):
    """A button, and which one of a list it is about."""

    which = HiddenField()

    @property
    def number(self) -> int:
        return int(self.which.data) if (self.which.data or "").isdecimal() and len(self.which.data) < 19 else 0


def pressed() -> ButtonForm:
    """The button that was pressed on a page of ours; one that another site pressed, or of an old page, does nothing."""
    form = ButtonForm()
    return form if form.is_sent_well else abort(400)


class ProvedForm(SiteForm):
    """What is dangerous asks for the password once more, unless it was given a few minutes ago."""

    proof = PasswordField("Your own password, once more")

    def is_sent_by(self, person: Person) -> bool:
        return self.is_sent_well and (person.is_fresh or self.is_proved_by(person))

    def is_proved_by(self, person: Person) -> bool:
        # They bring the database along, which other pages that have a button of ours may never need.
        from webapp.people.accounts import has_password
        from webapp.people.sittings import note_proof

        if not self.proof.data:
            self.refuse("proof", "Enter your own password. What you are about to do needs it")
            return False
        try:
            count_try(person.name)
        except TooOften as later:
            self.refuse("proof", later.description or "")
            return False
        if not has_password(person.id, self.proof.data):
            self.refuse("proof", WRONG_PASSWORD)
            return False
        note_proof(person)
        return True


class ProvedButtonForm(ProvedForm, ButtonForm):
    """A button that asks for the password."""


class ActForm(ProvedForm):
    """A button on somebody's page; it may be about one of their roles."""

    which = HiddenField()


class RemoveForm(ProvedForm):
    """A button after which there is no way back: it always asks for the password."""

    def is_sent_by(self, person: Person) -> bool:
        return self.is_sent_well and self.is_proved_by(person)


def roles_in_words(roles: Mapping[str, str]) -> list[str]:
    """Each role as a sentence."""
    titles = {model.name: model.words.title for model in catalog()}
    return [
        f"{ROLE_WORDS[role].partition(':')[0]} of {'every model' if name == EVERY else titles.get(name, name)}"
        for name, role in roles.items()
    ]


def model_choices() -> list[tuple[str, str]]:
    """The models that whoever asks may see."""
    own = [(model.name, model.words.title) for model in shown_models()]
    return [(EVERY, "Every model, those to come among them"), *own]


class TokenForm(ProvedForm):
    label = StringField("What it is for", filters=[tidy])
    scopes = SelectMultipleField("What it may do", [OneOf("Choose what it may do")], validate_choice=False)
    models = SelectMultipleField("For which models", [OneOf("Choose the models that it is for")], validate_choice=False)
    days = RadioField("How long it is good", [OneOf("Choose how long it is good")], validate_choice=False)

    def __init__(self, person: Person) -> None:
        super().__init__()
        self.scopes.choices = list(SCOPE_WORDS.items())
        self.models.choices = model_choices()
        self.days.choices = list(DAYS.items())

    def validate_label(self, field: Any) -> None:
        if not field.data:
            raise StopValidation("Say what it is for, so that you know it again")
        if not field.data.isprintable():
            raise StopValidation("Say what it is for in letters, digits and signs alone")
        if len(field.data) > LONGEST_LABEL:
            raise StopValidation(f"Say in {LONGEST_LABEL} characters or fewer what it is for")


class RoleForm(ProvedForm):
    """A role with a model."""

    role = RadioField("Role", [OneOf("Choose a role")], validate_choice=False)
    model = SelectField("Model", [OneOf("Choose a model")], validate_choice=False)

    def __init__(self, person: Person, **more: Any) -> None:
        super().__init__(**more)
        self.role.choices = list(ROLE_WORDS.items())
        self.model.choices = model_choices()


class InviteForm(RoleForm):
    name = StringField("The name that the invitation proposes", filters=[tidy])

    def validate_name(self, field: Any) -> None:
        # It may be left to whoever is invited.
        if field.data and (fault := names.find_fault(field.data)):
            raise StopValidation(fault)


class MemberForm(ProvedForm):
    """Somebody who is here already, and their role with this model."""

    name = StringField("Their name", [required("Enter the name of somebody who is here already")], filters=[tidy])
    role = RadioField("Role", [OneOf("Choose a role")], validate_choice=False)

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.role.choices = list(ROLE_WORDS.items())


assert set(ROLE_WORDS) == set(ROLES)
assert set(SCOPE_WORDS) == set(SCOPES)
