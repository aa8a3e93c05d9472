"""What a photo's file says before its pixels: read and bounded here, so that no decoder meets a surprise.

Of the file only what the pixels need goes on to the decoder. Notes, profiles, thumbnails and second pictures
stay behind: each of them has a way to cost a decoder seconds or gigabytes.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from contextlib import suppress

MAX_PHOTO_BYTES = 8 * 1024 * 1024
# The network sees 224 pixels a side, so that a JPEG may be decoded to an eighth of its size, down to this side.
WORKING_SIDE = 512
MAX_SIDE = 20_000
MAX_PIXELS = 50_000_000
# What a decoder may take while it works, besides the file itself.
MAX_DECODED_BYTES = 120_000_000
# An ordinary progressive JPEG has about ten scans. Each costs a pass over the whole picture.
MAX_SCANS = 50
MAX_SCANNED_PIXELS = 1_000_000_000
MAX_SEGMENTS = 1_000
MAX_CHUNKS = 10_000

TOO_LARGE = f"Photo must be {MAX_PHOTO_BYTES // 1024**2} MB or smaller. Choose a smaller file, or shrink this one first"
ANIMATED = "Photo must be a single picture. This one is animated: save one picture of it and choose that"
TOO_SLOW = "The photo is stored in a way that takes too long to open. Save it again as a JPEG and choose the new copy"
DAMAGED = (
    "The photo cannot be read: the file is damaged or part of it is missing. "
    "Choose the original file, or save the photo again and choose the new copy"
)

# Anything but data, fill bytes and the restarts within a scan.
_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
_DHT, _SOI, _EOI, _SOS, _DQT, _DRI = 0xC4, 0xD8, 0xD9, 0xDA, 0xDB, 0xDD
_APP0, _APP1, _ADOBE = 0xE0, 0xE1, 0xEE
_PROGRESSIVE = 0xC2
_FRAMES = (0xC0, 0xC1, _PROGRESSIVE)
# Lossless, hierarchical and arithmetic frames: no camera writes them, and they are slow.
_ODD_FRAMES = {0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_ALONE = {0x01, _SOI, _EOI}
_KEPT = {*_FRAMES, _DHT, _EOI, _SOS, _DQT, _DRI, _APP0, _ADOBE}
_LONGEST_TABLES = {_DQT: 1_000, _DHT: 5_000}
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_LONGEST_CHUNKS = {b"IHDR": 13, b"PLTE": 768, b"tRNS": 256}

# A picture's width and height, how it lies, and the least file that holds it.
Header = tuple[tuple[int, int], int, bytes]


class PhotoRefused(ValueError):
    """The photo cannot be used; the text says why and what to do, for the person who sent it."""


def read_jpeg(data: bytes) -> Header:
    kept: list[bytes | memoryview] = [data[:2]]
    notes, frame, scans, progressive = b"", b"", 0, False
    for code, content, whole in _jpeg_segments(data):
        if code in _ODD_FRAMES:
            raise PhotoRefused(TOO_SLOW)
        if len(content) > _LONGEST_TABLES.get(code, len(content)) or (frame and code in _FRAMES):
            raise PhotoRefused(DAMAGED)
        if code == _APP1 and not notes and bytes(content[:6]) == b"Exif\0\0":
            notes = bytes(content[6:])
        if code in _FRAMES:
            frame, progressive = bytes(content), code == _PROGRESSIVE
        elif code == _SOS:
            scans += 1
            # A scan of some of the colours makes the decoder wait for the others, as in a progressive file.
            progressive = progressive or content[0] < frame[5]
        if code in _KEPT:
            kept.append(whole)
    height, width = struct.unpack_from(">HH", frame, 1)
    sampled = [(both >> 4) * (both & 15) for both in frame[7::3]]
    # The decoder shrinks a large JPEG by so much on the way.
    shrinking = next((step for step in (8, 4, 2) if min(width, height) >= step * WORKING_SIDE), 1)
    decoded = (4 if len(sampled) > 1 else 1) / shrinking**2
    waiting = 2 * sum(sampled) / max(sampled) if progressive else 0
    check_size("progressive JPEG" if progressive else "JPEG", width, height, decoded + waiting)
    if scans > min(MAX_SCANS, MAX_SCANNED_PIXELS // (width * height)):
        raise PhotoRefused(TOO_SLOW)
    return (width, height), read_orientation(notes), b"".join(kept)


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, memoryview, memoryview]]:
    """Yield each segment's code, its content, and the whole of it; a scan reaches up to the next segment."""
    view, found = memoryview(data), _MARKER.search(data, 2)
    for _ in range(MAX_SEGMENTS):
        if found is None:
            return
        code, start, place = found[1][0], found.start(), found.end()
        end = place if code in _ALONE else place + max(2, int.from_bytes(data[place : place + 2]))
        if end > len(data):
            raise PhotoRefused(DAMAGED)
        found = _MARKER.search(data, end) if code != _EOI else None
        stop = end if code != _SOS else found.start() if found else len(data)
        yield code, view[place + 2 : end], view[start:stop]
    raise PhotoRefused(TOO_SLOW)


def read_png(data: bytes) -> Header:
    view, place = memoryview(data), 8
    chunks: dict[bytes, memoryview] = {}
    pixels: list[memoryview] = []
    for _ in range(MAX_CHUNKS):
        length, code = struct.unpack(">I4s", data[place : place + 8].ljust(8, b"\0"))
        if code in (b"IEND", bytes(4)):
            break
        chunk = view[place : place + 12 + length]
        place += 12 + length
        if code == b"IDAT":
            pixels.append(chunk)
        elif length > _LONGEST_CHUNKS.get(code, length):
            raise PhotoRefused(DAMAGED)
        elif code == b"acTL" and not pixels and bytes(chunk[8:12]) > b"\0\0\0\1":
            raise PhotoRefused(ANIMATED)
        else:
            chunks.setdefault(code, chunk)
    else:
        raise PhotoRefused(TOO_SLOW)
    width, height, depth, colours = struct.unpack_from(">IIBB", chunks[b"IHDR"], 8)
    channels = _PNG_CHANNELS[colours]
    decoded = max(channels * depth / 8, 4 if channels > 1 else 1)
    # A colour that is left out is looked for in every pixel, and each is weighed by what it lets through: both take as
    # long as more bytes would.
    slow = 6 if b"tRNS" in chunks else 5 if channels in (2, 4) else 0
    check_size("PNG", width, height, max(decoded, slow))
    kept: list[bytes | memoryview] = [data[:8], *(chunks[code] for code in _LONGEST_CHUNKS if code in chunks), *pixels]
    return (width, height), read_orientation(bytes(chunks.get(b"eXIf", b"")[8:])), b"".join(kept)


def read_orientation(notes: bytes) -> int:
    """Return how the camera was held, from 1 to 8, or 1 where its notes are garbage."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(notes[:4], "")
    with suppress(struct.error):
        (start,) = struct.unpack_from(f"{order}I", notes, 4)
        (entries,) = struct.unpack_from(f"{order}H", notes, start)
        for entry in range(entries):
            tag, value = struct.unpack_from(f"{order}H6xH", notes, start + 2 + 12 * entry)
            if tag == 0x0112:
                return int(value)
    return 1


def check_size(codec: str, width: int, height: int, bytes_a_pixel: float) -> None:
    if not width or not height:
        raise PhotoRefused(DAMAGED)
    if max(width, height) > MAX_SIDE:
        raise PhotoRefused(
            f"Photo must be {MAX_SIDE:,} pixels or fewer on each side. This one is {width} by {height} pixels: "
            "save a smaller copy and choose that"
        )
    most = min(MAX_PIXELS, MAX_DECODED_BYTES / bytes_a_pixel)
    if width * height > most:
        if most < 10**6:
            # A frame of very many colours, as no camera writes it.
            raise PhotoRefused(TOO_SLOW)
        what = "" if most == MAX_PIXELS else f" as a {codec} of this sort"
        raise PhotoRefused(
            f"Photo must be {int(most / 10**6)} megapixels or smaller{what}. This one is {width} by {height} pixels: "
            f"save a smaller copy{' or a JPEG' if codec != 'JPEG' else ''} and choose that"
        )
