"""The worked cases of a marketplace, each a file: served, processed, paid out, read back to the cent."""

import tomllib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import marketplace_orders as store
from tests.marketplace import (
    clearing,
    entries,
    is_clean,
    part_sides,
    pay_out,
    serve,
    shop,
    state_of,
    waiting,
)
from webapp.models.ledgers import PeriodClosing
from webapp.models.sites import Site
from webapp.models.stock import StockMove

CASES = Path(__file__).parent.parent / "cases" / "shopee"
FILES = sorted(CASES.glob("*.toml"))
EACH = pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])


def read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def a_site_for(session: Session, case: dict[str, Any]) -> Site:
    wanted = case.get("site", {})
    if "closed_through" in wanted:
        session.add(PeriodClosing(closed_through=wanted["closed_through"], at=datetime.now(UTC)))
    return shop(
        session,
        store.keys_of(case["version"]),
        currency=wanted.get("currency", "MYR"),
        timezone=wanted.get("timezone", "Asia/Kuala_Lumpur"),
        orders_from=store.utc(wanted.get("orders_from", "2026-01-01T00:00:00")),
        posting={"tax_collected_by": "marketplace", **wanted.get("posting", {})},
    )


def happen(session: Session, site: Site, case: dict[str, Any]) -> None:
    """Everything of a case in its order: versions served, payouts listed."""
    currency = case.get("site", {}).get("currency", "MYR")
    events = [(each.get("read", each["modified"]), each) for each in case["version"]]
    events += [(each.get("listed", each["at"]), each) for each in case.get("release", ())]
    for at, event in sorted(events, key=lambda event: event[0]):
        if "income" in event:
            serve(session, site, {"currency": currency, **event}, now=store.utc(at))
        else:
            pay_out(session, site, event["amount"], event["at"], now=store.utc(at))
        if "entries_so_far" in event:
            assert len(entries(session, site)) == event["entries_so_far"]


@EACH
def test_a_worked_case_posts_to_the_cent(session: Session, path: Path) -> None:
    case = read(path)
    site = a_site_for(session, case)

    happen(session, site, case)

    posted = entries(session, site)
    assert [
        (each.chapter, each.part, each.seq, each.date, each.original_date) for each in posted
    ] == [
        (
            wanted["chapter"],
            wanted["part"],
            wanted.get("seq", 1),
            wanted["date"],
            wanted.get("original_date"),
        )
        for wanted in case["entry"]
    ]
    for entry, wanted in zip(posted, case["entry"], strict=True):
        sides = part_sides(entry)
        for side in ("dr", "cr"):
            amounts = {role: Decimal(amount) for role, amount in wanted[side].items()}
            assert sides[side] == amounts
        because = {line.role: line.because for line in entry.lines}
        for role, source in wanted.get("because", {}).items():
            assert because[role] == source
    assert state_of(session, site) == ("synced", None)
    assert waiting(session, site) == {}
    assert clearing(session, site) == Decimal(case["clearing"])


@EACH
def test_serving_a_worked_case_again_posts_nothing(session: Session, path: Path) -> None:
    case = read(path)
    site = a_site_for(session, case)
    happen(session, site, case)
    once = entries(session, site)

    newest = {each["modified"]: each for each in case["version"]}
    happen(
        session,
        site,
        {
            **case,
            "version": [_uncounted(each) for each in newest.values()],
            "release": [_uncounted(each) for each in case.get("release", ())],
        },
    )

    assert entries(session, site) == once
    assert is_clean(session)


def _uncounted(event: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key != "entries_so_far"}


WITH_STOCK = [path for path in FILES if "[stock]" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", WITH_STOCK, ids=[path.stem for path in WITH_STOCK])
def test_a_worked_case_moves_its_pieces(session: Session, path: Path) -> None:
    case = read(path)
    site = a_site_for(session, case)

    happen(session, site, case)

    moves = session.scalars(
        select(StockMove.quantity)
        .where(StockMove.channel_order_id.is_not(None))
        .order_by(StockMove.id)
    )
    assert list(moves) == case["stock"]["moves"]
