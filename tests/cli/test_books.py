"""`books`: the trial balance, the export, the proof."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests import factories as make
from tests.cli.conftest import Run
from tests.database.posted import posted
from webapp.database import writing

SIDES = [("1150", "103.88", "0"), ("4000", "0", "98.00"), ("2200", "0", "5.88")]


@pytest.fixture
def shop(home_engine: Engine) -> None:
    with writing(home_engine) as session:
        site = make.wired_site(session, name="main")
        # Blocked, since it has no payload from which its entries could be recomputed.
        posted(session, site, SIDES, order=make.order(session, site, state="blocked"))


def test_the_trial_balance_is_net_strings_that_agree(ready: Run, shop: None) -> None:
    said = ready("books", "trial-balance", "--json").json["currencies"]["MYR"]

    assert (said["debit"], said["credit"]) == ("103.88", "103.88")
    assert said["rows"][0] == {
        "ledger": "1150",
        "name": "Customer payments (clearing)",
        "type": "asset",
        "debit": "103.88",
        "credit": "0.00",
    }


def test_a_day_and_a_site_narrow_it(ready: Run, shop: None) -> None:
    assert ready("books", "trial-balance", "--at", "2026-03-04", "--json").json == {
        "currencies": {}
    }
    assert ready("books", "trial-balance", "--site", "main", "--json").json["currencies"]
    assert ready("books", "trial-balance", "--site", "none", "--json").status == 1


def test_people_see_that_both_sides_agree(ready: Run, shop: None) -> None:
    text = ready("books", "trial-balance").out

    assert "103.88" in text
    assert "They balance." in text


@pytest.mark.parametrize("kind", ["beancount", "csv"])
def test_an_export_is_written_whole_and_the_same_again(
    ready: Run, shop: None, tmp_path: Path, kind: str
) -> None:
    said = ready("books", "export", "--format", kind, tmp_path / "first", "--json")
    ready("books", "export", "--format", kind, tmp_path / "second")

    assert said.json == {"entries": 1, "lines": 3}
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["first", "second"]


def test_an_export_into_a_folder_that_is_not_there_is_said(
    ready: Run, shop: None, tmp_path: Path
) -> None:
    said = ready("books", "export", "--format", "csv", tmp_path / "none" / "books.csv", "--json")

    assert said.status == 1
    assert "none" in said.json["error"]["message"]


def test_books_that_agree_with_the_orders_are_said_so(ready: Run) -> None:
    said = ready("books", "verify", "--json")

    assert said.status == 0
    assert (
        said.json.items()
        >= {
            "entries": 0,
            "unbalanced": 0,
            "duplicates": 0,
            "orders": 0,
            "drifted": [],
        }.items()
    )


def test_books_that_do_not_agree_exit_1_with_their_keys(
    ready: Run, shop: None, home_engine: Engine
) -> None:
    with writing(home_engine) as session:
        site = make.site(session, name="odd")
        order = make.order(session, site, state="blocked")
        posted(session, site, [("1150", "10.00", "0"), ("4000", "0", "9.00")], order=order)

    said = ready("books", "verify", "--json")

    assert said.status == 1
    assert said.json["unbalanced"] == 1
    assert "does not balance" in said.err
