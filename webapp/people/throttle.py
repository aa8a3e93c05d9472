"""How often a password may be tried: for an account, from an address, and for an account from an address.

All workers of a machine count together, in the limiter's file, which holds keyed hashes alone.
"""

from __future__ import annotations

import math

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from webapp.http import metrics
from webapp.http.limiter import EXEMPT, network_of
from webapp.http.visit import Allowances, current
from webapp.settings import Rate

from .names import key_of

# What is tried, and how often a minute; and how often at once. Against one account nobody comes far from one address,
# and all addresses together try so few that a password of fifteen characters holds for ever.
ACCOUNT_HERE = Rate(1, 10)
ACCOUNT = Rate(5, 100)
ADDRESS = Rate(10, 30)


class TooOften(HTTPException):
    """Too many passwords were tried; the text says when the next one may be."""

    code = 429
    name = "Too Many Requests"

    def __init__(self, wait: float) -> None:
        self.seconds = max(1, math.ceil(wait))
        unit = "second" if self.seconds == 1 else "seconds"
        super().__init__(f"Too many passwords were tried. Wait {self.seconds} {unit} and send it again")

    def get_headers(self, *given: object) -> list[tuple[str, str]]:
        return [("Content-Type", "text/html; charset=utf-8"), ("Retry-After", str(self.seconds))]


def count_try(name: str) -> None:
    """Count one password that is tried, before it is looked at; TooOften where there were too many."""
    allowances: Allowances = current_app.extensions["allowances"]
    account, address = key_of(name), current().address or request.remote_addr or ""
    tried = [
        ("sign-in to an account from an address", f"{account} {network_of(address)}", ACCOUNT_HERE),
        ("sign-in to an account", account, ACCOUNT),
        *([("sign-in from an address", network_of(address), ADDRESS)] if address not in EXEMPT else []),
    ]
    for what, key, rate in tried:
        # A name may look like an address, and is not to be cut as one.
        verdict = allowances.limiter.take(what, f"={key}", rate)
        if not verdict.allowed:
            metrics.count_refusal("sign-ins")
            raise TooOften(verdict.wait)
