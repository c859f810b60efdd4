"""What is written into a sheet is what is read from it, whatever the text looks like."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.backoffice.files.sheet_formats import csv_bytes, xlsx_bytes
from webapp.backoffice.files.sheets import escaped, read_sheet, unescaped

COLUMNS = ("one", "two", "three")
FORMULA_MARKS = "=+-@\t\r"
anything = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
dangerous = st.text("=+-@'\t\"; ,\nx", max_size=6)
printable = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)


@given(st.one_of(anything, dangerous))
def test_no_text_leaves_as_a_formula_and_every_text_comes_back(text: str) -> None:
    assert escaped(text)[:1] not in tuple(FORMULA_MARKS)
    assert unescaped(escaped(text)) == text


@given(st.lists(st.tuples(anything, dangerous, anything), min_size=1, max_size=8))
def test_a_csv_sheet_comes_back_as_it_was_written(rows: list[tuple[str, str, str]]) -> None:
    sheet = read_sheet(csv_bytes(COLUMNS, rows), COLUMNS)

    kept = [row for row in rows if any(escaped(cell).strip() for cell in row)]
    assert [tuple(row.cells[column] for column in COLUMNS) for row in sheet.rows] == kept
    assert sheet.problems == ()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(printable, printable, printable), min_size=1, max_size=5))
def test_an_xlsx_sheet_comes_back_as_it_was_written(rows: list[tuple[str, str, str]]) -> None:
    sheet = read_sheet(xlsx_bytes(COLUMNS, rows), COLUMNS)

    kept = [row for row in rows if any(escaped(cell).strip() for cell in row)]
    assert [tuple(row.cells[column] for column in COLUMNS) for row in sheet.rows] == kept
    assert sheet.problems == ()


@pytest.mark.parametrize("text", ["=1+1", "+60 12", "-5", "@x", "'=x", "''-", "#N/A", "12:13"])
def test_known_traps_come_back_from_both_formats(text: str) -> None:
    for make in (csv_bytes, xlsx_bytes):
        sheet = read_sheet(make(("one",), [(text,)]), ("one",))

        assert [row.cells["one"] for row in sheet.rows] == [text]
        assert sheet.problems == ()
