"""Photos by the front door: every kind works or gets its own message, and none touches the disk."""

from __future__ import annotations

import io
import tempfile
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from model.vision.headers import MAX_PHOTO_BYTES
from model.vision.network import Sight

from tests import photos
from tests.page import page_of
from tests.payloads import photo

COFFEE = photos.COFFEE.read_bytes()
SMALL = Image.new("RGB", (64, 48), "red")
TOO_LARGE = "Photo must be 8 MB or smaller. Choose a smaller file, or shrink this one first"
DAMAGED = (
    "The photo cannot be read: the file is damaged or part of it is missing. "
    "Choose the original file, or save the photo again and choose the new copy"
)

GOOD = {
    "JPEG": COFFEE,
    "PNG": photos.saved(SMALL),
    "WebP": photos.saved(SMALL, "WEBP"),
    "progressive JPEG": photos.saved(SMALL, "JPEG", progressive=True),
    "photo turned by the camera": photos.rotated_by_camera(6),
    "CMYK JPEG": photos.saved(photos.cup("CMYK"), "JPEG"),
    "16-bit PNG": photos.sixteen_bit_png(SMALL),
    "transparent PNG": photos.saved(Image.new("RGBA", (64, 64), (255, 0, 0, 80))),
    "grey PNG": photos.saved(SMALL.convert("L")),
    "palette PNG": photos.saved(SMALL.convert("P")),
    "single pixel": photos.saved(Image.new("RGB", (1, 1))),
    "file of exactly 8 MB": photos.saved(SMALL) + b"\0" * (MAX_PHOTO_BYTES - len(photos.saved(SMALL))),
}
BAD = {
    "empty file": (b"", "The photo is empty. Choose a file with a photo in it"),
    "text": (
        b"I am no photo",
        "Photo must be a JPEG, PNG or WebP file. This one is not an image that we can recognise",
    ),
    "GIF": (
        photos.saved(SMALL, "GIF"),
        "Photo must be a JPEG, PNG or WebP file. This one is a GIF: save it as a JPEG and choose the new file",
    ),
    "PDF": (
        b"%PDF-1.7\n",
        "Photo must be a JPEG, PNG or WebP file. This one is a PDF: save it as a JPEG and choose the new file",
    ),
    "SVG": (
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "Photo must be a JPEG, PNG or WebP file. This one is an SVG: save it as a JPEG and choose the new file",
    ),
    "half a photo": (COFFEE[: len(COFFEE) // 2], DAMAGED),
    "header only": (COFFEE[:20], DAMAGED),
    "animation": (
        photos.animated("WEBP"),
        "Photo must be a single picture. This one is animated: save one picture of it and choose that",
    ),
    "huge picture in few bytes": (
        photos.png_claiming(13_000, 13_000),
        "Photo must be 30 megapixels or smaller as a PNG of this sort. This one is 13000 by 13000 pixels: "
        "save a smaller copy or a JPEG and choose that",
    ),
    "JPEG of many scans": (
        photos.jpeg_with_scans(60),
        "The photo is stored in a way that takes too long to open. Save it again as a JPEG and choose the new copy",
    ),
    "one byte too many": (COFFEE + b"\0" * (MAX_PHOTO_BYTES + 1 - len(COFFEE)), TOO_LARGE),
}

good = pytest.mark.parametrize("data", GOOD.values(), ids=GOOD)
bad = pytest.mark.parametrize(("data", "message"), BAD.values(), ids=BAD)


def seen_in(response: TestResponse) -> Sight:
    assert response.status_code == 303
    (text,) = parse_qs(urlsplit(response.location).query)["photo"]
    return Sight.parse(text)


# -- the form ------------------------------------------------------------------------------------


@good
def test_a_photo_leads_to_its_result(client: FlaskClient, data: bytes) -> None:
    response = send(client, "/food", data)
    seen_in(response)
    assert client.get(response.location).status_code == 200


def test_a_cup_of_coffee_is_food_and_is_named(client: FlaskClient) -> None:
    response = send(client, "/food", COFFEE)
    page = page_of(client.get(response.location))
    assert seen_in(response).share > 0.9
    assert "espresso" in page.text


def test_the_name_and_the_type_that_a_browser_gives_a_photo_do_not_matter(client: FlaskClient) -> None:
    odd = (io.BytesIO(COFFEE), "../../etc/passwd.exe", "application/x-msdownload")
    assert client.post("/food", data={"photo": odd}).status_code == 303


@bad
def test_a_file_that_cannot_be_used_gets_its_own_message(client: FlaskClient, data: bytes, message: str) -> None:
    response = send(client, "/food", data)
    page = page_of(response)
    assert response.status_code == 422
    assert page.title.startswith("Error:")
    assert page.summary == [message]
    assert message in page.description("photo")
    assert page.is_invalid("photo")


def test_no_file_chosen_is_said(client: FlaskClient) -> None:
    """A browser sends an empty part without a name when nothing was chosen."""
    response = client.post("/food", data={"photo": photo(b"", "")})
    assert response.status_code == 422
    assert page_of(response).summary == ["Choose a photo"]


def test_two_photos_are_refused(client: FlaskClient) -> None:
    two = MultiDict([("photo", photo(COFFEE)), ("photo", photo(photos.saved(SMALL)))])
    response = client.post("/food", data=two)
    assert response.status_code == 422
    assert page_of(response).summary == ["Give one answer for a photo, not 2"]


@pytest.mark.parametrize("sent", ["a text", "\x00", "0.5_0.5_0.5", "x" * 10_000])
def test_text_where_the_photo_belongs_is_refused(client: FlaskClient, sent: str) -> None:
    response = client.post("/food", data={"photo": sent})
    assert response.status_code == 422
    assert "Choose the photo again" in page_of(response).summary[0]


@pytest.mark.parametrize("sent", ["", "0.5", "0.9_0.5_0.5_1-0.5", "x" * 5000, "\x00"])
def test_a_damaged_address_of_a_photos_result_is_the_form_again(client: FlaskClient, sent: str) -> None:
    response = client.get("/food/result", query_string={"photo": sent})
    assert response.status_code == 422
    assert page_of(response).title.startswith("Error:")
    assert page_of(response).controls("photo")


def test_a_body_over_the_limit_says_that_the_photo_is_too_large(client: FlaskClient) -> None:
    response = send(client, "/food", COFFEE + b"\0" * 9_000_000)
    page = page_of(response)
    assert response.status_code == 413
    assert page.title.startswith("Error:")
    assert page.summary == [TOO_LARGE]
    assert TOO_LARGE in page.description("photo")


def test_a_body_that_does_not_say_its_length_is_limited_too(client: FlaskClient) -> None:
    response = chunked(client, "/food", b"\0" * 9_000_000)
    assert response.status_code == 413
    assert page_of(response).summary == [TOO_LARGE]


def test_a_photo_that_does_not_say_its_length_is_looked_at(client: FlaskClient) -> None:
    assert chunked(client, "/food", COFFEE).status_code == 303


@pytest.mark.parametrize(
    "body",
    [b"", b"--edge", b"--edge--\r\n", b"--edge\r\nContent-Disposition: form-data\r\n\r\nx\r\n--edge--\r\n"],
    ids=["nothing", "half a line", "no parts", "no name"],
)
def test_a_broken_multipart_body_is_no_failure(client: FlaskClient, body: bytes) -> None:
    for path in ("/food", "/predict"):
        response = client.post(path, data=body, content_type="multipart/form-data; boundary=edge")
        assert response.status_code in (400, 422)


def test_a_multipart_body_without_a_boundary_is_no_failure(client: FlaskClient) -> None:
    for path in ("/food", "/predict"):
        response = client.post(path, data=b"x", content_type="multipart/form-data")
        assert response.status_code in (400, 422)


def test_a_thousand_and_more_parts_are_too_many(client: FlaskClient) -> None:
    many = MultiDict([("photo", photo(b"x")) for _ in range(1001)])
    assert client.post("/food", data=many).status_code == 413


# -- the tutorial's address ------------------------------------------------------------------------


@good
def test_the_tutorials_address_takes_the_same_photos(client: FlaskClient, data: bytes) -> None:
    response = send(client, "/predict", data)
    assert response.status_code == 200
    assert 0 < response.get_json()["probability"] < 1


@bad
def test_the_tutorials_address_says_the_same(client: FlaskClient, data: bytes, message: str) -> None:
    response = send(client, "/predict", data)
    assert response.status_code == 422
    assert response.mimetype == "application/problem+json"
    assert [one["message"] for one in response.get_json()["errors"]] == [message]


def test_the_tutorials_address_has_the_same_limit(client: FlaskClient) -> None:
    response = send(client, "/predict", b"\0" * 9_000_000)
    assert response.status_code == 413
    assert response.mimetype == "application/problem+json"


# -- the disk --------------------------------------------------------------------------------------


def test_the_watch_on_the_disk_sees_what_is_written(files_written: list[str]) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(b"x")
    assert files_written


@pytest.mark.parametrize("path", ["/food", "/predict"])
@pytest.mark.parametrize("data", [GOOD["file of exactly 8 MB"], b"\0" * 9_000_000], ids=["good", "too large"])
def test_a_photo_is_never_written_to_disk(
    client: FlaskClient, files_written: list[str], path: str, data: bytes
) -> None:
    send(client, path, data)
    chunked(client, path, data)
    assert files_written == []


# -- sending ---------------------------------------------------------------------------------------


FIELDS = {"/food": "photo", "/predict": "file"}
MULTIPART = "multipart/form-data; boundary=edge"


class Broken(io.BytesIO):
    """What a server hands on of chunks that it cannot take apart."""

    def read(self, size: int | None = -1) -> bytes:
        raise OSError("Invalid chunk")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/census", "application/x-www-form-urlencoded"),
        ("/iris", "application/x-www-form-urlencoded"),
        ("/food", MULTIPART),
        ("/food/compare", MULTIPART),
        ("/census/batch", MULTIPART),
        ("/predict", MULTIPART),
        ("/predict", "application/json"),
        ("/api/models/census/predict", "application/json"),
    ],
)
def test_a_body_that_breaks_off_is_400_wherever_it_goes(client: FlaskClient, path: str, kind: str) -> None:
    in_chunks = {"headers": {"Transfer-Encoding": "chunked"}, "environ_overrides": {"wsgi.input_terminated": True}}
    assert client.post(path, input_stream=Broken(), content_type=kind, **in_chunks).status_code == 400


def body_of(path: str, data: bytes) -> bytes:
    """The body as a browser sends it; Flask's client would spool a large one to the disk."""
    head = f'--edge\r\nContent-Disposition: form-data; name="{FIELDS[path]}"; filename="a.jpg"\r\n\r\n'
    return head.encode() + data + b"\r\n--edge--\r\n"


def send(client: FlaskClient, path: str, data: bytes) -> TestResponse:
    return client.post(path, data=body_of(path, data), content_type=MULTIPART)


def chunked(client: FlaskClient, path: str, data: bytes) -> TestResponse:
    """Send in chunks, without saying how long the body is, as a server hands it on."""
    return client.post(
        path,
        input_stream=io.BytesIO(body_of(path, data)),
        content_type=MULTIPART,
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
