"""What the API says of one set of answers: the estimate, and on request what is behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from model.declare.reading import Answers
from model.predict.changes import find_smallest_changes
from model.predict.explain import explain_moves, explain_sum
from model.predict.kinds import Estimate
from model.predict.predictor import Predictor
from model.predict.steps import explain_steps


@dataclass(frozen=True)
class Wants:
    """What a request wants besides the estimate."""

    explain: bool = False
    challenger: bool = False

    @property
    def more(self) -> bool:
        """Whether it is more work than an estimate, of which less may be asked for at once."""
        return self.explain or self.challenger


def render_answer(predictor: Predictor, answers: Answers, wants: Wants) -> dict[str, Any]:
    estimates = predictor.estimates(answers)
    content = predictor.kind.as_json(estimates)
    if wants.challenger:
        content["challenger"] = render_challenger(predictor, answers, estimates)
    if None in answers.values():
        content["unknown"] = list(predictor.unknown(answers))
    if predictor.model.has_photo:
        content["seen"] = answers[predictor.model.inputs[0].name].words()
    return content | render_explanation(predictor, answers) if wants.explain else content


def render_challenger(predictor: Predictor, answers: Answers, estimates: Sequence[Estimate]) -> dict[str, Any] | None:
    """What another kind of model says, that is just as good; null where there is none."""
    if predictor.challenger is None:
        return None
    focus = predictor.kind.focus([one.value for one in estimates])
    return predictor.challenger.face(answers, focus, estimates[focus]).as_json()


def render_explanation(predictor: Predictor, answers: Answers) -> dict[str, Any]:
    moves = [
        {
            "name": move.input.name,
            "answer": move.input.to_json(move.answer),
            "reference": move.reference,
            "instead": move.instead,
            "shift": move.shift,
        }
        for move in explain_moves(predictor, answers)
    ]
    sums = [
        {
            "share": one.share,
            "filled_in": {asked.name: answer for asked, answer in one.filled_in},
            "intercept": one.intercept,
            "terms": [{"inputs": [a.name for a in line.inputs], "points": line.points} for line in one.lines],
            "sum": one.total,
            "result": one.result,
        }
        for one in explain_sum(predictor, answers)
    ]
    return {
        "steps": render_steps(predictor, answers),
        "moved": moves,
        "would_change": [vars(change) for change in find_smallest_changes(predictor, answers)],
        "unknown_answers": [vars(one) for one in predictor.unknown_answers(answers)],
        "arithmetic": sums,
    }


def render_steps(predictor: Predictor, answers: Answers) -> list[dict[str, Any]]:
    """The steps from the average to the estimate, in order; what hardly mattered is one, and so is what is unknown."""
    path = explain_steps(predictor, answers)
    return [
        {"names": [asked.name for asked in step.inputs], "before": step.before, "after": step.after}
        for step in (path.all if path else ())
    ]
