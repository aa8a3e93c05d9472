"""The pages that are about no one model: the index, accessibility and privacy."""

from __future__ import annotations

from flask import Blueprint, render_template

from model.evaluate.standing import least_certain
from webapp.http.models import predictor_of, shown_models

bp = Blueprint("home", __name__)


@bp.get("/")
def index() -> str:
    predictors = [predictor_of(model) for model in shown_models()]
    return render_template("index.html", shown=[(one, least_certain(one)) for one in predictors])


@bp.get("/accessibility")
def accessibility() -> str:
    return render_template("accessibility.html")


@bp.get("/privacy")
def privacy() -> str:
    return render_template("privacy.html")
