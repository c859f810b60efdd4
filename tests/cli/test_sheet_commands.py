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
