"""Wrapping a model: opened, declared, compiled, compared, measured, and its files put in place together."""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from model.declare.contradictions import names_taken
from model.declare.model import Model
from model.declare.recipe import Wrapped as Declared
from model.draft.words import write_words
from model.learn.artefacts import make_folder, save
from model.learn.background import ROWS, ROWS_OF_SLOW, choose_background
from model.learn.check import records
from model.learn.compile import answers_all_over
from model.learn.kinds import kind_of
from model.learn.summary import observed
from model.learn.table import texts, typed
from model.predict.card import Card
from model.predict.catalog import declared_in
from model.predict.engine import Engine
from model.predict.kinds import KINDS

from .comparing import compare
from .compiling import Compiled, Compiler
from .declaring import choose_yes, declaration_for, draft_of
from .measuring import measure
from .opening import text as text_of
from .original import CannotWrap, Numbers, Original, open_table

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Order:
    """What is to be wrapped, as the command has it."""

    file: Path
    table: Path
    target: str
    folder: Path
    name: str
    python: str = sys.executable
    unseen: Path | None = None
    yes: str | None = None


@dataclass(frozen=True)
class Wrapped:
    model: Model
    card: Card
    # The largest difference to the original that was found.
    apart: float


def wrap(order: Order, progress: Progress = lambda step: None) -> Wrapped:
    data = open_table(order.table)
    if order.target not in data:
        raise CannotWrap(f"The table has no column {order.target!r}. It has: {', '.join(map(str, data.columns))}")
    data = data[data[order.target].notna()].reset_index(drop=True)
    progress("opening")
    with Original(order.file, order.table, order.target, order.python) as original:
        if taken := names_taken(original.columns):
            asked, others = (", ".join(map(repr, names)) for names in (taken, taken.values()))
            raise CannotWrap(
                f"The model asks for {asked}, which a form or an address takes for something else. Give it another name in the "
                f"table, say {others}, and fit the model to that again"
            )
        labels = labels_of(original, data[order.target])
        yes = choose_yes(labels, data[order.target], order.yes) if len(labels) == 2 else None
        if yes is not None and yes not in labels:
            raise CannotWrap(f"{order.target} has {' and '.join(labels)}, and not {yes!r}")
        own = order.folder / f"{order.name}.py"
        if own.exists():
            # Whoever wrapped it before may have edited its words.
            declared, words, model = own.read_text(encoding="utf-8"), "", declared_in(own)
        else:
            draft = draft_of(order.name, order.table, order.target, labels, yes)
            declared = declaration_for(draft, order.folder, original.columns, data, labels)
            words = write_words(draft)
            model = declared_as(declared, words, order)
        fit_together(model, original, order, labels, yes)
        X = pd.DataFrame({asked.name: typed(data[asked.name], asked) for asked in model.inputs})
        try:
            y = kind_of(model).target(model, texts(data[order.target]))
        except ValueError as fault:
            raise CannotWrap(str(fault)) from None
        column = None if yes is None else labels.index(yes)
        compiler = Compiler(original, model, X, turned=column == 0)

        def attempt(make: Callable[[], Compiled]) -> tuple[Compiled, float]:
            progress("compiling")
            compiled = make()
            progress("comparing")
            engine = engine_of(model, compiled, X)
            return compiled, compare(original, engine, compiler.inputs, X, compiler.cuts, column, compiled.tolerance)

        try:
            compiled, apart = attempt(compiler.compile)
        except CannotWrap as why:
            # What cannot be taken over part by part may convert as a whole.
            try:
                compiled, apart = attempt(compiler.convert)
            except CannotWrap as neither:
                raise CannotWrap(f"{why}. As an ONNX graph: {neither}") from None
        progress("measuring")
        measured = measure(model, original, X, y, data[order.target], labels, yes, order.unseen, progress)
        compiled.engine["ranges"] = measured.ranges
        order.folder.mkdir(exist_ok=True)
        make_folder(model)
        engine = engine_of(model, compiled, X)
        card = save(
            model,
            arrays=packed(compiled),
            recipe={"chosen": original.about["name"]},
            data={"rows": len(X), "sha256": measured.digest},
            observed={name: observed(model, X[name]) for name in model.input},
            background=choose_background(model, X, asker(engine, model), ROWS_OF_SLOW if engine.is_slow else ROWS),
            evaluation=measured.evaluation,
            engine=compiled.engine,
            libraries=original.about["libraries"],
            wrapped={
                "file": order.file.name,
                "apart": apart,
                "tolerance": compiled.tolerance,
                "measured": measured.how,
            },
        )
        own.write_text(declared, encoding="utf-8")
        if words:
            own.with_suffix(".words.toml").write_text(words, encoding="utf-8")
    return Wrapped(model, card, apart)


def declared_as(text: str, words: str, order: Order) -> Model:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / f"{order.name}.py"
        path.write_text(text, encoding="utf-8")
        path.with_suffix(".words.toml").write_text(words, encoding="utf-8")
        # Here the file stands elsewhere than it will, and so does the table beside it.
        model = declared_in(path)
        recipe = replace(model.learns, table=order.table.resolve())
        return replace(model, folder=order.folder.resolve(), recipe=recipe)


def fit_together(model: Model, original: Original, order: Order, labels: Sequence[str], yes: str | None) -> None:
    """A declaration that was there before must still ask what the model wants to know."""
    recipe, kind = model.learns, "amount" if not labels else "probability" if len(labels) == 2 else "classes"
    asks = model.kind == kind and set(model.input) == set(original.columns) and recipe.target == order.target
    answers = [*recipe.classes] == [*labels] if len(labels) > 2 else yes is None or recipe.yes == yes
    if not (asks and answers and isinstance(recipe, Declared)):
        raise CannotWrap(
            f"{order.folder / f'{order.name}.py'} declares another model, which asks for {', '.join(model.input)}. Give "
            "this one another --name, or take that file away"
        )


def labels_of(original: Original, target: pd.Series) -> list[str]:
    """The target's texts in the order of the model's classes; none of an amount."""
    classes = original.about["classes"]
    if not classes:
        return []
    if not original.about["gives_chances"]:
        raise CannotWrap(
            f"{original.about['name']} gives no chances of its classes. Put CalibratedClassifierCV around it and fit that"
        )
    known = [text_of(one) for one in classes]
    there = sorted(set(texts(target)))
    if set(known) == set(there):
        return known
    if len(known) == len(there) and known == [str(at) for at in range(len(known))]:
        # Numbers that stand for the target's texts in their order, as encoders give them.
        return there
    raise CannotWrap(f"The model's classes are {', '.join(known)}, and {target.name} has {', '.join(there[:10])}")


def engine_of(model: Model, compiled: Compiled, X: pd.DataFrame) -> Engine:
    """The engine as serving will have it, before anything is written."""
    unknowable = [asked.name for asked in model.inputs if asked.may_be_unknown]
    compiled.engine["seen"] = {name: answers_all_over(X[name]) for name in unknowable}
    engine = KINDS[model.kind].engines[compiled.engine["name"]](model, {**compiled.engine, "file": ""})
    if compiled.arrays:
        engine.__dict__["arrays"] = compiled.arrays
    return engine


def asker(engine: Engine, model: Model) -> Callable[[pd.DataFrame], Numbers]:
    """Asks what will be served for rows of a table."""
    return lambda X: np.array(engine.predict(records(X[list(model.input)]))).T


def packed(compiled: Compiled) -> bytes | None:
    if not compiled.arrays:
        return None
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **compiled.arrays)
    return file.getvalue()
