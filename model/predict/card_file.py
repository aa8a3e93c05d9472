"""A card's file: JSON under a checksum, written by training and read by serving."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .card import Background, Card, Case, Challenger, Data, Fit, Observed, Wrapped
from .evaluation import (
    Band,
    Bin,
    BrierParts,
    Contest,
    CurvePoint,
    Decision,
    Evaluation,
    Group,
    Line,
    Pair,
    Pairs,
    Ranged,
    Spread,
    Stability,
    Weighted,
)

# Goes up when a card is written in another way; one of another format is refused.
FORMAT = 5
# Where a number outside of texts may be too large for a computer; only then each is looked at, which takes its time.
PERHAPS_ENDLESS = re.compile(rb"[\s,:\[]-?\d(?:[\d.]*[eE]\+?\d{3}|\d{299})")
FIRST_LINE = re.compile(rb'\{"checksum": "([0-9a-f]{64})",\n')


class Tampered(ValueError):
    """A card or a pickle that is not the one that training wrote."""


class NotTrained(FileNotFoundError):
    """A model whose files are not there yet, or are of another edition; the text says how to make them."""


def write_card(path: Path, content: Mapping[str, Any]) -> None:
    """Write the content as text that a person can compare line by line, under its checksum."""
    body = render({"format": FORMAT, **content})
    digest = hashlib.sha256(body.encode()).hexdigest()
    path.write_bytes(f'{{"checksum": "{digest}",\n{body}'.encode())


def render(content: Mapping[str, Any]) -> str:
    """JSON with a line for each short list: neither one endless line nor a line for each number."""
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    short = re.compile(r"\[\s+([^\[\]{}]*?)\s+\]")
    compact = short.sub(lambda found: "[" + re.sub(r"\s*\n\s*", " ", found[1]) + "]", text)
    if json.loads(compact) != content:
        raise ValueError("A card's text must not have brackets with space beside them")
    return compact[2:] + "\n"


def read_trained(path: Path) -> bytes:
    """The bytes of a file that training writes."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise NotTrained(
            f"{path.stem} is not trained: there is no {path.name}. Run: python run.py train {path.stem}"
        ) from None
    except OSError as fault:
        raise NotTrained(f"{path} cannot be read: {fault.strerror}") from None


def tampered(path: Path) -> Tampered:
    return Tampered(
        f"{path.name} was changed after training: its checksum does not match. "
        f"Train it again: python run.py train {path.stem}"
    )


def read_sealed(path: Path, digest: str) -> bytes:
    """The file's bytes, if they are those whose checksum is in the card."""
    raw = read_trained(path)
    if hashlib.sha256(raw).hexdigest() != digest:
        raise tampered(path)
    return raw


class Sealed:
    """A file beside the card that is read at the start and unpacked when somebody first asks for what is in it.

    By then training may have put another in its place, which belongs to another card.
    """

    def __init__(self, path: Path, digest: str) -> None:
        self.path, self.digest = path, digest
        self.raw: bytes | None = None

    def read(self) -> None:
        self.raw = read_sealed(self.path, self.digest)

    def take(self) -> bytes:
        """The file's bytes, which are unpacked once and kept no longer."""
        raw, self.raw = self.raw, None
        return raw if raw is not None else read_sealed(self.path, self.digest)


class NotFinite(ValueError):
    """NaN, Infinity, or a number as large as that."""


def read_finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise NotFinite(text[:20])
    return number


def read_content(path: Path) -> dict[str, Any]:
    """What a card says, once its checksum and its format are found right."""
    raw = read_trained(path)
    first = FIRST_LINE.match(raw)
    if not first or hashlib.sha256(raw[first.end() :]).hexdigest().encode() != first[1]:
        raise tampered(path)
    try:
        read_number = read_finite if PERHAPS_ENDLESS.search(raw) else None
        content: dict[str, Any] = json.loads(raw, parse_constant=read_finite, parse_float=read_number)
    except NotFinite as number:
        raise Tampered(
            f"{path.name} has {number} where a number belongs. Train it again: python run.py train {path.stem}"
        ) from None
    if content.pop("format", 1) != FORMAT:
        again = f"Train it again: python run.py train {path.stem}"
        if "wrapped" in content:
            again = "Wrap the model’s own file again: python run.py wrap --help"
        raise NotTrained(f"{path.name} was written by another edition of Likely. {again}")
    return content


def content_of(card: Card) -> dict[str, Any]:
    """What the card's file says, from the card itself: the file may be of a later training by now."""
    content = {"format": FORMAT, **asdict(card)}
    del content["checksum"]
    if card.wrapped is None:
        del content["wrapped"]
    return content


def read_card(path: Path) -> Card:
    content = read_content(path)
    return Card(
        **{
            **content,
            "recipe": Fit(**content["recipe"]),
            "wrapped": Wrapped(**content["wrapped"]) if "wrapped" in content else None,
            "challenger": typed(Challenger, content.get("challenger")),
            "background": Background(**content["background"]) if "background" in content else None,
            "data": Data(**content["data"]),
            "observed": {name: Observed(**seen) for name, seen in content["observed"].items()},
            "evaluation": evaluation_of(content["evaluation"]),
        }
    )


def evaluation_of(content: Mapping[str, Any]) -> Evaluation:
    parts: dict[str, Any] = {
        "calibration": Bin,
        "groups": Group,
        "curve": CurvePoint,
        "decisions": Decision,
        "line": Line,
        "brier_parts": BrierParts,
        "weighted": Weighted,
        "stability": Stability,
        "contests": Contest,
        "pairs": Pairs,
    }
    return Evaluation(**{name: typed(parts[name], one) if name in parts else one for name, one in content.items()})


# What stands within a part of an evaluation.
WITHIN: Mapping[str, Any] = {
    **dict.fromkeys(("intercept", "slope", "benefit", "gain", "observed", "lead"), Ranged),
    "cases": Case,
    "line": Line,
    "decisions": Decision,
    "bands": Band,
    "ahead": {"": {"": Ranged}},
    "own": {"": Spread},
    "others": {"": {"": Spread}},
    "worst": Pair,
}


def typed(part: Any, content: Any) -> Any:
    """What JSON has of a part, of several, or of some by their names: None stays so."""
    if isinstance(content, list):
        return tuple([typed(part, one) for one in content])
    if content is None:
        return None
    if isinstance(part, dict):
        return {name: typed(part[""], one) for name, one in content.items()}
    within = {name: one for name, one in content.items() if name in WITHIN and not isinstance(one, float)}
    return part(**content | {name: typed(WITHIN[name], one) for name, one in within.items()})
