"""Photos that people send: refused with a plain message, or opened upright and in colour.

Everything happens in memory: no photo is ever written to disk. Only network.look() imports this, with Pillow.
"""

from __future__ import annotations

import io
import re

from PIL import ExifTags, Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from .headers import DAMAGED, MAX_PHOTO_BYTES, TOO_LARGE, WORKING_SIDE, PhotoRefused, read_jpeg, read_png
from .webp import read_webp

SIDE = 224
# The network was trained on the middle 224 of 256.
CROP = 224 / 256

WANTED = "Photo must be a JPEG, PNG or WebP file"

# By the first bytes, whatever the file is called: what reads its header, and the one decoder that it calls for, since
# Image.open() would import and try them all.
_READERS = {
    rb"\xff\xd8\xff": (read_jpeg, JpegImageFile),
    rb"\x89PNG\r\n\x1a\n": (read_png, PngImageFile),
    rb"RIFF.{4}WEBP": (read_webp, WebPImageFile),
}
_OTHERS = {
    rb".{4}ftyp(hei[cmsx]|hev[cx]|mif1|msf1)": "a HEIC",
    rb".{4}ftyp(avif|avis)": "an AVIF",
    rb"GIF8[79]a": "a GIF",
    rb"BM.{4}\0{4}": "a BMP",
    rb"II\*\0|MM\0\*|II\+\0|MM\0\+": "a TIFF",
    rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51": "a JPEG 2000",
    rb"\0\0\0\x0cJXL |\xff\x0a": "a JPEG XL",
    rb"\x00\x00\x01\x00": "an ICO",
    rb"8BPS": "a Photoshop",
    rb"%PDF-": "a PDF",
    rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?(<!DOCTYPE svg[^>]*>\s*)?<svg\b": "an SVG",
}
# A picture is shrunk by bands of about so many pixels; one in these modes without being copied.
_BAND = 1_000_000
_PLAIN = ("RGB", "L", "CMYK")


def open_photo(data: bytes) -> Image.Image:
    """Return the photo upright, in RGB and no larger than the views need, or raise PhotoRefused."""
    if not data:
        raise PhotoRefused("The photo is empty. Choose a file with a photo in it")
    if len(data) > MAX_PHOTO_BYTES:
        raise PhotoRefused(TOO_LARGE)
    start = next((start for start in (*_READERS, *_OTHERS) if re.match(start, data[:512], re.DOTALL)), None)
    if start is None:
        raise PhotoRefused(f"{WANTED}. This one is not an image that we can recognise")
    if start in _OTHERS:
        raise PhotoRefused(f"{WANTED}. This one is {_OTHERS[start]}: save it as a JPEG and choose the new file")
    read, decoder = _READERS[start]
    # A file that claims to be a photo can fail in any of the ways that decoders fail (OSError,
    # SyntaxError, struct.error, zlib.error, MemoryError …). For the person they are all one.
    try:
        size, orientation, file = read(data)
        photo = decoder(io.BytesIO(file))
        if photo.size != size:
            raise PhotoRefused(DAMAGED)
        photo.draft(None, (WORKING_SIDE, WORKING_SIDE))
        shrunk = _shrink(photo)
        shrunk.getexif()[ExifTags.Base.Orientation] = orientation
        return ImageOps.exif_transpose(shrunk)
    except PhotoRefused:
        raise
    except Exception as error:
        raise PhotoRefused(DAMAGED) from error


def views(photo: Image.Image) -> list[Image.Image]:
    """Return six ways of looking at one photo, the plain one first: as the network was trained to see it."""
    plain, edge = _crop(photo, CROP), (1 - CROP) / 2
    others = [_crop(photo, 0.75), _crop(photo, 1.0), _crop(photo, CROP, -edge), _crop(photo, CROP, edge)]
    return [plain, ImageOps.mirror(plain), *others]


def _crop(photo: Image.Image, part: float, shift: float = 0.0) -> Image.Image:
    """Return a square of `part` of the short side, moved right and down by `shift` of the short side."""
    short = min(photo.size)
    left, top = ((side - part * short) / 2 + shift * short for side in photo.size)
    box = (left, top, left + part * short, top + part * short)
    return photo.resize((SIDE, SIDE), Image.Resampling.BICUBIC, box=box)


def _shrink(photo: Image.Image) -> Image.Image:
    """Return the photo in RGB, its short side under twice the working side, and its long one cut to twice that.

    Band by band, since a whole copy in another mode can be four times as large as the photo.
    """
    photo.load()
    short = min(photo.size)
    factor = max(1, short // WORKING_SIDE)
    width, height = (min(side, 2 * short) for side in photo.size)
    left, top = (photo.width - width) // 2, (photo.height - height) // 2
    shrunk = Image.new("RGB", (-(-width // factor), -(-height // factor)), "white")
    is_plain = photo.mode in _PLAIN and not photo.has_transparency_data
    rows = factor * max(1, _BAND // width // factor)
    for start in range(0, height, rows):
        box = (left, top + start, left + width, top + min(start + rows, height))
        band = photo.reduce(factor, box) if is_plain else _in_colour(photo.crop(box)).reduce(factor)
        shrunk.paste(band, (0, start // factor), band if band.mode == "RGBA" else None)
    return shrunk


def _in_colour(band: Image.Image) -> Image.Image:
    """Return part of a photo in a mode whose pixels can be averaged, as those of a palette cannot."""
    if band.mode.startswith("I"):
        # Converting 16 bits to 8 would cut everything above 255 off instead of scaling it.
        return band.point(lambda value: value * (1 / 257)).convert("L")
    wanted = "RGBA" if band.has_transparency_data else "RGB"
    return band if band.mode == wanted else band.convert(wanted)
