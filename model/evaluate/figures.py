"""The figures of a model beside those of the models that it is compared with."""

from __future__ import annotations

from dataclasses import dataclass

from model.predict.card import Evaluation

MORE_IS_BETTER = frozenset({"accuracy", "auc", "r2"})


@dataclass(frozen=True)
class Figure:
    """One measure of the model and of those it is compared with."""

    name: str
    values: list[float]
    more_is_better: bool

    def is_best(self, value: float) -> bool:
        best = max(self.values) if self.more_is_better else min(self.values)
        return f"{value:.4f}" == f"{best:.4f}"


def compared_figures(evaluation: Evaluation) -> list[Figure]:
    """None for a model that was compared with no other."""
    rivals = list(evaluation.compared.values())
    return [
        Figure(name, [evaluation.figures[name], *(rival[name] for rival in rivals)], name in MORE_IS_BETTER)
        for name in (rivals[0] if rivals else ())
    ]
