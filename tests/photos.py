"""Photos made in memory for the tests, and the three real ones."""

from __future__ import annotations

import importlib.util
import io
import struct
import zlib
from pathlib import Path
from typing import Any

from PIL import Image

# Rachel Michetti's photo of a cup at Pikolo Espresso Bar, released under CC0: coffee.png of
# scikit-image 0.26.0, saved as a JPEG of quality 85.
COFFEE = Path(__file__).parent / "pictures" / "coffee.jpg"
_SKLEARN = importlib.util.find_spec("sklearn")
assert _SKLEARN is not None
assert _SKLEARN.origin is not None
_SKLEARN_PHOTOS = Path(_SKLEARN.origin).parent / "datasets" / "images"
PALACE = _SKLEARN_PHOTOS / "china.jpg"
DAISY = _SKLEARN_PHOTOS / "flower.jpg"


def saved(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """Return the bytes of an image file."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def cup(mode: str = "RGB") -> Image.Image:
    """Return the photo of a cup, to be saved in one way or another."""
    return Image.open(COFFEE).convert(mode)


def halves(first: str, second: str, size: tuple[int, int] = (400, 400)) -> Image.Image:
    """Return a picture whose left half has one colour and whose right half has another."""
    picture = Image.new("RGB", size, first)
    picture.paste(second, (size[0] // 2, 0, *size))
    return picture


def rotated_by_camera(orientation: int) -> bytes:
    """Return a JPEG, red on the left and blue on the right, with the camera's note on how to turn it."""
    notes = Image.Exif()
    notes[0x0112] = orientation
    return saved(halves("red", "blue"), "JPEG", exif=notes)


def animated(kind: str) -> bytes:
    """Return a PNG, WebP or GIF of two frames."""
    red, blue = Image.new("RGB", (64, 64), "red"), Image.new("RGB", (64, 64), "blue")
    return saved(red, kind, save_all=True, append_images=[blue], duration=100)


def sixteen_bit_png(picture: Image.Image) -> bytes:
    """Return a grey PNG of 16 bits a pixel that looks like the picture."""
    grey = picture.convert("L")
    doubled = bytes(byte for value in grey.tobytes() for byte in (value, value))
    return saved(Image.frombytes("I;16", grey.size, doubled))


def png_claiming(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes whose header says how large it is; there are no pixels behind it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _png_chunk(b"IHDR", header) + _png_chunk(b"IDAT", b"") + _png_chunk(b"IEND", b"")


def jpeg_claiming(width: int, height: int) -> bytes:
    """Return a JPEG whose header was changed to say how large it is."""
    data = bytearray(saved(Image.new("RGB", (8, 8)), "JPEG"))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def webp_claiming(width: int, height: int) -> bytes:
    """Return a WebP whose header was changed to say how large it is."""
    data = bytearray(saved(Image.new("RGBA", (8, 8), (255, 0, 0, 128)), "WEBP", exif=b"Exif\0\0"))
    assert data[12:16] == b"VP8X"
    data[24:27] = (width - 1).to_bytes(3, "little")
    data[27:30] = (height - 1).to_bytes(3, "little")
    return bytes(data)


def jpeg_with_scans(count: int) -> bytes:
    """Return a progressive JPEG whose last scan comes again and again."""
    data = saved(Image.new("L", (64, 64)), "JPEG", progressive=True)
    last, end = data.rindex(b"\xff\xda"), data.rindex(b"\xff\xd9")
    return data[:last] + count * data[last:end] + data[end:]


def _png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
