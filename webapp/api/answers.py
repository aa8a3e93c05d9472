"""What the API says of one set of answers: the estimate, and on request what is behind it."""

from __future__ import annotations

from typing import Any

from model.declare.reading import Answers
from model.predict.changes import smallest_changes
from model.predict.explain import Arithmetic, Move, arithmetic, moves
from model.predict.predictor import Estimate, Predictor
from webapp.http.json import encoded


def one_answer(predictor: Predictor, answers: Answers, explain: bool) -> bytes:
    """The whole body of an answer to one set of answers."""
    return encoded({"model": predictor.model.name, "version": predictor.version, **told(predictor, answers, explain)})


def told(predictor: Predictor, answers: Answers, explain: bool) -> dict[str, Any]:
    content = estimated(predictor, predictor.estimates(answers))
    if None in answers.values():
        content["unknown"] = list(predictor.unknown(answers))
    if predictor.model.has_photo:
        content["seen"] = answers["photo"].words()
    return content | explained(predictor, answers) if explain else content


def estimated(predictor: Predictor, estimates: list[Estimate]) -> dict[str, Any]:
    if predictor.model.kind == "classes":
        best = max(estimates, key=lambda estimate: estimate.value)
        chances = {e.label: {"probability": e.value, "low": e.low, "high": e.high} for e in estimates}
        return {"class": best.label, "classes": chances}
    one = estimates[0]
    return dict(zip(estimate_names(predictor.model.kind), (one.value, one.low, one.high), strict=True))


def estimate_names(kind: str) -> tuple[str, str, str]:
    return ("amount" if kind == "amount" else "probability"), "low", "high"


# -- explanations --------------------------------------------------------------------------------------


def explained(predictor: Predictor, answers: Answers) -> dict[str, Any]:
    return {
        "moved": [move_json(move) for move in moves(predictor, answers)],
        "would_change": [
            {"answers": dict(change.answers), "estimate": change.estimate}
            for change in smallest_changes(predictor, answers)
        ],
        "unknown_answers": [
            {
                "name": one.name,
                "low": one.low,
                "low_answer": one.low_answer,
                "high": one.high,
                "high_answer": one.high_answer,
            }
            for one in predictor.unknown_answers(answers)
        ],
        "arithmetic": [sum_json(one) for one in arithmetic(predictor, answers)],
    }


def move_json(move: Move) -> dict[str, Any]:
    return {
        "name": move.input.name,
        "answer": jsonable(move.answer),
        "reference": move.reference,
        "instead": move.instead,
        "shift": move.shift,
    }


def jsonable(answer: Any) -> Any:
    return answer if isinstance(answer, (str, int, float)) or answer is None else answer.text()


def sum_json(one: Arithmetic) -> dict[str, Any]:
    return {
        "share": one.share,
        "filled_in": {asked.name: answer for asked, answer in one.filled_in},
        "intercept": list(one.intercept),
        "terms": [{"inputs": [a.name for a in line.inputs], "points": list(line.points)} for line in one.lines],
        "sum": list(one.total),
        "result": list(one.result),
    }
