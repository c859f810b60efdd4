"""An uploaded mapping sheet as a batch: read whole, every wrong row told, every change previewed."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.backoffice.files.sheets import Sheet, SheetProblem, SheetUnreadable, read_sheet
from webapp.backoffice.goods.batch_preview import preview_rows
from webapp.backoffice.goods.batch_rows import ChangeRow, SheetLine, WrongRow
from webapp.backoffice.goods.change_effects import Effects
from webapp.backoffice.goods.mapping import known_items, known_listings
from webapp.backoffice.goods.mapping_sheet import COLUMNS, Wanted, lacking, read_mapping
from webapp.models.sites import Site
from webapp.models.stock import StockItem

SHOWN_AROUND = 20
HINTS = 100
LOOKS_LIKE = 75
LONGEST_VALUE = 120

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPreview:
    """What a sheet would do (`changes`, `effects`), or what is wrong in it (`wrong`).

    `around`: the first wrong rows with their neighbours, as they stand in the sheet.
    """

    rows: int
    listings: int
    changes: tuple[ChangeRow, ...] = ()
    effects: Effects | None = None
    wrong: tuple[WrongRow, ...] = ()
    around: tuple[SheetLine, ...] = ()


def preview_sheet(
    session: Session, site: Site, content: bytes, *, from_now: bool, tell: Tell
) -> SheetPreview:
    """Read a sheet and foresee it. `tell` hears rows read and rows in all, 0 while unknown.

    SheetUnreadable: it is no sheet, too big, or lacks its columns.
    """
    sheet = read_sheet(content, COLUMNS, on_row=lambda number: tell(number, 0))
    missing = lacking(sheet.columns)
    if missing:
        raise SheetUnreadable(SheetProblem(row=1, column="", message=missing))
    tell(len(sheet.rows), len(sheet.rows))
    wanted = read_mapping(sheet, site.name, known_listings(session, site.id), known_items(session))
    if wanted.problems:
        return _wrong(session, sheet, wanted)
    rows, effects = preview_rows(
        session,
        site,
        wanted.standings,
        numbers=wanted.rows,
        reasons={},
        from_now=from_now,
    )
    return SheetPreview(
        rows=len(sheet.rows), listings=len(rows), changes=tuple(rows), effects=effects
    )


# --- wrong rows ---------------------------------------------------------------------------------


def _wrong(session: Session, sheet: Sheet, wanted: Wanted) -> SheetPreview:
    cells = {row.number: row.cells for row in sheet.rows}
    hints = _hints(session, wanted.problems, cells)
    return SheetPreview(
        rows=len(sheet.rows),
        listings=len(wanted.standings),
        wrong=tuple(
            WrongRow(
                row=problem.row,
                column=problem.column,
                value=_value(problem, cells),
                message=problem.message,
                hint=hints.get((problem.row, problem.column), ""),
            )
            for problem in wanted.problems
        ),
        around=_around(sheet, wanted.problems),
    )


def _value(problem: SheetProblem, cells: Mapping[int, Mapping[str, str]]) -> str:
    row = cells.get(problem.row, {})
    value = row.get(problem.column, "")
    if problem.column == "ignore" and row.get("sku"):
        value = f"{value} + {row['sku']}"
    return value[:LONGEST_VALUE]


def _hints(
    session: Session,
    problems: Sequence[SheetProblem],
    cells: Mapping[int, Mapping[str, str]],
) -> dict[tuple[int, str], str]:
    """For SKUs that are no stock item's, the one that was probably meant."""
    unknown = [
        (problem.row, problem.column, cells[problem.row][problem.column].strip())
        for problem in problems
        if problem.column == "sku" and cells.get(problem.row, {}).get("sku")
    ][:HINTS]
    if not unknown:
        return {}
    names = {sku: name for sku, name in session.execute(select(StockItem.sku, StockItem.name))}
    folded = {sku.casefold(): sku for sku in names}
    hints = {}
    for row, column, typed in unknown:
        near = process.extractOne(
            typed.casefold(), folded.keys(), scorer=fuzz.ratio, score_cutoff=LOOKS_LIKE
        )
        if near is not None and folded[near[0]] != typed:
            sku = folded[near[0]]
            name = f", {names[sku]}" if names[sku] and names[sku] != sku else ""
            hints[(row, column)] = f"The nearest is {sku}{name}."
    return hints


def _around(sheet: Sheet, problems: Sequence[SheetProblem]) -> tuple[SheetLine, ...]:
    wrong: dict[int, list[str]] = defaultdict(list)
    for problem in problems:
        wrong[problem.row].append(problem.column)
    first = list(wrong)[:SHOWN_AROUND]
    places = {row.number: place for place, row in enumerate(sheet.rows)}
    shown = {
        place + step
        for number in first
        if (place := places.get(number)) is not None
        for step in (-1, 0, 1)
        if 0 <= place + step < len(sheet.rows)
    }
    return tuple(
        SheetLine(
            row=sheet.rows[place].number,
            cells={
                column: value[:LONGEST_VALUE] for column, value in sheet.rows[place].cells.items()
            },
            wrong=tuple(wrong.get(sheet.rows[place].number, ())),
        )
        for place in sorted(shown)
    )
