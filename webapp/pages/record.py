"""Does the model keep its word? What it said of kept cases beside what happened, for whoever may know it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from flask.blueprints import BlueprintSetupState

from model.declare.inputs import Input
from model.declare.model import Model
from webapp.http.addresses import path_of
from webapp.http.headers import keep_private
from webapp.http.json import as_json
from webapp.http.models import catalog, predictor_of
from webapp.people import consent
from webapp.people.current import may
from webapp.store.opening import Away, store
from webapp.text.charts import record_plot
from webapp.text.dots import hundredths
from webapp.text.numbers import brief

from .people.forms import ButtonForm, pressed
from .people.gate import manager

if TYPE_CHECKING:
    from webapp.keeping.record import ModelRecord

bp = Blueprint("record", __name__)


def wanted(model: Model) -> tuple[ModelRecord, bool]:
    """The record, and whether a member asks; for those who may not read it there is none."""
    is_member = may("record", model)
    if not (is_member or consent.lets_others_read(model, predictor_of(model).version)):
        abort(404)
    from webapp.keeping.record import record_of

    return record_of(predictor_of(model), store().open()), is_member


@dataclass(frozen=True)
class Row:
    """An input of the kept cases beside the data, in words."""

    label: str
    here: str
    there: str


def rows_of(told: ModelRecord) -> list[Row]:
    return [
        Row(one.asked.label, tell(one.asked, one.here), tell(one.asked, one.there)) for one in told.inputs if one.here
    ]


def tell(asked: Input, numbers: Any) -> str:
    """“Middle 37, half of them 28 to 48”, or “Private company 70, Self-employed 12 of 100”."""
    if asked.choices:
        shares = ", ".join(f"{asked.words(choice)} {hundredths(share)}" for choice, share in numbers.items())
        return f"{shares} of 100" if shares else "–"
    if "quarter" in numbers:
        return f"Middle {brief(numbers['middle'])}; half lie from {brief(numbers['quarter'])} to {brief(numbers['three_quarters'])}"
    return f"Middle {brief(numbers['middle'])}" if numbers else "–"


@bp.get("/<model:model>/record")
def show(model: Model) -> Response:
    from webapp.store.record import kept_versions

    told, is_member = wanted(model)
    versions = kept_versions(store().open(), model.name) if is_member else []
    parts = told.parts(is_member)
    drawn = [part for part in parts if part.tells]
    return keep_private(
        make_response(
            render_template(
                "record.html",
                model=model,
                told=told,
                earlier=sum(count for version, count, _ in versions if version != told.predictor.version),
                parts=parts,
                left_out=sum(part.due for part in parts) < told.record.all.due,
                past=told.from_files(is_member),
                rows=rows_of(told) if is_member else [],
                plot=record_plot(drawn) if drawn else None,
                is_public=consent.is_given(model.name),
                may_mark=may("outcome", model),
                may_own=may("own", model),
                form=ButtonForm(formdata=None),
            )
        )
    )


@bp.post("/<model:model>/record")
def open_to_all(model: Model) -> Any:
    """The owner lets everybody who sees the model read its record, or no longer."""
    person = manager(model)
    pressed()
    consent.set_public(model.name, request.form.get("public") == "1", person.id)
    return redirect(path_of("record.show", model), 303)


@bp.get("/<model:model>/record.csv")
def as_csv(model: Model) -> Response:
    table = io.StringIO()
    told, is_member = wanted(model)
    content = told.as_json(is_member)
    writer = csv.writer(table, lineterminator="\r\n")
    columns = list(content["all"])
    writer.writerow(columns)
    for part in [*content["parts"], content["all"]]:
        writer.writerow(["" if part[name] is None else part[name] for name in columns])
    response = Response(table.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{model.name}-record.csv"'
    return keep_private(response)


@bp.get("/api/models/<model:model>/record")
def as_json_(model: Model) -> Response:
    told, is_member = wanted(model)
    return keep_private(as_json(told.as_json(is_member)))


class Records:
    """The records of all models for Prometheus: how many cases are due and marked, and whether there is an alarm."""

    def collect(self) -> Iterable[Any]:
        if not store().is_made:
            return
        from prometheus_client.core import GaugeMetricFamily

        from webapp.keeping.record import recent_record_of

        labels = ["model", "version"]
        cases = GaugeMetricFamily("likely_record_cases", "Kept cases that are due", labels=[*labels, "state"])
        evidence = GaugeMetricFamily(
            "likely_record_evidence", "Evidence against the model; 20 is strong", labels=labels
        )
        alarms = GaugeMetricFamily(
            "likely_record_alarm", "1 where the model is off, whatever the unmarked were", labels=labels
        )
        inputs = GaugeMetricFamily("likely_record_inputs_evidence", "Evidence that later cases differ", labels=labels)
        try:
            for model in catalog():
                told = recent_record_of(predictor_of(model), store().open())
                own = [model.name, told.predictor.version]
                for state, count in (("marked", told.record.all.marked), ("due", told.record.all.due)):
                    cases.add_metric([*own, state], count)
                evidence.add_metric(own, told.record.evidence)
                alarms.add_metric(own, float(told.record.alarm is not None))
                inputs.add_metric(own, told.people_evidence)
        except Away:
            # What is not known is not told.
            return
        yield from (cases, evidence, alarms, inputs)


@bp.record_once
def tell_metrics(state: BlueprintSetupState) -> None:
    state.app.extensions.setdefault("collectors", []).append(Records())
