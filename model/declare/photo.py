"""A photo as an input; what looks at it is imported once there is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .inputs import Input, Refused


@dataclass(frozen=True)
class PhotoInput(Input):
    """A photo, or what the network saw in one as an address carries it; the photo is not kept."""

    # The logit of the share of food, whose ends the network's own clipping sets.
    lowest: float = -13.815509557963773
    highest: float = 13.815509557963773

    kind = "photo"

    def read(self, raw: Any) -> Any:
        from model.vision.network import Sight, look
        from model.vision.photo import PhotoRefused

        if isinstance(raw, Sight):
            return raw
        if isinstance(raw, (bytes, bytearray)):
            try:
                return look(bytes(raw))
            except PhotoRefused as refused:
                raise Refused(str(refused)) from None
        if raw is None or raw == "":
            raise Refused(f"Choose {self.thing}")
        try:
            return Sight.parse(str(raw))
        except ValueError:
            raise Refused(
                "This is no photo, and no address of a photo’s result that is whole. Choose the photo again"
            ) from None

    @property
    def too_large(self) -> str:
        from model.vision.photo import MAX_PHOTO_BYTES, too_large

        return too_large(MAX_PHOTO_BYTES)

    def text(self, answer: Any) -> str:
        return str(answer.text())

    def words(self, answer: Any) -> str:
        return str(answer.words())
