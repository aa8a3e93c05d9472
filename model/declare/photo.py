"""A photo as an input; what looks at it is imported once there is one."""

from dataclasses import dataclass
from typing import Any

from .deadline import TooLate, seconds_left
from .inputs import Input, Refused, is_several


@dataclass(frozen=True)
class Guess:
    """One thing that the network may see in a photo: how sure it is, and whether the answer counts it."""

    name: str
    share: float
    counts: bool


@dataclass(frozen=True)
class PhotoInput(Input):
    """A photo, or what the network saw in one as an address carries it; the photo is not kept."""

    # Which of the network's classes its answer is about.
    classes: tuple[int, ...] = ()
    # The logit of their share, whose ends the network's own clipping sets.
    lowest: float = -13.815509557963773
    highest: float = 13.815509557963773

    kind = "photo"

    def read(self, raw: Any) -> Any:
        from model.vision.headers import PhotoRefused
        from model.vision.network import Sight, look

        if isinstance(raw, Sight):
            return raw
        if isinstance(raw, (bytes, bytearray)):
            try:
                return look(bytes(raw), self.classes, seconds_left())
            except TimeoutError:
                raise TooLate from None
            except PhotoRefused as refused:
                raise Refused("unusable_photo", reason=str(refused)) from None
        if raw is None or raw == "":
            raise Refused("blank")
        if is_several(raw):
            raise Refused("several", count=len(raw))
        try:
            return Sight.parse(str(raw))
        except ValueError:
            raise Refused("not_a_sight") from None

    @property
    def too_large(self) -> str:
        from model.vision.headers import TOO_LARGE

        return TOO_LARGE

    def text(self, answer: Any) -> str:
        return str(answer.text())

    def to_json(self, answer: Any) -> str:
        return self.text(answer)

    def words(self, answer: Any) -> str:
        return str(answer.words())

    def guesses(self, answer: Any) -> list[Guess]:
        """The network's likeliest guesses, the likeliest first; what is under 1 % is left out, but for the first."""
        likely = [(number, share) for at, (number, share) in enumerate(answer.things) if share >= 0.01 or at == 0]
        return [Guess(answer.name_of(number), share, number in self.classes) for number, share in likely]
