"""Pulling through a store that stumbles all the time: in the end nothing is missing."""

from datetime import UTC, datetime

import pytest

from platforms.base import Shipment, Store, StoreAccess
from platforms.errors import TryAgain
from platforms.sandbox.woocommerce import Sandbox, open_sandbox
from platforms.woocommerce.client import Client
from tests.platforms.woo_store import connected

FAULTS = (
    "500=0.05,drop=0.05,lost=0.05,truncate=0.05,notice=0.1,bom=0.1,shift=0.3,429=0.02:1,503=0.02:1"
)
LONGEST = 200


def pull_once(store: Store, known: dict[str, datetime], mark: datetime | None) -> datetime | None:
    """One pull as a job does it: keep each page, then move the watermark."""
    for page in store.changed_orders(since=mark):
        for order in page.orders:
            known[order.remote_id] = max(
                order.modified_at, known.get(order.remote_id, order.modified_at)
            )
        mark = max(filter(None, (mark, page.complete_to)), default=None)
    return mark


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_pulls_repeated_until_quiet_know_every_order_as_it_is(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platforms.transport.FIRST_PAUSE", 0.001)
    with open_sandbox(orders=260, seed=seed) as sandbox:
        sandbox.faults.set(FAULTS)
        known: dict[str, datetime] = {}
        mark: datetime | None = None
        for attempt in range(LONGEST):
            try:
                mark = pull_once(connected(sandbox), known, mark)
            except TryAgain:
                continue
            if attempt > 20:
                break
        sandbox.faults.clear()
        pull_once(connected(sandbox), known, mark)

        assert known == as_they_are(sandbox)
        assert sum(sandbox.faults.met.values()) > 10


def as_they_are(sandbox: Sandbox) -> dict[str, datetime]:
    found = {}
    for remote_id in sandbox.store.orders:
        served = sandbox.store.order(remote_id)["date_modified_gmt"]
        found[str(remote_id)] = datetime.fromisoformat(served).replace(tzinfo=UTC)
    return found


def tell_until_told(sandbox: Sandbox, order: int) -> None:
    told = Shipment(remote_order_id=str(order), set_status="completed", tracking=f"T-{order}")
    for _ in range(LONGEST):
        try:
            connected(sandbox).tell_shipped(told)
            return
        except TryAgain:
            continue


def notes_of(sandbox: Sandbox, order: int) -> list[str]:
    access = StoreAccess(url=sandbox.url, credentials=sandbox.credentials, allow_private=True)
    rows = Client(access).get(f"orders/{order}/notes").objects("notes")
    return [row["note"] for row in rows if f"T-{order}" in row["note"]]


def test_a_shipment_told_through_the_same_store_is_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Notes have no keys against repeats: the one whose answer got lost is found again."""
    monkeypatch.setattr("platforms.transport.FIRST_PAUSE", 0.001)
    with open_sandbox(orders=30) as sandbox:
        orders = [
            order
            for order in sandbox.store.orders
            if sandbox.store.order(order)["status"] == "processing"
        ]
        sandbox.faults.set("lost=0.2,drop=0.1,500=0.1,truncate=0.1")
        for order in orders:
            tell_until_told(sandbox, order)
        sandbox.faults.clear()

        assert len(orders) > 3
        for order in orders:
            assert sandbox.store.order(order)["status"] == "completed"
            assert len(notes_of(sandbox, order)) == 1
