"""The demo's Shopee store: a fee nobody knew, money not reckoned yet, a promotion, a payout."""

from collections.abc import Iterator, Mapping
from typing import Any

from platforms.sandbox.local_store import ORDERS_FROM
from platforms.sandbox.shopee.records import Status
from platforms.sandbox.shopee.sale import Given, Sold
from platforms.sandbox.shopee.sandbox import Sandbox, open_sandbox
from platforms.sandbox.story import (
    FORGOTTEN,
    ORDERS,
    PRODUCTS,
    SEED,
    Act,
    Deed,
    Mending,
    Planted,
    Step,
    Story,
)

BALANCE = "1020"
"""The marketplace's own balance, where what it pays out lands before it is withdrawn."""
NEW_FEE = "live_stream_fee"
PROMOTED = "CANDLE-PANDAN"
DAY = 86_400


class ShopeeStory:
    site = "market"
    label = "Shopee"
    list_path = "/order/get_order_list"
    sale_example = '{"lines": [{"product": "MUG-TEHTARIK", "quantity": 2}]}'

    def __init__(self, store: Sandbox) -> None:
        self.store: Sandbox = store
        self._sold = ""

    def declaration(self) -> dict[str, Any]:
        declared = self.store.declaration(self.site)
        return {**declared, "ledgers": {**declared["ledgers"], "bank": BALANCE}}

    def plant(self) -> tuple[Planted, ...]:
        shop = self.store.store
        unmapped = shop.place_order(lines=[Sold(product=FORGOTTEN)])
        charged = [
            shop.place_order(lines=[Sold(product=sku, quantity=2)])
            for sku in ("TOWEL-LINEN", "COASTER-KOPI")
        ]
        for order_sn, fee in zip(charged, ("1.20", "0.90"), strict=True):
            shop.add_unknown_fee(order_sn, NEW_FEE, fee)
        ours, begin = shop.settings.currency, int(ORDERS_FROM.timestamp())
        foreign = [
            order.order_sn
            for order in shop.orders.values()
            if order.currency != ours and order.created >= begin
        ]
        return (
            _planted(unmapped, "unmapped_listing", "Nobody mapped the basket yet.", mended=True),
            *(
                _planted(
                    order_sn,
                    "totals_mismatch",
                    "Shopee takes a fee that is in no list of its fees yet.",
                    mended=True,
                )
                for order_sn in charged
            ),
            *(
                _planted(order_sn, "currency_mismatch", "It was sold in another country's store.")
                for order_sn in foreign
            ),
        )

    def left_alone(self) -> Mapping[str, str]:
        return {}

    def mendings(self) -> tuple[Mending, ...]:
        return (
            Mending(
                says=f"A bookkeeper says once what “{NEW_FEE}” is: a platform fee, taken from the payout. That "
                "one decision frees every order that has it, and those to come:",
                settings={
                    "posting": {"escrow_fields": {NEW_FEE: {"role": "platform_fees", "sign": -1}}}
                },
            ),
        )

    def staying(self) -> str:
        return (
            "The orders in another currency stay on purpose: nothing is ever converted behind your back. "
            "Their goods are kept all the same and could be shipped."
        )

    def day(self) -> Iterator[Act]:
        shop = self.store.store
        self._sold = sold = shop.place_order(lines=[Sold(product="MUG-TEHTARIK", quantity=3)])
        shop.hold_escrow(sold)
        yield Act(
            says=f"Order {sold} is placed and paid: three mugs. Shopee has not reckoned yet what it will pay for "
            "it, so nothing is posted: we wait rather than guess. The parcel does not wait: it is packed, and "
            "Shopee's courier is called for it.",
            steps=(
                Step(deed=Deed.PULL),
                Step(deed=Deed.LOOK),
                Step(deed=Deed.SHIP, order=sold),
            ),
        )
        status = shop.orders[sold].status
        shop.free_escrow(sold)
        yield Act(
            says=f"In the store it is now “{status}”. A little later Shopee has reckoned, and the order is tried "
            "again:",
            steps=(Step(deed=Deed.RETRY, order=sold),),
            shown_as="Not what the buyer paid is owed to us, but what Shopee leaves of it:",
            shows=(sold,),
        )
        cancelled = shop.place_order(lines=[Sold(product="TOWEL-LINEN")])
        yield Act(
            says=f"Order {cancelled} is placed as well: a tea towel.",
            steps=(Step(deed=Deed.PULL),),
        )
        shop.ship(sold)
        shop.set_escrow(sold, actual_shipping_fee="7.40", shopee_shipping_rebate="1.50")
        shop.cancel(cancelled, by="buyer")
        yield Act(
            says=f"The courier weighs the parcel of {sold}, and the delivery costs more than the buyer paid for "
            f"it. The buyer of {cancelled} changes her mind.",
            steps=(Step(deed=Deed.PULL),),
            shown_as="What was posted is never changed. Each of them posted the difference, and only that:",
            shows=(sold, cancelled),
        )

    def sell(self, sku: str, pieces: int) -> str:
        return self.store.store.place_order(lines=[Sold(product=sku, quantity=pieces)])

    def reserve(self, sku: str, pieces: int) -> tuple[str, str]:
        number = self.store.store.place_order(
            lines=[Sold(product=sku, quantity=pieces)], status=Status.UNPAID
        )
        return number, "The buyer has some days to pay, and Shopee keeps the pieces meanwhile."

    def let_go(self, number: str) -> str:
        self.store.store.time_out(number)
        return f"Order {number} was not paid in time, and Shopee cancels it."

    def shown(self, sku: str) -> int:
        return self.store.store.products.stock(sku)

    def refuse_stock(self) -> str:
        self.store.store.products.start_promotion(PROMOTED, locked=True)
        return f"{PROMOTED} is in a flash sale, and as long as that runs Shopee lets nobody change its stock."

    def allow_stock(self) -> str:
        self.store.store.products.stop_promotion(PROMOTED)
        return "The flash sale is over. The next push tries that listing again by itself:"

    def pay_out(self) -> Iterator[Act]:
        shop, sold = self.store.store, self._sold
        shop.complete(sold)
        shop.release(sold)
        yield Act(
            says=f"The buyer of {sold} has the mugs, and Shopee releases the money for it. What it released "
            "before is read as well, from the first day on:",
            steps=(Step(deed=Deed.PULL), Step(deed=Deed.SETTLE)),
            shown_as="The payout closes what the sale and the fees had opened:",
            shows=(sold,),
        )
        shop.advance(DAY)
        shop.return_after(sold, [Given(line=0, quantity=1)])
        yield Act(
            says=f"A day later one mug of {sold} turns out to be broken. Shopee gives the buyer her money back and "
            "takes it out of the balance:",
            steps=(Step(deed=Deed.PULL), Step(deed=Deed.SETTLE)),
            shown_as="The refund and the money that left, and again nothing is open:",
            shows=(sold,),
        )


def open_story() -> Story:
    """The store with its orders, not serving yet."""
    return ShopeeStory(open_sandbox(orders=ORDERS, products=PRODUCTS, seed=SEED))


def _planted(order_sn: str, code: str, why: str, *, mended: bool = False) -> Planted:
    return Planted(order=order_sn, code=code, why=why, is_mended=mended)
