"""The figures of a model beside those of the models that it is compared with."""

from __future__ import annotations

from dataclasses import dataclass

from model.predict.evaluation import Contest, Ranged, Spread

MORE_IS_BETTER = frozenset({"accuracy", "auc", "r2"})


@dataclass(frozen=True)
class Figure:
    """One measure of the model and of those it is compared with, over all seeds of folds."""

    name: str
    values: list[Spread]
    more_is_better: bool
    # Which of the values is better than the model's, or the model's than all others, by more than chance explains;
    # none where that is a tie.
    best: int | None
    # By how much the model is better than each of the others.
    ahead: list[Ranged | None]


def compared_figures(contest: Contest | None) -> list[Figure]:
    """None for a model that was compared with no other."""
    if contest is None or not contest.others:
        return []
    return [figure_of(contest, name) for name in contest.own]


def figure_of(contest: Contest, name: str) -> Figure:
    values = [contest.own[name], *(other[name] for other in contest.others.values())]
    names = ["", *contest.others]
    winner = contest.winner(name)
    ahead = [figures.get(name) for figures in contest.ahead.values()]
    return Figure(name, values, name in MORE_IS_BETTER, None if winner is None else names.index(winner), ahead)
