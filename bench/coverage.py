"""How often the stated ranges hold what they are to hold, where the truth is known because it was made up.

    python bench/coverage.py [census titanic iris housing] [--tables 100] [--truth N] [--quick]

Chances: a truth is a fit to the table: of the model's own form with the ridge penalty's C at 1, 10 and 100, and of a
boosting machine. From each truth so many tables are drawn, with the table's own people and what happens to them drawn
anew; on each the model chooses and learns as in training. Printed is the share of 95 % ranges that hold the true chance,
with its standard error over the tables: for people drawn from the table, for those with the rarest choice of each input,
and for those whose true chance is under 1 % or over 95 %. Under the boosting machine it is the whole span that counts,
which reaches from the range to the challenger, fitted anew too, and as far beyond as a third kind lies. Then, from the table
itself, how often other kinds of models lie outside the whole span, and how good each is: the random forest with which
its reach was measured, and two that had no part in it, another boosting machine and a neural network. --quick draws
five tables. The truths are numbered from 0, and --truth asks for one of them alone; 4 is for the other kinds.

Classes: the share of estimates of refits to resamples that lie in the stated range. Amounts: the share of prices in the
range of a model that had not seen them, over five other seeds of folds, whole towns held out where the recipe says so.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from model.declare.choice import ChoiceInput
from model.declare.model import Model
from model.files.covers import add_range
from model.learn.challenger import challenger_among
from model.learn.check import records
from model.learn.choice import choose, fit
from model.learn.contest import predict_all
from model.learn.distinct import Distinct
from model.learn.kinds import kind_of
from model.learn.newton import Fits, sigmoid
from model.learn.references import BOOSTING, LIGHTGBM, SETTINGS, forest, learn, prepare, references, with_dummies
from model.learn.rows import Rows
from model.learn.spread import spread_of_counts
from model.learn.table import rows_of
from model.predict.catalog import Catalog
from model.predict.program import ends
from model.predict.ranges import LEAST

CATALOG = Catalog()
PEOPLE = 2_000
RARE_CHANCES = {"chance under 1 %": (0.0, 0.01), "chance over 95 %": (0.95, 1.0)}
Numbers = np.ndarray[Any, Any]


@dataclass
class Simulation:
    """A model, its table, and the way that it was fitted to all of it."""

    model: Model
    rows: Rows
    way: Any
    random: Any

    @property
    def distinct(self) -> Distinct:
        assert self.rows.distinct is not None
        return self.rows.distinct

    def truths(self) -> Iterator[tuple[str, Numbers]]:
        """The true chance of each of the different answers in the table."""
        people, yes = self.distinct.counts(np.arange(len(self.rows)))
        design = self.distinct.fits_of(self.way).design
        for C in (1.0, 10.0, 100.0):
            yield f"its own form, C={C:g}", sigmoid(design @ Fits(design, C).begin(people, yes))
        machine = prepare(self.model, BOOSTING, SETTINGS[BOOSTING][-1 if len(self.rows) > PEOPLE else 0], guest=False)
        said = learn(machine, self.rows, self.rows)[:, 1]
        first = np.unique(self.distinct.codes, return_index=True)[1]
        yield "a boosting machine", said[first]

    def draw(self, truth: Numbers) -> Rows:
        """The table's people, with what happens to them drawn anew."""
        so = (self.random.random(len(self.rows)) < truth[self.distinct.codes]).astype(int)
        return replace(self.rows, y=pd.Series(so), distinct=replace(self.distinct, so=so.astype(float)))

    def groups(self, truth: Numbers) -> Mapping[str, Numbers]:
        """Of whom it is counted how often the range holds: places in the table."""
        found = {"people": self.random.choice(len(self.rows), min(PEOPLE, len(self.rows)), replace=False)}
        for asked in self.model.inputs:
            if isinstance(asked, ChoiceInput):
                counts = self.rows.table[asked.name].value_counts().reindex([*asked.choices], fill_value=0)
                rarest = str(counts.idxmin())
                found[f"{asked.name}: {rarest}"] = np.flatnonzero(self.rows.table[asked.name] == rarest)
        chances = truth[self.distinct.codes]
        for name, (low, high) in RARE_CHANCES.items():
            found[name] = np.flatnonzero((low <= chances) & (chances <= high))
        return {name: places for name, places in found.items() if len(places)}

    def range_of(self, drawn: Rows) -> tuple[Numbers, Numbers, Numbers]:
        """The estimate for each of the different answers, and its range's ends, as training makes them."""
        assert drawn.distinct is not None
        fits, counts = drawn.distinct.fits_of(choose(self.model, drawn)), drawn.distinct.counts(drawn.places)
        found = fits.fit(*counts)
        spread = fits.design @ spread_of_counts(fits.design, *counts, found, fits.penalty)
        estimate, low, high = add_range(
            np.exp(-fits.design @ found), np.square(spread[:, :-1]).sum(axis=1), spread[:, -1]
        )
        return estimate, low, high


def whole_span(model: Model, rows: Rows, low: Numbers, high: Numbers) -> tuple[Numbers, Numbers]:
    """The ends of the span that the page shows, for each row: with the challenger fitted to these rows."""
    card = CATALOG.predictor(model.name).card
    if card.challenger is None:
        return low, high
    tuned = card.evaluation.tuned[challenger_among(references(model)) or ""]
    other = learn(prepare(model, LIGHTGBM, tuned, guest=False), rows, rows)[:, 1]
    table = card.challenger.ranges[0] if card.challenger.ranges else None
    other_low, other_high = ends(table, other)
    return np.minimum(low, other_low), np.maximum(high, other_high)


def simulate(model: Model, tables: int, only: int | None) -> None:
    rows = rows_of(model)
    simulation = Simulation(model, rows, choose(model, rows), np.random.default_rng(0))
    for number, (name, truth) in enumerate(simulation.truths()):
        if only not in (None, number):
            continue
        simulation.random = np.random.default_rng(number)
        groups, is_own = simulation.groups(truth), name.startswith("its own")
        held: dict[str, list[float]] = {group: [] for group in groups}
        widths = []
        for _ in range(tables):
            drawn = simulation.draw(truth)
            codes = simulation.distinct.codes
            _, low, high = (one[codes] for one in simulation.range_of(drawn))
            if not is_own:
                low, high = whole_span(model, drawn, low, high)
            inside = (low <= truth[codes]) & (truth[codes] <= high)
            widths.append(float(np.median((high - low)[groups["people"]])))
            for group, places in groups.items():
                held[group].append(float(inside[places].mean()))
        what = "the 95 % range" if is_own else "the whole span"
        print(f"{model.name}, truth of {name}, {tables} tables: {what}, median width {np.mean(widths):.4f}, holds")
        for group, shares in held.items():
            error = np.std(shares, ddof=1) / np.sqrt(tables)
            print(f"  {np.mean(shares):6.1%} ± {error:.1%} of {len(groups[group]):,} with {group}", flush=True)


def outside_others(model: Model) -> None:
    """How often kinds of models that neither is lie outside the whole span: from rows none of them had seen."""
    rows = rows_of(model)
    distinct, card = rows.distinct, CATALOG.predictor(model.name).card
    assert distinct is not None
    simulation = Simulation(model, rows, None, None)
    challenger = challenger_among(references(model)) or LIGHTGBM
    kinds = {
        challenger: prepare(model, LIGHTGBM, card.evaluation.tuned[challenger], guest=False),
        "a random forest": forest(model),
        BOOSTING: prepare(model, BOOSTING, card.evaluation.tuned[BOOSTING], guest=False),
        "a neural network": network(model, many=len(rows) > PEOPLE),
    }
    own, low, high = (np.empty(len(rows)) for _ in range(3))
    said = {name: np.empty(len(rows)) for name in kinds}
    for inside, outside in rows.folds(5, seed=77):
        codes = distinct.codes[outside]
        own[outside], low[outside], high[outside] = (one[codes] for one in simulation.range_of(rows.take(inside)))
        for name, one in kinds.items():
            said[name][outside] = learn(one, rows.take(inside), rows.take(outside))[:, 1]
    other_low, other_high = ends(card.challenger.ranges[0] if card.challenger else None, said[challenger])
    spans = {"own range": (low, high), "whole span": (np.minimum(low, other_low), np.maximum(high, other_high))}
    losses = {name: log_loss(rows.truth, one.clip(LEAST, 1 - LEAST)) for name, one in {"Likely": own, **said}.items()}
    print(f"{model.name}: log loss of Likely {losses['Likely']:.4f}, of {challenger} {losses[challenger]:.4f}")
    for what, (low, high) in spans.items():
        print(f"{model.name}: outside the {what}, of median width {np.median(high - low):.4f}, lies")
        for name in [*kinds][1:]:
            beyond = np.mean((said[name] < low) | (said[name] > high))
            print(f"  {name} for {beyond:.1%} of people (its log loss {losses[name]:.4f})", flush=True)


def network(model: Model, many: bool) -> Any:
    scaled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    settings = {"alpha": 0.1, "early_stopping": True} if many else {"alpha": 1.0, "max_iter": 600}
    prepared = with_dummies(model, [*model.input]).set_params(numbers=scaled)
    return make_pipeline(prepared, MLPClassifier((32,), random_state=0, **settings))


def refit(model: Model, refits: int) -> None:
    """Of several classes: how many of the refits' estimates lie in the stated ranges."""
    rows, predictor, kind = rows_of(model), CATALOG.predictor(model.name), kind_of(model)
    random = np.random.default_rng(0)
    ranges = [predictor.estimates(answers) for answers in records(rows.answers)]
    low, high = (np.array([[getattr(one, end) for one in row] for row in ranges]) for end in ("low", "high"))
    way = next(one for one in model.learns.candidates if one.name == predictor.card.recipe.chosen)
    inside = []
    for _ in range(refits):
        again = rows.take(random.integers(len(rows), size=len(rows)))
        refitted = kind.answers(kind.predict(fit(model, way, again), rows.answers))
        inside.append((low <= refitted) & (refitted <= high))
    print(f"{model.name}: the 95 % range holds {np.mean(inside):.1%} of the estimates of {refits} refits to resamples")


def hold_out(model: Model, seeds: range) -> None:
    """Of an amount: how many lie in the range of a model that had not seen them."""
    rows, held = rows_of(model), []
    way = partial(choose_and_predict, model)
    for seed in seeds:
        predicted, told, _ = predict_all(model, way, rows, seed, lambda step: None)
        held.append(float(np.mean((predicted[:, 1] <= told.truth) & (told.truth <= predicted[:, 2]))))
    kept = f", whole {model.learns.grouped_by}s held out" if model.learns.grouped_by else ""
    span = f"{min(held):.1%} to {max(held):.1%} over {len(held)} other seeds of folds"
    print(f"{model.name}: the {model.learns.holds:.0%} range holds {np.mean(held):.1%} of cases{kept} ({span})")


def choose_and_predict(model: Model, inside: Rows, outside: Rows) -> Any:
    return kind_of(model).predict(fit(model, choose(model, inside), inside), outside.table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=["titanic", "iris", "housing", "census"])
    parser.add_argument("--tables", type=int, default=100)
    parser.add_argument("--truth", type=int, choices=range(5))
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    for name in asked.models:
        model = CATALOG[name]
        kind = kind_of(model)
        if not kind.is_counted:
            hold_out(model, range(1, 6))
        elif kind.is_yes_or_no:
            simulate(model, 5 if asked.quick else asked.tables, asked.truth)
            if asked.truth in (None, 4):
                outside_others(model)
        else:
            refit(model, 2 * (5 if asked.quick else asked.tables))


if __name__ == "__main__":
    main()
