"""Settings are parsed strictly: what is not understood stops the start, with words that help."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from webapp import create_app
from webapp.settings import SETTINGS, BadSetting, settings_from

ROOT = Path(__file__).parents[2]
PAPERS = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]

RATES = "so many a minute, as in 600, or 600/200 for 200 of them at once; or off"
HOST_NAMES = "names as in example.org, in small letters and without a port, or .example.org for all below it"


def refusal(**environment: str) -> str:
    with pytest.raises(BadSetting) as refused:
        settings_from(environment)
    return str(refused.value)


def test_nothing_need_be_set() -> None:
    assert settings_from({}) == {setting.key: setting.default for setting in SETTINGS}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: str(setting.variable))
def test_a_setting_that_is_empty_is_not_set(setting: Any) -> None:
    assert settings_from({setting.variable: ""})[setting.key] == setting.default


@pytest.mark.parametrize(
    ("variable", "text", "key", "value"),
    [
        ("SECRET_KEY", "sixteen letters.", "SECRET_KEY", "sixteen letters."),
        ("LIKELY_TOKEN_MINUTES", "1", "TOKEN_MINUTES", 1),
        ("LIKELY_TOKEN_MINUTES", "1440", "TOKEN_MINUTES", 1440),
        ("LIKELY_DATABASE", "off", "DATABASE", None),
        ("LIKELY_DATABASE", "sqlite:////srv/likely.db", "DATABASE", "sqlite:////srv/likely.db"),
        ("LIKELY_DATABASE", "postgresql://a@b/c", "DATABASE", "postgresql+psycopg://a@b/c"),
        ("LIKELY_HTTPS", "yes", "HTTPS", True),
        ("LIKELY_HTTPS", "No", "HTTPS", False),
        ("LIKELY_HTTPS", "TRUE", "HTTPS", True),
        ("LIKELY_HTTPS", "0", "HTTPS", False),
        ("LIKELY_PROXIES", "0", "PROXIES", 0),
        ("LIKELY_PROXIES", "5", "PROXIES", 5),
        ("LIKELY_BATCH_MB", "1", "BATCH_MB", 1),
        ("LIKELY_BATCH_MB", "10000", "BATCH_MB", 10_000),
        ("LIKELY_MODELS", "census", "MODELS", ["census"]),
        ("LIKELY_MODELS", "census, iris titanic", "MODELS", ["census", "iris", "titanic"]),
        ("LIKELY_HOSTS", "example.org", "HOSTS", ["example.org"]),
        ("LIKELY_HOSTS", ".example.org,10.0.0.1 [::1]", "HOSTS", [".example.org", "10.0.0.1", "[::1]"]),
        ("LIKELY_URL", "https://example.org:8443", "URL", "https://example.org:8443"),
        ("LIKELY_CORS_ORIGINS", "*", "CORS_ORIGINS", ["*"]),
        (
            "LIKELY_CORS_ORIGINS",
            "https://a.example http://localhost:3000",
            "CORS_ORIGINS",
            ["https://a.example", "http://localhost:3000"],
        ),
    ],
)
def test_a_setting_is_understood(variable: str, text: str, key: str, value: object) -> None:
    assert settings_from({variable: text})[key] == value


@pytest.mark.parametrize(
    ("variable", "text", "takes"),
    [
        ("LIKELY_TOKEN_MINUTES", "0", "a whole number from 1 to 1440"),
        ("LIKELY_TOKEN_MINUTES", "1441", "a whole number from 1 to 1440"),
        ("LIKELY_TOKEN_MINUTES", "1.5", "a whole number from 1 to 1440"),
        ("LIKELY_TOKEN_MINUTES", "an hour", "a whole number from 1 to 1440"),
        ("LIKELY_HTTPS", "on", "yes or no"),
        ("LIKELY_HTTPS", "maybe", "yes or no"),
        ("LIKELY_HTTPS", "2", "yes or no"),
        ("LIKELY_PROXIES", "-1", "a whole number from 0 to 5"),
        ("LIKELY_PROXIES", "6", "a whole number from 0 to 5"),
        ("LIKELY_PROXIES", "all", "a whole number from 0 to 5"),
        ("LIKELY_BATCH_MB", "0", "a whole number from 1 to 10000"),
        ("LIKELY_BATCH_MB", "50MB", "a whole number from 1 to 10000"),
        ("LIKELY_URL", "https://example.org/", "an address like https://example.org, without a slash at its end"),
        ("LIKELY_URL", "example.org", "an address like https://example.org, without a slash at its end"),
        ("LIKELY_URL", "http://[", "an address like https://example.org, without a slash at its end"),
        ("LIKELY_URL", "https://.example.org", "an address like https://example.org, without a slash at its end"),
        ("LIKELY_CORS_ORIGINS", "example.org", "origins like https://example.org, or *"),
        ("LIKELY_CORS_ORIGINS", "https://a.example,b.example", "origins like https://example.org, or *"),
        ("LIKELY_CORS_ORIGINS", "https://example.org/", "origins like https://example.org, or *"),
        ("LIKELY_CORS_ORIGINS", "https://Example.org", "origins like https://example.org, or *"),
        ("WEB_CONCURRENCY", "65", "a whole number from 1 to 64"),
        ("LIKELY_PAGES", "1/1441", RATES),
        ("LIKELY_PAGES", "0/5", RATES),
        ("LIKELY_PAGES", "often", RATES),
        ("LIKELY_PAGES", "600/", RATES),
        ("LIKELY_MODELS", "Census", "names of models, as in census titanic"),
        ("LIKELY_MODELS", ",", "names of models, as in census titanic"),
        ("LIKELY_HOSTS", "https://example.org", HOST_NAMES),
        ("LIKELY_HOSTS", "example.org:80", HOST_NAMES),
        ("LIKELY_HOSTS", "Example.org", HOST_NAMES),
        ("LIKELY_HOSTS", "*", HOST_NAMES),
        ("LIKELY_MODEL_FOLDERS", "/no/such/folder", "folders that exist"),
        ("LIKELY_MODEL_FOLDERS", __file__, "folders that exist"),
    ],
)
def test_a_setting_that_is_not_understood_is_named_with_what_it_takes(variable: str, text: str, takes: str) -> None:
    assert refusal(**{variable: text}) == f"{variable} must be {takes}, not {text!r}"


@pytest.mark.parametrize("address", ["mysql://me:my-password@here/likely", "sqlite:///:memory:", "likely.db"])
def test_a_database_that_is_not_understood_is_refused_and_its_password_not_repeated(address: str) -> None:
    message = refusal(LIKELY_DATABASE=address)
    assert message.startswith("LIKELY_DATABASE must be sqlite:///folder/likely.db, postgresql+psycopg://")
    assert message.endswith("or off, not what it is")


def test_a_secret_that_is_too_short_is_refused_and_not_repeated() -> None:
    message = refusal(SECRET_KEY="fifteen letters")
    assert message == "SECRET_KEY must be at least 16 characters, not what it is"


def test_a_misspelt_setting_is_refused_with_those_there_are() -> None:
    message = refusal(LIKELY_HTPPS="yes")
    assert message.startswith("There is no setting LIKELY_HTPPS. There are: ")
    for setting in SETTINGS:
        assert setting.variable in message


def test_other_programs_variables_are_left_alone() -> None:
    settings_from({"PATH": "/bin", "HTTPS": "maybe", "UNLIKELY_HTTPS": "x"})


def test_several_folders_are_separated_as_in_path(tmp_path: Path) -> None:
    import os

    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    found = settings_from({"LIKELY_MODEL_FOLDERS": f"{one}{os.pathsep}{other}"})
    assert found["MODEL_FOLDERS"] == [one, other]


def test_a_bad_setting_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIKELY_HTTPS", "perhaps")
    with pytest.raises(BadSetting, match="LIKELY_HTTPS must be yes or no"):
        create_app()


def test_what_is_passed_in_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIKELY_TOKEN_MINUTES", "5")
    assert create_app().config["WTF_CSRF_TIME_LIMIT"] == 5 * 60
    assert create_app({"TOKEN_MINUTES": 7}).config["WTF_CSRF_TIME_LIMIT"] == 7 * 60


@pytest.mark.parametrize("variable", [setting.variable for setting in SETTINGS])
def test_the_papers_name_every_setting(variable: str) -> None:
    assert any(variable in paper.read_text(encoding="utf-8") for paper in PAPERS)
