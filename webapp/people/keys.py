"""Keys that are shown once: a token's, a link's, a sitting's. 256 bits that nobody can guess; only a hash is kept.

So a plain hash is enough, which a password's is not: nobody can try all of them.
"""

from __future__ import annotations

import hashlib
import re
import secrets

# What a key is for stands before it, so that none is taken for another, and scanners for secrets know it.
TOKEN, LINK, SITTING = "lk_", "li_", "ls_"
LENGTH = 43
KEY = re.compile(rf"(?:lk|li|ls)_[A-Za-z0-9_-]{{{LENGTH}}}")


def make_key(kind: str) -> str:
    return kind + secrets.token_urlsafe(32)


def is_key(text: str, kind: str) -> bool:
    """Whether it could be one: what could not is looked up nowhere."""
    return text.startswith(kind) and KEY.fullmatch(text) is not None


def hash_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
