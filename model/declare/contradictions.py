"""What a model's declaration says that cannot be so: told before it is trained or served."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, pairwise
from typing import get_args

from .inputs import NumberInput
from .model import Example, Kind, Model
from .reading import read_answers
from .recipe import Block, Curve, Pair, Recipe, Slope

KINDS = get_args(Kind)


def contradictions(model: Model) -> Iterator[str]:
    if model.kind not in KINDS:
        yield f"the kind is {model.kind!r}, and must be one of {', '.join(KINDS)}"
    yield from in_fieldsets(model)
    yield from in_examples(model)
    yield from strangers(model, [model.compares_with] if model.compares_with else [], "compares_with")
    if isinstance(model.recipe, Recipe):
        yield from in_recipe(model, model.recipe)
    else:
        yield from strangers(model, [model.recipe.input], "recipe")


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
            yield f"{fault.name}: {fault.message}"


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
    if isinstance(block, Pair):
        yield from chain(in_block(model, block.first), in_block(model, block.second))
        return
    asked = model.input.get(block.input)
    if asked is None:
        yield f"{block!r}: there is no input {block.input!r}. There are: {', '.join(model.input)}"
    elif isinstance(block, (Curve, Slope)) and not isinstance(asked, NumberInput):
        yield f"{block!r}: {block.input!r} is no number. Use Table({block.input!r})"
    elif isinstance(block, Curve) and isinstance(asked, NumberInput):
        yield from in_knots(block, asked)


def in_knots(curve: Curve, asked: NumberInput) -> Iterator[str]:
    if len(curve.knots) < 2 or any(one >= other for one, other in pairwise(curve.knots)):
        yield f"{curve!r}: the knots must be two at least, each greater than the one before"
    elif curve.knots[0] < asked.lowest or curve.knots[-1] > asked.highest:
        yield f"{curve!r}: the form takes {asked.text(asked.lowest)} to {asked.text(asked.highest)}, and a knot is beyond"


def strangers(model: Model, names: Iterable[str], where: str) -> Iterator[str]:
    for name in names:
        if name not in model.input:
            yield f"{where}: there is no input {name!r}. There are: {', '.join(model.input)}"
