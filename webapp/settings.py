"""Settings from environment variables, parsed strictly: what is not understood stops the start."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class BadSetting(ValueError):
    """A setting that cannot be used; its text names the variable and what it takes."""


@dataclass(frozen=True)
class Setting:
    variable: str
    key: str
    default: Any
    parse: Callable[[str], Any]
    takes: str
    help: str


def switch(text: str) -> bool:
    answers = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}
    return answers[text.lower()]


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        number = int(text)
        if not lowest <= number <= highest:
            raise ValueError
        return number

    return parse


def secret(text: str) -> str:
    if len(text) < 16:
        raise ValueError
    return text


def folders(text: str) -> list[Path]:
    found = [Path(part) for part in text.split(os.pathsep) if part]
    if not all(folder.is_dir() for folder in found):
        raise ValueError
    return found


# As browsers send it; with a final slash or a capital letter it would never match.
ORIGIN = re.compile(r"https?://[^/?#@,\sA-Z]+")


def origins(text: str) -> list[str]:
    found = text.split()
    if not all(origin == "*" or ORIGIN.fullmatch(origin) for origin in found):
        raise ValueError
    return found


SETTINGS = (
    Setting("SECRET_KEY", "SECRET_KEY", None, secret, "at least 16 characters",
            "Signs the form tokens. Made and kept in instance/ when serving on loopback only; "
            "required everywhere else"),
    Setting("LIKELY_MODEL_FOLDERS", "MODEL_FOLDERS", [], folders, "folders that exist",
            "More folders to look for models in, separated as in PATH"),
    Setting("LIKELY_TOKEN_MINUTES", "TOKEN_MINUTES", 60, whole(1, 1440), "a whole number from 1 to 1440",
            "How long a form may stay open before its token expires"),
    Setting("LIKELY_HTTPS", "HTTPS", False, switch, "yes or no",
            "Whether people reach the site by https only: cookies are then always Secure"),
    Setting("LIKELY_PROXIES", "PROXIES", 0, whole(0, 5), "a whole number from 0 to 5",
            "How many proxies stand in front and may be believed about the client's address"),
    Setting("LIKELY_BATCH_MB", "BATCH_MB", 50, whole(1, 10_000), "a whole number from 1 to 10000",
            "The largest file of people that may be uploaded, in megabytes"),
    Setting("LIKELY_CORS_ORIGINS", "CORS_ORIGINS", [], origins, "origins like https://example.org, or *",
            "Other sites whose scripts may call the API, separated by spaces; none unless set"),
)  # fmt: skip

# Read by run.py and gunicorn, not by the app; listed so that the README can.
SERVER_VARIABLES = {"WEB_CONCURRENCY": "How many worker processes serve; two unless set"}


def settings_from(environment: Mapping[str, str]) -> dict[str, Any]:
    known = {setting.variable for setting in SETTINGS}
    strangers = sorted(v for v in environment if v.startswith("LIKELY_") and v not in known)
    if strangers:
        raise BadSetting(f"There is no setting {strangers[0]}. There are: {', '.join(sorted(known))}")
    return {setting.key: value_of(setting, environment.get(setting.variable)) for setting in SETTINGS}


def value_of(setting: Setting, text: str | None) -> Any:
    if text is None or text == "":
        return setting.default
    try:
        return setting.parse(text)
    except (ValueError, KeyError):
        raise BadSetting(f"{setting.variable} must be {setting.takes}, not {shown(setting, text)}") from None


def shown(setting: Setting, text: str) -> str:
    return "what it is" if setting.variable == "SECRET_KEY" else repr(text)
