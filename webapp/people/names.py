"""A person's name here: what they sign in with, as others read it."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 40
NAME = re.compile(r"\w(?:[\w .'’-]*[\w.])?")

NO_NAME = "Enter a name"
BAD_NAME = f"The name may have letters, digits, spaces, dots, hyphens and apostrophes, and {LONGEST} characters at most"
TAKEN = "Somebody has this name already. Take another"


def tidy(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).split())


def find_fault(name: str) -> str:
    """What is wrong with a tidy name; empty where nothing is."""
    if not name:
        return NO_NAME
    return "" if len(name) <= LONGEST and NAME.fullmatch(name) else BAD_NAME


def key_of(name: str) -> str:
    """What two names must not share: capital letters and spaces make no other person."""
    # Nobody's name has the character that ends a text, which PostgreSQL cannot even look for.
    return tidy(name)[: 4 * LONGEST].casefold().replace("\0", "\ufffd")
