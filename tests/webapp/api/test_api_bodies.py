"""Bodies that the API cannot read: each gets its own status and words, and none is a server error."""

from __future__ import annotations

import gzip
import io
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.page import page_of
from tests.payloads import person, photo
from tests.problems import problem, refusals

CENSUS = "/api/models/census/predict"
FOOD = "/api/models/food/predict"
NO_JSON = "The body is not JSON: "


def send(client: FlaskClient, body: bytes | str, content_type: str | None = "application/json") -> TestResponse:
    return client.post(CENSUS, data=body, content_type=content_type)


MALFORMED = {
    "nothing": b"",
    "half an object": b'{"age": 37',
    "single quotes": b"{'age': 37}",
    "a comma too many": b'{"age": 37,}',
    "a comment": b'{"age": 37} // years',
    "two objects": b"{}{}",
    "NaN": b'{"age": NaN}',
    "Infinity": b'{"age": Infinity}',
    "minus Infinity": b"[-Infinity]",
    "a bare word": b"age=37",
    "a leading zero": b'{"age": 037}',
    "a raw line break in a string": b'{"age": "3\n7"}',
    "UTF-16": '{"age": 37}'.encode("utf-16"),
    "Latin-1": '{"age": "é"}'.encode("latin-1"),
    "a key twice": b'{"age": 37, "age": 38}',
    "a key twice, deep inside": b'[{}, {"age": {"a": 1, "a": 1}}]',
    "a hundred thousand lists": b"[" * 100_000 + b"]" * 100_000,
    "a hundred thousand objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_not_json_is_a_bad_request(client: FlaskClient, body: bytes) -> None:
    assert problem(send(client, body), 400)["detail"].startswith("The body is not JSON")


def test_a_key_that_is_there_twice_is_named(client: FlaskClient) -> None:
    told = problem(send(client, MALFORMED["a key twice"]), 400)
    assert told["detail"] == NO_JSON + 'the key "age" is there twice'


@pytest.mark.parametrize("depth", [1, 5, 50, *range(400, 1000, 7), 2_000, 20_000])
def test_no_depth_is_a_server_error(client: FlaskClient, depth: int) -> None:
    for opening, closing in ("[]", ('{"a":', "}")):
        deep = opening * depth + "1" + closing * depth
        for body in (deep, json.dumps(person(sex="HERE", age="HERE")).replace('"HERE"', deep)):
            response = send(client, body)
            assert response.status_code in (207, 400, 422)
            assert len(response.data) < 2_000


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "application/ld+json", "APPLICATION/JSON"])
def test_json_has_several_names(client: FlaskClient, content_type: str) -> None:
    assert send(client, json.dumps(person()), content_type).status_code == 200


def test_a_byte_order_mark_does_not_matter(client: FlaskClient) -> None:
    assert send(client, b"\xef\xbb\xbf" + json.dumps(person()).encode()).status_code == 200


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/json",
        "json",
    ],
)
def test_another_media_type_is_415(client: FlaskClient, content_type: str | None) -> None:
    told = problem(send(client, json.dumps(person()), content_type), 415)
    assert "Content-Type: application/json" in told["detail"]


@pytest.mark.parametrize("content_type", [None, "application/json", "image/jpeg", "application/octet-stream"])
def test_a_photo_that_is_no_form_is_415(client: FlaskClient, content_type: str | None) -> None:
    told = problem(client.post(FOOD, data=photo()[0].read(), content_type=content_type), 415)
    assert "multipart/form-data in the field “photo”" in told["detail"]


@pytest.mark.parametrize("path", [CENSUS, FOOD])
def test_a_body_that_is_too_long_is_413(client: FlaskClient, path: str) -> None:
    kind = "application/json" if path == CENSUS else "multipart/form-data; boundary=x"
    told = problem(client.post(path, data=b" " * (9 * 1024 * 1024), content_type=kind), 413)
    assert told["detail"] == "Send at most 8 MB"


@pytest.mark.parametrize("path", [CENSUS, "/predict"])
def test_a_body_in_chunks_that_is_too_long_is_413_however_good_its_start(client: FlaskClient, path: str) -> None:
    start = json.dumps([person()]).encode()
    for rest in (b" " * (9 * 1024 * 1024), b" " * (8 * 1024 * 1024 + 65536 - len(start)) + b"and more"):
        told = problem(in_chunks(client, path, start + rest), 413)
        assert told["detail"] == "Send at most 8 MB"


def test_a_body_of_just_the_greatest_length_is_answered(client: FlaskClient) -> None:
    body = json.dumps([person()]).encode().ljust(8 * 1024 * 1024 + 65536)
    assert send(client, body).status_code == 200
    assert in_chunks(client, CENSUS, body).status_code == 200
    assert send(client, body + b" ").status_code == in_chunks(client, CENSUS, body + b" ").status_code == 413


@pytest.mark.parametrize("start", [b"", b" \n", b"\xef\xbb\xbf"])
def test_one_object_may_have_a_megabyte_and_a_list_more(client: FlaskClient, start: bytes) -> None:
    body = start + json.dumps(person()).encode()
    body = body.ljust(1024 * 1024)
    assert send(client, body).status_code == in_chunks(client, CENSUS, body).status_code == 200
    for response in (send(client, body + b" "), in_chunks(client, CENSUS, body + b" ")):
        told = problem(response, 413)
        assert told["detail"] == "Send at most 1 MB in one object. Only a list may be longer"
    assert send(client, start + b" [" + body.removeprefix(start) + b"]").status_code == 200


def test_a_body_in_chunks_is_answered(client: FlaskClient) -> None:
    assert in_chunks(client, CENSUS, json.dumps(person()).encode()).status_code == 200


class Connection(io.BytesIO):
    """A body as a plain server hands it on: reading behind its end would wait for the client for ever."""

    def readinto(self, into: Any) -> int:
        assert len(into) <= len(self.getbuffer()) - self.tell(), "read behind the body's end"
        return super().readinto(into)


@pytest.mark.parametrize("terminated", [{}, {"wsgi.input_terminated": True}], ids=["plain server", "Granian"])
def test_a_body_is_read_to_its_length_and_no_further(client: FlaskClient, terminated: dict[str, Any]) -> None:
    body = json.dumps(person()).encode()
    for length, status in ((len(body), 200), (len(body) + 1, 400)):
        stream: io.BytesIO = Connection(body) if status == 200 else io.BytesIO(body)
        response = client.post(
            CENSUS,
            input_stream=stream,
            content_type="application/json",
            environ_overrides={**terminated, "CONTENT_LENGTH": str(length)},
        )
        assert response.status_code == status


def in_chunks(client: FlaskClient, path: str, body: bytes) -> TestResponse:
    """Send without saying how long the body is, as a server hands it on."""
    return client.post(
        path,
        input_stream=io.BytesIO(body),
        content_type="application/json",
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )


@pytest.mark.parametrize("path", [CENSUS, FOOD, "/predict"])
def test_a_body_that_is_packed_is_415(client: FlaskClient, path: str) -> None:
    body = gzip.compress(json.dumps(person()).encode())
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    told = problem(client.post(path, data=body, headers=headers), 415)
    assert told["detail"] == "Send the body as it is, without Content-Encoding: gzip"


def test_a_body_that_says_it_is_packed_is_not_read_as_it_is(client: FlaskClient) -> None:
    problem(client.post(CENSUS, json=person(), headers={"Content-Encoding": "gzip"}), 415)
    for plain in ("identity", ""):
        assert client.post(CENSUS, json=person(), headers={"Content-Encoding": plain}).status_code == 200
    assert client.get("/census", headers={"Content-Encoding": "gzip"}).status_code == 200


def test_two_photos_are_one_too_many(client: FlaskClient) -> None:
    told = refusals(client.post(FOOD, data={"photo": [photo(), photo(b"another")]}))
    assert told == {"photo": "Give one answer for a photo, not 2"}


def test_a_photo_in_another_field_is_named(client: FlaskClient) -> None:
    told = refusals(client.post(FOOD, data={"foto": photo()}))
    assert told["foto"] == "“foto” is not one of the inputs. Did you mean “photo”?"


def test_page_and_api_refuse_a_photo_with_the_same_words(client: FlaskClient) -> None:
    for data in (b"", b"I am no photo", photo()[0].read()[:20]):
        told = refusals(client.post(FOOD, data={"photo": photo(data)}))
        assert list(told.values()) == page_of(client.post("/food", data={"photo": photo(data)})).summary
