"""The servers that bench/serve.py compares with, each a bare minimum of its kind.

reference   a Flask route that renders a ten-line Jinja template
tutorial    the tutorial's way: get_dummies, reindex, predict_proba, and a small result page
"""

from __future__ import annotations

from typing import Any

TEMPLATE = """<!doctype html>
<html lang="en">
<head><title>{{ title }}</title></head>
<body>
<h1>{{ title }}</h1>
<p>Hello, {{ name }}.</p>
<p>{{ number }} out of 100</p>
<p>Goodbye.</p>
</body>
</html>"""


def with_template(app: Any) -> Any:
    """Loaded like a file, so that Jinja compiles it once and not at every request."""
    from jinja2 import DictLoader

    app.jinja_loader = DictLoader({"page.html": TEMPLATE})
    return app


def reference() -> Any:
    from flask import Flask, render_template, request

    app = with_template(Flask(__name__))

    @app.route("/", methods=["GET", "POST"])
    def page() -> str:
        return render_template("page.html", title="Bare", name=request.args.get("name", "you"), number=23)

    return app


def tutorial() -> Any:
    import pandas as pd
    from flask import Flask, render_template, request
    from sklearn.linear_model import LogisticRegression

    from model.learn.table import read_table
    from model.predict.catalog import Catalog

    X, y = read_table(Catalog()["census"])
    names = [asked.name for asked in Catalog()["census"].inputs]
    dummies = pd.get_dummies(X[names])
    regression = LogisticRegression(max_iter=2000).fit(dummies, y)
    app = with_template(Flask(__name__))

    @app.get("/")
    def page() -> str:
        row = pd.DataFrame([{**request.args, "age": int(request.args["age"]), "hours": int(request.args["hours"])}])
        coded = pd.get_dummies(row).reindex(columns=dummies.columns, fill_value=0)
        chance = regression.predict_proba(coded)[0, 1]
        return render_template("page.html", title="Tutorial", name="you", number=round(chance * 100))

    return app
