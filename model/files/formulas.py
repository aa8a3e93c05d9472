"""Text that a spreadsheet would run as a formula when it opens a CSV file.

A formula can read the other cells of whoever opens the file and send them away. An apostrophe in
front makes it text; a number is left as it is.
"""

from __future__ import annotations

import re

STARTS = ("=", "+", "-", "@", "\t", "\r")
# As regular expressions, which the columns of a whole file are searched with too.
START = r"^[=+\-@\t\r]"
NUMBER = r"^[+-][\d.,]*\d[\d.,]*([eE][+-]?\d+)?$"
WHOLE_NUMBER = re.compile(NUMBER)


def safe(text: str) -> str:
    return f"'{text}" if text.startswith(STARTS) and not WHOLE_NUMBER.fullmatch(text) else text
