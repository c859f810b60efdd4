"""The worked cases of posting, each a file: served, processed, and read back to the cent."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from platforms import registry
from tests import factories as make
from tests.settlements import generic_line, import_lines, wire_bank
from tests.shop_orders import fetched, keys_of, utc
from webapp.backoffice.orders.processing import process_page
from webapp.backoffice.orders.scene import set_scene
from webapp.backoffice.reports.order_view import EntryView, find_orders, view_order
from webapp.models.ledgers import PeriodClosing
from webapp.models.sites import Site
from webapp.models.stock import StockMove

CASES = Path(__file__).parent.parent / "cases" / "woocommerce"
FILES = sorted(CASES.glob("*.toml"))


def a_site_for(session: Session, case: dict[str, Any]) -> Site:
    wanted = case.get("site", {})
    site = make.wired_site(
        session,
        currency=wanted.get("currency", "MYR"),
        posting=wanted.get("posting", {}),
        automation={"import_statuses": ["processing", "on-hold", "completed"]},
    )
    if "settlement" in case:
        wire_bank(session, site)
    if "closed_through" in wanted:
        session.add(PeriodClosing(closed_through=wanted["closed_through"], at=make.NOW))
    for key in keys_of(case["version"]):
        make.mapping(session, make.listing(session, site, key), make.stock_item(session, key, 50))
    session.flush()
    return site


def serve(session: Session, site: Site, version: dict[str, Any]) -> None:
    now = utc(version.get("read", version["modified"]))
    scene = set_scene(session, site, registry.get(site.platform), now)
    process_page(session, scene, [fetched(version)])
    session.flush()


def happen(session: Session, site: Site, case: dict[str, Any]) -> None:
    """Everything of a case in its order: versions served, settlement lines imported."""
    versions = [(version["modified"], version) for version in case["version"]]
    lines = [(line["date"].isoformat(), line) for line in case.get("settlement", ())]
    for _, event in sorted(versions + lines, key=lambda event: event[0]):
        if "gross" in event:
            import_lines(session, site, generic_line(**event))
        else:
            serve(session, site, event)
        if "entries_so_far" in event:
            assert len(entries(session, site)) == event["entries_so_far"]


def entries(session: Session, site: Site) -> list[EntryView]:
    (order_id,) = find_orders(session, site.id, "5001")
    return list(view_order(session, order_id, platforms=registry.get).entries)


def sides(entry: EntryView) -> dict[str, dict[str, str]]:
    """Debits and credits of an entry by role, lines of one role added up."""
    found: dict[str, dict[str, Decimal]] = {"dr": {}, "cr": {}}
    for line in entry.lines:
        side, amount = ("dr", line.debit) if line.debit else ("cr", line.credit)
        found[side][line.role] = found[side].get(line.role, Decimal(0)) + amount
    return {side: {role: str(amount) for role, amount in by.items()} for side, by in found.items()}


def as_amounts(by_role: dict[str, str]) -> dict[str, Decimal]:
    return {role: Decimal(amount) for role, amount in by_role.items()}


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_worked_case_posts_to_the_cent(session: Session, path: Path) -> None:
    case = tomllib.loads(path.read_text(encoding="utf-8"))
    site = a_site_for(session, case)

    happen(session, site, case)

    posted = entries(session, site)
    assert len(posted) == len(case["entry"])
    for entry, wanted in zip(posted, case["entry"], strict=True):
        said = (entry.chapter, entry.part, entry.seq, entry.date, entry.original_date)
        assert said == (
            wanted["chapter"],
            wanted["part"],
            wanted.get("seq", 1),
            wanted["date"],
            wanted.get("original_date"),
        )
        got = sides(entry)
        assert as_amounts(got["dr"]) == as_amounts(wanted["dr"])
        assert as_amounts(got["cr"]) == as_amounts(wanted["cr"])
        because = {line.role: line.because for line in entry.lines}
        for role, source in wanted.get("because", {}).items():
            assert because[role] == source
        if "rates" in wanted:
            rates = {line.tax_rate: line.credit for line in entry.lines if line.role == "tax"}
            assert rates == as_amounts(wanted["rates"])
        assert sum(line.debit for line in entry.lines) == sum(line.credit for line in entry.lines)


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_serving_a_worked_case_again_posts_nothing(session: Session, path: Path) -> None:
    case = tomllib.loads(path.read_text(encoding="utf-8"))
    site = a_site_for(session, case)
    happen(session, site, case)
    once = entries(session, site)

    for version in case["version"]:
        serve(session, site, version)
    import_lines(session, site, *(generic_line(**line) for line in case.get("settlement", ())))

    assert entries(session, site) == once


def moved(session: Session) -> list[int]:
    statement = select(StockMove.quantity).where(StockMove.channel_order_id.is_not(None))
    return list(session.scalars(statement.order_by(StockMove.id)))


WITH_STOCK = [path for path in FILES if "[stock]" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", WITH_STOCK, ids=[path.stem for path in WITH_STOCK])
def test_a_worked_case_moves_its_pieces(session: Session, path: Path) -> None:
    case = tomllib.loads(path.read_text(encoding="utf-8"))
    site = a_site_for(session, case)

    happen(session, site, case)

    assert moved(session) == case["stock"]["moves"]


WITH_CLEARING = [path for path in FILES if "clearing =" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", WITH_CLEARING, ids=[path.stem for path in WITH_CLEARING])
def test_a_settled_case_leaves_clearing_where_it_says(session: Session, path: Path) -> None:
    case = tomllib.loads(path.read_text(encoding="utf-8"))
    site = a_site_for(session, case)

    happen(session, site, case)

    lines = [line for entry in entries(session, site) for line in entry.lines]
    clearing = [line for line in lines if line.role == "customer_payment"]
    assert sum(line.debit - line.credit for line in clearing) == Decimal(case["clearing"])
