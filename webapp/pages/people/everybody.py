"""Everybody who has an account, and inviting more of them: for admins."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, url_for

from webapp.http.addresses import path_of, site
from webapp.people import accounts, links

from .forms import InviteForm, pressed, roles_in_words
from .gate import admin


def show() -> Any:
    person = admin()
    form = InviteForm(person)
    if not form.is_sent_by(person):
        return page(form)
    name = form["name"].data
    key = links.make("invitation", person.id, name=name, model=form.model.data, role=form.role.data)
    address = site() + url_for("people.invite", key=key)
    return render_template(
        "link_made.html", address=address, purpose="invitation", name=name, back=path_of("people.everybody")
    )


def page(form: InviteForm) -> tuple[str, int]:
    people, roles = accounts.list_all()
    return render_template(
        "people.html",
        form=form,
        person=admin(),
        people=people,
        roles={number: roles_in_words(own) for number, own in roles.items()},
        invitations=links.list_invitations(),
    ), form.status


def end_invitation() -> Any:
    person = admin()
    links.end(pressed().number, "invitation", person.id)
    return redirect(path_of("people.everybody"), 303)
