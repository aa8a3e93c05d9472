"""Who may do what: a role's actions, a token's, a stranger's. Nothing else decides, and nothing here asks a database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from .clock import now

Action = Literal["see", "predict", "record", "keep", "read", "outcome", "own"]
Role = Literal["viewer", "analyst", "owner"]
Scope = Literal["predict", "read", "outcome"]
Visibility = Literal["public", "link", "members"]

STRANGER: frozenset[Action] = frozenset({"see", "predict"})
ROLES: dict[Role, frozenset[Action]] = {
    "viewer": STRANGER | {"record"},
    "analyst": STRANGER | {"record", "keep", "read", "outcome"},
    "owner": STRANGER | {"record", "keep", "read", "outcome", "own"},
}
# A token takes away only: it never may what its person may not, and no scope lets it say who may.
SCOPES: dict[Scope, frozenset[Action]] = {
    "predict": frozenset({"see", "predict", "keep"}),
    "read": frozenset({"see", "record", "read"}),
    "outcome": frozenset({"see", "outcome"}),
}
# Dangerous acts ask for the password unless it was given so lately.
FRESH = timedelta(minutes=15)
# What a token is for, in its owner's words.
LONGEST_LABEL = 60
# Stands for every model, those that are yet to come among them.
EVERY = "*"


@dataclass(frozen=True)
class Token:
    """What a program holds to ask for a person: scopes, and the models it is for."""

    id: int
    scopes: frozenset[Scope]
    models: frozenset[str]

    def actions(self, model: str) -> frozenset[Action]:
        if not self.models & {model, EVERY}:
            return frozenset()
        return frozenset().union(*[SCOPES[scope] for scope in self.scopes])


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in, or for whom a program asks."""

    id: int
    name: str
    is_admin: bool = False
    # A model's name, or EVERY, and the role there.
    roles: Mapping[str, Role] = field(default_factory=dict)
    token: Token | None = None
    # The sitting that the request came with, and when the password was last given in it.
    sitting: int | None = None
    proved_at: datetime | None = None

    @property
    def is_fresh(self) -> bool:
        """Whether the password was given so lately that nothing asks for it again."""
        return self.proved_at is not None and now() - self.proved_at < FRESH

    @property
    def token_id(self) -> int | None:
        return self.token.id if self.token else None

    def role(self, model: str) -> Role | None:
        """The one that may most, of this model's own and the one for every model."""
        own = {self.roles.get(model), self.roles.get(EVERY)}
        return next((role for role in reversed(ROLES) if role in own), None)

    def actions(self, model: str) -> frozenset[Action]:
        role = "owner" if self.is_admin else self.role(model)
        granted = ROLES[role] if role else frozenset()
        return granted & self.token.actions(model) if self.token else granted


def is_allowed(
    action: Action, model: str, visibility: Visibility, person: Person | None, opened: Collection[str] = ()
) -> bool:
    """Whether this may be done with the model, by whoever has opened these models by link."""
    # A link opens what is by link only, so that a model can be closed again by its setting.
    is_open = visibility == "public" or (visibility == "link" and model in opened)
    granted = STRANGER if is_open else frozenset()
    return action in (granted | person.actions(model) if person else granted)
