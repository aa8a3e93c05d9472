"""One person, as an admin sees them: their roles, a link for a new password, and an end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import abort, redirect, render_template, url_for

from webapp.http.addresses import site
from webapp.people import accounts, links

from .forms import ActForm, ProvedForm, RemoveForm, RoleForm, roles_in_words
from .gate import admin

LAST = "They are the only admin. Make somebody else one first"


def show(number: int) -> Any:
    """Give a role, which is the form of this page."""
    person = admin()
    form = RoleForm(person)
    if not form.is_sent_by(person):
        return page(number, form, ActForm(formdata=None))
    find(number)
    accounts.give_role(number, form.model.data, form.role.data, person.id)
    return back(number)


def act(number: int, act: str) -> Any:
    """Press one of the buttons of this page."""
    person = admin()
    if act not in ACTS:
        abort(404)
    find(number)
    form = RemoveForm() if act == "remove" else ActForm()
    if not form.is_sent_by(person):
        return page(number, RoleForm(person, formdata=None), form)
    return ACTS[act](number, person.id, form)


def make_reset(number: int, by: int, form: ActForm) -> Any:
    somebody = find(number)
    if somebody.ended_at:
        form.refuse("proof", "They cannot sign in. Let them back first")
        return page(number, RoleForm(admin(), formdata=None), form)
    address = site() + url_for("people.invite", key=links.make("reset", by, number))
    there = url_for("people.somebody", number=number)
    return render_template("link_made.html", address=address, purpose="reset", name=somebody.name, back=there)


def take_role(number: int, by: int, form: ActForm) -> Any:
    if (model := form.which.data) in accounts.roles_of(number):
        accounts.give_role(number, model, None, by)
    return back(number)


def end(number: int, by: int, form: ActForm) -> Any:
    return back(number) if accounts.end(number, by) else refuse(number, form)


def let_back(number: int, by: int, form: ActForm) -> Any:
    accounts.let_back(number, by)
    return back(number)


def make_admin(number: int, by: int, form: ActForm) -> Any:
    accounts.set_admin(number, True, by)
    return back(number)


def unmake_admin(number: int, by: int, form: ActForm) -> Any:
    return back(number) if accounts.set_admin(number, False, by) else refuse(number, form)


def remove(number: int, by: int, form: Any) -> Any:
    if not accounts.remove(number, by):
        return refuse(number, form)
    return redirect(url_for("people.everybody"), 303)


ACTS = {
    "reset": make_reset,
    "take-role": take_role,
    "end": end,
    "let-back": let_back,
    "make-admin": make_admin,
    "unmake-admin": unmake_admin,
    "remove": remove,
}


def find(number: int) -> Any:
    return accounts.get(number) or abort(404)


def back(number: int) -> Any:
    return redirect(url_for("people.somebody", number=number), 303)


def refuse(number: int, form: ProvedForm) -> Any:
    form.refuse("proof", LAST)
    return page(number, RoleForm(admin(), formdata=None), form)


def page(number: int, form: RoleForm, acts: ProvedForm) -> tuple[str, int]:
    somebody, own = find(number), accounts.roles_of(number)
    is_removal = isinstance(acts, RemoveForm)
    # Each of the three forms asks for the password in a field of its own.
    place = "proof-role" if form.faults else "proof" if is_removal else "proof-acts"
    faults = [replace(said, name=place) if said.name == "proof" else said for said in form.faults or acts.faults]
    return render_template(
        "person.html",
        somebody=somebody,
        person=admin(),
        roles=list(zip(own, roles_in_words(own), strict=True)),
        form=form,
        acts=ActForm(formdata=None) if is_removal else acts,
        removal=acts if is_removal else RemoveForm(formdata=None),
        faults=faults,
    ), max(form.status, acts.status)
