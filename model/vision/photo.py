"""Photos that people send: refused with a plain message, or opened upright and in colour.

Everything happens in memory: no photo is ever written to disk.
"""

from __future__ import annotations

import io
import re
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

MAX_PHOTO_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000
# An ordinary progressive JPEG has about ten scans. Each scan costs a pass over the whole picture, so
# that 8 MB of tiny ones would keep a worker busy for minutes.
MAX_SCANS = 50

SIDE = 224
# The network was trained on the middle 224 of 256.
CROP = 224 / 256
# Shrinking the cheap way stops here: the crop then still has twice the pixels that the network
# takes, and the bicubic step that follows hides how the first one was done.
WORKING_SIDE = 512

WANTED = "Photo must be a JPEG, PNG or WebP file"
NO_IMAGE = f"{WANTED}. This one is not an image that we can recognise"
EMPTY = "The photo is empty. Choose a file with a photo in it"
ANIMATED = "Photo must be a single picture. This one is animated: save one picture of it and choose that"
TOO_MANY_SCANS = (
    "The photo is stored in a way that takes too long to open. Save it again as a JPEG and choose the new copy"
)
DAMAGED = (
    "The photo cannot be read: the file is damaged or part of it is missing. "
    "Choose the original file, or save the photo again and choose the new copy"
)

_ISO_BRANDS = {
    b"heic": "HEIC", b"heix": "HEIC", b"heim": "HEIC", b"heis": "HEIC", b"hevc": "HEIC", b"hevx": "HEIC",
    b"mif1": "HEIC", b"msf1": "HEIC", b"avif": "AVIF", b"avis": "AVIF",
}  # fmt: skip
_OTHER_FORMATS = {
    rb"GIF8[79]a": "GIF",
    rb"BM.{4}\0{4}": "BMP",
    rb"II\*\0|MM\0\*|II\+\0|MM\0\+": "TIFF",
    rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51": "JPEG 2000",
    rb"\0\0\0\x0cJXL |\xff\x0a": "JPEG XL",
    rb"\x00\x00\x01\x00": "ICO",
    rb"8BPS": "Photoshop",
    rb"%PDF-": "PDF",
    rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?(<!DOCTYPE svg[^>]*>\s*)?<svg\b": "SVG",
}
# A start-of-scan marker with a length that fits its number of components: chance bytes rarely do.
_SCAN = re.compile(rb"\xff\xda\0(?:\x08\x01|\x0a\x02|\x0c\x03|\x0e\x04)")

_ORIENTATION_TAG = 0x0112
# Pillow keeps a picture at four bytes a pixel: a lock a process holds the memory to one large photo.
_one_at_a_time = threading.Lock()


class PhotoRefused(ValueError):
    """The photo cannot be used; the text says why and what to do, for the person who sent it."""


def open_photo(data: bytes) -> Image:
    """Return the photo upright, in RGB and no larger than the views need, or raise PhotoRefused."""
    _refuse_size(data)
    kind = _kind(data)
    # A file that claims to be a photo can fail in any of the ways that decoders fail (OSError,
    # SyntaxError, struct.error, zlib.error, MemoryError …). For the person they are all one.
    try:
        with _one_at_a_time:
            return _decode(data, kind)
    except PhotoRefused:
        raise
    except Exception as error:
        raise PhotoRefused(DAMAGED) from error


def plain_view(photo: Image) -> Image:
    """Return the middle of the photo, as the network was trained to see it."""
    return _crop(photo, CROP)


def views(photo: Image) -> list[Image]:
    """Return six ways of looking at one photo, the plain one first."""
    from PIL.Image import Transpose

    plain = plain_view(photo)
    edge = (1 - CROP) / 2
    return [
        plain,
        plain.transpose(Transpose.FLIP_LEFT_RIGHT),
        _crop(photo, 0.75),
        _crop(photo, 1.0),
        _crop(photo, CROP, -edge),
        _crop(photo, CROP, edge),
    ]


def _crop(photo: Image, part: float, shift: float = 0.0) -> Image:
    """Return a square of `part` of the short side, moved right and down by `shift` of the short side."""
    from PIL.Image import Resampling

    short = min(photo.size)
    side, offset = part * short, shift * short
    left = (photo.width - side) / 2 + offset
    top = (photo.height - side) / 2 + offset
    box = (left, top, left + side, top + side)
    return photo.resize((SIDE, SIDE), Resampling.BICUBIC, box=box)


def _refuse_size(data: bytes) -> None:
    if not data:
        raise PhotoRefused(EMPTY)
    if len(data) > MAX_PHOTO_BYTES:
        raise PhotoRefused(too_large(MAX_PHOTO_BYTES))


def too_large(limit: int) -> str:
    return f"Photo must be {limit // 1024**2} MB or smaller. Choose a smaller file, or shrink this one first"


def _kind(data: bytes) -> str:
    """Return JPEG, PNG or WEBP from the first bytes, whatever the file is called."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    other = _other_format(data[:512])
    if other is None:
        raise PhotoRefused(NO_IMAGE)
    article = "an" if other in {"AVIF", "ICO", "SVG"} else "a"
    raise PhotoRefused(f"{WANTED}. This one is {article} {other}: save it as a JPEG and choose the new file")


def _other_format(start: bytes) -> str | None:
    if start[4:8] == b"ftyp":
        return _ISO_BRANDS.get(start[8:12])
    for pattern, name in _OTHER_FORMATS.items():
        if re.match(pattern, start, re.DOTALL):
            return name
    return None


def _decode(data: bytes, kind: str) -> Image:
    if kind == "WEBP":
        # Opening a WebP already sets its canvas aside, so its header is read here.
        _refuse_pixels(*_webp_size(data))
    photo = _open(data, kind)
    _refuse_pixels(*photo.size)
    if getattr(photo, "is_animated", False):
        raise PhotoRefused(ANIMATED)
    if kind == "JPEG":
        if len(_SCAN.findall(data)) > MAX_SCANS:
            raise PhotoRefused(TOO_MANY_SCANS)
        photo.draft(None, (WORKING_SIDE, WORKING_SIDE))
    photo.load()
    turn = _orientation(photo)
    return _turned(_on_white(_shrunk(_without_palette(photo))), turn)


def _open(data: bytes, kind: str) -> ImageFile:
    """Read the header, by the one decoder that the first bytes call for.

    Image.open() would import and try every format that Pillow knows, and only warn of a picture too
    large.
    """
    from PIL.JpegImagePlugin import JpegImageFile
    from PIL.PngImagePlugin import PngImageFile
    from PIL.WebPImagePlugin import WebPImageFile

    decoders: dict[str, Callable[[io.BytesIO], ImageFile]] = {
        "JPEG": JpegImageFile,
        "PNG": PngImageFile,
        "WEBP": WebPImageFile,
    }
    return decoders[kind](io.BytesIO(data))


def _webp_size(data: bytes) -> tuple[int, int]:
    """Return the width and height from the header of any of the three kinds of WebP."""
    chunk = data[12:16]
    if len(data) < 30:
        raise PhotoRefused(DAMAGED)
    if chunk == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if chunk == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 ":
        width, height = data[26:28], data[28:30]
        return int.from_bytes(width, "little") & 0x3FFF, int.from_bytes(height, "little") & 0x3FFF
    raise PhotoRefused(DAMAGED)


def _refuse_pixels(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise PhotoRefused(
            f"Photo must be {MAX_PIXELS // 10**6} megapixels or smaller. This one is {width} by {height} pixels: "
            "save a smaller copy and choose that"
        )


def _orientation(photo: Image) -> int:
    # A camera's notes may be garbage while the picture is sound; then it is taken as it lies.
    try:
        return int(photo.getexif().get(_ORIENTATION_TAG, 1))
    except Exception:
        return 1


def _turned(photo: Image, orientation: int) -> Image:
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return photo.transpose(turns[orientation]) if orientation in turns else photo


def _without_palette(photo: Image) -> Image:
    """Return the photo in a mode whose pixels can be averaged."""
    if photo.mode.startswith(("I", "F")):
        # Converting 16 bits to 8 would cut everything above 255 off instead of scaling it.
        return photo.point(lambda value: value * (1 / 257)).convert("L")
    if photo.has_transparency_data:
        return photo if photo.mode == "RGBA" else photo.convert("RGBA")
    return photo if photo.mode in {"L", "RGB", "CMYK"} else photo.convert("RGB")


def _shrunk(photo: Image) -> Image:
    factor = min(photo.size) // WORKING_SIDE
    return photo.reduce(factor) if factor > 1 else photo


def _on_white(photo: Image) -> Image:
    import PIL.Image

    if photo.mode != "RGBA":
        return photo.convert("RGB")
    white = PIL.Image.new("RGBA", photo.size, "white")
    return PIL.Image.alpha_composite(white, photo).convert("RGB")
