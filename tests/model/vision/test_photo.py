"""A photo is either opened, upright and in colour, or refused with words that help."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from model.vision.headers import MAX_PHOTO_BYTES, PhotoRefused
from model.vision.photo import open_photo, views

from tests import photos

# Photos of every kind and size are decoded.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def read_photo(data: bytes) -> Image.Image:
    """The picture that the network sees."""
    return views(open_photo(data))[0]


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return how far apart two pictures are, as the mean over pixels and colours, of 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def assert_about(pixel: object, colour: tuple[int, int, int]) -> None:
    assert isinstance(pixel, tuple)
    assert all(abs(got - wanted) < 12 for got, wanted in zip(pixel, colour, strict=True)), pixel


def refusal(data: bytes) -> str:
    with pytest.raises(PhotoRefused) as refused:
        read_photo(data)
    return str(refused.value)


SMALL = Image.new("RGB", (64, 48), "red")
PHOTO = photos.COFFEE.read_bytes()

REFUSED = {
    "empty file": (b"", "The photo is empty. Choose a file"),
    "text": (b"two eggs, butter", "must be a JPEG, PNG or WebP file. This one is not an image"),
    "one byte": (b"\xff", "This one is not an image"),
    "PDF": (b"%PDF-1.7 ...", "This one is a PDF: save it as a JPEG"),
    "SVG": (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "This one is an SVG"),
    "GIF": (photos.saved(SMALL, "GIF"), "This one is a GIF: save it as a JPEG"),
    "animated GIF": (photos.animated("GIF"), "This one is a GIF"),
    "BMP": (photos.saved(SMALL, "BMP"), "This one is a BMP"),
    "TIFF": (photos.saved(SMALL, "TIFF"), "This one is a TIFF"),
    "ICO": (photos.saved(SMALL, "ICO"), "This one is an ICO"),
    "AVIF": (photos.saved(SMALL, "AVIF"), "This one is an AVIF"),
    "HEIC": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "This one is a HEIC: save it as a JPEG"),
    "JPEG 2000": (photos.saved(SMALL, "JPEG2000"), "This one is a JPEG 2000"),
    "film": (b"\0\0\0\x18ftypisom\0\0\0\0isom", "This one is not an image"),
    "sound in WebP's container": (b"RIFF\x24\0\0\0WAVEfmt ", "This one is not an image"),
    "animated PNG": (photos.animated("PNG"), "This one is animated: save one picture"),
    "animated WebP": (photos.animated("WEBP"), "This one is animated: save one picture"),
    "31-megapixel PNG": (photos.png_claiming(6200, 5000), "30 megapixels or smaller as a PNG of this sort. This one"),
    "16-megapixel PNG of 16 bits": (photos.png_claiming(4000, 4000, 16, 6), "15 megapixels or smaller as a PNG"),
    "51-megapixel grey PNG": (photos.png_claiming(8200, 6220, 8, 0), "50 megapixels or smaller. This one is 8200 by"),
    "51-megapixel JPEG": (photos.jpeg_claiming(8200, 6220), "50 megapixels or smaller. This one is 8200 by 6220"),
    "progressive JPEG": (
        photos.jpeg_claiming(8000, 5000, progressive=True),
        "39 megapixels or smaller as a progressive",
    ),
    "9-megapixel WebP": (photos.webp_claiming(3000, 3000), "8 megapixels or smaller as a WebP of this sort. This one"),
    "long PNG": (photos.png_claiming(1, 40_000_000), "20,000 pixels or fewer on each side. This one is 1 by 40000000"),
    "long JPEG": (photos.jpeg_claiming(65500, 8), "20,000 pixels or fewer on each side"),
    "gigapixel PNG": (photos.png_claiming(2**31 - 1, 2**31 - 1), "20,000 pixels or fewer on each side"),
    "truncated JPEG": (PHOTO[: len(PHOTO) // 2], "damaged or part of it is missing. Choose the original"),
    "truncated PNG": (photos.saved(photos.cup())[:90_000], "damaged or part of it is missing"),
    "truncated WebP": (photos.saved(photos.cup(), "WEBP")[:9_000], "damaged or part of it is missing"),
    "header of a JPEG": (b"\xff\xd8\xff", "damaged or part of it is missing"),
    "header of a PNG": (b"\x89PNG\r\n\x1a\n", "damaged or part of it is missing"),
    "header of a WebP": (b"RIFF\0\0\0\0WEBP", "damaged or part of it is missing"),
    "PNG without pixels": (photos.png_claiming(10, 10), "damaged or part of it is missing"),
    "PNG of no width": (photos.png_claiming(0, 10), "damaged or part of it is missing"),
    "JPEG of a thousand scans": (photos.jpeg_with_scans(1000), "takes too long to open. Save it again"),
    "over 8 MB": (PHOTO + bytes(MAX_PHOTO_BYTES), "Photo must be 8 MB or smaller. Choose a smaller file"),
}


@pytest.mark.parametrize(("data", "message"), REFUSED.values(), ids=list(REFUSED))
def test_a_photo_that_cannot_be_used_is_refused_with_words_that_help(data: bytes, message: str) -> None:
    said = refusal(data)
    assert message in said
    assert not said.endswith(".")


@pytest.mark.parametrize(
    ("kind", "mode", "size"),
    [
        ("JPEG", "RGB", (8160, 6120)),
        ("PNG", "L", (8000, 5000)),
        ("PNG", "RGB", (6000, 5000)),
        ("WEBP", "L", (4000, 2000)),
    ],
)
def test_a_large_photo_is_taken(kind: str, mode: str, size: tuple[int, int]) -> None:
    data = photos.saved(Image.new(mode, size, "white"), kind)
    assert read_photo(data).getpixel((100, 100)) == WHITE


SOUND = {
    "JPEG": PHOTO,
    "progressive JPEG": photos.saved(photos.cup(), "JPEG", progressive=True),
    "CMYK JPEG": photos.saved(photos.cup("CMYK"), "JPEG"),
    "PNG": photos.saved(photos.cup()),
    "transparent PNG that is opaque": photos.saved(photos.cup("RGBA")),
    "palette PNG": photos.saved(photos.cup().quantize(256)),
    "WebP": photos.saved(photos.cup(), "WEBP"),
    "lossless WebP": photos.saved(photos.cup(), "WEBP", lossless=True),
    "WebP with transparency": photos.saved(photos.cup("RGBA"), "WEBP"),
}


@pytest.mark.parametrize("data", SOUND.values(), ids=list(SOUND))
def test_the_same_photo_looks_the_same_in_every_format(data: bytes) -> None:
    photo = read_photo(data)
    assert (photo.mode, photo.size) == ("RGB", (224, 224))
    assert difference(photo, read_photo(PHOTO)) < 6


GREY = {
    "grey JPEG": photos.saved(photos.cup("L"), "JPEG"),
    "grey PNG": photos.saved(photos.cup("L")),
    "grey PNG with transparency": photos.saved(photos.cup("LA")),
    "16-bit PNG": photos.sixteen_bit_png(photos.cup()),
}


@pytest.mark.parametrize("data", GREY.values(), ids=list(GREY))
def test_a_grey_photo_keeps_its_shades(data: bytes) -> None:
    assert difference(read_photo(data), read_photo(PHOTO).convert("L").convert("RGB")) < 3


def test_a_photo_in_black_and_white_dots_works() -> None:
    assert read_photo(photos.saved(photos.cup("1"))).mode == "RGB"


def transparent(mode: str) -> bytes:
    picture = Image.new("RGBA", (300, 300), (255, 0, 0, 0))
    if mode == "P":
        return photos.saved(Image.new("P", (300, 300), 0), transparency=0)
    if mode in {"L", "RGB"}:
        return photos.saved(Image.new(mode, (300, 300), 0), transparency=0 if mode == "L" else (0, 0, 0))
    return photos.saved(picture.convert(mode))


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "RGB"])
def test_what_is_transparent_becomes_white(mode: str) -> None:
    assert read_photo(transparent(mode)).getcolors() == [(224 * 224, WHITE)]


@pytest.mark.parametrize(
    ("orientation", "left", "right", "top", "bottom"),
    [
        (1, RED, BLUE, None, None),
        (2, BLUE, RED, None, None),
        (3, BLUE, RED, None, None),
        (4, RED, BLUE, None, None),
        (5, None, None, RED, BLUE),
        (6, None, None, RED, BLUE),
        (7, None, None, BLUE, RED),
        (8, None, None, BLUE, RED),
        (99, RED, BLUE, None, None),
    ],
)
def test_the_photo_is_turned_as_the_camera_noted(
    orientation: int,
    left: tuple[int, int, int] | None,
    right: tuple[int, int, int] | None,
    top: tuple[int, int, int] | None,
    bottom: tuple[int, int, int] | None,
) -> None:
    photo = read_photo(photos.rotated_by_camera(orientation))
    for place, colour in [((20, 112), left), ((200, 112), right), ((112, 20), top), ((112, 200), bottom)]:
        if colour:
            assert_about(photo.getpixel(place), colour)


def test_a_large_photo_is_turned_too() -> None:
    notes = Image.Exif()
    notes[0x0112] = 6
    data = photos.saved(photos.halves("red", "blue", (4000, 3000)), "JPEG", exif=notes)
    photo = open_photo(data)
    assert photo.size == (750, 1000)
    assert_about(photo.getpixel((300, 10)), RED)
    assert_about(photo.getpixel((300, 990)), BLUE)


def test_garbage_where_the_camera_makes_notes_does_no_harm() -> None:
    data = photos.saved(photos.cup(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff garbage")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert difference(read_photo(data), read_photo(PHOTO)) < 6


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (3, 2000), (223, 224)])
def test_a_narrow_or_tiny_photo_works(kind: str, size: tuple[int, int]) -> None:
    photo = open_photo(photos.saved(Image.new("RGB", size, "blue"), kind))
    assert [view.size for view in views(photo)] == [(224, 224)] * 6


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_shrinking_a_large_photo_in_two_steps_changes_little(kind: str) -> None:
    large = photos.cup().resize((3000, 2000), Image.Resampling.BICUBIC)
    short, wanted = 2000, 2000 * 224 / 256
    left, top = (3000 - wanted) / 2, (short - wanted) / 2
    at_once = large.resize((224, 224), Image.Resampling.BICUBIC, box=(left, top, left + wanted, top + wanted))
    assert difference(read_photo(photos.saved(large, kind)), at_once) < 1.5


def test_six_views_start_with_the_plain_one_and_differ() -> None:
    photo = open_photo(PHOTO)
    seen = views(photo)
    assert seen[0].tobytes() == read_photo(PHOTO).tobytes()
    assert len({view.tobytes() for view in seen}) == 6


def test_two_people_at_once_get_their_own_photos() -> None:
    sent = [photos.saved(Image.new("RGB", (1500, 1500), colour)) for colour in ("red", "blue")] * 4
    got: dict[int, object] = {}
    threads = [
        threading.Thread(target=lambda i=i, data=data: got.update({i: read_photo(data).getpixel((9, 9))}))
        for i, data in enumerate(sent)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [got[i] for i in range(8)] == [RED, BLUE] * 4


def test_no_file_is_opened_for_writing() -> None:
    """Python reports every file it opens to an audit hook; a child process, since a hook cannot be removed."""
    script = """
import sys
from model.food import FOOD_CLASSES
from model.vision import network, photo
from tests import photos
sent = [photos.COFFEE.read_bytes(), photos.saved(photos.cup()), photos.saved(photos.cup(), "WEBP"),
        photos.saved(photos.cup().resize((3000, 2000)), "JPEG"), photos.COFFEE.read_bytes()[:9000]]
sys.dont_write_bytecode = True
written = []
def watch(event, args):
    if event == "open" and (not isinstance(args[2], int) or args[2] & 3):
        written.append(args[0])
    elif event in ("os.mkdir", "os.rename", "os.link", "os.symlink", "tempfile.mkstemp", "tempfile.mkdtemp"):
        written.append(event)
sys.addaudithook(watch)
for data in sent:
    try:
        network.look(data, FOOD_CLASSES)
    except photo.PhotoRefused:
        print("refused")
print(written)
"""
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.stdout, run.stderr) == ("refused\n[]\n", "")


def test_importing_the_network_loads_neither_pillow_nor_numpy() -> None:
    script = "import sys, model.vision.headers, model.vision.network; print({'PIL', 'numpy', 'onnxruntime'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"


def opened_or_refused(data: bytes) -> None:
    # Pillow warns of a damaged note or frame; whoever serves photos sees a line in the log.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            photo = read_photo(data)
        except PhotoRefused:
            return
    assert (photo.mode, photo.size) == ("RGB", (224, 224))


SEEDS = [
    photos.saved(photos.cup().resize((90, 60)), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0"),
    photos.saved(photos.cup().resize((90, 60)), "JPEG", progressive=True),
    photos.saved(photos.cup("RGBA").resize((90, 60))),
    photos.saved(photos.cup().resize((90, 60)).quantize(16), transparency=3),
    photos.saved(photos.cup().resize((90, 60)), "WEBP"),
    photos.saved(photos.cup("RGBA").resize((90, 60)), "WEBP", lossless=True),
    photos.animated("PNG"),
    photos.animated("WEBP"),
]
BEGINNINGS = [
    b"",
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    b"RIFF\0\0\0\0WEBPVP8X",
    b"GIF89a",
]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(BEGINNINGS), st.binary(max_size=400))
def test_random_bytes_are_refused_and_nothing_else(beginning: bytes, rest: bytes) -> None:
    opened_or_refused(beginning + rest)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(SEEDS), st.integers(0, 100_000), st.lists(st.tuples(st.integers(0, 100_000), st.binary(max_size=4)))
)
def test_a_damaged_photo_is_opened_or_refused_and_nothing_else(
    data: bytes, keep: int, damage: list[tuple[int, bytes]]
) -> None:
    damaged = bytearray(data[: keep % (2 * len(data))])
    for place, junk in damage:
        start = place % len(data)
        damaged[start : start + len(junk)] = junk
    opened_or_refused(bytes(damaged))


@pytest.mark.parametrize("data", SEEDS[:6], ids=["JPEG", "progressive", "PNG", "palette", "WebP", "lossless"])
def test_a_photo_cut_off_anywhere_but_at_its_very_end_is_refused(data: bytes) -> None:
    for part in (0.2, 0.4, 0.6, 0.8, 0.95):
        assert "part of it is missing" in refusal(data[: int(part * len(data))])


def test_the_file_may_have_any_length_of_junk_after_it() -> None:
    """Phones append a film, a depth map or a second picture to a JPEG."""
    assert difference(read_photo(PHOTO + PHOTO + bytes(range(256)) * 40), read_photo(PHOTO)) == 0
    assert Image.open(io.BytesIO(PHOTO)).size == (600, 400)
