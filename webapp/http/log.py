"""The log, on standard output: a line a request without its answers. Nothing that a client sends begins a line."""

import json
import logging
import os
import re
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any
from urllib.parse import quote

LONGEST = 200
# A key of a link, a sitting or a token that somebody pasted into an address; the rest of it is for no log.
KEYS = re.compile(r"\b(l[kis]_)[A-Za-z0-9_-]{20,}")
# The server that starts the workers has no application to ask.
AS_JSON = os.environ.get("LIKELY_LOG") == "json"


class Failures(logging.Handler):
    """What Flask and the server say of themselves; in a plain log each further line of it is indented."""

    def __init__(self, as_json: bool = AS_JSON) -> None:
        super().__init__()
        self.as_json = as_json

    def emit(self, record: logging.LogRecord) -> None:
        tell(record.levelname, self.format(record), self.as_json)


def quoted(text: str) -> str:
    """The text as it stands in an address, where nothing ends a word or a line."""
    # Methods and most paths come again and again; long ones would take room.
    return quote_again(text) if len(text) <= LONGEST else quote_once(text)


def quote_once(text: str) -> str:
    shown = KEYS.sub(r"\1...", text) if "_" in text else text
    return quote(shown[:LONGEST], "/*", "latin-1", "replace")[:LONGEST] or "-"


quote_again = lru_cache(maxsize=256)(quote_once)


def tell(level: str, message: str, as_json: bool = AS_JSON) -> None:
    """What is no request: how grave it is, and what there is to say."""
    write(f"{level} {message}", {"level": level, "message": message}, as_json)


@lru_cache(maxsize=1)
def moment(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))


def write(text: str, fields: Mapping[str, Any], as_json: bool = AS_JSON) -> None:
    """The one writer: whatever is in the text, it is one line of JSON, or a line and others that are indented."""
    now = moment(int(time.time()))
    line = json.dumps({"time": now, **fields}) if as_json else f"{now} " + "\n    ".join(text.splitlines())
    # Where nobody takes the log any more, people are answered all the same.
    with suppress(OSError, ValueError, AttributeError):
        # In one piece: print() would hand an end of its own to the system, where nothing is held back.
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
