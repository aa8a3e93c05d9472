"""What moved the number, in words: each answer's are put together once, since they are the same on every result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from model.declare.inputs import Input
from model.declare.model import Model
from model.predict.steps import Path, Step
from webapp.http.cache import MOST_KEPT
from webapp.text.kinds import Chance


@dataclass(frozen=True)
class Told:
    """What one answer did: the start of a sentence that ends with a number, and the line of a table."""

    asked: Input
    label: str
    answer: str
    begins: str
    # The numbers before and after.
    before: float
    after: float
    # Whether the number itself is less sure than this step is large, and whether the step shows in whole numbers.
    is_noise: bool
    shows: bool

    @property
    def shift(self) -> float:
        return self.after - self.before


@dataclass(frozen=True)
class Moves:
    """The steps from the average to the number, and the answers that are told together."""

    average: float
    steps: list[Told]
    # Answers in the middle of a sentence, and what they did together.
    rest: list[str]
    rest_step: Step | None
    unknown: list[str]
    unknown_step: Step | None
    # How far the number's own range reaches on the nearer side; none of an amount, whose range is about single cases.
    margin: float | None
    # The steps that show: how the sentence begins, its number, and where the step is drawn from and to.
    lines: list[tuple[str, str, str, str]]
    # The table: what was put in place, from, to, and the step. All numbers come as text, since they are many.
    table: list[tuple[str, str, str, str]]
    # The number that they all lead to, as the last step would say it.
    end: str

    @property
    def moved_most(self) -> list[Input]:
        """What moved the number by more than noise, the first first; where all may be noise, the first of all."""
        found = [step.asked for step in self.steps if not step.is_noise]
        return found or [step.asked for step in self.steps[:1]]

    @property
    def shown(self) -> list[Told]:
        """The steps that show in the number as it is written."""
        return [step for step in self.steps if step.shows]

    @property
    def idle(self) -> list[str]:
        """Answers that hardly mattered: those of the steps that do not show, and the rest where it is small."""
        hidden = [f"{step.label} ({step.answer})" for step in self.steps if not step.shows]
        return [*hidden, *self.rest] if self.rest_is_small else hidden

    @property
    def idle_end(self) -> str:
        """What the answers that hardly mattered lead to together, where no other sentence has come to the end."""
        is_told = not self.lines or self.unknown or not self.rest_is_small or self.lines[-1][1] == self.end
        return "" if is_told else self.end

    @property
    def noise(self) -> list[Told]:
        return [step for step in self.shown if step.is_noise]

    @property
    def rest_is_small(self) -> bool:
        """Whether what the rest did together does not show either, next to the steps before it."""
        together = abs(self.rest_step.shift) if self.rest_step else 0.0
        return all(abs(one.shift) >= together for one in self.steps)


@lru_cache(maxsize=MOST_KEPT)
def say(model: Model, name: str, answer: Any, raised: bool) -> tuple[str, str, str]:
    """What does not change with the other answers: the label, the answer, and how the sentence begins."""
    asked = model.input[name]
    return asked.named, asked.said(answer), f"{asked.phrased(answer)} {'raised' if raised else 'lowered'} it to"


def tell(
    model: Model,
    kind: Chance,
    path: Path,
    answers: Mapping[str, Any],
    span: tuple[float, float],
    place: Callable[[float], str],
) -> Moves:
    low, high = span
    end = path.all[-1].after if path.all else path.average
    margin = min(high - end, end - low) if kind.has_middle and low < end < high else None

    def told(step: Step) -> Told:
        (asked,) = step.inputs
        said = say(model, asked.name, answers[asked.name], step.shift > 0)
        is_noise = margin is not None and abs(step.shift) < margin
        return Told(asked, *said, step.before, step.after, is_noise, kind.whole(step.before) != kind.whole(step.after))

    def names(step: Step | None) -> list[str]:
        return [f"{one.named} ({one.words(answers[one.name])})" for one in step.inputs] if step else []

    unknown = [one.named for one in path.unknown.inputs] if path.unknown else []
    steps = [told(step) for step in path.steps]
    lines = [(one.begins, kind.brief(one.after), place(one.before), place(one.after)) for one in steps if one.shows]
    headings = [f"{one.label}: {one.answer}" for one in steps]
    rest = [f"{one.named}: {one.words(answers[one.name])}" for one in path.rest.inputs] if path.rest else []
    headings += ["; ".join(rest)] if rest else []
    headings += [f"{'; '.join(unknown)}, not known"] if unknown else []
    table = [
        (heading, kind.exact(step.before), kind.exact(step.after), kind.exact_step(step.before, step.after))
        for heading, step in zip(headings, path.all, strict=True)
    ]
    return Moves(
        path.average, steps, names(path.rest), path.rest, unknown, path.unknown, margin, lines, table, kind.brief(end)
    )
