"""What the network sees in a photo, and that a web address can carry it."""

from __future__ import annotations

import ctypes
import hashlib
import math
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from model.food import FOOD_CLASSES
from model.vision import network, photo
from model.vision.headers import PhotoRefused
from model.vision.network import NETWORK, NETWORK_SHA256, NetworkChanged, Sight, name_of

from tests import photos

ROOT = Path(__file__).parents[3]
CUP = "0.971081_0.949721_0.971081_967-0.9537_968-0.0114_925-0.0094_960-0.0040_504-0.0021"


def look(data: bytes) -> Sight:
    return network.look(data, FOOD_CLASSES)


def names(sight: Sight) -> list[str]:
    return [name_of(number) for number, _ in sight.things]


@pytest.mark.parametrize(
    ("path", "thing", "chance", "food"),
    [
        (photos.COFFEE, "espresso", 0.954, 0.971),
        (photos.PALACE, "palace", 0.352, 0.0079),
        (photos.DAISY, "daisy", 0.369, 0.111),
    ],
)
def test_the_network_sees_what_its_figures_say(path: Path, thing: str, chance: float, food: float) -> None:
    sight = look(path.read_bytes())
    assert names(sight)[0] == thing
    assert sight.things[0][1] == pytest.approx(chance, abs=0.005)
    assert sight.share == pytest.approx(food, rel=0.03)


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_photo_that_the_camera_held_askew_looks_the_same(orientation: int) -> None:
    turns = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    notes = Image.Exif()
    notes[0x0112] = orientation
    askew = photos.saved(photos.cup().transpose(turns[orientation]), exif=notes)
    assert look(askew) == look(photos.saved(photos.cup()))


def test_a_phone_sized_photo_gives_nearly_the_same_answer() -> None:
    large = photos.cup().resize((4200, 2800), Image.Resampling.BICUBIC)
    sight = look(photos.saved(large, "JPEG", quality=90))
    assert names(sight)[0] == "espresso"
    assert sight.share == pytest.approx(look(photos.COFFEE.read_bytes()).share, abs=0.03)


def test_the_range_comes_from_six_views_with_the_plain_one_among_them() -> None:
    views = photo.views(photo.open_photo(photos.DAISY.read_bytes()))
    alone = [network.look_at([view], FOOD_CLASSES).share for view in views]
    sight = look(photos.DAISY.read_bytes())
    assert (sight.share, sight.low, sight.high) == (alone[0], min(alone), max(alone))
    assert sight.low < sight.share < sight.high


@pytest.mark.parametrize("colour", ["black", "white", "red"])
def test_a_blank_photo_gets_an_answer_that_a_web_address_can_carry(colour: str) -> None:
    sight = look(photos.saved(Image.new("RGB", (300, 200), colour)))
    assert Sight.parse(sight.text()) == sight


def test_a_bad_photo_is_refused_before_the_network_sees_it() -> None:
    with pytest.raises(PhotoRefused, match="This one is a GIF"):
        look(photos.animated("GIF"))


def test_the_text_of_a_sight_is_short_and_needs_no_escaping() -> None:
    sight = Sight.parse(CUP)
    assert sight.things == ((967, 0.9537), (968, 0.0114), (925, 0.0094), (960, 0.004), (504, 0.0021))
    assert (sight.share, sight.low, sight.high) == (0.971081, 0.949721, 0.971081)
    assert sight.text() == CUP


def shares() -> st.SearchStrategy[float]:
    ordinary = st.floats(1e-6, 1 - 1e-6)
    tiny = st.floats(-6, 0).map(lambda exponent: 10**exponent)
    return (ordinary | tiny).map(lambda share: float(f"{min(max(share, 1e-6), 0.999999):.6g}"))


@st.composite
def sights(draw: st.DrawFn) -> Sight:
    low, food, high = sorted(draw(st.tuples(shares(), shares(), shares())))
    numbers = draw(st.lists(st.integers(0, 999), min_size=5, max_size=5, unique=True))
    weights = draw(st.lists(st.floats(0, 1), min_size=5, max_size=5))
    total = max(math.fsum(weights), 1.0)
    chances = sorted((round(weight / total, 4) for weight in weights), reverse=True)
    return Sight(food, low, high, tuple(zip(numbers, chances, strict=True)))


@given(sights())
def test_a_sight_comes_back_from_its_text_unchanged(sight: Sight) -> None:
    assert Sight.parse(sight.text()) == sight


@given(st.text() | st.text("0123456789.-_e", max_size=100))
@example("")
@example("0" * 10_000)
@example("_".join(["9" * 400] * 8))
def test_any_other_text_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="This is not the text of a sight"):
        Sight.parse(text)


@given(st.integers(0, len(CUP) - 1), st.characters())
def test_a_changed_text_is_another_sight_or_a_value_error(place: int, character: str) -> None:
    changed = CUP[:place] + character + CUP[place + 1 :]
    try:
        sight = Sight.parse(changed)
    except ValueError:
        return
    assert sight.text() == changed


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        ("0.971081_0.94", "nan_0.94"),
        ("0.971081_0.94", "inf_0.94"),
        ("0.971081_0.94", "1.971081_0.94"),
        ("0.971081_0.94", "-0.971081_0.94"),
        ("0.971081_0.94", "0.9710810_0.94"),
        ("0.971081_0.94", "0.9710812_0.94"),
        ("0.971081_0.94", "0.9_0.94"),
        ("0.971081_0.94", "0.98_0.94"),
        ("0.971081_0.94", "\u0660.971081_0.94"),
        ("0.949721", "0.0000001"),
        ("967-0.9537", "1000-0.9537"),
        ("967-0.9537", "-1-0.9537"),
        ("925-0.0094", "025-0.0094"),
        ("967-0.9537", "967-1.9537"),
        ("967-0.9537", "967-0.9938"),
        ("967-0.9537", "967-0.0010"),
        ("967-0.9537", "967-0.95371"),
        ("968-", "967-"),
        ("_504-0.0021", ""),
        ("_504-0.0021", "_504-0.0021_505-0.0001"),
        ("_504-0.0021", "_504-0.0021\n"),
    ],
)
def test_a_sight_that_cannot_be_is_a_value_error(part: str, instead: str) -> None:
    assert part in CUP
    with pytest.raises(ValueError, match=r"sight|share|class|chance"):
        Sight.parse(CUP.replace(part, instead))


@pytest.mark.parametrize(
    ("number", "name"),
    [(0, "tench"), (15, "robin"), (809, "soup bowl"), (923, "plate"), (948, "granny smith"), (967, "espresso")],
)
def test_a_class_has_its_everyday_name(number: int, name: str) -> None:
    assert name_of(number) == name


def test_every_class_has_a_name() -> None:
    assert all(name_of(number) == name_of(number).strip().lower() != "" for number in range(1000))


def test_food_is_what_people_eat_and_what_it_is_served_on() -> None:
    called = [name_of(number) for number in FOOD_CLASSES]
    assert len(set(FOOD_CLASSES)) == 47
    assert {
        "guacamole",
        "pizza",
        "pomegranate",
        "carbonara",
        "espresso",
        "eggnog",
        "corn",
        "plate",
        "soup bowl",
    } <= set(called)
    assert not {"hay", "cup", "menu", "alp"} & set(called)


def test_the_committed_network_is_the_one_with_the_figures() -> None:
    data = NETWORK.read_bytes()
    assert hashlib.sha256(data).hexdigest() == NETWORK_SHA256
    readme = (NETWORK.parent / "README.md").read_text(encoding="utf-8")
    assert NETWORK_SHA256 in readme
    assert f"{len(data):,} bytes" in readme


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the network's file, which the module takes for its own."""
    copy = tmp_path / NETWORK.name
    copy.write_bytes(NETWORK.read_bytes())
    monkeypatch.setattr(network, "NETWORK", copy)
    network.load.cache_clear()
    return copy


def test_a_network_with_one_other_byte_is_not_loaded(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    for ask in (network.verify, network.load):
        with pytest.raises(NetworkChanged, match=r"efficientnet-lite0-int8\.onnx is missing, or its sha256 is not"):
            ask()


@pytest.mark.parametrize(
    "opened", [{"side_effect": TypeError("LoadLibrary() argument 1 must be str")}, {"return_value": object()}]
)
def test_the_network_loads_where_the_c_library_cannot_be_told_to_return_memory(
    file: Path, monkeypatch: pytest.MonkeyPatch, opened: dict[str, Any]
) -> None:
    """Windows refuses a library of no name; macOS and musl have no mallopt."""
    monkeypatch.setattr(ctypes, "CDLL", Mock(**opened))
    assert look(photos.COFFEE.read_bytes()).things[0][0] == 967


def test_a_network_that_was_cut_or_removed_after_it_was_found_whole_is_noticed(file: Path) -> None:
    network.verify()
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(NetworkChanged):
        network.verify()
    file.unlink()
    with pytest.raises(NetworkChanged):
        network.verify()


def test_a_network_found_whole_is_not_read_again_until_its_file_changes(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    plain = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path) or plain(path))
    network.verify()
    network.verify()
    assert read == [file]
    file.touch()
    network.verify()
    assert read == [file, file]


def test_the_network_is_verified_without_loading_its_engine() -> None:
    script = "import sys; from model.vision import network; network.verify(); print({'numpy', 'onnxruntime'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"


def test_many_threads_share_one_network_and_agree() -> None:
    data = photos.COFFEE.read_bytes()
    seen: list[Sight] = []
    threads = [threading.Thread(target=lambda: seen.append(look(data))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert set(seen) == {look(data)}


def test_a_text_is_read_without_loading_the_network() -> None:
    script = f"""
import sys
from model.vision.network import Sight, name_of
print(name_of(Sight.parse({CUP!r}).things[0][0]), {{"PIL", "numpy", "onnxruntime"}} & set(sys.modules))
"""
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == "espresso set()\n"
