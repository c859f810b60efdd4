"""Any order of versions and settlement files ends the same: part totals, clearing, worklist."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from platforms import registry
from tests.settlements import (
    clearing,
    generic_line,
    import_lines,
    part_totals,
    serve,
    shop,
    waiting,
)
from webapp.backoffice.reports.verifying import verify_books
from webapp.database import make_engine
from webapp.models import all_tables
from webapp.models.sites import Site

STATUSES = ("processing", "completed", "cancelled", "failed", "pending", "on-hold")
EVERY_STATUS = {"import_statuses": ["processing", "completed", "on-hold"]}

Event = tuple[str, Any]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('settled') / 'books.sqlite3'}")
    all_tables().create_all(engine)
    yield engine
    engine.dispose()


@st.composite
def versions(draw: st.DrawFn) -> list[dict[str, Any]]:
    """An order's versions, oldest first: edited, refunded, cancelled, and back."""
    found = []
    for number in range(draw(st.integers(1, 3))):
        refunds = [
            {"id": 931 + at, "amount": amount, "created": f"2026-03-0{6 + at}T02:00:00"}
            for at, amount in enumerate(
                draw(st.lists(st.sampled_from(["20.00", "7.00"]), max_size=2))
            )
        ]
        surcharge = draw(st.sampled_from(["0.00", "0.00", "10.00"]))
        found.append(
            {
                "status": draw(st.sampled_from(STATUSES)),
                "paid": draw(st.sampled_from(["2026-03-05T04:00:00", None])),
                "modified": f"2026-03-{10 + number}T00:00:00",
                "refunds": refunds,
                "fees": [surcharge],
                "total": str(Decimal("103.88") + Decimal(surcharge)),
            }
        )
    return found


@st.composite
def settlement_lines(draw: st.DrawFn) -> list[dict[str, object]]:
    amounts = ["103.88", "103.88", "113.88", "-20.00", "-20.00", "-7.00"]
    found = []
    for number, gross in enumerate(draw(st.lists(st.sampled_from(amounts), max_size=4))):
        fee = Decimal(draw(st.sampled_from(["0.00", "3.51", "3.60"])))
        found.append(
            generic_line(
                reference=f"txn_{number}",
                type="",
                gross=gross,
                fee=str(fee),
                net=str(Decimal(gross) - fee),
                date=f"2026-03-{draw(st.integers(9, 14)):02}",
            )
        )
    return found


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, object]], list[Event]]:
    """Versions and lines, and an order of events in which each comes once or more."""
    served, lines = draw(versions()), draw(settlement_lines())
    files = [[line] for line in lines]
    files += (
        draw(st.lists(st.lists(st.sampled_from(lines), max_size=3), max_size=2)) if lines else []
    )
    events: list[Event] = [("version", version) for version in served]
    events += [
        ("version", version) for version in draw(st.lists(st.sampled_from(served), max_size=2))
    ]
    events += [("file", lines) for lines in files]
    return served, lines, draw(st.permutations(events))


def end_of(session: Session, site: Site) -> tuple[dict[str, Decimal], Decimal, dict[str, str]]:
    return part_totals(session, site), clearing(session, site), waiting(session, site)


@settings(max_examples=40)
@given(stories())
def test_any_order_of_pulls_and_imports_ends_the_same(
    engine: Engine, story: tuple[list[dict[str, Any]], list[dict[str, object]], list[Event]]
) -> None:
    served, lines, events = story
    with Session(engine) as session:
        plain = shop(session, automation=EVERY_STATUS)
        serve(session, plain, **served[-1])
        import_lines(session, plain, *lines)

        mixed = shop(session, automation=EVERY_STATUS)
        for kind, what in events:
            if kind == "version":
                serve(session, mixed, **what)
            else:
                import_lines(session, mixed, *what)

        assert end_of(session, mixed) == end_of(session, plain)
        report = verify_books(session, registry.get, lambda done, total, what: None)
        assert report.is_clean, (report.unbalanced, report.duplicates, report.drifted)
        session.rollback()
