"""What the API says of one set of answers: the estimate, and on request what is behind it."""

from __future__ import annotations

from typing import Any

from model.declare.reading import Answers
from model.predict.changes import find_smallest_changes
from model.predict.explain import Arithmetic, Move, explain_moves, explain_sum
from model.predict.predictor import Predictor


def render_answer(predictor: Predictor, answers: Answers, explain: bool) -> dict[str, Any]:
    content = predictor.kind.as_json(predictor.estimates(answers))
    if None in answers.values():
        content["unknown"] = list(predictor.unknown(answers))
    if predictor.model.has_photo:
        content["seen"] = answers[predictor.model.inputs[0].name].words()
    return content | render_explanation(predictor, answers) if explain else content


def render_explanation(predictor: Predictor, answers: Answers) -> dict[str, Any]:
    return {
        "moved": [render_move(move) for move in explain_moves(predictor, answers)],
        "would_change": [
            {"answers": dict(change.answers), "estimate": change.estimate}
            for change in find_smallest_changes(predictor, answers)
        ],
        "unknown_answers": [vars(one) for one in predictor.unknown_answers(answers)],
        "arithmetic": [render_sum(one) for one in explain_sum(predictor, answers)],
    }


def render_move(move: Move) -> dict[str, Any]:
    plain = isinstance(move.answer, (str, int, float))
    return {
        "name": move.input.name,
        "answer": move.answer if plain else move.answer.text(),
        "reference": move.reference,
        "instead": move.instead,
        "shift": move.shift,
    }


def render_sum(one: Arithmetic) -> dict[str, Any]:
    return {
        "share": one.share,
        "filled_in": {asked.name: answer for asked, answer in one.filled_in},
        "intercept": list(one.intercept),
        "terms": [{"inputs": [a.name for a in line.inputs], "points": list(line.points)} for line in one.lines],
        "sum": list(one.total),
        "result": list(one.result),
    }
