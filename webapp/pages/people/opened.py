"""A link that opens a model to whoever has it, without an account."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request

from webapp.http.addresses import page_path
from webapp.http.models import catalog
from webapp.people import links
from webapp.people.current import MOST_OPENED, OPENED_COOKIE, visibility_of
from webapp.people.keys import LINK, is_key
from webapp.people.sittings import set_private_cookie

from .forms import ButtonForm
from .invite import gone


def show() -> Any:
    key = request.form.get("which") or request.args.get("key", "")
    names = links.find_opened([key]) if is_key(key, LINK) else ()
    model = next((catalog()[name] for name in names if name in catalog() and visibility_of(name) != "members"), None)
    if model is None:
        return gone()
    form = ButtonForm(which=key)
    if not form.is_sent_well:
        return render_template("open.html", form=form, opened=model), form.status
    before = [one for one in request.cookies.get(OPENED_COOKIE, "").split(".") if is_key(one, LINK) and one != key]
    answer = redirect(page_path("form.show", model, request.root_path), 303)
    set_private_cookie(answer, OPENED_COOKIE, ".".join([key, *before][:MOST_OPENED]), links.LASTS["model"])
    return answer
