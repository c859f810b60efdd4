"""The two formats of a sheet, CSV and XLSX, read into raw rows and written."""

import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from webapp.backoffice.files.sheets import Cell, RawRow, escaped, unreadable
from webapp.backoffice.files.xlsx_writing import workbook_bytes

UNPACKED_LIMIT = 150 * 1024 * 1024
PARTS_LIMIT = 1_000
COLUMN_LIMIT = 256
SHEET_ROWS = 1_048_576
DELIMITERS = (",", ";", "\t")

ZIP_MARK = b"PK\x03\x04"
OLD_EXCEL_MARK = b"\xd0\xcf\x11\xe0"
_XML_ENTITIES = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)

# What openpyxl and zipfile raise on files that are damaged or only look like XLSX.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    SyntaxError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
)


def raw_rows(content: bytes, columns: Sequence[str]) -> Iterator[RawRow]:
    """The rows of a sheet, empty ones too. SheetUnreadable, also on the way: it is damaged."""
    if content.startswith(OLD_EXCEL_MARK):
        raise unreadable("This is an old Excel file (or a locked one): save it as .xlsx or CSV.")
    if content.startswith(ZIP_MARK):
        return _xlsx_rows(content)
    return _csv_rows(_decoded(content), columns)


# --- CSV ----------------------------------------------------------------------------------------


def _decoded(content: bytes) -> str:
    text = _text(content)
    if "\0" in text:
        raise unreadable("The file is neither CSV nor XLSX.")
    return text


def _text(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif content[1:2] == b"\0" and content[:1] != b"\0":
        encodings = ["utf-16-le"]
    elif content[:1] == b"\0" and content[1:2] != b"\0":
        encodings = ["utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise unreadable("The file's characters cannot be read: save it as UTF-8.")


def _csv_rows(text: str, columns: Sequence[str]) -> Iterator[RawRow]:
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=_delimiter(text, columns), strict=True
    )
    number = 0
    try:
        for cells in reader:
            number += 1
            yield RawRow(number=number, cells=cells, faults={})
    except csv.Error as fault:
        if "field limit" in str(fault):
            raise unreadable(
                f"Row {number + 1} has a cell of more than {csv.field_size_limit():,} characters, "
                "or a quotation mark that is never closed.",
                row=number + 1,
            ) from fault
        raise unreadable(
            f"Row {number + 1} cannot be read: a quotation mark is not closed or stands in the "
            f"wrong place ({fault}).",
            row=number + 1,
        ) from fault


def _delimiter(text: str, columns: Sequence[str]) -> str:
    """The separator under which the heading names most known columns."""
    heading = text.lstrip("\r\n").partition("\n")[0]

    def known(delimiter: str) -> tuple[int, int]:
        names = {
            name.strip().strip('"').casefold().replace(" ", "_")
            for name in heading.split(delimiter)
        }
        return len(names & set(columns)), heading.count(delimiter)

    return max(DELIMITERS, key=known)


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Comma-separated UTF-8 with a byte order mark, which is how Excel knows the encoding."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return escaped(cell)
    return format(cell, "f") if isinstance(cell, Decimal) else str(cell)


# --- XLSX ---------------------------------------------------------------------------------------


def _xlsx_rows(content: bytes) -> Iterator[RawRow]:
    try:
        _refuse_bombs(content)
        # openpyxl warns of styles and extensions that it leaves out: they are not ours to read.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
            sheet = workbook.worksheets[0]
            # What a file says of its own size is often wrong: each row is as wide as it is.
            sheet.reset_dimensions()
            for number, cells in enumerate(sheet.iter_rows(), start=1):
                if len(cells) > COLUMN_LIMIT or number > SHEET_ROWS:
                    raise unreadable(
                        f"The sheet is over {COLUMN_LIMIT} columns wide: keep only those with rows."
                    )
                yield _xlsx_row(number, cells)
            workbook.close()
    except _DAMAGED as fault:
        raise unreadable("The XLSX file is damaged: open it in Excel and save it anew.") from fault


def _refuse_bombs(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > PARTS_LIMIT or sum(part.file_size for part in parts) > UNPACKED_LIMIT:
            raise unreadable(
                f"The XLSX file unpacks to more than {UNPACKED_LIMIT // 1024 // 1024} MB: "
                "save only the sheet with the rows."
            )
        for part in parts:
            with archive.open(part) as opened:
                if _XML_ENTITIES.search(opened.read(4096)):
                    raise unreadable("The XLSX file declares XML entities, which are not read.")


def _xlsx_row(number: int, cells: Sequence[Any]) -> RawRow:
    texts: list[str] = []
    faults: dict[int, str] = {}
    for place, cell in enumerate(cells):
        value = cell.value
        if value is None:
            texts.append("")
            continue
        fault = _xlsx_fault(value, cell.data_type)
        if fault:
            faults[place] = fault
        texts.append(_xlsx_text(value))
    while texts and not texts[-1]:
        texts.pop()
    return RawRow(number=number, cells=texts, faults=faults)


def _xlsx_fault(value: object, data_type: str) -> str:
    if data_type == "f":
        return "The cell holds a formula: paste its value instead."
    if data_type == "e":
        return f"The cell shows the error {value}."
    if isinstance(value, datetime | date | time | timedelta):
        return "The spreadsheet made a date or time of this cell: format it as text, type it anew."
    return ""


def _xlsx_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        # A spreadsheet keeps every number as a double; its shortest text is what was typed.
        exact = Decimal(repr(value))
        return str(int(exact)) if exact == exact.to_integral_value() else format(exact, "f")
    return str(value)


def xlsx_bytes(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """One sheet whose text cells are formatted as text, so that "12:13" stays no time."""
    safe = (
        [escaped(cell) if isinstance(cell, str) else cell for cell in row]
        for row in chain([columns], rows)
    )
    return workbook_bytes(safe)
