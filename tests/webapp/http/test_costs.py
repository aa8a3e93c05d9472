"""What the findings sent, over HTTP: no file and no photo costs much, whatever it is made of."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.costs import assert_cheap
from tests.payloads import person
from tests.photos import COFFEE

pytestmark = pytest.mark.alone
MEGABYTE = 1024 * 1024
HEADER = ",".join(person()) + "\n"
GOOD = ",".join(person().values()) + "\n"
JPEG = COFFEE.read_bytes()
PHOTOS = {
    "600,000 empty APP1 segments": JPEG[:2] + b"\xff\xe1\0\x0aExif\0\0\0\0" * 600_000 + JPEG[2:],
    "8 MB of fill bytes": JPEG[:2] + b"\xff" * (8 * MEGABYTE - len(JPEG)) + JPEG[2:],
    "2 million COM markers": JPEG[:2] + b"\xff\xfe\0\x02" * 2_000_000 + JPEG[2:],
}


def send(client: FlaskClient, path: str, field: str, content: bytes) -> TestResponse:
    # Werkzeug's own client would write so long a body to a file.
    head = f'--x\r\nContent-Disposition: form-data; name="{field}"; filename="a"\r\n\r\n'.encode()
    return client.post(path, data=head + content + b"\r\n--x--\r\n", content_type="multipart/form-data; boundary=x")


@pytest.mark.parametrize("path", ["/census/batch", "/census/batch?download=1"])
@pytest.mark.parametrize(
    "rows", ["x\n" * (MEGABYTE // 2), 'x","\n' * (MEGABYTE // 5), '"' + "x\n" * 500_000, "," * 900_000 + "\n"]
)
def test_a_megabyte_of_bad_rows_costs_no_more_than_a_second(client: FlaskClient, path: str, rows: str) -> None:
    sent = (HEADER + GOOD + rows).encode()
    answer = assert_cheap(1.0, lambda: send(client, path, "file", sent))
    assert answer.status_code in (200, 422)
    assert len(answer.data) <= 100 * MEGABYTE


@pytest.mark.parametrize("path", ["/food", "/predict", "/api/models/food/predict"])
@pytest.mark.parametrize("data", PHOTOS.values(), ids=PHOTOS)
def test_a_slow_photo_costs_no_more_than_a_second(client: FlaskClient, path: str, data: bytes) -> None:
    field = "file" if path == "/predict" else "photo"
    answer = assert_cheap(1.0, lambda: send(client, path, field, data))
    assert answer.status_code in (200, 303, 422)


def test_short_rows_of_a_wide_file_are_refused_and_not_filled_up(client: FlaskClient) -> None:
    sent = HEADER.rstrip() + ",x" * 1_990 + "\n" + GOOD * 40_000
    answer = assert_cheap(0.5, lambda: send(client, "/census/batch?download=1", "file", sent.encode()))
    assert answer.status_code == 422
    assert "Most rows of the file have fewer cells than the 1,997 columns that its first line names" in answer.text
    whole = HEADER.rstrip() + ",x" * 1_990 + "\n" + (GOOD.rstrip() + ",1" * 1_990 + "\n") * 500
    assert send(client, "/census/batch?download=1", "file", whole.encode()).status_code == 200
