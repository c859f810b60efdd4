"""The demo's story: a shop is connected, its troubles are met and mended, a day goes by."""

import time
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from platforms.errors import TryAgain
from platforms.sandbox.woocommerce import Carriage, Returned, Sold
from webapp.backoffice.files.sheets import write_sheet_file
from webapp.backoffice.goods import mapping
from webapp.backoffice.reports.order_list import OrderFilter, list_orders
from webapp.backoffice.reports.order_view import next_step
from webapp.cli.demo_stage import SITE, Stage
from webapp.cli.tables import count

FORGOTTEN = "BASKET-RATTAN"
PICKUP = "awaiting-pickup"


@dataclass(slots=True)
class Planted:
    """Store ids of the orders that the demo means to leave blocked."""

    orders: set[str] = field(default_factory=set)


def open_shop(stage: Stage) -> Planted:
    """The store gets its troubles, and a home its tables, keys and chart of accounts."""
    store = stage.sandbox.store
    gift_card = store.place_order(
        lines=[Sold(product="CANDLE-PANDAN", quantity=2)],
        shipping=[Carriage(total="8.00")],
        total="25.00",
    )
    store.place_order(lines=[Sold(product="TOWEL-LINEN")], status=PICKUP, paid=True)
    store.place_order(lines=[Sold(product=FORGOTTEN)], shipping=[Carriage(total="8.00")])
    foreign = {case for name, case in stage.sandbox.cases.items() if name.startswith("10-")}
    stage.chapter("A store, and a home for its books")
    stage.say(
        f"A WooCommerce store is open on {stage.sandbox.url}, with the orders of some months. It speaks the "
        "real protocol over a real connection, and forgets everything at the end."
    )
    stage.do("init")
    return Planted({str(gift_card), *(str(each) for each in foreign)})


def connect_shop(stage: Stage) -> None:
    stage.chapter("The store is connected, its goods are counted")
    stage.do("site", "apply", str(stage.files / "site.json"))
    stage.do("site", "test", SITE)
    stage.do("catalogue", "pull", SITE)
    stage.do("stock", "import", str(stage.files / "stock.csv"))
    rows = [row for row in stage.sandbox.mapping_rows() if row["listing_sku"] != FORGOTTEN]
    write_sheet_file(
        stage.files / "first-mapping.csv",
        mapping.COLUMNS,
        [tuple(row.get(column) for column in mapping.COLUMNS) for row in rows],
    )
    stage.say("Somebody maps the listings to stock items, and forgets the rattan basket:")
    stage.do("mapping", "import", SITE, str(stage.files / "first-mapping.csv"))


def pull_first(stage: Stage, *, with_fault: bool) -> None:
    stage.chapter("The orders come in")
    if with_fault:
        stage.sandbox.faults.once("429", "1", method="GET", path="/orders")
        try:
            stage.do("pull", SITE)
        except TryAgain as fault:
            wait = fault.retry_after or 1
            stage.say(
                f"The store was busy and asked us to wait {count(wait, 'second')}. Nothing is lost by that: we "
                "wait as long as it asked, and go on where we were."
            )
            time.sleep(wait)
    stage.do("pull", SITE)


def meet_troubles(stage: Stage) -> None:
    """Say what holds orders up, in a shop owner's words."""
    stage.chapter("Some orders cannot go on, and say why")
    for row in _held_up(stage):
        stage.say(f"Order {row['number']} ({row['currency']} {row['total']}): {row['message']}")
        stage.say(f"  → {next_step(row['code'])}")
    skipped = [row for row in _orders(stage, "skipped") if row["status"] == PICKUP]
    for row in skipped:
        stage.say(
            f"Order {row['number']} has the status “{PICKUP}”, which a plugin invented. Nobody has said what it "
            "means, so the order is left alone."
        )


def mend_troubles(stage: Stage) -> None:
    stage.chapter("What can be mended is mended, and goes through by itself")
    stage.say("The rattan basket is mapped. That frees exactly the orders that waited for it:")
    stage.do("mapping", "import", SITE, str(stage.files / "mapping.csv"))
    stage.say(
        f"“{PICKUP}” is to be read like “processing”; and orders that are children of another are sales of their "
        "own here, so they are posted:"
    )
    declaration = stage.sandbox.declaration(SITE)
    declaration["automation"] = {"status_as": {PICKUP: "processing"}}
    declaration["posting"] = {"child_orders": "post"}
    stage.do("site", "apply", stage.write_declaration(declaration))
    stage.do("pull", SITE)
    stage.say(
        "Two kinds stay on purpose. Orders in another currency: nothing is ever converted behind your back. And "
        "the order that a gift card plugin made cheaper without a line for it: its lines do not add up to its "
        "total, and the difference is a liability somewhere else, not a discount. Their goods are kept all the "
        "same and could be shipped."
    )


def a_day(stage: Stage) -> None:
    """A sale, a parcel, an edit, a refund and a cancellation, and what the books make of them."""
    store = stage.sandbox.store
    stage.chapter("A day in the shop")
    sold = store.place_order(
        lines=[Sold(product="MUG-TEHTARIK", quantity=3)], shipping=[Carriage(total="8.00")]
    )
    stage.say(
        f"Order {sold} is placed: three mugs. It is pulled, packed and shipped; the store is told."
    )
    stage.do("pull", SITE)
    stage.do("ship", SITE, str(sold), "--carrier", "Pos Laju", "--tracking", "EP123456789MY")
    stage.say(f"In the store it is now “{store.order(sold)['status']}”.")
    line = store.order(sold)["line_items"][0]
    share = Decimal(line["total"]) / 3
    tax = Decimal(line["total_tax"]) / 3
    store.refund(
        sold,
        lines=[
            Returned(id=line["id"], quantity=1, total=f"{share:.2f}", tax=f"{tax:.2f}"),
        ],
        reason="chipped",
    )
    edited, cancelled = stage.sandbox.cases["6"], stage.sandbox.cases["7"]
    stage.sandbox.play("6")
    stage.sandbox.play("7")
    stage.say(
        f"One mug comes back chipped and is refunded; order {edited} is edited after it was paid; order "
        f"{cancelled} is cancelled."
    )
    stage.do("pull", SITE)
    stage.say(
        "What was posted is never changed. Each of them posted the difference, and only that:"
    )
    for number in (sold, edited, cancelled):
        _show_differences(stage, number)


def push_stock(stage: Stage) -> int:
    """The store's stock is set from ours; how many listings the store confirmed."""
    stage.chapter("Stock goes back to the store")
    stage.do("push", SITE, "--dry-run")
    confirmed: int = stage.do("push", SITE).data["confirmed"]
    return confirmed


def close_the_day(stage: Stage) -> dict[str, Any]:
    """The books, and the proof that they hold; what `books verify` answered."""
    stage.chapter("The books")
    stage.do("books", "trial-balance")
    verified = dict(stage.do("books", "verify").data)
    stage.do("orders", SITE, "--limit", "8")
    return verified


def _show_differences(stage: Stage, number: int) -> None:
    order = stage.do("order", SITE, str(number), quietly=True).data
    for entry in order["entries"]:
        if entry["chapter"] != "refund" and entry["seq"] < 2:
            continue
        sides = " · ".join(_side(side) for side in entry["lines"])
        stage.tell(f"  {number:>4}  {entry['chapter']:<6}  {entry['date']}  {sides}")


def _side(side: dict[str, str]) -> str:
    if Decimal(side["debit"]):
        return f"Dr {side['role']} {side['debit']}"
    return f"Cr {side['role']} {side['credit']}"


def _held_up(stage: Stage) -> list[dict[str, Any]]:
    return [row for state in ("blocked", "failed", "retrying") for row in _orders(stage, state)]


def _orders(stage: Stage, state: str) -> list[dict[str, Any]]:
    return list(stage.do("orders", SITE, "--state", state, quietly=True).data["orders"])


def left_over(stage: Stage, planted: Planted) -> list[str]:
    """Numbers of orders that ended otherwise than the demo meant them to."""
    odd = []
    with stage.context.reading() as session:
        for row in list_orders(session, OrderFilter(), limit=10_000):
            is_meant = row.state == "blocked" and row.remote_id in planted.orders
            if row.state not in ("synced", "skipped") and not is_meant:
                odd.append(f"{row.number} is {row.state} ({row.code})")
    return odd
