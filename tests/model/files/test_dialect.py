"""A file's way of writing is found out from its first bytes, and what is no table says so."""

from __future__ import annotations

import codecs

import pytest

from model.files.dialect import (
    EMPTY,
    LONGEST_LINE,
    NOT_TEXT,
    SPREADSHEET,
    Dialect,
    Unusable,
    detect_dialect,
)
from model.files.reader import CsvReader

TABLE = "age,köln\n39,a\n50,b\n"

ENCODED = {
    "UTF-8": (TABLE.encode(), "utf-8", False),
    "UTF-8 with a mark": (TABLE.encode("utf-8-sig"), "utf-8", True),
    "UTF-16 LE": (codecs.BOM_UTF16_LE + TABLE.encode("utf-16-le"), "utf-16-le", True),
    "UTF-16 BE": (codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be"), "utf-16-be", True),
    "Windows-1252": (TABLE.encode("cp1252"), "cp1252", True),
    "UTF-16 LE without a mark": (TABLE.encode("utf-16-le"), "utf-16-le", True),
    "UTF-16 BE without a mark": (TABLE.encode("utf-16-be"), "utf-16-be", True),
}

REFUSED = {
    "nothing": (b"", EMPTY),
    "a mark alone": (codecs.BOM_UTF8, EMPTY),
    "blank lines": (b"\r\n  \n", EMPTY),
    "xlsx": (b"PK\x03\x04\x14\x00", SPREADSHEET),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1", SPREADSHEET),
    "PNG": (b"\x89PNG\r\n\x1a\n\x00", NOT_TEXT),
    "PDF": (b"%PDF-1.7\n", NOT_TEXT),
    "zeros": (bytes(1000), NOT_TEXT),
    "a zero in the text": (b"age\n3\x009\n", NOT_TEXT),
    "a broken letter": (
        "age,city,ö\n39,K".encode() + b"\xf6ln\n",
        "The file’s text cannot be read from line 2 on. Save it as CSV in UTF-8, and choose the new file",
    ),
}


@pytest.mark.parametrize(("data", "encoding", "marked"), ENCODED.values(), ids=ENCODED)
def test_the_encoding_is_found_out(data: bytes, encoding: str, marked: bool) -> None:
    assert detect_dialect(data) == Dialect(encoding, marked, ",", "\n")
    for size in (1, 3, 1000):
        rows = CsvReader(data[at : at + size] for at in range(0, len(data), size))
        assert (rows.header, [item.content for item in rows]) == (["age", "köln"], [b"39,a\n50,b\n"])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_delimiter_and_the_line_end_are_found_out(delimiter: str, line_end: str) -> None:
    table = line_end.join(delimiter.join(row) for row in (["age", '"a,;\t""\n"', "b"], ["1", "2", "3"]))
    assert detect_dialect(table.encode()) == Dialect("utf-8", False, delimiter, line_end)


def test_a_file_of_one_column_has_commas() -> None:
    assert detect_dialect(b"rooms").delimiter == ","


@pytest.mark.parametrize(("data", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_table_says_so(data: bytes, message: str) -> None:
    with pytest.raises(Unusable) as refused:
        detect_dialect(data)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"age\n" * 40_000 + b"\x81\n", "cannot be read from line 40,001 on"),
        (b"age\n" * 40_000 + b"\x00\n", "not a text file"),
        (b"age\n" * 40_000 + b"7" * (LONGEST_LINE + 1), "Line 40,001 is longer than a row can be"),
        ("age\n".encode("utf-16") + b"1", "cannot be read from line 2 on"),
    ],
)
def test_what_only_shows_further_on_says_so_too(data: bytes, message: str) -> None:
    with pytest.raises(Unusable, match=message):
        list(CsvReader(data[at : at + 1000] for at in range(0, len(data), 1000)))
