"""What a model's declaration says that cannot be so: told before it is trained or served."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, pairwise
from typing import get_args

from wtforms import Form

from .faults import sentence
from .fields import input_names
from .inputs import MOST_LISTED, ChoiceInput, Input, NumberInput
from .model import Example, Kind, Model
from .reading import read_answers
from .recipe import Block, Curve, Pair, Recipe, Slope, Table, parts_of

KINDS = get_args(Kind)
# What a form, Flask-WTF's form, an address or a request to the API means by a name.
TAKEN = {*dir(Form()), "csrf_token", "hidden_tag", "is_submitted", "validate_on_submit", "v", "explain", "version"}


def contradictions(model: Model) -> Iterator[str]:
    taken = [name for name in input_names(model.form) if name in TAKEN or name.startswith("new_")]
    for name in taken:
        other = f"{name.removeprefix('new_')}_asked"
        yield f"{name!r} means something else to a form or an address. Rename the input, say to {other!r}"
    if taken:
        # WTForms would trip over such a form.
        return
    if model.kind not in KINDS:
        yield f"the kind is {model.kind!r}, and must be one of {', '.join(KINDS)}"
    for asked in model.inputs:
        yield from in_input(asked)
    yield from in_fieldsets(model)
    yield from in_examples(model)
    yield from strangers(model, [model.compares_with] if model.compares_with else [], "compares_with")
    if isinstance(model.recipe, Recipe):
        yield from in_recipe(model, model.recipe)
    else:
        yield from strangers(model, [model.recipe.input], "recipe")


def in_input(asked: Input) -> Iterator[str]:
    if isinstance(asked, ChoiceInput):
        for text in asked.taken_for_unknown:
            yield f"{asked.name}: a choice {text!r} reads as “I don’t know”. Give it another value and label"


def in_fieldsets(model: Model) -> Iterator[str]:
    placed = list(chain.from_iterable(model.fieldsets.values()))
    yield from strangers(model, placed, "fieldsets")
    for name in model.input:
        if placed.count(name) != 1:
            times = "not there" if name not in placed else f"there {placed.count(name)} times"
            yield f"fieldsets: {name!r} is {times}, and must be once, or the form would not ask for it as it should"


def in_examples(model: Model) -> Iterator[str]:
    if not model.examples:
        yield "examples: there is none, and the pages need one to show how an answer looks"
    for example in model.examples:
        for fault in faults_of(model, example):
            yield f"the example {example.name!r}: {fault}"


def faults_of(model: Model, example: Example) -> Iterator[str]:
    for name in example.answers:
        if name not in model.input:
            yield f"there is no input {name!r}"
    # Looking at a photo is not for every start; what an address says of one is read when it is served.
    if not model.has_photo:
        for fault in read_answers(model.inputs, example.answers)[1]:
            yield f"{fault.name}: {sentence(fault, model.input)}"


def in_recipe(model: Model, recipe: Recipe) -> Iterator[str]:
    if not recipe.candidates:
        yield "candidates: there is none, so there is nothing to learn"
    for candidate in recipe.candidates:
        if not candidate.blocks:
            yield "candidates: one has no blocks, so there is nothing to learn"
    blocks = [block for candidate in recipe.candidates for block in candidate.blocks]
    for block in [*blocks, *([recipe.range_block] if recipe.range_block else [])]:
        yield from in_block(model, block)
    yield from strangers(model, recipe.groups, "groups")
    yield from strangers(model, recipe.tutorial, "tutorial")


def in_block(model: Model, block: Block) -> Iterator[str]:
    faults = list(chain.from_iterable(in_part(model, part) for part in parts_of(block)))
    yield from faults
    if isinstance(block, Pair) and not faults:
        if all(is_line(part) for part in parts_of(block)):
            yield f"{block!r}: only one of the two may be a Slope or a Curve of degree 1"
        sizes = [listed(part, model.input[part.input]) for part in parts_of(block)]
        if sizes[0] * sizes[1] > MOST_LISTED:
            yield f"{block!r}: has {sizes[0] * sizes[1]:,} pairs of answers to list. Use a Curve of degree 1 for one"


def in_part(model: Model, part: Table | Slope | Curve) -> Iterator[str]:
    asked = model.input.get(part.input)
    if asked is None:
        yield f"{part!r}: there is no input {part.input!r}. There are: {', '.join(model.input)}"
    elif not isinstance(asked, NumberInput):
        if not isinstance(part, Table):
            yield f"{part!r}: {part.input!r} is no number. Use Table({part.input!r})"
        return
    elif not is_line(part) and (not asked.whole or listed(part, asked) > MOST_LISTED):
        yield f"{part!r}: {part.input!r} has too many numbers to list. Use a Slope, or a Curve of degree 1"
    elif isinstance(part, Curve):
        yield from in_knots(part, asked)


def is_line(part: Table | Slope | Curve) -> bool:
    """Whether its scorecard draws straight lines, and lists no answers but those at their ends."""
    return isinstance(part, Slope) or (isinstance(part, Curve) and part.degree == 1)


def listed(part: Table | Slope | Curve, asked: Input) -> int:
    """How many answers a scorecard lists for it."""
    if isinstance(asked, ChoiceInput):
        return len(asked.choices)
    if isinstance(part, Table) or not is_line(part):
        return int(asked.highest - asked.lowest) + 1 if isinstance(asked, NumberInput) else 1
    return len(part.knots) if isinstance(part, Curve) else 2


def in_knots(curve: Curve, asked: NumberInput) -> Iterator[str]:
    if len(curve.knots) < 2 or any(one >= other for one, other in pairwise(curve.knots)):
        yield f"{curve!r}: the knots must be two at least, each greater than the one before"
    elif curve.knots[0] < asked.lowest or curve.knots[-1] > asked.highest:
        yield f"{curve!r}: the form takes {asked.text(asked.lowest)} to {asked.text(asked.highest)}, and a knot is beyond"


def strangers(model: Model, names: Iterable[str], where: str) -> Iterator[str]:
    for name in names:
        if name not in model.input:
            yield f"{where}: there is no input {name!r}. There are: {', '.join(model.input)}"
