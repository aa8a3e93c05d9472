"""People like this one: how many agree with the answers, who they are, and one who turned out otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model.declare.inputs import Input, is_known
from model.predict.agreement import MOST_COMPARED, Agreement, Rarest, find_agreement, find_rarest
from model.predict.kinds import Estimate
from model.predict.lazy import lazy
from model.predict.neighbours import Person
from model.predict.predictor import Predictor
from webapp.text.kinds import kind_of


@dataclass(frozen=True)
class Alike:
    predictor: Predictor
    answers: Mapping[str, Any]
    main: Estimate
    # The inputs that moved the number most, the first first; asked for where not all answers are compared.
    moved_most: Callable[[], Sequence[Input]]

    @lazy
    def agreement(self) -> Agreement | None:
        """How many people in the data agree with these answers; None where there is no such data."""
        moved_most = self.moved_most() if len(self.predictor.model.inputs) > MOST_COMPARED else ()
        return find_agreement(self.predictor, self.answers, moved_most)

    @lazy
    def rarest(self) -> Rarest | None:
        return find_rarest(self.predictor, self.answers)

    @property
    def is_nobody(self) -> bool:
        """Whether the data has nobody with close answers."""
        return self.agreement is not None and self.agreement.nearly.people == 0

    @lazy
    def other_outcome(self) -> Person | None:
        """A real person with a near chance, given by a model that had not seen them, who turned out otherwise."""
        crowd = self.predictor.crowd
        if crowd is None or not kind_of(self.predictor.model).is_yes_or_no:
            return None
        return crowd.other_outcome(self.main.value, 0, outcome=0.0 if self.main.value > 0.5 else 1.0)

    @lazy
    def most(self) -> list[Person]:
        """The people in the data most like this one, where the model shows them."""
        crowd, model = self.predictor.crowd, self.predictor.model
        if crowd is None or not model.shows_alike:
            return []
        return crowd.most_alike(self.answers, model.shows_alike, self.main.value)

    @lazy
    def same(self) -> list[tuple[float, int]]:
        """Of those most like this one, the outcomes of those who gave the same answers, with how many had it."""
        return Counter([one.outcome for one in self.most if not self.differences(one)]).most_common()

    @lazy
    def others(self) -> list[tuple[list[str], float]]:
        """Of those most like this one, each who gave other answers: which, and the outcome."""
        told = [(self.differences(one), one.outcome) for one in self.most]
        return [(differences, outcome) for differences, outcome in told if differences]

    def differences(self, person: Person) -> list[str]:
        """The answers of a real person that are not those asked about."""

        def differs(name: str) -> bool:
            theirs, asked_about = person.answers[name], self.answers[name]
            return theirs != asked_about and (is_known(theirs) or is_known(asked_about))

        return [one.described(person.answers[one.name]) for one in self.predictor.model.inputs if differs(one.name)]

    def describe(self, person: Person) -> str:
        """A real person, described by the form's own answers and no others."""
        return "; ".join([asked.described(person.answers[asked.name]) for asked in self.predictor.model.inputs])
