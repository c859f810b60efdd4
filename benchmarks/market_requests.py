"""How many requests the first pull of many orders takes, counted by the strict local market."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from benchmarks import product
from benchmarks.market_subject import MARKET
from benchmarks.product import Place
from benchmarks.report import Result
from platforms.sandbox.shopee import Sandbox, Sold, open_sandbox

ORDERS = 1000
SKUS = ("CUSHION-BATIK", "MUG-TEHTARIK", "TOWEL-LINEN")
GOALS = {
    "order/get_order_list": 10,
    "order/get_order_detail": 20,
    "payment/get_escrow_detail_batch": 20,
}
"""100 orders a page of the list, 50 a call for details and for escrows."""


def measure(place: Place, say: Callable[[str], None]) -> tuple[list[Result], list[str]]:
    """Requests by kind; the note tells all of them."""
    say(f"Shopee: requests of a first pull of {ORDERS:,} orders")
    now = datetime.now(UTC)
    with open_sandbox() as sandbox:
        _sell(sandbox, now)
        subject = replace(
            MARKET,
            credentials=dict(sandbox.credentials),
            orders_from=now - timedelta(days=1),
            listings=tuple(
                (row["listing_id"], row["sku"])
                for row in sandbox.mapping_rows()
                if row["sku"] in SKUS and row["listing_sku"] == row["sku"]
            ),
        )
        product.connect_site(place, subject, sandbox.url)
        product.pull(place, subject, ORDERS)
        sent = _counted(sandbox)
    results = [
        Result(
            what=f"Shopee, {ORDERS:,} new orders: `{path}`",
            beside="",
            product="",
            measured=sent[path],
            goal=goal,
            more_is_better=False,
            unit="requests",
        )
        for path, goal in GOALS.items()
    ]
    told = ", ".join(f"{path} {times}" for path, times in sorted(sent.items()))
    return results, [f"Shopee, requests of a first pull of {ORDERS:,} orders: {told}."]


def _sell(sandbox: Sandbox, now: datetime) -> None:
    """As many paid orders in one day, a second apart."""
    for number in range(ORDERS):
        at = now - timedelta(hours=1) + timedelta(seconds=number)
        sandbox.store.place_order(lines=[Sold(product=SKUS[number % len(SKUS)])], at=at)


def _counted(sandbox: Sandbox) -> Counter[str]:
    sent: Counter[str] = Counter()
    for name, times in sandbox.log.counts().items():
        sent[name.split()[-1].removeprefix("/api/v2").strip("/")] += times
    return sent
