"""`settlement import` and `settlement worklist`: the contract's keys, and how they end."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from tests.cli.conftest import Run
from tests.settlements import GENERIC, csv_of, generic_line, serve, shop
from webapp.database import writing
from webapp.models.settlement import SettlementLine

UNKNOWN = generic_line(reference="txn_2", order_number="777")


@pytest.fixture
def books(home_engine: Engine) -> Engine:
    """The site main with the paid order 5001, in an initialised home."""
    with writing(home_engine) as session:
        serve(session, shop(session, name="main"))
    return home_engine


def file_with(tmp_path: Path, *rows: dict[str, object]) -> str:
    path = tmp_path / "payout.csv"
    path.write_bytes(csv_of(GENERIC, rows))
    return str(path)


def test_a_file_is_posted_and_what_does_not_match_is_told(
    ready: Run, books: Engine, tmp_path: Path
) -> None:
    file = file_with(tmp_path, generic_line(), UNKNOWN)

    said = ready("settlement", "import", "main", file, "--json")

    assert said.status == 0
    assert said.json == {
        "rows": 2,
        "posted": 1,
        "unchanged": 0,
        "unmatched": [
            {
                "reference": "txn_2",
                "order_number": "777",
                "net": "100.28",
                "code": "order_unknown",
                "message": "No order “777” is here.",
            }
        ],
        "ignored": 0,
        "format": "generic",
    }
    entries = ready("order", "main", "5001", "--json").json["entries"]
    assert [(each["chapter"], each["part"], each["date"]) for each in entries] == [
        ("sale", "order", "2026-03-05"),
        ("fees", "order", "2026-03-05"),
        ("fees", "order", "2026-03-09"),
        ("payout", "csv:txn_1", "2026-03-09"),
    ]
    assert ready("books", "verify").status == 0


def test_importing_a_file_again_changes_nothing(ready: Run, books: Engine, tmp_path: Path) -> None:
    file = file_with(tmp_path, generic_line(), UNKNOWN)
    ready("settlement", "import", "main", file)
    before = ready("order", "main", "5001", "--json").json["entries"]

    again = ready("settlement", "import", "main", file, "--json").json

    assert (again["rows"], again["posted"], again["unchanged"]) == (2, 0, 2)
    assert ready("order", "main", "5001", "--json").json["entries"] == before


def test_the_worklist_shows_whole_lines(ready: Run, books: Engine, tmp_path: Path) -> None:
    ready("settlement", "import", "main", file_with(tmp_path, UNKNOWN))

    said = ready("settlement", "worklist", "main", "--json")

    assert said.status == 0
    assert said.json == {
        "lines": [
            {
                "reference": "txn_2",
                "order_number": "777",
                "gross": "103.88",
                "fee": "3.60",
                "net": "100.28",
                "currency": "MYR",
                "date": "2026-03-09",
                "code": "order_unknown",
                "message": "No order “777” is here.",
            }
        ]
    }
    assert "order_unknown" in ready("settlement", "worklist", "main").out


def test_an_empty_worklist_says_so(ready: Run, books: Engine) -> None:
    assert ready("settlement", "worklist", "main").out == "main: no settlement line waits.\n"


def test_a_wrong_file_is_told_row_by_row_and_nothing_of_it_is_kept(
    ready: Run, books: Engine, tmp_path: Path
) -> None:
    file = file_with(tmp_path, generic_line(), generic_line(reference="b", gross="x", date="?"))

    said = ready("settlement", "import", "main", file, "--json")

    assert said.status == 1
    error = said.json["error"]
    assert error["code"] == "wrong_rows"
    assert [(each["row"], each["column"]) for each in error["errors"]] == [
        (3, "gross"),
        (3, "date"),
    ]
    with writing(books) as session:
        assert session.scalars(select(SettlementLine.id)).all() == []


@pytest.mark.parametrize("content", [b"", b"name,colour\nTee,red\n", b"\x00\x01\x02"])
def test_what_is_no_settlement_file_is_refused_in_words(
    ready: Run, books: Engine, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "file.csv").write_bytes(content)

    said = ready("settlement", "import", "main", str(tmp_path / "file.csv"))

    assert said.status == 1
    assert "Traceback" not in said.err


def test_a_file_or_site_that_is_not_there_is_told(ready: Run, books: Engine) -> None:
    assert ready("settlement", "import", "main", "nowhere.csv").status == 1
    assert ready("settlement", "import", "other", "nowhere.csv").status == 1


@pytest.mark.parametrize("words", [("assign",), ("pull",), ("import", "main")])
def test_what_does_not_exist_yet_is_wrong_usage(ready: Run, words: tuple[str, ...]) -> None:
    assert ready("settlement", *words).status == 2


def test_a_line_that_comes_again_with_other_amounts_is_named_and_nothing_applied(
    ready: Run, books: Engine, tmp_path: Path
) -> None:
    ready("settlement", "import", "main", file_with(tmp_path, UNKNOWN))
    changed = generic_line(reference="txn_2", order_number="777", gross="999.00", net="996.40")

    said = ready(
        "settlement", "import", "main", file_with(tmp_path, generic_line(), changed), "--json"
    )

    (fault,) = said.json["error"]["errors"]
    assert (said.status, said.json["error"]["code"], fault["row"]) == (1, "wrong_rows", 3)
    assert "“txn_2” was imported before with other amounts" in fault["message"]
    assert ready("order", "main", "5001", "--json").json["entries"][-1]["chapter"] != "payout"


def test_a_line_that_another_report_dates_otherwise_is_the_same_line(
    ready: Run, books: Engine, tmp_path: Path
) -> None:
    ready("settlement", "import", "main", file_with(tmp_path, generic_line()))

    said = ready(
        "settlement",
        "import",
        "main",
        file_with(tmp_path, generic_line(date="2026-03-10")),
        "--json",
    )

    assert (said.status, said.json["unchanged"], said.json["posted"]) == (0, 1, 0)
