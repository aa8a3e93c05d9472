"""The picture of a number that networks show beside a shared link: 1200 by 630 pixels, drawn once for each number."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .dots import POLYGONS

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

FONTS = Path(__file__).parent / "fonts"
SERIF, SANS = "DejaVuSerif-Bold.ttf", "DejaVuSans.ttf"
WIDTH, HEIGHT = 1200, 630
LEFT, RIGHT, TOP = 80, 700, 70
PAPER, INK, QUIET, ACCENT, EDGE = "#fbfaf7", "#1c2327", "#4f5a60", "#0b6363", "#6b767b"
SECOND, THIRD = "#a3541a", "#5a4a9c"
COLOURS = {"disc": ACCENT, "square": SECOND, "diamond": THIRD, "ring": EDGE, "part": ACCENT}
COLOURS |= {"triangle": ACCENT, "cross": SECOND, "bar": THIRD, "speck": EDGE}
STEP, RADIUS, DOTS_LEFT, DOTS_TOP = 40, 15, 740, 115
LONGEST = 160


@dataclass(frozen=True)
class Told:
    """What the picture says, in the words of the page."""

    question: str
    headline: str
    # Its range in words, or that it is a guess.
    note: str
    # The shapes of a hundred dots, one after the other, with how many there are of each; none for an amount.
    dots: tuple[tuple[str, int], ...]


# They are all alike for the same number, and each is some 20 kB.
@lru_cache(maxsize=64)
def draw_picture(told: Told) -> bytes:
    # Only who shares needs it.
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    right = RIGHT if told.dots else WIDTH - LEFT
    height = write(draw, told.question, TOP, right, SANS, 34, QUIET, 3) + 24
    height = write(draw, told.headline, height, right, SERIF, 84, ACCENT, 3) + 12
    write(draw, told.note, height, right, SANS, 40, INK, 3)
    draw_dots(draw, told.dots)
    draw.text((LEFT, HEIGHT - 70), "Likely", INK, font(SERIF, 36), anchor="ls")
    file = io.BytesIO()
    image.quantize(64).save(file, "PNG")
    return file.getvalue()


def write(draw: ImageDraw, text: str, top: float, right: int, name: str, size: int, colour: str, most: int) -> float:
    """Write the text in lines, and say where it ends."""
    lines, size = fit(text[:LONGEST], right - LEFT, name, size, most)
    for line in lines[:most]:
        draw.text((LEFT, top), line, colour, font(name, size))
        top += size * 1.25
    return top


def fit(text: str, width: int, name: str, size: int, most: int) -> tuple[list[str], int]:
    """The lines and their size: smaller where they are too many, or “100” would stand alone below “82 out of”."""
    for smaller in range(size, 23, -6):
        lines = wrap(text, font(name, smaller), width)
        is_lost = len(lines) > 1 and " " not in lines[-1] and smaller > 0.75 * size
        if len(lines) <= most and not is_lost:
            break
    return lines, smaller


def wrap(text: str, used: Any, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if used.getlength(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


@cache
def font(name: str, size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(FONTS / name, size)


def draw_dots(draw: ImageDraw, shares: Sequence[tuple[str, int]]) -> None:
    shapes = [shape for shape, count in shares for _ in range(count)]
    for number, shape in enumerate(shapes):
        x, y = DOTS_LEFT + RADIUS + STEP * (number % 10), DOTS_TOP + RADIUS + STEP * (number // 10)
        box, colour = (x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS), COLOURS[shape]
        if shape == "square":
            draw.rectangle((x - 13, y - 13, x + 13, y + 13), fill=colour)
        elif shape in POLYGONS:
            draw.polygon(
                [(x + 2 * (across - 10), y + 2 * (down - 10)) for across, down in POLYGONS[shape]], fill=colour
            )
        elif shape == "disc":
            draw.ellipse(box, fill=colour)
        elif shape == "speck":
            draw.ellipse((x - 7, y - 7, x + 7, y + 7), fill=colour)
        else:
            draw.ellipse(box, outline=EDGE, width=3)
            if shape == "part":
                draw.ellipse((x - 7, y - 7, x + 7, y + 7), fill=colour)
