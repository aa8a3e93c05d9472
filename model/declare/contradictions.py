"""What a model's declaration says that cannot be so: told before it is trained or served."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from math import prod
from string import Formatter
from typing import get_args

from wtforms import Form
from wtforms.fields.core import UnboundField

from .faults import sentence
from .inputs import MOST_LISTED
from .model import Kind, Model
from .number import NumberInput
from .reading import read_answers
from .recipe import (
    Blend,
    Block,
    Boosted,
    Curve,
    Ladder,
    Pair,
    Part,
    Recipe,
    Steps,
    Table,
    Trees,
    Wrapped,
    draws_lines,
    is_on_logarithm,
    listed,
    parts_of,
)

KINDS = get_args(Kind)
# What a form, Flask-WTF's form, an address or a request to the API means by a name.
TAKEN = {
    *dir(Form()),
    *"csrf_token hidden_tag is_submitted validate_on_submit v explain version".split(),
    # A wrapped model's inputs may have hyphens in their names.
    *"in-data case-label case-note case-key case-version".split(),
}

# What stands in braces in the words, and is filled in when they are said.
FILLED_IN = {"lead": ("rows",), "data_line": ("rows",), "less": ("n", "many")}


def contradictions(model: Model) -> Iterator[str]:
    names = [name for name in dir(model.form) if isinstance(getattr(model.form, name), UnboundField)]
    if taken := names_taken(names):
        # WTForms would trip over such a form.
        for name, other in taken.items():
            yield f"{name!r} means something else to a form or an address. Rename the input, say to {other!r}"
        return
    if model.kind not in KINDS:
        yield f"the kind is {model.kind!r}, and must be one of {', '.join(KINDS)}"
    for asked in model.inputs:
        yield from (f"{asked.name}: {fault}" for fault in asked.contradictions())
        if asked.not_recorded and getattr(model.recipe, "unknown", "") != "averaged":
            yield f"{asked.name}: not_recorded is for models that average over what is unknown"
    placed = list(chain.from_iterable(model.fieldsets.values()))
    yield from strangers(model, placed, "fieldsets")
    for name in model.input:
        if placed.count(name) != 1:
            times = "not there" if name not in placed else f"there {placed.count(name)} times"
            yield f"fieldsets: {name!r} is {times}, and must be once, or the form would not ask for it as it should"
    yield from model.keeping.contradictions
    yield from in_sentences(model)
    yield from in_examples(model)
    yield from strangers(model, [model.compares_with] if model.compares_with else [], "compares_with")
    if isinstance(model.recipe, Recipe):
        yield from in_recipe(model, model.recipe)
    else:
        yield from strangers(model, [model.recipe.input, *filter(None, [model.recipe.prior])], "recipe")


def names_taken(names: Sequence[str]) -> dict[str, str]:
    """Those that mean something else to a form or an address, each with a name that does not.

    In the address of a comparison “new-age” is the changed age.
    """
    return {
        name: f"{name.removeprefix('new_').removeprefix('new-')}_asked"
        for name in names
        if name in TAKEN or name.startswith("new_") or (name.startswith("new-") and name.removeprefix("new-") in names)
    }


def in_sentences(model: Model) -> Iterator[str]:
    texts = [(f"words: {name}", getattr(model.words, name), takes) for name, takes in FILLED_IN.items()]
    for where, text, takes in [*texts, *((f"{asked.name}: phrase", asked.phrase, ("",)) for asked in model.inputs)]:
        try:
            stands = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        except ValueError:
            stands = {text}
        if stands - set(takes):
            may_be = " and ".join(f"{{{one}}}" for one in takes)
            yield f"{where}: nothing is known to put in these braces. There may be {may_be}: {text!r}"


def in_examples(model: Model) -> Iterator[str]:
    if not model.examples:
        yield "examples: there is none, and the pages need one to show how an answer looks"
    for example in model.examples:
        for name in [name for name in example.answers if name not in model.input]:
            yield f"the example {example.name!r}: there is no input {name!r}"
        # Looking at a photo is not for every start; what an address says of one is read when it is served.
        for fault in [] if model.has_photo else read_answers(model.inputs, example.answers)[1]:
            yield f"the example {example.name!r}: {fault.name}: {sentence(fault, model.input)}"


def in_recipe(model: Model, recipe: Recipe) -> Iterator[str]:
    if not isinstance(recipe.yes, str):
        yield f"yes: the table is read as text, so write {str(recipe.yes)!r} and not {recipe.yes!r}"
    if not recipe.candidates and not isinstance(recipe, Wrapped):
        yield "candidates: there is none, so there is nothing to learn"
    blocks: list[Block] = []
    is_amount, by_residuals = model.kind == "amount", recipe.range_by == "residuals"
    if recipe.multiplies and not (is_amount and by_residuals):
        yield 'multiplies: only an amount is multiplied, and its range comes from residuals. Write range_by="residuals"'
    for candidate in recipe.candidates:
        if isinstance(candidate, Boosted | Trees) and is_amount and not by_residuals:
            yield f'candidates: {candidate.name} cannot tell the range of an amount. Write range_by="residuals"'
        if isinstance(candidate, Boosted):
            yield from strangers(model, candidate.inputs, candidate.name)
        elif isinstance(candidate, Trees):
            if recipe.unknown == "averaged" and any(asked.may_be_unknown for asked in model.inputs):
                yield f'candidates: {candidate.name} take an unknown answer as missing. Write unknown="learnt"'
        elif isinstance(candidate, Blend):
            blocks += candidate.first.blocks
        elif not candidate.blocks:
            yield "candidates: one has no blocks, so there is nothing to learn"
        else:
            blocks += candidate.blocks
    for block in [*blocks, recipe.range_block] if recipe.range_block else blocks:
        yield from in_block(model, block)
    yield from strangers(model, recipe.groups, "groups")
    if model.compares_with in model.input and (model.kind != "probability" or model.compares_with not in recipe.groups):
        yield f"compares_with: {model.compares_with!r} is none of the groups of a probability, so nobody is compared"
    yield from strangers(model, recipe.tutorial, "tutorial")


def in_block(model: Model, block: Block) -> Iterator[str]:
    parts = parts_of(block)
    faults = list(chain.from_iterable(in_part(model, part) for part in parts))
    yield from faults
    if isinstance(block, Pair) and not faults:
        if all(map(draws_lines, parts)):
            yield f"{block!r}: only one of the two may be a Slope or a Curve of degree 1"
        pairs = prod(len(listed(part, model.input[part.input])) for part in parts)
        if pairs > MOST_LISTED:
            yield f"{block!r}: has {pairs:,} pairs of answers to list. Use a Curve of degree 1 for one"


def in_part(model: Model, part: Part) -> Iterator[str]:
    asked = model.input.get(part.input)
    if asked is None:
        yield from strangers(model, [part.input], repr(part))
    elif not isinstance(asked, NumberInput):
        if isinstance(part, Table):
            joined = [choice for choices in part.together for choice in choices]
            if strange := [choice for choice in joined if choice not in asked.choices or joined.count(choice) > 1]:
                yield f"{part!r}: {strange[0]!r} is no choice of {part.input!r}, or stands in together twice"
        elif not isinstance(part, Ladder):
            yield f"{part!r}: {part.input!r} is no number. Use Table({part.input!r})"
    elif isinstance(part, Ladder):
        yield f"{part!r}: {part.input!r} is a number. Use Table({part.input!r}), or a Curve"
    elif isinstance(part, Steps):
        if any(one >= other for one, other in pairwise(part.at)):
            yield f"{part!r}: each step must begin after the one before"
    elif is_on_logarithm(part) and asked.lowest <= 0:
        yield f"{part!r}: the form takes {asked.text(asked.lowest)}, and only numbers above 0 have a logarithm"
    elif not draws_lines(part) and (not asked.whole or len(listed(part, asked)) > MOST_LISTED):
        yield f"{part!r}: {part.input!r} has too many numbers to list. Use a Slope, or a Curve of degree 1"
    elif isinstance(part, Curve):
        if len(part.knots) < 2 or any(one >= other for one, other in pairwise(part.knots)):
            yield f"{part!r}: the knots must be two at least, each greater than the one before"
        elif part.knots[0] < asked.lowest or part.knots[-1] > asked.highest:
            ends = f"{asked.text(asked.lowest)} to {asked.text(asked.highest)}"
            yield f"{part!r}: the form takes {ends}, and a knot is beyond"


def strangers(model: Model, names: Iterable[str], where: str) -> Iterator[str]:
    for name in names:
        if name not in model.input:
            yield f"{where}: there is no input {name!r}. There are: {', '.join(model.input)}"
