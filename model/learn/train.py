"""Training one model: mirror check, cross-validation, fit, pickle, card."""

import hashlib
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from model.declare.model import Model
from model.declare.number import NumberInput
from model.declare.photo import PhotoInput
from model.declare.recipe import Given, Trees, Way, Wrapped
from model.evaluate.metrics import digits
from model.evaluate.paired import TINY
from model.predict.agreement import FEWEST
from model.predict.card import Card
from model.predict.evaluation import Contest, Evaluation
from model.predict.logistic import logit

from .artefacts import make_folder, save
from .background import choose_background
from .challenger import challenger_among, compile_challenger, is_as_good, reach_around, tell_apart
from .choice import Learn, choose, fit, predict, with_bags_for_ranges
from .compile import as_program
from .contest import OWN, hold, predict_all, regrouped
from .distinct import Places
from .kinds import Predicted, kind_of
from .people import compile_people
from .references import Tuned, forest, references
from .references import learn as learn_from
from .rows import Rows
from .samples import reach_of_samples
from .stability import find_stability
from .summary import observed, without_rows
from .table import Disagreement, data_digest, rows_of, weights_of
from .trees import BOOSTING, LIGHTGBM, write_down

Progress = Callable[[str], None]
# A loss so many times as large is much worse.
MUCH = 1.03


def train(model: Model, progress: Progress = lambda step: None) -> Card:
    """Train a model and write its pickle and its card; return the card."""
    if isinstance(model.recipe, Wrapped):
        raise Disagreement(f"{model.name} was fitted elsewhere and wrapped. Wrap it again: python run.py wrap FILE")
    # How many threads share a sum decides its last digits, and with them the version.
    with threadpool_limits(1, "blas"), without_chatter():
        if not isinstance(model.recipe, Given):
            return learn(model, progress)
        progress("given coefficients")
        return take_over(model, model.recipe)


@contextmanager
def without_chatter() -> Iterator[None]:
    """Boosting says that its own drawings leave out what is missing; here nothing does.

    And scikit-learn complains where two threads change Python's filters of warnings at once, as it does itself.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="interpret")
        show = warnings.showwarning

        def show_others(message: Warning | str, *about: Any, **more: Any) -> None:
            if not any(said in str(message) for said in ("sklearn.utils.parallel", "Our visualizations do not")):
                show(message, *about, **more)

        warnings.showwarning = show_others
        yield


def steps(model: Model) -> int:
    """How many steps of progress training reports."""
    if isinstance(model.recipe, Given):
        return 1
    recipe = model.learns
    others = len(references(model)) * (recipe.other_seeds or recipe.seeds)
    rounds = (recipe.seeds + others) * (1 + len(recipe.other_folds))
    return recipe.folds * rounds + recipe.refits + 1


def learn(model: Model, progress: Progress) -> Card:
    kind, recipe = kind_of(model), model.learns
    rows = rows_of(model)
    make_folder(model)
    chosen: Counter[str] = Counter()

    def predict_best(inside: Rows, outside: Rows) -> Predicted:
        # Whatever is chosen is chosen anew inside each fold.
        best = choose(model, inside)
        chosen[best.name] += 1
        return predict(model, best, inside, outside)

    out_of_fold, told, folds = predict_all(model, predict_best, rows, 0, progress)
    evaluation = kind.headline(told.truth, out_of_fold, told.weights)
    # Whatever counts rows counts those that stand for all, as the model does.
    standing = slice(None) if told.weights is None else drawn_by_weight(model, told)
    shown, said_of_shown = told.take(np.arange(len(told))[standing]), out_of_fold[standing]
    evaluation |= kind.evaluate(model, shown.answers, shown.truth, said_of_shown)
    if told.weights is not None:
        evaluation["drawn"] = 0 if isinstance(standing, slice) else len(shown)
        if kind.is_yes_or_no:
            evaluation["base_rate"] = float(np.average(told.truth, weights=told.weights))
    if recipe.speaks_for:
        weights = weights_of(told.table[recipe.speaks_for])
        evaluation["weighted"] = {"by": recipe.speaks_for, **kind.weigh(told.truth, out_of_fold, weights)}
    evaluation = without_rows(model, shown.truth, said_of_shown, evaluation)
    evaluation["chosen_in_folds"] = dict(chosen)
    others = references(model)
    evaluation["tuned"] = {name: one.tune(rows) for name, one in others.items() if isinstance(one, Tuned)}
    learners: dict[str, Learn] = {OWN: predict_best, **{name: partial(learn_from, one) for name, one in others.items()}}
    known = {OWN: (out_of_fold, told)}
    challenger = challenger_among(others)
    for name in filter(None, (challenger, BOOSTING if challenger else None)):
        known[name] = predict_all(model, learners[name], rows, 0, progress)[:2]
    evaluation["contests"] = contests = [
        {"kept": kept, **hold(model, regrouped(rows, kept), learners, progress, known if at == 0 else {})}
        for at, kept in enumerate((recipe.grouped_by, *recipe.other_folds))
    ]
    figures = {name: evaluation.pop(name) for name, value in [*evaluation.items()] if isinstance(value, float)}
    evaluation["stability"] = find_stability(model, rows, progress)
    progress("fit on all rows")
    best = choose(model, rows)
    # An amount's range is made of its errors.
    fitted = fit(model, with_bags_for_ranges(best) if kind.is_counted else best, rows)
    # Of an amount the estimate alone, without the ends of its range.
    width = None if kind.is_counted else 1
    people = compile_people(model, shown.answers, shown.y, kind.answers(said_of_shown)) if recipe.shows_rows else None
    facing: dict[str, Any] = {}
    # Beside trees there stand no others.
    if challenger and not isinstance(best, Trees) and is_as_good(contests[0]["ahead"][challenger], model):
        about, facing["beside"] = compile_challenger(model, others[challenger], rows)
        lead, said = contests[0]["ahead"][challenger][kind.columns[0]], known[challenger][0]
        facing["challenger"] = {**about, "lead": lead}
        if kind.is_yes_or_no:
            third, *_ = predict_all(model, partial(learn_from, forest(model)), rows, 0, progress)
            facing["challenger"] |= reach_around(said, third) | tell_apart(shown.truth, said_of_shown, said[standing])
        facing["challenger"] = digits(facing["challenger"])
    if isinstance(best, Trees):
        ranges = reach_of_samples(out_of_fold, partial(learn_anew, model, best, told)) if kind.is_counted else None
        program, facing["arrays"] = write_down(fitted[-1], model)
        engine = as_program(model, program, rows) | {"ranges": ranges}
    else:
        engine = {"name": "tables", **kind.compile(model, best, fitted, rows)}
    return save(
        model,
        fitted,
        people,
        **facing,
        recipe={"chosen": best.name, "C": getattr(best, "C", None)},
        data={
            "rows": len(rows),
            "sha256": data_digest(model),
            "people": hashlib.sha256(people).hexdigest() if people else None,
        },
        observed={name: observed(model, rows.table[name]) for name in model.input},
        background=choose_background(model, rows.answers, lambda X: kind.answers(kind.predict(fitted, X))[:, :width]),
        evaluation=digits({"figures": figures, **evaluation}),
        engine={**engine, **kind.range_table(model, told.truth, out_of_fold, folds)},
    )


def drawn_by_weight(model: Model, told: Rows) -> Places | slice:
    """Rows that are counted in place of all, which have weights; all where too few of some answer would be left."""
    places = told.drawn()
    left = told.take(places)
    fewest = kind_of(model).rows_of_each(left.y) if len(places) else 0
    same = not kind_of(model).is_counted or left.y.nunique() == told.y.nunique()
    return places if same and fewest >= FEWEST else slice(None)


def learn_anew(model: Model, way: Way, rows: Rows, at: Any, drawn: Any, asked: Any) -> Predicted:
    """What a fit to these rows, to whom that happened, says of others."""
    happened = replace(rows.take(at), y=pd.Series(drawn))
    return predict(model, way, happened, rows.take(asked))


def take_over(model: Model, given: Given) -> Card:
    """Write the pickle and the card of a regression whose two coefficients were fitted elsewhere."""
    make_folder(model)
    asked = model.input[given.input]
    assert isinstance(asked, PhotoInput)
    fitted = LogisticRegression()
    fitted.classes_, fitted.n_features_in_ = np.array([0, 1]), 1
    fitted.intercept_, fitted.coef_ = np.array([given.intercept]), np.array([[given.slope]])
    ends, name = [asked.lowest, asked.highest], [given.input]
    points = [[given.slope * end] for end in ends]
    terms = [{"inputs": name, "levels": [ends], "between": name, "points": points}]
    if given.prior:
        # Its feature is the log odds, each of which is worth one point.
        prior = model.input[given.prior]
        assert isinstance(prior, NumberInput)
        reach = [logit(end / 100) for end in (prior.lowest, prior.highest)]
        own: dict[str, Any] = {"inputs": [given.prior], "levels": [reach], "between": [given.prior]}
        terms.append({**own, "points": [[end] for end in reach]})
    return save(
        model,
        fitted,
        recipe={"chosen": "given", "intercept": given.intercept, "slope": given.slope},
        data={"rows": int(given.figures.get("fitted", given.figures["rows"])), "sha256": None},
        observed={},
        evaluation={
            "figures": given.figures,
            "source": given.source,
            "told": {"kinds": [list(one) for one in given.kinds]},
        },
        engine={
            "name": "tables",
            "intercept": [given.intercept],
            "terms": terms,
            "people": {"inputs": [], "answers": [], "counts": []},
        },
    )


def report(model: Model, card: Card) -> str:
    """The table of figures that training prints."""
    if isinstance(model.recipe, Given):
        return f"{model.name}: coefficients given; {model.recipe.source}"
    evaluation, columns = card.evaluation, kind_of(model).columns
    lines = [f"{model.words.title}, version {card.version}: {card.data.rows:,} rows, out of fold"]
    for contest in evaluation.contests:
        lines += tabulate(contest, columns)
    if len(model.learns.candidates) > 1:
        chosen = "; ".join(
            f"{name} ({count} fold{'' if count == 1 else 's'})" for name, count in evaluation.chosen_in_folds.items()
        )
        lines.append(f"  chosen inside the folds: {chosen}")
    if "range_holds" in evaluation.figures:
        held = evaluation.figures["range_holds"]
        lines.append(f"  the {model.learns.holds * 100:.0f} % range holds {held:.1%} of cases out of fold")
    if card.is_of_trees:
        lines.append(
            "  No sum came near boosted trees, so the model has none to show. To have one, take Trees(...) out of its recipe."
        )
    elif better := clearly_better(evaluation, columns[0]):
        lines.append(
            f"  {better} does much better here, as where three inputs only tell something together, or rows are there twice."
        )
        lines.append(
            "  None of the Trees(...) among its candidates came near that: try others, of fewer rounds or of more."
            if any(isinstance(way, Trees) for way in model.learns.candidates)
            else "  To serve that, put Trees() among its candidates; its pages tell the same, without a sum to show."
        )
    return "\n".join(lines)


def clearly_better(evaluation: Evaluation, figure: str) -> str | None:
    """Boosted trees that lose much less, by more than luck, and know something themselves."""
    for contest in evaluation.contests:
        for name in sorted(contest.others.keys() & {LIGHTGBM, BOOSTING}):
            loses, others = contest.others[name][figure].mean, contest.others[name]
            knows = others["r2"].mean > 0 if "r2" in others else loses < loss_of_none(evaluation)
            if contest.ahead[name][figure].high < 0 and MUCH * loses < contest.own[figure].mean and knows:
                return name
    return None


def loss_of_none(evaluation: Evaluation) -> float:
    """The log loss of whoever gives everybody the same chances."""
    yes = evaluation.figures.get("base_rate", 0.0)
    rates = np.array(evaluation.base_rates or (yes, 1 - yes))
    return float(-(rates * np.log(rates.clip(TINY))).sum())


def tabulate(contest: Contest, columns: Sequence[str]) -> Iterator[str]:
    """A line for the model and for each of the others, with the range by which it is ahead."""
    rows = {"Likely": contest.own, **contest.others}
    width = max(map(len, rows))
    kept = f"rows of one {contest.kept} kept together" if contest.kept else "rows parted at random"
    others = f" ({contest.other_seeds} for the others)" if contest.other_seeds < contest.seeds else ""
    seeds = "1 seed" if contest.seeds == 1 else f"{contest.seeds} seeds"
    several = contest.seeds > 1
    yield f" {seeds} of folds{others}, {kept}{': the mean, the least and the most' if several else ''}"
    wide = 26 if several else 20
    yield "  " + " " * width + "".join(f"{name.replace('_', ' '):>{wide}}" for name in columns)
    for name, row in rows.items():
        each = [row[column] for column in columns]
        cells = [f"{short(r.mean)} ({short(r.least)}-{short(r.most)})" if several else short(r.mean) for r in each]
        yield f"  {name:{width}}" + "".join(f"{cell:>{wide}}" for cell in cells)
    for name, apart in contest.ahead.items():
        one = apart[columns[0]]
        verdict = "ahead" if one.low > 0 else "behind" if one.high < 0 else "a tie"
        range_ = f"{short(one.value, '+')} ({short(one.low, '+')} to {short(one.high, '+')})"
        yield f"  against {name}, {columns[0].replace('_', ' ')}: {range_}, {verdict}"


def short(number: float, sign: str = "") -> str:
    """With four decimals, or of large amounts with none."""
    return f"{number:{sign}.4f}" if abs(number) < 100 else f"{number:{sign},.0f}"
