"""Ledgers, stock and mapping by file: wrong rows all named, right ones applied, exports come back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests import factories as make
from tests.cli.conftest import Run
from webapp.database import writing

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def call(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return call


@pytest.fixture
def shop(home_engine: Engine) -> None:
    """A site with two listings and one stock item."""
    with writing(home_engine) as session:
        site = make.wired_site(session, name="main")
        make.listing(session, site, "12", sku="TEE", name="Tee")
        make.listing(session, site, "12:13", sku="MUG", name="Mug")
        make.stock_item(session, "TEE", 5)


def test_ledgers_are_imported_once(ready: Run, write: Write) -> None:
    file = write("chart.csv", "code,name,type,currency\n7000,Packing,expense,\n")

    first = ready("ledger", "import", file, "--json").json
    second = ready("ledger", "import", file, "--json").json

    assert (first["created"], second["created"], second["unchanged"]) == (1, 0, 1)


def test_every_wrong_ledger_row_is_named(ready: Run, write: Write) -> None:
    file = write(
        "chart.csv", "code,name,type,currency\n7000,Packing,cost,\n7001,Tape,expense,XXQ\n"
    )

    said = ready("ledger", "import", file, "--json")

    assert said.status == 1
    errors = said.json["error"]["errors"]
    assert [(fault["row"], fault["column"]) for fault in errors] == [(2, "type"), (3, "currency")]
    assert "7000" not in ready("ledger", "list").out


@pytest.mark.parametrize(
    "words", [("ledger", "import"), ("stock", "import"), ("mapping", "import", "main")]
)
def test_a_sheet_that_lacks_its_columns_is_one_fault(
    ready: Run, shop: None, write: Write, words: tuple[str, ...]
) -> None:
    said = ready(*words, write("wrong.csv", "colour,size\nred,M\n"), "--json")

    assert said.status == 1
    assert said.json["error"]["errors"]
    assert said.json["error"]["next"]


def test_stock_is_counted_and_shown(ready: Run, shop: None, write: Write) -> None:
    file = write("count.csv", "sku;name;on_hand\nTEE;Tee;8\nMUG;Mug;3\n")

    said = ready("stock", "import", file, "--json").json
    shown = ready("stock", "show", "TEE", "--json").json

    assert (said["rows"], said["created"]) == (2, 1)
    assert (shown["on_hand"], shown["reserved"], shown["available"]) == (8, 0, 8)


def test_a_wrong_count_applies_nothing(ready: Run, shop: None, write: Write) -> None:
    said = ready("stock", "import", write("count.csv", "sku,on_hand\nTEE,8\nMUG,many\n"), "--json")

    assert said.status == 1
    assert said.json["error"]["errors"][0]["row"] == 3
    assert ready("stock", "show", "TEE", "--json").json["on_hand"] == 5


def test_an_unknown_stock_item_is_said(ready: Run, shop: None) -> None:
    said = ready("stock", "show", "NONE", "--json")

    assert (said.status, said.json["error"]["code"]) == (1, "unknown_stock_item")


def test_a_count_of_tomorrow_is_wrong_usage(ready: Run, shop: None, write: Write) -> None:
    file = write("count.csv", "sku,on_hand\nTEE,8\n")

    assert ready("stock", "import", file, "--counted-at", "2999-01-01").status == 2


def test_a_mapping_with_wrong_rows_keeps_its_keys_and_exits_1(
    ready: Run, shop: None, write: Write
) -> None:
    file = write("map.csv", "listing_id,sku,quantity,ignore\n12,TEE,1,\n12:13,NONE,0,\n")

    for words in ((), ("--dry-run",)):
        said = ready("mapping", "import", "main", file, *words, "--json")

        assert said.status == 1
        assert said.json["applied"] is False
        assert {fault["row"] for fault in said.json["errors"]} == {3}
        assert "row 3" in said.err


def test_a_mapping_applies_and_its_export_changes_nothing(
    ready: Run, shop: None, write: Write, tmp_path: Path
) -> None:
    file = write("map.csv", "listing_id,sku,quantity,ignore\n12,TEE,2,\n12:13,,,yes\n")

    tried = ready("mapping", "import", "main", file, "--dry-run", "--json").json
    applied = ready("mapping", "import", "main", file, "--json").json
    exported = ready("mapping", "export", "main", tmp_path / "out.xlsx", "--json").json
    again = ready("mapping", "import", "main", tmp_path / "out.xlsx", "--json").json

    assert (tried["created"], tried["applied"]) == (2, False)
    assert (applied["created"], applied["applied"]) == (2, True)
    assert exported == {"rows": 2}
    assert (again["unchanged"], again["created"], again["changed"]) == (2, 0, 0)


def test_auto_maps_equal_skus_only(ready: Run, shop: None) -> None:
    tried = ready("mapping", "auto", "main", "--dry-run", "--json").json
    done = ready("mapping", "auto", "main", "--json").json

    assert (tried["matched"], done["matched"], done["unmatched"]) == (1, 1, 1)
    assert ready("stock", "show", "TEE", "--json").json["listings"] == [
        {"site": "main", "listing_id": "12", "quantity": 5}
    ]


@pytest.mark.parametrize("around", ["\ufeff{}", "{}\u200b", "\u00a0{} ", "{}\u200e"])
def test_a_sku_that_looks_the_same_is_the_same(
    ready: Run, shop: None, write: Write, around: str
) -> None:
    file = write("stock.csv", f"sku,name,on_hand\n{around.format('TEE')},Tee,7\n")

    said = ready("stock", "import", file, "--json")

    assert (said.json["rows"], said.json["created"]) == (1, 0)
    assert ready("stock", "show", "TEE", "--json").json["on_hand"] == 7


@pytest.mark.parametrize("hidden", ["T\ufeffEE", "TEE\u202eX", "T\x01EE", "T\u200bEE"])
def test_a_character_that_nobody_sees_is_no_part_of_a_name(
    ready: Run, shop: None, write: Write, hidden: str
) -> None:
    stock = write("stock.csv", f"sku,name,on_hand\n{hidden},Tee,7\n")
    chart = write("chart.csv", f"code,name,type,currency\n{hidden},Packing,expense,\n")

    counted, charted = (
        ready("stock", "import", stock, "--json"),
        ready("ledger", "import", chart, "--json"),
    )

    for said, column in ((counted, "sku"), (charted, "code")):
        (fault,) = said.json["error"]["errors"]
        assert (said.status, fault["row"], fault["column"]) == (1, 2, column)
        assert "cannot be seen" in fault["message"]


@pytest.mark.parametrize("cost", ["1_000", "١٢", "1e3", "-1", "NaN", "1.23456", "9" * 30])
def test_a_cost_that_is_no_plain_amount_is_named(
    ready: Run, shop: None, write: Write, cost: str
) -> None:
    file = write("stock.csv", f"sku,on_hand,cost\nTEE,5,{cost}\n")

    said = ready("stock", "import", file, "--json")

    assert [fault["column"] for fault in said.json["error"]["errors"]] == ["cost"]


def test_rows_are_counted_and_not_their_faults(ready: Run, shop: None, write: Write) -> None:
    file = write("stock.csv", "sku,on_hand,cost\nTEE,many,much\nMUG,5,1\n")

    said = ready("stock", "import", file, "--json")

    assert len(said.json["error"]["errors"]) == 2
    assert "1 row is wrong" in said.json["error"]["message"]


def test_a_cell_without_end_is_told_as_that(ready: Run, shop: None, write: Write) -> None:
    file = write("stock.csv", f"sku,on_hand\n{'x' * 200_000},5\n")

    said = ready("stock", "import", file, "--json")

    (fault,) = said.json["error"]["errors"]
    assert (fault["row"], "131,072 characters" in fault["message"]) == (2, True)
