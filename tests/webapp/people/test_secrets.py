"""No password, and no key of a link, a sitting or a token, is in any file or in the log."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import pytest

from webapp.people.current import SITTING_COOKIE
from webapp.people.keys import KEY

from tests.people import bearer, form_token
from tests.processes import Server, likely, server

PASSWORD = "a password of this test"


def post(running: Server, address: str, cookies: dict[str, str], **fields: str) -> tuple[int, str]:
    """Fill in the page’s form as a browser does; what it then holds is put into these cookies."""
    shown = running.ask("GET", address, Cookie=written(cookies))
    take_cookies(shown.headers.get_all("Set-Cookie") or [], cookies)
    body = urlencode({"csrf_token": form_token(shown.text), **fields}).encode()
    kind = "application/x-www-form-urlencoded"
    sent = running.ask("POST", address, body, Cookie=written(cookies), Content_Type=kind)
    take_cookies(sent.headers.get_all("Set-Cookie") or [], cookies)
    return sent.status, sent.text


def written(cookies: dict[str, str]) -> str:
    return "; ".join([f"{name}={value}" for name, value in cookies.items()]) or "none=1"


def take_cookies(headers: list[str], cookies: dict[str, str]) -> None:
    for header in headers:
        name, _, value = header.partition(";")[0].partition("=")
        cookies.pop(name, None)
        cookies.update({name: value} if value else {})


@pytest.mark.slow
def test_whatever_was_done_no_secret_is_written_anywhere(tmp_path: Path) -> None:
    settings = {"LIKELY_DATABASE": f"sqlite:///{tmp_path / 'data' / 'likely.db'}"}
    secrets = [PASSWORD]
    with server("--workers", "1", **settings) as running:
        running.wait_until_it_says("python run.py person owner")
        link = likely("person", "owner", **settings).stdout.strip()
        cookies: dict[str, str] = {}
        # Copied badly, too.
        key = link.partition("key=")[2]
        for wrong in (f"/{key}", f"/invite/{key}", f"/invite/{key}/", f"/invite?key={key}%0a", f"/census/{key}x"):
            running.ask("GET", wrong)
        joined, _ = post(running, f"/invite?key={key}", cookies, key=key, name="Ada", password=PASSWORD)
        assert joined == 303
        token_fields = {"label": "x", "scopes": "predict", "models": "*", "days": "7"}
        _, page = post(running, "/tokens", cookies, **token_fields)
        token = KEY.findall(page)[0]
        running.ask("GET", "/api/models", **bearer(token))
        running.ask("GET", f"/api/models/{token}")
        running.ask("GET", "/nowhere", **bearer(token))
        secrets += [key, token, cookies[SITTING_COOKIE]]
        post(running, "/sign-in", cookies, name="Ada", password=PASSWORD)
        post(running, "/sign-in", cookies, name=PASSWORD, password="x" + PASSWORD)
        log = running.log
    found = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert any(path.name == "likely.db" for path in found)
    for secret in secrets:
        assert secret not in log
        assert not [path for path, content in found.items() if secret.encode() in content], secret
