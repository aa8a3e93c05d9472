"""What moved the number, in words: each answer's are put together once, since they are the same on every result."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from model.declare.inputs import Input, first_lower
from model.declare.model import Model
from model.predict.kinds import Estimate
from model.predict.steps import Path
from webapp.http.cache import MOST_KEPT
from webapp.text.kinds import Chance


class Told(NamedTuple):
    """What one answer did: its label, and the answer."""

    asked: Input
    label: str
    answer: str
    shift: float
    # Whether the number itself is less sure than this step is large, and whether the step shows in whole numbers.
    is_noise: bool
    shows: bool


class Moves(NamedTuple):
    """The steps from the average to the number, and the answers that are told together."""

    # Where it starts and where it ends.
    start: str
    end: str
    steps: list[Told]
    # Answers in the middle of a sentence, and where they took the number together.
    rest: list[str]
    after_rest: str
    # Whether what the rest did together does not show either, next to the steps before it.
    rest_is_small: bool
    unknown: list[str]
    # How far the number's own range reaches on the nearer side; none of an amount, whose range is about single cases.
    margin: float | None
    # The steps that show: how the sentence begins, its number, and where the step is drawn from and to.
    lines: list[tuple[str, str, str, str]]
    # The table: what was put in place, from, to, and the step; and all of it together. Its numbers come as text.
    table: list[tuple[str, str, str, str]]
    together: tuple[str, str, str]
    # The number that they all lead to, as the last step would say it.
    reached: str

    @property
    def moved_most(self) -> list[Input]:
        """What moved the number by more than noise, the first first; where all may be noise, the first of all."""
        found = [step.asked for step in self.steps if not step.is_noise]
        return found or [step.asked for step in self.steps[:1]]

    @property
    def idle(self) -> list[str]:
        """Answers that hardly mattered: those of the steps that do not show, and the rest where it is small."""
        hidden = [f"{step.label} ({step.answer})" for step in self.steps if not step.shows]
        return [*hidden, *self.rest] if self.rest_is_small else hidden

    @property
    def is_hidden_by_rounding(self) -> bool:
        """Whether one of these moved the number more than an answer that shows, but between two whole numbers."""
        shown = min([abs(step.shift) for step in self.steps if step.shows], default=math.inf)
        return any(not step.shows and abs(step.shift) > shown for step in self.steps)

    @property
    def idle_end(self) -> str:
        """What the answers that hardly mattered lead to together, where no other sentence has come to the end."""
        is_told = not self.lines or self.unknown or not self.rest_is_small or self.lines[-1][1] == self.reached
        return "" if is_told else self.reached

    @property
    def noise(self) -> str:
        """What moved the number by a step that shows, and may be noise."""
        return "; ".join([first_lower(step.label) for step in self.steps if step.shows and step.is_noise])

    @property
    def all_noise(self) -> bool:
        """Whether several steps show, and each of them may be noise."""
        shown = [step.is_noise for step in self.steps if step.shows]
        return len(shown) > 1 and all(shown)


@lru_cache(maxsize=MOST_KEPT)
def say(model: Model, name: str, answer: Any, raised: bool) -> tuple[str, str, str]:
    """What does not change with the other answers: the label, the answer, and how the sentence begins."""
    asked = model.input[name]
    return asked.named, asked.said(answer), f"{asked.phrased(answer)} {'raised' if raised else 'lowered'} it to"


def tell(
    model: Model, kind: Chance, path: Path, answers: Mapping[str, Any], main: Estimate, place: Callable[[float], str]
) -> Moves:
    numbers = [path.average, *[step.after for step in path.all]]
    end = numbers[-1]
    margin = min(main.high - end, end - main.low) if kind.has_middle and main.low < end < main.high else None
    whole, exact, places = ([write(number) for number in numbers] for write in (kind.whole, kind.exact, place))
    steps, lines = [], []
    for at, step in enumerate(path.steps):
        (asked,) = step.inputs
        shift = step.shift
        label, answer, begins = say(model, asked.name, answers[asked.name], shift > 0)
        is_noise, shows = margin is not None and abs(shift) < margin, whole[at] != whole[at + 1]
        steps.append(Told(asked, label, answer, shift, is_noise, shows))
        if shows:
            lines.append((begins, kind.brief(step.after), places[at], places[at + 1]))

    rest = [(one.named, one.words(answers[one.name])) for one in path.rest.inputs] if path.rest else []
    unknown = [one.named for one in path.unknown.inputs] if path.unknown else []
    headings = [f"{step.label}: {step.answer}" for step in steps]
    headings += ["; ".join([f"{label}: {answer}" for label, answer in rest])] if rest else []
    headings += [f"{'; '.join(unknown)}, not known"] if unknown else []
    shifts = [kind.exact_step(before, after) for before, after in pairwise(numbers)]
    return Moves(
        whole[0],
        kind.whole(main.value),
        steps,
        [f"{label} ({answer})" for label, answer in rest],
        whole[len(steps) + 1] if path.rest else "",
        min([abs(step.shift) for step in steps], default=math.inf) >= abs(path.rest.shift if path.rest else 0),
        [first_lower(name) for name in unknown],
        margin,
        lines,
        list(zip(headings, exact, exact[1:], shifts, strict=False)),
        (exact[0], kind.exact(main.value), kind.exact_step(path.average, main.value)),
        kind.brief(end),
    )
