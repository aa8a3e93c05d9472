"""Settings from environment variables, parsed strictly: what is not understood stops the start.

docs/deploy.md says what each is for.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VERSION = "1.1.0"


@dataclass(frozen=True)
class Rate:
    """What one client may ask for: so much a minute, and so much at once."""

    minute: int
    burst: int


class BadSetting(ValueError):
    """A setting that cannot be used; its text names the variable and what it takes."""


@dataclass(frozen=True)
class Setting:
    variable: str
    # Unless it is set.
    default: Any
    parse: Callable[[str], Any]
    takes: str

    @property
    def key(self) -> str:
        """Its name in the app's config."""
        return self.variable.removeprefix("LIKELY_")

    def value(self, text: str) -> Any:
        if not text:
            return self.default
        try:
            return self.parse(text)
        except (ValueError, KeyError):
            # A database's address has its password in it.
            given = "what it is" if re.search("SECRET|DATABASE", self.variable) else repr(text)
            raise BadSetting(f"{self.variable} must be {self.takes}, not {given}") from None


def read_switch(text: str) -> bool:
    answers = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}
    return answers[text.lower()]


def read_secret(text: str) -> str:
    if len(text) < 16:
        raise ValueError
    return text


def read_database(text: str) -> str | None:
    """Its address; None where nothing is to be kept. Nothing of its library is asked, which is imported late."""
    if text.lower() == "off":
        return None
    if not re.fullmatch(r"sqlite:///([A-Za-z]:)?[^:?]+|postgresql(\+psycopg)?://\S+", text):
        raise ValueError
    return text.replace("postgresql://", "postgresql+psycopg://")


def read_contact(text: str) -> str:
    if not re.fullmatch(r"(mailto:[^@\s]+@|https://)[^@\s]+", text):
        raise ValueError
    return text


def read_site(text: str) -> str:
    if not re.fullmatch(rf"https?://({HOST})(:[0-9]{{1,5}})?", text) or "//." in text:
        raise ValueError
    return text


def read_folders(text: str) -> list[Path]:
    folders = [Path(part) for part in text.split(os.pathsep) if part]
    if not all(folder.is_dir() for folder in folders):
        raise ValueError
    return folders


def words(pattern: str) -> Callable[[str], list[str]]:
    """What reads words between blanks or commas, each of which matches."""

    def read(text: str) -> list[str]:
        given = text.replace(",", " ").split()
        if not given or not all(re.fullmatch(pattern, word) for word in given):
            raise ValueError
        return given

    return read


def read_rate(text: str) -> Rate | None:
    """As in 600/200; without the second number a quarter of the first may come at once."""
    if text.lower() in ("0", "off"):
        return None
    if not re.fullmatch("[0-9]+(/[0-9]+)?", text):
        raise ValueError
    minute, _, burst = text.partition("/")
    rate = Rate(int(minute), int(burst) if burst else max(1, int(minute) // 4))
    # Nobody has to wait for longer than a day, which the limiter relies on.
    if not (1 <= rate.minute <= 1_000_000 and 1 <= rate.burst <= min(1_000_000, 1440 * rate.minute)):
        raise ValueError
    return rate


def rate(variable: str, minute: int, burst: int) -> Setting:
    takes = "so many a minute, as in 600, or 600/200 for 200 of them at once; or off"
    return Setting(variable, Rate(minute, burst), read_rate, takes)


def whole(variable: str, default: int, lowest: int, highest: int) -> Setting:
    def read(text: str) -> int:
        number = int(text)
        if not lowest <= number <= highest:
            raise ValueError
        return number

    return Setting(variable, default, read, f"a whole number from {lowest} to {highest}")


ROOT = Path(__file__).resolve().parents[1]
DATABASE = f"sqlite:///{ROOT / 'instance' / 'likely.db'}"
DATABASES = "sqlite:///folder/likely.db, postgresql+psycopg://name:password@host/database, or off"
MODEL = r"[a-z][a-z0-9_]*"
HOST = r"\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]"
HOSTS = "names as in example.org, in small letters and without a port, or .example.org for all below it"
# As browsers send it; with a final slash or a capital letter it would never match.
ORIGIN = r"\*|https?://[^/?#@,\sA-Z]+"

SETTINGS = (
    Setting("SECRET_KEY", None, read_secret, "at least 16 characters"),
    Setting("LIKELY_MODEL_FOLDERS", [], read_folders, "folders that exist"),
    Setting("LIKELY_MODELS", [], words(MODEL), "names of models, as in census titanic"),
    Setting("LIKELY_FOR_MEMBERS", [], words(MODEL), "names of models, as in census titanic"),
    Setting("LIKELY_BY_LINK", [], words(MODEL), "names of models, as in census titanic"),
    Setting("LIKELY_HOSTS", [], words(HOST), HOSTS),
    Setting("LIKELY_URL", "", read_site, "an address like https://example.org, without a slash at its end"),
    Setting("LIKELY_HTTPS", False, read_switch, "yes or no"),
    Setting("LIKELY_CORS_ORIGINS", [], words(ORIGIN), "origins like https://example.org, or *"),
    Setting("LIKELY_DATABASE", DATABASE, read_database, DATABASES),
    whole("LIKELY_TOKEN_MINUTES", 60, 1, 1440),
    whole("LIKELY_PROXIES", 0, 0, 5),
    whole("LIKELY_BATCH_MB", 50, 1, 10_000),
    rate("LIKELY_PAGES", 1200, 300),
    rate("LIKELY_PREDICTIONS", 600, 200),
    rate("LIKELY_EXPLANATIONS", 300, 100),
    rate("LIKELY_UPLOADS", 20, 5),
    rate("LIKELY_WHAT_IFS", 1200, 300),
    whole("LIKELY_CLIENT_REQUESTS", 16, 0, 10_000),
    whole("LIKELY_SECONDS", 60, 1, 3600),
    Setting("LIKELY_METRICS_SECRET", None, read_secret, "at least 16 characters"),
    Setting("LIKELY_LOG", "plain", {"plain": "plain", "json": "json"}.__getitem__, "plain or json"),
    Setting("LIKELY_SECURITY_CONTACT", None, read_contact, "an address like mailto:security@example.org or https://…"),
    # Other servers know it by this name.
    whole("WEB_CONCURRENCY", 2, 1, 64),
)


def settings_from(environment: Mapping[str, str]) -> dict[str, Any]:
    known = {setting.variable for setting in SETTINGS}
    strangers = sorted(v for v in environment if v.startswith("LIKELY_") and v not in known)
    if strangers:
        raise BadSetting(f"There is no setting {strangers[0]}. There are: {', '.join(sorted(known))}")
    return {setting.key: setting.value(environment.get(setting.variable, "")) for setting in SETTINGS}
