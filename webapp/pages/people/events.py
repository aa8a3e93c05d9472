"""Who did what to whom, for admins; never an answer."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from webapp.people import accounts

from .gate import admin

A_PAGE = 100


def show() -> Any:
    admin()
    given = request.args.get("before", "")
    before = int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else None
    events = accounts.list_events(A_PAGE + 1, before)
    more = events[A_PAGE - 1].id if len(events) > A_PAGE else None
    return render_template("events.html", events=events[:A_PAGE], more=more)
