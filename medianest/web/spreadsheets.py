"""Rows as CSV (RFC 4180) that a spreadsheet opens as text: what it would take for a formula is defused.

A cell that begins with one of `=+-@`, a tab or a line break is a formula to a spreadsheet, however it is quoted (OWASP,
"CSV Injection"); one whose list separator is a semicolon also begins a cell after each semicolon, tab and line break
within a cell. There an apostrophe makes it text.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

BOM = "\ufeff"
"""By it a spreadsheet knows that the text is UTF-8."""

_FORMULA = re.compile(r"(?:^|(?<=[;\t\r\n]))(?=[=+\-@\t\r\n＝＋－＠])")


def lines(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows, each ended by CR LF."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, dialect="excel")
    for row in rows:
        writer.writerow([defused(cell) for cell in row])
    return text.getvalue().encode(errors="replace")


def defused(cell: str) -> str:
    return _FORMULA.sub("'", cell)
