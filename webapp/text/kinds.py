"""The three kinds of answer in words and pictures, so that no page asks which kind it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from markupsafe import Markup

from model.declare.inputs import first_upper
from model.declare.model import Model
from model.declare.recipe import Recipe
from model.declare.words import Words
from model.predict.kinds import Estimate

from .dots import Dots, draw_chance, draw_classes, hundredths
from .numbers import FAR, SMALL, about, about_rest, amount, decimals, in_100, in_1000, signed


class Happened(Protocol):
    """What somebody said of a case: an outcome, or one that is stored."""

    @property
    def value(self) -> float | None: ...
    @property
    def class_name(self) -> str | None: ...
    @property
    def is_known(self) -> bool: ...


# Of a model that could be fitted anew to no other rows, and was tried on none that it had not seen.
NOT_MEASURED = "No honest figure is known of how good this model is."


def is_measured(figures: Mapping[str, float]) -> bool:
    return bool(figures.keys() & {"accuracy", "mean_error", "right_yes"})


def reach(low: str, high: str) -> str:
    """From one end of a range to the other: “21 to 26”; an end that is all but 0 or 100 leaves “at most 3”, “at least 97”; both say next to nothing."""
    if low == high:
        return low
    # Of numbers like “more than 99” there is nothing beyond.
    is_open, is_endless = not low[0].isdigit(), not high[0].isdigit()
    if is_open and not is_endless:
        return f"at most {high}"
    if is_open and is_endless:
        return f"anything from {low} to {high}"
    return f"at least {low}" if is_endless else f"{low} to {high}"


class Chance:
    """One chance of yes, out of 100."""

    # What stands after a number.
    unit = " out of 100"
    # Whether there is a 50 out of 100 to cross, and whether the answer is yes or no.
    has_middle = True
    is_yes_or_no = True
    # Whether its sentence tells the range too.
    tells_range = False
    # How a sum becomes the number, as the page writes it.
    turned = Markup("1 / (1 + e<sup>−sum</sup>)")

    def __init__(self, words: Words, labels: Sequence[str] = ()) -> None:
        self.words = words
        # The classes' names, where there are some.
        self.labels = labels

    @property
    def line(self) -> str:
        """What the drawn line runs between."""
        return "On a line from 0 to 100"

    # The number where its unit stands beside it.
    number = staticmethod(in_100)

    def whole(self, value: float) -> str:
        """The number with its unit: “23 out of 100”, “about 3 in 1,000”, “$31,400”."""
        if value >= SMALL:
            return f"{self.number(value)}{self.unit}"
        number = in_1000(value)
        return f"about {number} in 1,000" if number.isdecimal() else f"{number} in 1,000"

    def brief(self, value: float) -> str:
        """The number where its unit was said just before: “23”, “about 3 in 1,000”."""
        return self.number(value) if value >= SMALL else self.whole(value)

    def headline(self, estimate: Estimate) -> str:
        """The one number of a result, as its heading and its title have it."""
        return self.titled(estimate, self.whole(estimate.value))

    def titled(self, estimate: Estimate, number: str) -> str:
        return first_upper(number)

    def beside(self, estimate: Estimate, other: Estimate) -> tuple[str, str]:
        """The heading and the range where another stands beside them: both out of 100, if only one of them would be."""
        if (estimate.value < SMALL) == (other.value < SMALL):
            return self.headline(estimate), self.whole_span(estimate)
        number, span = self.number(estimate.value), self.span(estimate)
        return self.titled(estimate, f"{number}{self.unit}"), f"{span}{self.unit}"

    def short(self, estimate: Estimate) -> str:
        """The number where there is little room, and it stands beside another."""
        return self.number(estimate.value)

    def noun(self, estimate: Estimate) -> str:
        """What the number is, within a sentence."""
        return "chance"

    @property
    def noun_of_many(self) -> str:
        """What is drawn where there are many numbers."""
        return "estimate, out of 100"

    def tick(self, value: float) -> str:
        """A round number along a drawing."""
        return f"{value * 100:g}"

    def sentence(self, estimates: Sequence[Estimate]) -> str:
        """The picture of a hundred dots in words."""
        value, words = estimates[0].value, self.words
        return f"{about(value)} {words.those} {words.yes}. {about_rest(value)} {words.no}."

    def dots(self, estimates: Sequence[Estimate]) -> tuple[Dots, ...]:
        """The picture of a hundred dots; none where the number is not out of 100."""
        return draw_chance(estimates[0].value)

    def span(self, estimate: Estimate) -> str:
        """“21 to 26”; one number where both ends are the same."""
        return self.between(estimate.low, estimate.high)

    def between(self, low: float, high: float) -> str:
        return reach(self.number(low), self.number(high))

    def whole_span(self, estimate: Estimate) -> str:
        """The range with its unit once."""
        told = self.around(estimate.value, estimate.low, estimate.high)
        if estimate.value >= SMALL:
            return f"{told}{self.unit}"
        return told if estimate.high >= FAR else f"{told} in 1,000"

    def around(self, value: float, low: float, high: float) -> str:
        """The range around a number, whose unit it shares: out of 100, or out of 1,000 where the number is.

        Where it reaches far beyond so small a number, it has a unit of its own.
        """
        if value >= SMALL:
            return self.between(low, high)
        return f"{self.between(low, high)}{self.unit}" if high >= FAR else reach(in_1000(low), in_1000(high))

    def probable(self, estimate: Estimate) -> str:
        """The range as it stands after the number; nothing where both its ends are that same number."""
        value, low, high = estimate.value, estimate.low, estimate.high
        number = in_1000 if value < SMALL else self.number
        if number(low) == number(high) == number(value):
            return ""
        told = self.around(value, low, high)
        # “About 1 in 1,000, probably at most 1” leaves open of how many.
        return f"{told} in 1,000" if value < SMALL and high < FAR and told.startswith("at most") else told

    def difference(self, after: Estimate, before: Estimate) -> str:
        """What a change did, in words that agree with the two numbers shown."""
        if self.number(after.value) == self.number(before.value):
            return "Rounded, the number stays the same."
        more = hundredths(after.value) - hundredths(before.value)
        higher = after.value > before.value
        if abs(more) == 1:
            return "1 point higher." if higher else "1 point lower."
        points = abs(more) or "Less than 1"
        return f"{points} points higher." if higher else f"{points} points lower."

    def exact(self, value: float) -> str:
        """A number as a table has it that is to add up."""
        return decimals(value * 100, 1)

    def exact_step(self, before: float, after: float) -> str:
        """The step between two such numbers, which is that of the numbers shown."""
        return signed(round(after * 100, 1) - round(before * 100, 1), 1)

    def difference_of(self, margin: float) -> str:
        """How far a range reaches to one side."""
        points = hundredths(margin)
        return "1 point" if points == 1 else f"{points} points" if points else f"{margin * 100:.1g} points"

    @property
    def happenings(self) -> list[tuple[str, str]]:
        """What may have happened, as a form sends it and as it is read; none where it is a number to type."""
        return [("yes", f"Yes: {self.words.yes}"), ("no", f"No: {self.words.no}")]

    def happened(self, what: Happened) -> str:
        """What really happened, in words."""
        if not what.is_known:
            return "Cannot be known"
        return self.known(what)

    def known(self, what: Happened) -> str:
        return "Yes" if what.value else "No"

    def in_fact(self, outcome: float) -> str:
        """What came of a real one in the data, after what a model said that had not seen it."""
        words = self.words
        return f"In fact, this {words.one} {words.yes if outcome else words.no_in_full or words.no}."

    def accuracy(self, figures: Mapping[str, float]) -> str:
        """How good a model is, in one plain sentence from its own figures."""
        words = self.words
        if not is_measured(figures):
            return NOT_MEASURED
        if "accuracy" in figures:
            sentence = f"Right about {hundredths(figures['accuracy'])} of 100 {words.many} that it had not seen."
            # Of several kinds none is a “no” that one could say of all.
            rate = figures.get("base_rate")
            # Where one answer is rare, being right so often may be no merit at all.
            if rate is None or hundredths(figures["accuracy"]) > hundredths(max(rate, 1 - rate)):
                return sentence
            return f"{sentence} To say “{'no' if rate < 0.5 else 'yes'}” of all would be right as often."
        right = hundredths(figures["right_yes"])
        tuned = "It was not tuned on these." if "fitted" in figures else "It was tuned on these."
        return f"Of 100 {words.many} {words.who} {words.yes}, it got {right} right. {tuned}"


class Classes(Chance):
    """A chance for each of several classes, the likeliest first in words."""

    is_yes_or_no = False
    turned = Markup("e<sup>sum</sup>, divided by all of them together")

    def titled(self, estimate: Estimate, number: str) -> str:
        return f"{first_upper(estimate.label)}: {number}"

    def short(self, estimate: Estimate) -> str:
        return f"{estimate.label} {self.number(estimate.value)}"

    def noun(self, estimate: Estimate) -> str:
        return f"chance of {estimate.label}"

    def sentence(self, estimates: Sequence[Estimate]) -> str:
        parts = ", ".join(f"{self.number(one.value)} {one.label}" for one in estimates)
        return f"Of 100 {self.words.those}: {parts}."

    def dots(self, estimates: Sequence[Estimate]) -> tuple[Dots, ...]:
        return draw_classes([estimate.value for estimate in estimates])

    def in_fact(self, outcome: float) -> str:
        return f"In fact, this {self.words.one} is {self.labels[int(outcome)]}."

    @property
    def happenings(self) -> list[tuple[str, str]]:
        return [(label, first_upper(label)) for label in self.labels]

    def known(self, what: Happened) -> str:
        return first_upper(what.class_name or "")

    def difference(self, after: Estimate, before: Estimate) -> str:
        if after.label != before.label:
            return f"Now {after.label} is the likeliest, not {before.label}."
        return super().difference(after, before)


class Amount(Chance):
    """How much of something, in the model's own unit."""

    unit = ""
    has_middle = False
    is_yes_or_no = False
    tells_range = True
    turned = Markup()

    @property
    def line(self) -> str:
        return f"On a line from the lowest to the highest {self.words.amount} in the data"

    @property
    def happenings(self) -> list[tuple[str, str]]:
        return []

    def known(self, what: Happened) -> str:
        return self.number(what.value or 0)

    def in_fact(self, outcome: float) -> str:
        return f"In fact, it was {self.number(outcome)}."

    def number(self, value: float) -> str:
        return amount(value, self.words)

    def whole(self, value: float) -> str:
        return self.number(value)

    def brief(self, value: float) -> str:
        return self.number(value)

    def noun(self, estimate: Estimate) -> str:
        return self.words.amount

    @property
    def noun_of_many(self) -> str:
        return f"estimated {self.words.amount}"

    def tick(self, value: float) -> str:
        return self.number(value)

    def sentence(self, estimates: Sequence[Estimate]) -> str:
        one = estimates[0]
        return f"{self.headline(one)}, probably {self.span(one)}." if one.low != one.high else f"{self.headline(one)}."

    def whole_span(self, estimate: Estimate) -> str:
        return self.span(estimate)

    def around(self, value: float, low: float, high: float) -> str:
        return self.between(low, high)

    def beside(self, estimate: Estimate, other: Estimate) -> tuple[str, str]:
        return self.headline(estimate), self.whole_span(estimate)

    def probable(self, estimate: Estimate) -> str:
        return "" if estimate.low == estimate.high else self.span(estimate)

    def dots(self, estimates: Sequence[Estimate]) -> tuple[Dots, ...]:
        return ()

    def between(self, low: float, high: float) -> str:
        return f"{self.number(low)} to {self.number(high)}"

    def difference(self, after: Estimate, before: Estimate) -> str:
        more = round(after.value, 1) - round(before.value, 1)
        if not more:
            return f"The {self.words.amount} stays the same."
        return f"{self.number(abs(more))} {'more' if more > 0 else 'less'}."

    def exact(self, value: float) -> str:
        return self.number(value)

    def exact_step(self, before: float, after: float) -> str:
        places = 1 if self.words.thousand else self.words.decimals
        step = round(after, places) - round(before, places)
        sign = "+" if step > 0 else "−" if step < 0 else ""
        return f"{sign}{self.number(abs(step))}"

    def accuracy(self, figures: Mapping[str, float]) -> str:
        if not is_measured(figures):
            return NOT_MEASURED
        return f"Off by {self.number(figures['mean_error'])} on average, on {self.words.many} it had not seen."


KINDS: Mapping[str, type[Chance]] = {"probability": Chance, "classes": Classes, "amount": Amount}


@lru_cache(maxsize=256)
def kind_of(model: Model) -> Chance:
    classes = list(model.recipe.classes.values()) if isinstance(model.recipe, Recipe) else []
    return KINDS[model.kind](model.words, classes)
