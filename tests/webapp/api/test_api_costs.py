"""What a body may cost the server: little, whatever is in it and wherever it goes, and its answer is short."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.test import TestResponse

from webapp.http import json as reading

from tests.costs import assert_cheap
from tests.payloads import person
from tests.problems import problem

MEGABYTE = 1024 * 1024
CENSUS = "/api/models/census/predict"
INFER = "/v2/models/census/infer"
PREDICT = "/predict"
ROUTES = [CENSUS, INFER, PREDICT]


def send(client: FlaskClient, body: str, path: str = CENSUS) -> TestResponse:
    return client.post(path, data=body.encode(), content_type="application/json")


def keys(count: int, digits: int = 5) -> str:
    return ",".join([f'"{number:0{digits}x}":1' for number in range(count)])


@pytest.mark.alone
@pytest.mark.parametrize("last", ['"z":1', '"z":1,"z":2'], ids=["unknown keys", "a key twice"])
@pytest.mark.parametrize("count", [5_000, 20_000, 100_000])
@pytest.mark.parametrize("around", ["%s", "[%s]"], ids=["one object", "a list"])
def test_very_many_keys_cost_little_and_get_a_short_answer(
    client: FlaskClient, around: str, count: int, last: str
) -> None:
    body = around % f"{{{keys(count, 1)},{last}}}"
    assert len(body) < MEGABYTE
    response = assert_cheap(0.15, lambda: send(client, body))
    assert response.status_code == (400 if last.count("z") > 1 else 422 if around == "%s" else 207)
    assert len(response.data) <= 20_000


@pytest.mark.alone
@pytest.mark.parametrize("path", [INFER, PREDICT])
@pytest.mark.parametrize("around", ["%s", "[%s]", '{"input": %s}', '{"inputs": [{"name": "age", "data": %s}]}'])
def test_very_many_keys_cost_as_little_elsewhere(client: FlaskClient, path: str, around: str) -> None:
    body = around % f"{{{keys(100_000, 1)}}}"
    response = assert_cheap(0.15, lambda: send(client, body, path))
    assert response.status_code in (400, 422)
    assert len(response.data) <= 20_000


def test_a_hundred_objects_of_a_thousand_unknown_keys_get_a_short_answer_that_counts_for_each(
    client: FlaskClient,
) -> None:
    response = send(client, f"[{','.join([f'{{{keys(900)}}}'] * 100)}]")
    assert response.status_code == 207
    assert len(response.data) <= 20_000
    first, *_, last = response.get_json()["results"]
    assert len(first["errors"]) > 20
    assert len(last["errors"]) == 1


def test_of_a_hundred_thousand_unknown_keys_the_first_are_told_and_the_others_counted(client: FlaskClient) -> None:
    told = problem(send(client, json.dumps(person()).removesuffix("}") + f",{keys(100_000, 1)}}}"), 422)["errors"]
    assert len(told) == 21
    assert told[0]["field"] == "0"
    assert "99,980" in told[-1]["message"]


LONG: dict[str, Callable[[], str]] = {
    "an object in a list": lambda: f"[{{{keys(300_000)}}}]",
    "the last object of a list": lambda: "[{}{{{}}}]".format('{"age":3},' * 9, keys(300_000)),
    "objects in one another": lambda: "[{}{}{}]".format('{"a":' * 9, f"{{{keys(300_000)}}}", "}" * 9),
    "many objects": lambda: "[{}]".format(",".join([f"{{{keys(70_000)}}}"] * 7)),
    "many small objects": lambda: "[{}]".format(",".join([f"{{{keys(90)}}}"] * 7_000)),
    "numbers": lambda: "[%s1]" % ("1," * 4_000_000),
    "empty lists": lambda: "[%s[]]" % ("[]," * 2_500_000),
    "empty objects": lambda: "[%s{}]" % ("{}," * 2_500_000),
    "exponents": lambda: "[%s1]" % ("1e1," * 1_900_000),
    "an object": lambda: f"{{{keys(600_000)}}}",
    "a tensor of keys": lambda: (
        f'{{"inputs":[{{"name":"age","shape":[1],"datatype":"INT64","data":{{{keys(600_000)}}}}}]}}'
    ),
    "a tensor of numbers": lambda: (
        '{"inputs":[{"name":"age","shape":[1],"datatype":"INT64","data":[%s1]}]}' % ("1," * 4_000_000)
    ),
    "tensors": lambda: '{{"inputs":[{}]}}'.format(",".join(['{"name":"a"}'] * 600_000)),
    "an answer of keys": lambda: f'{{"input":{{{keys(600_000)}}}}}',
}


@pytest.mark.alone
@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("make", LONG.values(), ids=LONG)
def test_what_is_too_much_to_be_answers_is_refused_before_it_is_taken_apart(
    client: FlaskClient, path: str, make: Callable[[], str]
) -> None:
    body = make()
    assert MEGABYTE < len(body) <= 8 * MEGABYTE
    response = assert_cheap(0.15, lambda: send(client, body, path))
    assert response.status_code == 413
    assert len(response.data) <= 500


def test_one_object_of_a_list_may_have_a_megabyte_and_no_more(client: FlaskClient) -> None:
    one = json.dumps(person())
    for place in ("[%s]", f"[{one},%s]", f"[%s,{one}]", f"[{one},%s,{one}]"):
        for length, status in ((MEGABYTE, 200), (MEGABYTE + 1, 413)):
            long = one.removesuffix("}").ljust(length - 1) + "}"
            assert send(client, place % long).status_code == status
    # The answers to a tutorial's client are as long.
    assert send(client, "[{}]".format('{"Age":3,"Sex":"male"}'.ljust(MEGABYTE + 9)), PREDICT).status_code == 200
    assert send(client, '[{"Age":3,"Sex":"male"%s}]' % (" " * MEGABYTE), PREDICT).status_code == 413
    assert send(client, '{"input":7}'.ljust(MEGABYTE + 1), PREDICT).status_code == 413


def test_ten_thousand_rows_are_no_more_than_one_request_may_have(client: FlaskClient) -> None:
    body = json.dumps([person()] * 10_000, indent=4)
    assert len(body) > MEGABYTE
    assert send(client, body).status_code == 200
    nested = [
        {"name": name, "shape": [10_000, 1], "datatype": "BYTES", "data": [[str(value)]] * 10_000}
        for name, value in person().items()
    ]
    assert send(client, json.dumps({"inputs": nested}), INFER).status_code == 200


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


def outcomes(text: str) -> Iterator[object]:
    """What the text is, read whole and read item by item: the value, or where it goes wrong and how."""
    for read in (reading.DECODER.decode, lambda text: reading.parse_items(text, 60)):
        try:
            yield read(text)
        except ValueError as wrong:
            yield str(wrong)


@given(st.lists(values), st.sampled_from(["", " ", "\n  "]), st.none() | st.integers(0, 200), st.sampled_from('x,"]}['))
def test_a_list_read_item_by_item_is_the_same_list(rows: list[object], gap: str, spoilt: int | None, by: str) -> None:
    text = f"{gap}[{gap}{f'{gap},{gap}'.join([json.dumps(row) for row in rows])}{gap}]{gap}"
    if spoilt is not None:
        text = text[:spoilt] + by + text[spoilt + 1 :]
    if not text.lstrip().startswith("["):
        return
    try:
        whole, item_by_item = outcomes(text)
    except RequestEntityTooLarge:
        return
    assert whole == item_by_item


def test_what_is_wrong_in_a_long_list_is_told_with_its_place(client: FlaskClient) -> None:
    one = json.dumps(person(work=" " * 500_000))
    for bad, words in (
        ("{,}", "Expecting property name"),
        ('{"a":1,"a":2}', 'the key "a" is there twice'),
        ("nil", "value"),
    ):
        told = problem(send(client, f"[{one},\n{one},\n{one},\n{bad}]"), 400)["detail"]
        assert words in told
        assert "twice" in words or "line 4 column" in told


def test_a_body_that_cannot_be_read_is_no_failure_wherever_it_is_read() -> None:
    for raw in (b"\xff[", b"[\xff]" + b" " * 2_000_000, b"[" * 2_000_000):
        with pytest.raises((BadRequest, RequestEntityTooLarge)):
            reading.parse_json(raw, 10_000)
