"""A WebP's chunks, and how many sets of Huffman codes a lossless one declares.

A decoder sets 5 kB and more aside for each set. What is walked here to count them (RFC 9649, section 3) is small
beside the picture: its transforms, and which set holds where.
"""

from __future__ import annotations

import struct

from .headers import ANIMATED, DAMAGED, MAX_SEGMENTS, TOO_SLOW, Header, PhotoRefused, check_size, read_orientation

# libwebp keeps the picture three times, and Pillow once; measured, 15.3 bytes a pixel.
BYTES_A_PIXEL = 15
# libwebp's encoder writes no more sets. Before them stand some thousands of symbols in a large photo.
MAX_SETS = 2_600
MAX_SYMBOLS = 50_000

_LENGTHS_ORDER = (17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
# For the lengths 16 to 18: how often one comes again at least, and how many bits say how much oftener.
_REPEATS = ((3, 2), (3, 3), (11, 7))
_CACHED = 280
_PREDICTOR, _COLOUR, _GREEN, _PALETTE = range(4)

# A symbol and the bits it takes, by the next bits; the number of bits to look at.
Code = tuple[list[tuple[int, int]], int]


def read_webp(data: bytes) -> Header:
    view, end, place = memoryview(data), min(len(data), 8 + int.from_bytes(data[4:8], "little")), 12
    chunks: dict[bytes, memoryview] = {}
    for _ in range(MAX_SEGMENTS):
        if place + 8 > end:
            break
        code, length = struct.unpack_from("<4sI", data, place)
        chunk = view[place : place + 8 + length + length % 2]
        if len(chunk) < 8 + length:
            raise PhotoRefused(DAMAGED)
        chunks.setdefault(code, chunk)
        place += 8 + length + length % 2
    else:
        raise PhotoRefused(TOO_SLOW)
    if b"ANMF" in chunks or b"ANIM" in chunks:
        raise PhotoRefused(ANIMATED)
    code = b"VP8 " if b"VP8 " in chunks else b"VP8L"
    picture, alpha = chunks[code][8:], bytes(chunks.get(b"ALPH", b"")[8:])
    if code == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", picture, 6))
    else:
        bits = int.from_bytes(picture[1:5], "little")
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    check_size("WebP", width, height, BYTES_A_PIXEL)
    kept: list[bytes | memoryview] = [b"WEBP", chunks[code]]
    if code == b"VP8L":
        check_sets(Bits(bytes(picture), 40), width, height)
    elif alpha:
        if alpha[0] & 3 == 1:
            check_sets(Bits(alpha, 8), width, height)
        canvas = b"\x10\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        kept[1:1] = [b"VP8X\x0a\0\0\0", canvas, chunks[b"ALPH"]]
    file = b"".join(kept)
    file = b"RIFF" + struct.pack("<I", len(file) + len(file) % 2) + file + bytes(len(file) % 2)
    notes = bytes(chunks.get(b"EXIF", b"")[8:]).removeprefix(b"Exif\0\0")
    return (width, height), read_orientation(notes), file


class Bits:
    """The bits of a stream, the lowest of each byte first."""

    def __init__(self, data: bytes, place: int) -> None:
        self.data, self.place, self.symbols = data, place, 0

    def peek(self, count: int) -> int:
        start = self.place >> 3
        return int.from_bytes(self.data[start : start + 4], "little") >> (self.place & 7) & ((1 << count) - 1)

    def read(self, count: int) -> int:
        value = self.peek(count)
        self.place += count
        if self.place > 8 * len(self.data):
            raise ValueError("The stream ends too early.")
        return value

    def symbol(self, code: Code) -> int:
        symbol, taken = code[0][self.peek(code[1])]
        self.place += taken
        return symbol

    def prefixed(self, prefix: int) -> int:
        """A length or distance, from its prefix and the bits that follow."""
        if prefix < 4:
            return prefix + 1
        extra = (prefix - 2) >> 1
        return ((2 + (prefix & 1)) << extra) + self.read(extra) + 1


def check_sets(bits: Bits, width: int, height: int) -> None:
    """Refuse a stream that may have too many sets; one that is damaged is a ValueError."""
    transforms = [_PREDICTOR, _COLOUR, _GREEN, _PALETTE]
    while bits.read(1):
        transform = bits.read(2)
        # Each may come once: ValueError for one that is gone.
        transforms.remove(transform)
        if transform == _PALETTE:
            colours = bits.read(8) + 1
            _walk(bits, colours, 1, 0)
            # A byte holds 8, 4 or 2 pixels of a small palette.
            width = -(-width >> sum(colours <= most for most in (2, 4, 16)))
        elif transform != _GREEN:
            _walk(bits, width, height, bits.read(3) + 2)
    if bits.read(1):
        bits.read(4)
    if bits.read(1) and _walk(bits, width, height, bits.read(3) + 2) > MAX_SETS:
        raise PhotoRefused(TOO_SLOW)


def _walk(bits: Bits, width: int, height: int, shrinking: int) -> int:
    """Pass over a picture in the picture, and return how many colours of red and green it has."""
    pixels = -(-width >> shrinking) * -(-height >> shrinking)
    cache = 1 << bits.read(4) if bits.read(1) else 0
    sizes = (_CACHED + cache, 256, 256, 256, 40)
    green, red, blue, alpha, distance = (_read_code(bits, size) for size in sizes)
    colours: set[tuple[int, int]] = set()
    while pixels > 0:
        bits.symbols += 1
        if bits.symbols > MAX_SYMBOLS:
            raise PhotoRefused(TOO_SLOW)
        symbol = bits.symbol(green)
        pixels -= bits.prefixed(symbol - 256) if 256 <= symbol < _CACHED else 1
        # What is copied or cached has stood here before.
        if symbol < 256:
            colours.add((symbol, bits.symbol(red)))
            bits.symbol(blue)
            bits.symbol(alpha)
        elif symbol < _CACHED:
            bits.prefixed(bits.symbol(distance))
    return len(colours)


def _read_code(bits: Bits, size: int) -> Code:
    if bits.read(1):
        lengths, both = [0] * 256, bits.read(1)
        lengths[bits.read(1 + 7 * bits.read(1))] = 1
        if both:
            lengths[bits.read(8)] = 1
        return _make_table(lengths)
    first = [0] * len(_LENGTHS_ORDER)
    for symbol in _LENGTHS_ORDER[: bits.read(4) + 4]:
        first[symbol] = bits.read(3)
    code, lengths, previous = _make_table(first), [], 8
    for _ in range(2 + bits.read(2 + 2 * bits.read(3)) if bits.read(1) else size):
        if len(lengths) >= size:
            break
        length = bits.symbol(code)
        if length < 16:
            lengths.append(length)
            previous = length or previous
        else:
            least, extra = _REPEATS[length - 16]
            lengths += [previous if length == 16 else 0] * (least + bits.read(extra))
    return _make_table(lengths)


def _make_table(lengths: list[int]) -> Code:
    """Return the canonical Huffman code of symbols that take so many bits."""
    longest, place = max(lengths), 0
    used = sorted((length, symbol) for symbol, length in enumerate(lengths) if length)
    if len(used) == 1:
        return [(used[0][1], 0)], 0
    table: list[tuple[int, int]] = [(0, 0)] * (1 << longest)
    for length, symbol in used:
        start = int(f"{place:0{longest}b}"[::-1], 2)
        table[start :: 1 << length] = [(symbol, length)] * (1 << longest - length)
        place += 1 << longest - length
    return table, longest
