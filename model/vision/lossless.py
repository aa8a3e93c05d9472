"""How many sets of Huffman codes a lossless WebP declares: a decoder sets 5 kB and more aside for each of them.

RFC 9649, section 3. What is walked here is small beside the picture: its transforms, and which set holds where.
"""

from __future__ import annotations

# libwebp's encoder writes no more sets. Before them stand some thousands of symbols in a large photo.
MAX_SETS = 2_600
MAX_SYMBOLS = 50_000

_LENGTHS_ORDER = (17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
_CACHED = 280
_DISTANCES = 40
_PREDICTOR, _COLOUR, _PALETTE = 0, 1, 3

# A symbol and the bits it takes, by the next bits; the number of bits to look at.
Code = tuple[list[tuple[int, int]], int]


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


def check_sets(data: bytes, place: int, width: int, height: int) -> None:
    """Raise OverflowError where the stream may have too many sets, and ValueError where it is damaged."""
    bits = Bits(data, place)
    seen: set[int] = set()
    while bits.read(1):
        transform = bits.read(2)
        if transform in seen:
            raise ValueError("A transform comes twice.")
        seen.add(transform)
        if transform in (_PREDICTOR, _COLOUR):
            _walk_tiles(bits, width, height)
        elif transform == _PALETTE:
            colours = bits.read(8) + 1
            _walk(bits, colours)
            packed = 0 if colours > 16 else 1 if colours > 4 else 2 if colours > 2 else 3
            width = -(-width >> packed)
    if bits.read(1):
        bits.read(4)
    if bits.read(1) and _walk_tiles(bits, width, height) > MAX_SETS:
        raise OverflowError("There are too many sets of codes.")


def _walk_tiles(bits: Bits, width: int, height: int) -> int:
    step = bits.read(3) + 2
    return _walk(bits, -(-width >> step) * -(-height >> step))


def _walk(bits: Bits, pixels: int) -> int:
    """Pass over a picture in the picture, and return how many colours of red and green it has."""
    cache = 1 << bits.read(4) if bits.read(1) else 0
    green, red, blue, alpha, distance = (
        _read_code(bits, size) for size in (_CACHED + cache, 256, 256, 256, _DISTANCES)
    )
    colours: set[tuple[int, int]] = set()
    while pixels > 0:
        bits.symbols += 1
        if bits.symbols > MAX_SYMBOLS:
            raise OverflowError("There are too many symbols.")
        symbol = bits.symbol(green)
        if symbol < 256:
            # What is copied or cached further down has stood here before.
            colours.add((symbol, bits.symbol(red)))
            bits.symbol(blue)
            bits.symbol(alpha)
        if 256 <= symbol < _CACHED:
            pixels -= bits.prefixed(symbol - 256)
            bits.prefixed(bits.symbol(distance))
        else:
            pixels -= 1
    return len(colours)


def _read_code(bits: Bits, size: int) -> Code:
    lengths = [0] * max(size, 256)
    if bits.read(1):
        both = bits.read(1)
        lengths[bits.read(8 if bits.read(1) else 1)] = 1
        if both:
            lengths[bits.read(8)] = 1
        return _canonical(lengths)
    first = [0] * len(_LENGTHS_ORDER)
    for symbol in _LENGTHS_ORDER[: bits.read(4) + 4]:
        first[symbol] = bits.read(3)
    code = _canonical(first)
    left = 2 + bits.read(2 + 2 * bits.read(3)) if bits.read(1) else size
    symbol, previous = 0, 8
    while symbol < size and left:
        left -= 1
        length = bits.symbol(code)
        if length < 16:
            lengths[symbol] = length
            previous = length or previous
            symbol += 1
            continue
        times = 11 + bits.read(7) if length == 18 else 3 + bits.read(length - 14)
        lengths[symbol : symbol + times] = [previous if length == 16 else 0] * times
        symbol += times
    return _canonical(lengths)


def _canonical(lengths: list[int]) -> Code:
    longest = max(lengths)
    used = sorted((length, symbol) for symbol, length in enumerate(lengths) if length)
    if len(used) == 1:
        return [(used[0][1], 0)], 0
    table: list[tuple[int, int]] = [(0, 0)] * (1 << longest)
    code, before = 0, 0
    for length, symbol in used:
        code <<= length - before
        before = length
        start = int(f"{code:0{length}b}"[::-1], 2)
        table[start :: 1 << length] = [(symbol, length)] * (1 << longest - length)
        code += 1
    return table, longest
