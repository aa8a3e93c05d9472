"""A link that lets somebody in, once: the first owner, whoever is invited, and whoever sets a new password.

The key stands after the question mark, which no log has. To look at the page does not use it up, since programs that
show what a link leads to look at it too.
"""

from __future__ import annotations

from typing import Any

from flask import make_response, render_template, request
from werkzeug.exceptions import ServiceUnavailable

from webapp.http.addresses import path_of
from webapp.http.headers import with_headers
from webapp.people import links

from .forms import JoinForm, ResetForm
from .sign_in import let_in


def show() -> Any:
    key = request.form.get("key") or request.args.get("key", "")
    link = links.find(key)
    if link is None:
        return gone()
    form = ResetForm(link.name, key=key) if link.purpose == "reset" else JoinForm(key=key, name=link.name)
    if not form.is_sent_well:
        return page(form, link)
    name = link.name if link.purpose == "reset" else form["name"].data
    try:
        used = links.use(key, name, form.password.data)
    except ServiceUnavailable as later:
        form.refuse("password", later.description or "")
        return with_headers(make_response(page(form, link)[0], 503), later)
    if used is None:
        return gone()
    if isinstance(used, str):
        form.refuse("name", used)
        return page(form, link)
    return let_in(used, path_of("people.account"))


def page(form: JoinForm | ResetForm, link: links.Link) -> tuple[str, int]:
    return render_template("invite.html", form=form, link=link), form.status


def gone() -> tuple[str, int]:
    return render_template("invite_gone.html"), 410
