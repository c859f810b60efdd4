"""Sheets in and out: CSV or XLSX into rows of text, and rows into sheets that hold no formula.

Nothing is applied here. What is wrong with a file comes back with its row (the heading is row
1), its column and a sentence, all of it at once.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from rapidfuzz import fuzz

SIZE_LIMIT = 30 * 1024 * 1024
ROW_LIMIT = 100_000
TOLD_EVERY = 500
LOOKS_LIKE = 80

# A spreadsheet would take a cell that begins so for a formula, or drop what precedes one.
_TAKEN_FOR_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_KEPT_AS_TEXT = re.compile("'+[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")

# What a copied cell may begin or end with; two SKUs that look the same must be the same.
_BLANKS = "\ufeff\u200b\u200e\u200f\u2060" + "".join(
    chr(code) for code in range(0x3001) if chr(code).isspace()
)
# Characters that nobody sees: controls, and those that turn the writing direction.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]")

Cell = str | int | Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetProblem:
    """One thing that is wrong in a sheet. Row 0: the file itself."""

    row: int
    column: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """The cells of one row as text, by column; a column that the file lacks is not in it."""

    number: int
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        """The cell without surrounding blanks, "" when there is none."""
        return self.cells.get(column, "").strip(_BLANKS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The rows that hold something, and what is wrong with single cells."""

    columns: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    problems: tuple[SheetProblem, ...]


def unseen(text: str) -> str:
    """What is wrong with a name of ours that holds a character which nobody sees; "" for none.

    What the store calls its things is its own affair, and not asked.
    """
    found = None if text.isprintable() else _UNSEEN.search(text)
    if found is None:
        return ""
    return f"It holds a character that cannot be seen (U+{ord(found[0]):04X}): type it anew."


class SheetUnreadable(Exception):
    """The sheet as a whole cannot be used: not a sheet, too big, columns missing."""

    def __init__(self, *problems: SheetProblem) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRow:
    """A row as its file holds it. `faults`: cells that are no plain value, by position."""

    number: int
    cells: Sequence[str]
    faults: Mapping[int, str]


def read_sheet_file(path: Path, columns: Sequence[str], *, needed: Sequence[str] = ()) -> Sheet:
    """`read_sheet` of a file on disk. SheetUnreadable: also when it is not there."""
    return read_sheet(read_content(path), columns, needed=needed)


def read_content(path: Path) -> bytes:
    """The bytes of a sheet's file. SheetUnreadable: it is not there, or over 30 MB."""
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise SheetUnreadable(too_big())
        return path.read_bytes()
    except OSError as fault:
        raise unreadable(f"The file cannot be opened: {fault.strerror}.") from fault


def read_sheet(
    content: bytes,
    columns: Sequence[str],
    *,
    needed: Sequence[str] = (),
    on_row: Callable[[int], None] | None = None,
) -> Sheet:
    """The rows of a CSV or XLSX sheet, known by its content and not by its name.

    `columns` are those that are understood; others are left out, unless their name is so near
    to a missing one that it is a typing error. Headings may differ in case and use blanks.
    `on_row` hears now and then how many rows were read.
    SheetUnreadable: not a sheet, over 30 MB or 100,000 rows, or a `needed` column is missing.
    """
    from webapp.backoffice.files import sheet_formats

    if len(content) > SIZE_LIMIT:
        raise SheetUnreadable(too_big())
    raw = iter(sheet_formats.raw_rows(content, columns))
    heading = next((row for row in raw if any(cell.strip() for cell in row.cells)), None)
    if heading is None:
        raise unreadable("The file is empty: its first row must name the columns.")
    places = _places(heading, columns, needed)
    rows: list[SheetRow] = []
    problems: list[SheetProblem] = []
    for row in raw:
        if not row.faults and not any(cell.strip() for cell in row.cells):
            continue
        if len(rows) == ROW_LIMIT:
            raise unreadable(f"The sheet has more than {ROW_LIMIT:,} rows: split it.")
        if on_row is not None and len(rows) % TOLD_EVERY == 0:
            on_row(len(rows))
        problems += _cell_problems(row, places, len(heading.cells))
        rows.append(
            SheetRow(
                number=row.number,
                cells={
                    column: unescaped(row.cells[place]) if place < len(row.cells) else ""
                    for column, place in places.items()
                },
            )
        )
    return Sheet(columns=tuple(places), rows=tuple(rows), problems=tuple(problems))


def read_headings(content: bytes, columns: Sequence[str]) -> tuple[str, ...]:
    """The names of a sheet's columns, so that one of several kinds of sheet is known by them.

    `columns` are those to look for, which tell the separator. () for an empty file.
    SheetUnreadable: not a sheet.
    """
    from webapp.backoffice.files import sheet_formats

    raw = iter(sheet_formats.raw_rows(content, columns))
    heading = next((row for row in raw if any(cell.strip() for cell in row.cells)), None)
    return tuple(_names(heading)) if heading is not None else ()


def _names(heading: RawRow) -> list[str]:
    return [name.strip(_BLANKS).casefold().replace(" ", "_") for name in heading.cells]


def _places(heading: RawRow, columns: Sequence[str], needed: Sequence[str]) -> dict[str, int]:
    names = _names(heading)
    places = {name: names.index(name) for name in columns if name in names}
    problems = [
        SheetProblem(row=heading.number, column=name, message=f"Two columns are named “{name}”.")
        for name in places
        if names.count(name) > 1
    ]
    missing = [name for name in columns if name not in places]
    for name in dict.fromkeys(names):
        near = [other for other in missing if fuzz.ratio(name, other) >= LOOKS_LIKE]
        if name and name not in columns and near:
            message = f"There is no column “{name}”: “{near[0]}” was probably meant."
            problems.append(SheetProblem(row=heading.number, column=name, message=message))
    lacking = [name for name in needed if name not in places]
    if lacking:
        message = (
            f"The column {' and '.join(f'“{name}”' for name in lacking)} is missing. "
            f"The first row must name the columns: {', '.join(columns)}."
        )
        problems.append(SheetProblem(row=heading.number, column=lacking[0], message=message))
    if problems:
        raise SheetUnreadable(*problems)
    return places


def _cell_problems(row: RawRow, places: Mapping[str, int], width: int) -> list[SheetProblem]:
    problems = [
        SheetProblem(row=row.number, column=column, message=row.faults[place])
        for column, place in places.items()
        if place in row.faults
    ]
    if any(cell.strip() for cell in row.cells[width:]):
        message = (
            f"The row has {len(row.cells)} cells and the heading {width}: "
            "a cell that holds the separator must stand in quotes."
        )
        problems.append(SheetProblem(row=row.number, column="", message=message))
    return problems


def unreadable(message: str, *, row: int = 0) -> SheetUnreadable:
    return SheetUnreadable(SheetProblem(row=row, column="", message=message))


def too_big() -> SheetProblem:
    return SheetProblem(
        row=0, column="", message=f"The file is over {SIZE_LIMIT // 1024 // 1024} MB: split it."
    )


# --- cells that no spreadsheet takes for a formula ----------------------------------------------


def escaped(text: str) -> str:
    """Text as a cell that stays text: `=1+1` becomes `'=1+1`. `unescaped` takes it back."""
    return "'" + text if _TAKEN_FOR_FORMULA.match(text) else text


def unescaped(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and _KEPT_AS_TEXT.match(cell) else cell


def write_sheet_file(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """`sheet_bytes` into a file. How many rows. OSError: the file cannot be written."""
    kept = list(rows)
    path.write_bytes(sheet_bytes(path, columns, kept))
    return len(kept)


def sheet_bytes(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Rows as XLSX when the file's name ends so, else as CSV (UTF-8 with BOM).

    Text is made formula-safe; whole numbers and Decimals stay numbers, negative ones too.
    """
    from webapp.backoffice.files import sheet_formats

    is_xlsx = path.suffix.lower() == ".xlsx"
    return (sheet_formats.xlsx_bytes if is_xlsx else sheet_formats.csv_bytes)(columns, rows)
