"""Every rule of the mapping sheet, and every wrong row named with its place."""

import pytest

from webapp.backoffice.files.sheets import read_sheet
from webapp.backoffice.goods.mapping_sheet import (
    COLUMNS,
    KnownItems,
    KnownListings,
    Standing,
    Wanted,
    read_mapping,
)

LISTINGS = KnownListings(
    by_key={"12": 1, "12:13": 2, "14": 3, "15": 4},
    by_sku={"tee-red": [2], "twice": [3, 4]},
)
ITEMS = KnownItems({"TEE": 71, "CAP": 72, "cup": 73, "CUP": 74})


def read(*rows: str) -> Wanted:
    content = "\n".join((",".join(COLUMNS), *rows))
    return read_mapping(read_sheet(content.encode(), COLUMNS), "main", LISTINGS, ITEMS)


def problems(*rows: str) -> list[tuple[int, str]]:
    return [(problem.row, problem.column) for problem in read(*rows).problems]


def test_a_row_maps_its_listing_to_one_piece_unless_it_says_more() -> None:
    assert read("12,,,TEE,,,", "14,,,CAP,3,,9").standings == {
        1: Standing(((71, 1),)),
        3: Standing(((72, 3),), max_quantity=9),
    }


def test_several_rows_with_one_listing_make_a_kit() -> None:
    assert read("12,,,CAP,2,,", "14,,,TEE,,,", "12,,,TEE,1,,5").standings[1] == Standing(
        ((71, 1), (72, 2)), max_quantity=5
    )


def test_a_row_with_neither_stock_item_nor_ignore_leaves_the_listing_unmapped() -> None:
    assert read("12,,,,,,").standings == {1: None}


def test_an_ignored_listing_is_said_so() -> None:
    assert read("12,,,,,YES,").standings == {1: Standing(is_ignored=True)}


def test_the_listing_is_found_by_its_sku_when_no_id_is_given() -> None:
    assert list(read(",Tee-Red,,TEE,,,").standings) == [2]


def test_the_listing_id_wins_over_its_sku() -> None:
    assert list(read("14,TEE-RED,,TEE,,,").standings) == [3]


def test_a_stock_item_is_found_in_another_case_unless_that_is_ambiguous() -> None:
    wanted = read("12,,,tee,,,", "14,,,cup,,,", "15,,,Cup,,,")

    assert wanted.standings == {1: Standing(((71, 1),)), 3: Standing(((73, 1),))}
    assert [(problem.row, problem.column) for problem in wanted.problems] == [(4, "sku")]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("99,,,TEE,,,", "listing_id"),
        (",,,TEE,,,", "listing_id"),
        (",nothing,,TEE,,,", "listing_sku"),
        (",TWICE,,TEE,,,", "listing_sku"),
        ("12,,,NONE,,,", "sku"),
        ("12,,,TEE,0,,", "quantity"),
        ("12,,,TEE,1.5,,", "quantity"),
        ("12,,,TEE,-1,,", "quantity"),
        ("12,,,TEE,two,,", "quantity"),
        ("12,,,TEE,²,,", "quantity"),
        ("12,,,TEE,1000001,,", "quantity"),
        ("12,,,TEE,,,-1", "max_quantity"),
        ("12,,,TEE,,no,", "ignore"),
        ("12,,,TEE,,yes,", "ignore"),
    ],
)
def test_a_wrong_cell_is_named_with_row_and_column(row: str, column: str) -> None:
    wanted = read("14,,,CAP,,,", row)

    assert [(problem.row, problem.column) for problem in wanted.problems] == [(3, column)]
    assert wanted.problems[0].message.endswith(".")
    assert list(wanted.standings) == [3]


def test_a_whole_number_written_with_a_point_is_whole() -> None:
    assert read("12,,,TEE,2.0,,").standings[1] == Standing(((71, 2),))


def test_a_kit_names_each_stock_item_once() -> None:
    assert problems("12,,,TEE,,,", "12,,,TEE,2,,") == [(3, "sku")]


def test_a_kit_with_a_row_that_names_nothing_is_refused() -> None:
    assert problems("12,,,TEE,,,", "12,,,,,,") == [(3, "sku")]
    assert problems("12,,,TEE,,,", "12,,,,,yes,") == [(3, "ignore")]


def test_a_kit_has_one_maximum() -> None:
    assert problems("12,,,TEE,,,5", "12,,,CAP,,,", "12,,,CUP,,,6") == [(4, "max_quantity")]


def test_all_faults_of_a_sheet_are_told_at_once_in_the_order_of_its_rows() -> None:
    assert problems("12,,,TEE,,,", "99,,,NONE,0,maybe,", "12,,,TEE,,,", ",,,,,,x") == [
        (3, "listing_id"),
        (3, "sku"),
        (3, "ignore"),
        (3, "quantity"),
        (4, "sku"),
        (5, "listing_id"),
        (5, "max_quantity"),
    ]


def test_a_kit_with_one_wrong_row_is_not_half_understood() -> None:
    assert read("12,,,TEE,,,", "12,,,NONE,,,").standings == {}
