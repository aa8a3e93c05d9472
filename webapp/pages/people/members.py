"""Who may with a model, for whoever owns it: members and their roles, and links that open it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import redirect, render_template, url_for

from model.declare.model import Model
from webapp.http.addresses import path_of, site
from webapp.people import accounts, links
from webapp.people.current import visibility_of

from .forms import ROLE_WORDS, MemberForm, ProvedButtonForm, pressed
from .gate import manager

NOBODY = "Nobody here has this name. An admin can invite them"


def show(model: Model) -> Any:
    person, form = manager(model), MemberForm()
    if not form.is_sent_by(person):
        return page(model, form)
    somebody = accounts.find(form["name"].data)
    if somebody is None:
        form.refuse("name", NOBODY)
        return page(model, form)
    accounts.give_role(somebody.id, model.name, form.role.data, person.id)
    return redirect(path_of("people.members", model), 303)


def take(model: Model) -> Any:
    person, form = manager(model), ProvedButtonForm()
    if not form.is_sent_by(person):
        return page(model, MemberForm(formdata=None), form, "proof-take")
    accounts.give_role(form.number, model.name, None, person.id)
    return redirect(path_of("people.members", model), 303)


def make_link(model: Model) -> Any:
    person, form = manager(model), ProvedButtonForm()
    if not form.is_sent_by(person):
        return page(model, MemberForm(formdata=None), form, "proof-link")
    address = site() + url_for("people.open", key=links.make("model", person.id, model=model.name))
    there = path_of("people.members", model)
    return render_template("link_made.html", address=address, purpose="model", name=model.words.title, back=there)


def end_link(model: Model) -> Any:
    person = manager(model)
    links.end(pressed().number, "model", person.id, model.name)
    return redirect(path_of("people.members", model), 303)


def page(
    model: Model, form: MemberForm, button: ProvedButtonForm | None = None, place: str = "proof"
) -> tuple[str, int]:
    """The page; a password that a button asks for is missing in the field of that place."""
    acts = button or ProvedButtonForm(formdata=None)
    return render_template(
        "members.html",
        model=model,
        person=manager(model),
        members=accounts.list_members(model.name),
        links=links.list_for(model.name),
        visibility=visibility_of(model.name),
        role_words=ROLE_WORDS,
        form=form,
        acts=acts,
        faults=form.faults or [replace(said, name=place) for said in acts.faults],
    ), max(form.status, acts.status)
