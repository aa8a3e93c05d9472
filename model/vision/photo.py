"""Photos that people send: refused with a plain message, or opened upright and in colour.

Everything happens in memory: no photo is ever written to disk.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from model.vision.headers import (
    DAMAGED,
    WORKING_SIDE,
    Header,
    PhotoRefused,
    jpeg_shrinking,
    read_jpeg,
    read_png,
    read_webp,
)

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

MAX_PHOTO_BYTES = 8 * 1024 * 1024

SIDE = 224
# The network was trained on the middle 224 of 256.
CROP = 224 / 256

WANTED = "Photo must be a JPEG, PNG or WebP file"
NO_IMAGE = f"{WANTED}. This one is not an image that we can recognise"
EMPTY = "The photo is empty. Choose a file with a photo in it"

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
# A picture in another mode than RGB is turned into it by bands of about so many pixels.
_BAND = 1_000_000


def open_photo(data: bytes) -> Image:
    """Return the photo upright, in RGB and no larger than the views need, or raise PhotoRefused."""
    _refuse_size(data)
    kind = _kind(data)
    # A file that claims to be a photo can fail in any of the ways that decoders fail (OSError,
    # SyntaxError, struct.error, zlib.error, MemoryError …). For the person they are all one.
    try:
        header = {"JPEG": read_jpeg, "PNG": read_png, "WEBP": read_webp}[kind](data)
        return _turned(_shrunk(_decode(header, kind)), header.orientation)
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


def _decode(header: Header, kind: str) -> Image:
    """Decode by the one decoder that the first bytes call for: Image.open() would import and try them all."""
    from PIL.JpegImagePlugin import JpegImageFile
    from PIL.PngImagePlugin import PngImageFile
    from PIL.WebPImagePlugin import WebPImageFile

    decoders: dict[str, type[ImageFile]] = {"JPEG": JpegImageFile, "PNG": PngImageFile, "WEBP": WebPImageFile}
    photo = decoders[kind](io.BytesIO(header.file))
    if photo.size != (header.width, header.height):
        raise PhotoRefused(DAMAGED)
    if kind == "JPEG":
        step = jpeg_shrinking(header.width, header.height)
        photo.draft(None, (header.width // step, header.height // step))
    photo.load()
    return photo


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


def _shrunk(photo: Image) -> Image:
    """Return the photo in RGB, its short side under twice the working side, and its long one cut to twice that.

    Band by band, since a whole copy in another mode can be four times as large as the photo.
    """
    import PIL.Image

    short = min(photo.size)
    factor = max(1, short // WORKING_SIDE)
    left, top = ((side - min(side, 2 * short)) // 2 for side in photo.size)
    right, bottom = left + min(photo.width, 2 * short), top + min(photo.height, 2 * short)
    shrunk = PIL.Image.new("RGB", (-((left - right) // factor), -((top - bottom) // factor)))
    rows = factor * max(1, _BAND // (right - left) // factor)
    for start in range(top, bottom, rows):
        band = _without_palette(photo.crop((left, start, right, min(start + rows, bottom))))
        shrunk.paste(_on_white(band.reduce(factor)), (0, (start - top) // factor))
    return shrunk


def _without_palette(photo: Image) -> Image:
    """Return the photo in a mode whose pixels can be averaged."""
    if photo.mode.startswith(("I", "F")):
        # Converting 16 bits to 8 would cut everything above 255 off instead of scaling it.
        return photo.point(lambda value: value * (1 / 257)).convert("L")
    if photo.has_transparency_data:
        return photo if photo.mode == "RGBA" else photo.convert("RGBA")
    return photo if photo.mode in {"L", "RGB", "CMYK"} else photo.convert("RGB")


def _on_white(photo: Image) -> Image:
    import PIL.Image

    if photo.mode != "RGBA":
        return photo.convert("RGB")
    white = PIL.Image.new("RGBA", photo.size, "white")
    return PIL.Image.alpha_composite(white, photo).convert("RGB")
