"""Photos made in memory for the tests, and the three real ones."""

from __future__ import annotations

import importlib.util
import io
import struct
import zlib
from pathlib import Path
from typing import Any

from PIL import Image

PNG = b"\x89PNG\r\n\x1a\n"
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


def png_claiming(width: int, height: int, depth: int = 8, colours: int = 2) -> bytes:
    """Return a PNG of a few bytes whose header says how large it is; there are no pixels behind it."""
    header = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    return PNG + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", b"") + png_chunk(b"IEND", b"")


def jpeg_claiming(width: int, height: int, progressive: bool = False) -> bytes:
    """Return a JPEG whose header was changed to say how large it is."""
    data = bytearray(saved(Image.new("RGB", (8, 8)), "JPEG", progressive=progressive))
    frame = data.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def webp_claiming(width: int, height: int) -> bytes:
    """Return a WebP whose header was changed to say how large it is."""
    data = bytearray(saved(Image.new("RGB", (8, 8), "red"), "WEBP"))
    assert data[12:16] == b"VP8 "
    data[26:30] = struct.pack("<HH", width, height)
    return bytes(data)


def png_of(
    width: int,
    height: int,
    depth: int = 8,
    colours: int = 2,
    interlaced: bool = False,
    more: bytes = b"",
    after: bytes = b"",
) -> bytes:
    """Return a black PNG, whose rows are filtered in the slowest way, with chunks before and after its pixels."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colours]
    passes = [(0, 0, 1, 1)]
    if interlaced:
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    packer, pixels = zlib.compressobj(), []
    for left, top, across, down in passes:
        row = b"\x04" + bytes((-((left - width) // across) * channels * depth + 7) // 8)
        rows, at_once = -((top - height) // down), 1 + 1_000_000 // len(row)
        pixels += [packer.compress(row * min(at_once, rows - start)) for start in range(0, rows, at_once)]
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, interlaced))
    content = png_chunk(b"IDAT", b"".join([*pixels, packer.flush()]))
    return PNG + header + more + content + after + png_chunk(b"IEND", b"")


def webp_with_code_sets(count: int, side: int = 1024) -> bytes:
    """Return a lossless WebP of one colour with up to 65,536 sets of Huffman codes; a decoder keeps 5 kB for each."""
    order = (17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8)
    one_symbol = "1000"

    def field(value: int, width: int) -> str:
        return f"{value:0{width}b}"[::-1]

    def eight_bits_each(lengths: dict[int, int], eight: str, rest: str) -> str:
        first = "".join(field(lengths.get(symbol, 0), 3) for symbol in order)
        return "0" + field(len(order) - 4, 4) + first + "0" + eight * 256 + rest

    # Nothing is transformed or cached, and each tile of four by four pixels names the set that it uses.
    bits = field(side - 1, 14) * 2 + "0000" + "00" + "1" + "000" + "0"
    # Green has 24 more symbols, which are lengths of copies: none of them is used.
    bits += eight_bits_each({18: 2, 0: 2, 8: 1}, "0", "11" + field(13, 7)) + eight_bits_each({0: 1, 8: 1}, "1", "")
    bits += 3 * one_symbol
    used = [number % count for number in range((side // 4) ** 2)]
    bits += "".join(f"{number & 255:08b}{number >> 8:08b}" for number in used) + 5 * count * one_symbol
    body = b"/" + int(bits[::-1], 2).to_bytes(len(bits) // 8 + 8, "little")
    body += bytes(len(body) % 2)
    return b"RIFF" + struct.pack("<I", len(body) + 12) + b"WEBPVP8L" + struct.pack("<I", len(body)) + body


def jpeg_with_scans(count: int, size: tuple[int, int] = (64, 64)) -> bytes:
    """Return a progressive JPEG whose last scan comes again and again."""
    data = saved(Image.new("L", size), "JPEG", progressive=True)
    last, end = data.rindex(b"\xff\xda"), data.rindex(b"\xff\xd9")
    return data[:last] + count * data[last:end] + data[end:]


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
