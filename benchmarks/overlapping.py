"""What it brings when a site's requests overlap: stores that take their time over each answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from sqlalchemy import update

from benchmarks.databases import Databases
from benchmarks.product import Place, Subject, connect_site
from benchmarks.report import Result
from jobs.pull import pull_site
from jobs.runtime import Runtime
from jobs.taking import PullReport
from platforms.sandbox import shopee, woocommerce
from webapp.database import writing
from webapp.models.sites import Site

ORDERS = 1000
SLOW = 0.2
NUMBERS = (1, 2, 4, 8)
# From where on more brings little: `integration.requests_at_once` unless the site says otherwise.
USUAL = 2
SOLD = ("processing", "on-hold", "completed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Far:
    """A local store that is slow. `goal`: how much faster the usual number should be than one."""

    label: str
    platform: str
    open: Callable[..., Any]
    prepare: Callable[[Any], None]
    statuses: tuple[str, ...]
    goal: float


def _give_some_back(sandbox: Any) -> None:
    """A refund on every fifth order."""
    orders = [each for each in sandbox.store.orders.values() if each.status in SOLD]
    for order in orders[::5]:
        if not order.refunds:
            sandbox.store.refund(order.id, amount="0.50")


def _as_before_refund_lists(sandbox: Any) -> None:
    sandbox.store.configure(shop_wide_refunds=False)
    _give_some_back(sandbox)


def _as_it_is(sandbox: Any) -> None:
    """Its orders have their escrows and returns already."""


STORES = (
    Far(
        label="WooCommerce, refunds in one list",
        platform="woocommerce",
        open=woocommerce.open_sandbox,
        prepare=_give_some_back,
        statuses=SOLD,
        goal=1.0,
    ),
    Far(
        label="WooCommerce before 9.0, refunds order by order",
        platform="woocommerce",
        open=woocommerce.open_sandbox,
        prepare=_as_before_refund_lists,
        statuses=SOLD,
        goal=1.5,
    ),
    Far(
        label="Shopee, details, escrows and returns",
        platform="shopee",
        open=shopee.open_sandbox,
        prepare=_as_it_is,
        statuses=("READY_TO_SHIP", "PROCESSED", "SHIPPED", "COMPLETED"),
        goal=1.2,
    ),
)


def measure(
    databases: Databases, say: Callable[[str], None], orders: int = ORDERS
) -> tuple[list[Result], list[str]]:
    """Orders a second by the number of requests at once; all must read the same orders."""
    results: list[Result] = []
    notes = [
        f"Overlapping: {orders:,} orders, new to us, with their details; each answer of the store "
        f"takes {SLOW} s longer than its work, however many are asked at once.",
    ]
    for far in STORES:
        with far.open(orders=orders) as sandbox:
            far.prepare(sandbox)
            sandbox.faults.set(f"slow=1:{SLOW}")
            speeds: dict[int, float] = {}
            seen: set[tuple[int, int]] = set()
            for number in NUMBERS:
                say(f"{far.label}: {number} at once")
                sandbox.log.clear()
                report, seconds = _pulled(databases, far, sandbox, number)
                if sandbox.log.most_at_once > number:
                    raise AssertionError(f"{sandbox.log.most_at_once} requests were under way")
                speeds[number] = report.fetched / seconds
                seen.add((report.fetched, report.requests))
            if len(seen) != 1:
                raise AssertionError(f"orders and requests differ: {sorted(seen)}")
        results.append(_result(far, speeds))
        each = ", ".join(f"{number}: {speed:,.0f}" for number, speed in speeds.items())
        ((_, requests),) = seen
        notes.append(f"{far.label}: orders/s by requests at once {each}; {requests} requests each.")
    return results, notes


def _result(far: Far, speeds: Mapping[int, float]) -> Result:
    return Result(
        what=f"{far.label}: {USUAL} at once, to one by one",
        beside=f"{speeds[1]:,.0f} orders/s",
        product=f"{speeds[USUAL]:,.0f} orders/s",
        measured=speeds[USUAL] / speeds[1],
        goal=far.goal,
    )


def _pulled(databases: Databases, far: Far, sandbox: Any, number: int) -> tuple[PullReport, float]:
    place = Place(databases.sqlite(), databases.key)
    keys = sorted({str(row["listing_id"]) for row in sandbox.mapping_rows()})
    subject = Subject(
        platform=far.platform,
        credentials=dict(sandbox.credentials),
        statuses=far.statuses,
        orders_from=datetime(2026, 1, 1, tzinfo=UTC),
        listings=tuple((key, f"item-{key}") for key in keys),
        lines=0,
        journal_lines=0,
    )
    connect_site(place, subject, sandbox.url)
    engine = place.engine()
    with writing(engine) as session:
        session.execute(update(Site).values(requests_at_once=number))
    began = perf_counter()
    report = pull_site(Runtime(engine=engine, allow_private_stores=True), 1)
    seconds = perf_counter() - began
    engine.dispose()
    return report, seconds
