"""Sheets as people send them: encodings, separators, Excel's habits, damaged files."""

import io
import zipfile
from datetime import time
from decimal import Decimal

import pytest
from openpyxl import Workbook

from webapp.backoffice.files import sheet_formats, sheets
from webapp.backoffice.files.sheets import SheetUnreadable, read_sheet

COLUMNS = ("sku", "name", "on_hand")
TEXT = "sku,name,on_hand\nTEE,Größe M,5\n"


def cells(content: bytes) -> list[tuple[str, ...]]:
    sheet = read_sheet(content, COLUMNS, needed=("sku",))
    assert sheet.problems == ()
    return [tuple(row.text(column) for column in COLUMNS) for row in sheet.rows]


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def problems(content: bytes, columns: tuple[str, ...] = COLUMNS) -> list[tuple[int, str, str]]:
    with pytest.raises(SheetUnreadable) as caught:
        read_sheet(content, columns, needed=("sku",))
    return [(fault.row, fault.column, fault.message) for fault in caught.value.problems]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_every_usual_encoding_is_read(encoding: str) -> None:
    assert cells(TEXT.encode(encoding)) == [("TEE", "Größe M", "5")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_usual_separator_is_recognised(delimiter: str) -> None:
    content = TEXT.replace(",", delimiter).encode()

    assert cells(content) == [("TEE", "Größe M", "5")]


def test_a_separator_inside_quotes_belongs_to_the_cell() -> None:
    content = b'sku;name;on_hand\r\nTEE;"red; with, ""print""\r\non it";5\r\n'

    assert cells(content) == [("TEE", 'red; with, "print"\r\non it', "5")]


def test_headings_may_differ_in_case_blanks_and_order() -> None:
    assert cells(b"On Hand, SKU ,note\n5,TEE,x\n") == [("TEE", "", "5")]


def test_empty_rows_are_left_out_and_counted() -> None:
    sheet = read_sheet(b"sku\n\nTEE\n  \nCAP\n", COLUMNS)

    assert [(row.number, row.text("sku")) for row in sheet.rows] == [(3, "TEE"), (5, "CAP")]


def test_numbers_of_a_workbook_become_the_text_that_was_typed() -> None:
    content = workbook(
        COLUMNS, ("A", None, 5), (9551234567890, "n", 5.0), ("B", 0.1, 2.5), ("C", 1e21, -3)
    )

    assert cells(content) == [
        ("A", "", "5"),
        ("9551234567890", "n", "5"),
        ("B", "0.1", "2.5"),
        ("C", "1000000000000000000000", "-3"),
    ]


def test_a_formula_and_an_error_are_named_and_never_evaluated() -> None:
    content = workbook(COLUMNS, ("A", "=1+1", 5), ("B", "x", "#N/A"))

    sheet = read_sheet(content, COLUMNS)

    assert [(fault.row, fault.column) for fault in sheet.problems] == [(2, "name"), (3, "on_hand")]
    assert "formula" in sheet.problems[0].message
    assert "#N/A" in sheet.problems[1].message


def test_an_id_that_a_spreadsheet_made_a_time_of_is_not_guessed() -> None:
    sheet = read_sheet(workbook(COLUMNS, (time(12, 13), "x", 5)), COLUMNS)

    assert [(fault.row, fault.column) for fault in sheet.problems] == [(2, "sku")]


def test_a_workbook_that_lies_about_its_size_is_read_whole() -> None:
    content = workbook(COLUMNS, ("A", "x", 5))
    source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(target, "w") as copy:
        for part in source.namelist():
            copy.writestr(part, source.read(part).replace(b'ref="A1:C2"', b'ref="A1"'))

    assert cells(target.getvalue()) == [("A", "x", "5")]


def test_a_missing_column_is_one_problem_that_names_the_right_ones() -> None:
    [(row, column, message)] = problems(b"name,on_hand\nTee,5\n")

    assert (row, column) == (1, "sku")
    assert "sku, name, on_hand" in message


def test_a_heading_with_a_typing_error_is_not_passed_over() -> None:
    [(row, column, message)] = problems(b"sku,on_hnad\nTEE,5\n")

    assert (row, column) == (1, "on_hnad")
    assert "“on_hand” was probably meant" in message


def test_two_columns_of_one_name_are_refused() -> None:
    [(row, column, _)] = problems(b"sku,name,sku\nA,b,C\n")

    assert (row, column) == (1, "sku")


def test_a_row_with_too_many_cells_is_named() -> None:
    sheet = read_sheet(b"sku,on_hand\nTEE,1,5\n", COLUMNS)

    assert [fault.row for fault in sheet.problems] == [2]


def test_an_open_quotation_mark_does_not_swallow_the_rest() -> None:
    [(row, _, message)] = problems(b'sku,name\nA,b\nC,"d\nE,f\n')

    assert row == 3
    assert "quotation mark" in message


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"\xd0\xcf\x11\xe0 old", "old Excel"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x01\x02", "neither CSV nor XLSX"),
        (b"sku\n\x81\x8d", "characters"),
        (b"\xff\xfes", "characters"),
    ],
)
def test_what_is_no_sheet_gets_one_sentence(content: bytes, word: str) -> None:
    [(_, _, message)] = problems(content)

    assert word in message


def test_a_zip_that_is_no_workbook_is_damaged() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "hello")

    [(_, _, message)] = problems(out.getvalue())

    assert "damaged" in message


def test_a_workbook_that_unpacks_too_far_is_not_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(sheet_formats.UNPACKED_LIMIT + 1))

    [(_, _, message)] = problems(out.getvalue())

    assert "unpacks to more than 150 MB" in message


def test_xml_entities_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>')

    [(_, _, message)] = problems(out.getvalue())

    assert "entities" in message


def test_a_sheet_over_the_row_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "ROW_LIMIT", 2)

    [(_, _, message)] = problems(b"sku\nA\nB\nC\n")

    assert "more than 2 rows" in message


def test_a_file_over_the_size_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "SIZE_LIMIT", 3)

    problem_list = problems(b"sku\nA\n")

    assert "MB: split it" in problem_list[0][2]


def test_exact_numbers_are_written_as_numbers_and_text_as_text() -> None:
    content = sheet_formats.csv_bytes(("a", "b"), [(-5, Decimal("-1.50")), ("-5", "=1+1")])

    assert content.decode("utf-8-sig") == "a,b\r\n-5,-1.50\r\n'-5,'=1+1\r\n"
