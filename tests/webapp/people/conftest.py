"""A site with everybody that may ask it, and its hidden models."""

from __future__ import annotations

from datetime import timedelta

import pytest

from webapp.people import clock, tokens

from tests.everybody import HIDDEN, ROLES, Site
from tests.people import add_person, make_site, make_token


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    app = make_site(
        tmp_path_factory.mktemp("site"), FOR_MEMBERS=list(HIDDEN), PAGES=None, SECURITY_CONTACT="mailto:a@b"
    )
    numbers = {role: add_person(app, f"A {role}", dict.fromkeys(HIDDEN, role)) for role in ROLES}
    numbers["admin"] = add_person(app, "An admin", is_admin=True)
    numbers["another's"] = add_person(app, "Of another model", {"housing": "owner"})
    keys = {
        "read token": make_token(app, numbers["owner"], "read", "outcome"),
        "predict token": make_token(app, numbers["viewer"], "predict"),
        "revoked": make_token(app, numbers["owner"], "read", "predict"),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokens, "now", lambda: clock.now() - timedelta(days=31))
        keys["expired"] = make_token(app, numbers["owner"], "read", "predict", days=30)
    with app.app_context():
        revoked = next(one for one in tokens.list_own(numbers["owner"]) if one.scopes == ["predict", "read"])
        assert tokens.end(revoked.id, numbers["owner"], numbers["owner"])
    return Site(app, numbers, keys)
