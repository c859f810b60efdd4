"""The journal as a file: read by bean-check, the same bytes every time, no formula in it."""

import csv
import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.database.posted import posted
from webapp.backoffice.reports.exporting import Exported, beancount_text, csv_text
from webapp.models.sites import Site

BEAN_CHECK = Path(sys.executable).parent / "bean-check"


@pytest.fixture
def shop(session: Session) -> Site:
    return make.wired_site(session, name="main")


def _bean_check(path: Path) -> subprocess.CompletedProcess[str]:
    program = str(BEAN_CHECK) if BEAN_CHECK.exists() else shutil.which("bean-check")
    if program is None:
        pytest.skip("bean-check is not installed")
    return subprocess.run(
        [sys.executable, program, str(path)], capture_output=True, text=True, check=False
    )


def test_bean_check_finds_nothing_to_say(session: Session, shop: Site, tmp_path: Path) -> None:
    order = make.order(session, shop, number='7" pipe \\ 1', remote_id="a/b c")
    sides = [("1150", "103.88", "0"), ("4000", "0", "98.00"), ("2200", "0", "5.88")]
    posted(session, shop, sides, order=order, memo='Sale of "7" \\ and\nmore', because='say "why"')
    posted(session, shop, [("1150", "500", "0"), ("4000", "0", "500")], currency="JPY")
    file = tmp_path / "books.beancount"

    file.write_text("".join(beancount_text(session, Exported())), encoding="utf-8")

    checked = _bean_check(file)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_bean_check_would_find_an_entry_that_does_not_balance(
    session: Session, shop: Site, tmp_path: Path
) -> None:
    posted(session, shop, [("1150", "10.00", "0"), ("4000", "0", "9.00")])
    file = tmp_path / "books.beancount"

    file.write_text("".join(beancount_text(session, Exported())), encoding="utf-8")

    assert _bean_check(file).returncode != 0


def test_an_entry_links_its_order_and_says_because(session: Session, shop: Site) -> None:
    order = make.order(session, shop, number="1001", remote_id="57")
    posted(session, shop, [("1150", "10.00", "0"), ("4000", "0", "10.00")], order=order)

    text = "".join(beancount_text(session, Exported()))

    assert '2026-03-05 * "main 1001" "Sale" ^Main-57' in text
    assert 'because: "order.total"' in text


def test_two_ledgers_never_share_an_account(session: Session, shop: Site) -> None:
    make.ledger(session, "A.1", name="Bank")
    make.ledger(session, "A 1", name="Bank")

    posted(session, shop, [("A.1", "10.00", "0"), ("A 1", "0", "10.00")])
    text = "".join(beancount_text(session, Exported()))

    opened = [line.split()[2] for line in text.splitlines() if " open " in line]
    assert len(opened) == len(set(opened))


@pytest.mark.parametrize("write", [beancount_text, csv_text])
def test_the_same_journal_gives_the_same_bytes(session: Session, shop: Site, write) -> None:  # type: ignore[no-untyped-def]
    for _ in range(3):
        posted(session, shop, [("1150", "10.00", "0"), ("4000", "0", "10.00")])

    first, second = Exported(), Exported()

    assert "".join(write(session, first)) == "".join(write(session, second))
    assert (first.entries, first.lines) == (second.entries, second.lines) == (3, 6)


def test_a_journal_without_entries_is_a_file_that_says_so(session: Session, shop: Site) -> None:
    exported = Exported()

    rows = list(csv.reader(io.StringIO("".join(csv_text(session, exported)))))

    assert len(rows) == 1
    assert exported == Exported(entries=0, lines=0)


def test_no_cell_is_a_formula(session: Session, shop: Site) -> None:
    order = make.order(session, shop, number="=1+1", remote_id="@x")
    posted(
        session,
        shop,
        [("1150", "10.00", "0"), ("4000", "0", "10.00")],
        order=order,
        memo="-cmd|' /C calc'!A0",
    )

    rows = list(csv.DictReader(io.StringIO("".join(csv_text(session, Exported())))))

    assert rows[0]["order"] == "'=1+1"
    assert rows[0]["store_id"] == "'@x"
    assert rows[0]["memo"].startswith("'-")
    assert (rows[0]["debit"], rows[0]["credit"]) == ("10.00", "0.00")
