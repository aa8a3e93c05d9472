"""A host that cannot be, or is not ours, is refused in words before anything is made of it."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import create_environ

from webapp import create_app
from webapp.http.front import read_host

from tests.payloads import SETTINGS

CENSUS = "/api/models/census/predict"


@pytest.mark.parametrize("path", ["/", "/census", "/nothing", "/api/", CENSUS, "/predict", "/static/likely.css"])
@pytest.mark.parametrize(
    "host",
    [
        "",
        "..",
        ".",
        "a" * 300,
        f"{'a' * 64}.org",
        ".".join(["abc"] * 70),
        "a b",
        "a/b",
        "a@b",
        "<a>",
        "a:b:c",
        "a:0",
        "a:65536",
        "a:99999999",
        "a:",
        "[::1",
        "[:]",
        "ä.example",
        "-a.org",
        "a-.org",
        "a\\b",
        "%41.org",
    ],
)
def test_a_host_that_cannot_be_is_refused(client: FlaskClient, host: str, path: str) -> None:
    response = client.get(path, environ_overrides={"HTTP_HOST": host})
    assert response.status_code == 400
    assert "The request names a host that cannot exist" in response.text
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    program = path.startswith("/api/") or path == "/predict"
    assert response.mimetype == ("application/problem+json" if program else "text/plain")


@pytest.mark.parametrize("host", ["[::1::]", "[1::2::3]", "[::g]", "[1.2.3.4]", "[::1]]", "::1"])
def test_an_address_that_cannot_be_is_no_host(host: str) -> None:
    assert read_host(host) is None


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "example.org",
        "EXAMPLE.org.",
        "a:1",
        "a:65535",
        "10.0.0.1:5000",
        "[::1]",
        "[::1]:80",
        "a_b",
        "xn--nxasmq6b",
        "a" * 63,
    ],
)
def test_a_host_that_can_be_is_answered(client: FlaskClient, host: str) -> None:
    for path in ("/", "/api/", "/nothing"):
        assert client.get(path, headers={"Host": host}).status_code == (404 if path == "/nothing" else 200)


@pytest.mark.parametrize("prefix", ["x", "//evil.example", "/a b", "/<a>", "/..", "/a/", "/\n"])
def test_a_mount_point_that_cannot_be_is_refused(client: FlaskClient, prefix: str) -> None:
    assert client.get("/census", environ_overrides={"SCRIPT_NAME": prefix}).status_code == 400


def test_a_mount_point_stands_before_every_link(client: FlaskClient) -> None:
    assert 'href="/apps/likely/' in client.get("/", environ_overrides={"SCRIPT_NAME": "/apps/likely"}).text


@pytest.mark.parametrize("mounted", ["", "/apps/likely"])
def test_programs_are_told_the_mount_point_and_the_sites_own_address(mounted: str) -> None:
    client = create_app(SETTINGS | {"URL": "https://example.org"}).test_client()
    page = client.get("/api/", environ_overrides={"SCRIPT_NAME": mounted}).text
    assert f"All addresses begin with <code>https://example.org{mounted}</code>" in page
    assert f"https://example.org{mounted}/api/models/census/predict" in page
    document = client.get("/api/openapi.json", environ_overrides={"SCRIPT_NAME": mounted}).get_json()
    assert document["servers"] == [{"url": mounted or "/"}]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Forwarded-Host": "example.org"}, 200),
        ({"X-Forwarded-Host": ".."}, 400),
        ({"X-Forwarded-Proto": "https"}, 200),
        ({"X-Forwarded-Proto": "javascript"}, 400),
    ],
)
def test_what_a_proxy_says_is_looked_at_too(headers: dict[str, str], status: int) -> None:
    client = create_app({**SETTINGS, "PROXIES": 1}).test_client()
    assert client.get("/api/", headers=headers).status_code == status


@pytest.fixture(scope="module")
def named() -> Flask:
    return create_app({**SETTINGS, "HOSTS": ["example.org", ".example.net"]})


@pytest.mark.parametrize("host", ["example.org", "Example.org:8000", "example.org.", "example.net", "a.b.example.net"])
def test_a_host_in_the_settings_is_answered(named: Flask, host: str) -> None:
    assert named.test_client().get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["localhost", "example.com", "www.example.org", "badexample.net", "10.0.0.1"])
def test_any_other_host_is_refused_with_what_to_do(named: Flask, host: str) -> None:
    for path in ("/census", "/api/"):
        response = named.test_client().get(path, headers={"Host": host})
        assert response.status_code == 400
        assert f"There is no site at {host} here. Whoever runs it can add the name to LIKELY_HOSTS" in response.text


@pytest.mark.parametrize("host", ["10.0.0.1", "", "localhost"])
def test_a_health_check_may_ask_by_any_address(named: Flask, host: str) -> None:
    for path in ("/healthz", "/readyz"):
        assert named.test_client().get(path, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/census", "/census/card", "/api/", "/nothing"])
def test_no_cache_between_may_keep_a_page_for_others(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] in ("private", "no-store")


@pytest.mark.parametrize(
    ("takes", "coding"),
    [
        ("gzip", "gzip"),
        ("br, gzip;q=0.5", "gzip"),
        ("*", "gzip"),
        ("GZIP", "gzip"),
        ("gzip;q=0", None),
        ("gzip;q=0, *", None),
        ("*;q=0", None),
        ("br", None),
        ("xgzip", None),
        ("gzip" + ", br" * 1000, None),
        ("", None),
    ],
)
def test_only_who_takes_gzip_gets_it(client: FlaskClient, takes: str, coding: str | None) -> None:
    for path in ("/census", "/static/likely.css", "/api/openapi.json"):
        response = client.get(path, headers={"Accept-Encoding": takes})
        assert response.status_code == 200, path
        assert response.headers.get("Content-Encoding") == coding


def test_an_answer_that_is_all_there_goes_to_the_server_as_a_list(app: Flask) -> None:
    for path in ("/census", "/nothing", "/static/likely.css"):
        assert isinstance(app(create_environ(path), lambda status, headers, fault=None: lambda piece: None), list)
