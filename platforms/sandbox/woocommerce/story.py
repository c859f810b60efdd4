"""The demo's WooCommerce store: a gift card plugin, a status of a plugin, a refund, an edit."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

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
from platforms.sandbox.woocommerce.sale import Carriage, Returned, Sold
from platforms.sandbox.woocommerce.sandbox import Sandbox, open_sandbox

PICKUP = "awaiting-pickup"
DELIVERY = Carriage(total="8.00")


class WooStory:
    site = "shop"
    label = "WooCommerce"
    list_path = "/orders"
    sale_example = '{"lines": [{"product": "MUG-TEHTARIK", "quantity": 2}]}'

    def __init__(self, store: Sandbox) -> None:
        self.store: Sandbox = store
        self._pickup = 0

    def declaration(self) -> dict[str, Any]:
        return self.store.declaration(self.site)

    def plant(self) -> tuple[Planted, ...]:
        shop = self.store.store
        unmapped = shop.place_order(lines=[Sold(product=FORGOTTEN)], shipping=[DELIVERY])
        gift_card = shop.place_order(
            lines=[Sold(product="CANDLE-PANDAN", quantity=2)], shipping=[DELIVERY], total="25.00"
        )
        self._pickup = shop.place_order(
            lines=[Sold(product="TOWEL-LINEN")], status=PICKUP, paid=True
        )
        foreign = [each for case, each in self.store.cases.items() if case.startswith("10-")]
        children = [
            order.id
            for order in shop.orders.values()
            if order.parent_id and order.status in ("processing", "completed")
        ]
        return (
            _planted(unmapped, "unmapped_listing", "Nobody mapped the basket yet.", mended=True),
            _planted(
                gift_card,
                "totals_mismatch",
                "A gift card plugin made this order cheaper, and wrote no line for it.",
            ),
            *(
                _planted(
                    each, "child_order", "A plugin made this order out of another.", mended=True
                )
                for each in children
            ),
            *(
                _planted(each, "currency_mismatch", "This buyer paid in another currency.")
                for each in foreign
            ),
        )

    def left_alone(self) -> Mapping[str, str]:
        says = f"Its status is “{PICKUP}”, which a plugin invented. Nobody has said what it means."
        return {str(self._pickup): says}

    def mendings(self) -> tuple[Mending, ...]:
        return (
            Mending(
                says=f"“{PICKUP}” is to be read like “processing”:",
                settings={"automation": {"status_as": {PICKUP: "processing"}}},
            ),
            Mending(
                says="Orders that are children of another are sales of their own here, so they are posted:",
                settings={"posting": {"child_orders": "post"}},
            ),
        )

    def staying(self) -> str:
        return (
            "Two kinds stay on purpose. Orders in another currency: nothing is ever converted behind your "
            "back. And the order that a gift card plugin made cheaper without a line for it: its lines do not "
            "add up to its total, and the difference is a liability somewhere else, not a discount. Their "
            "goods are kept all the same and could be shipped."
        )

    def day(self) -> Iterator[Act]:
        shop = self.store.store
        sold = shop.place_order(
            lines=[Sold(product="MUG-TEHTARIK", quantity=3)], shipping=[DELIVERY]
        )
        yield Act(
            says=f"Order {sold} is placed: three mugs. It is pulled, packed and shipped; the store is told.",
            steps=(
                Step(deed=Deed.PULL),
                Step(
                    deed=Deed.SHIP,
                    order=str(sold),
                    carrier="Pos Laju",
                    tracking="EP123456789MY",
                ),
            ),
        )
        line = shop.order(sold)["line_items"][0]
        share, tax = Decimal(line["total"]) / 3, Decimal(line["total_tax"]) / 3
        back = Returned(id=line["id"], quantity=1, total=f"{share:.2f}", tax=f"{tax:.2f}")
        status = shop.order(sold)["status"]
        shop.refund(sold, lines=[back], reason="chipped")
        edited, cancelled = self.store.cases["6"], self.store.cases["7"]
        self.store.play("6")
        self.store.play("7")
        yield Act(
            says=f"In the store it is now “{status}”. One mug comes back chipped and is refunded; order "
            f"{edited} is edited after it was paid; order {cancelled} is cancelled.",
            steps=(Step(deed=Deed.PULL),),
            shown_as="What was posted is never changed. Each of them posted the difference, and only that:",
            shows=(str(sold), str(edited), str(cancelled)),
        )

    def sell(self, sku: str, pieces: int) -> str:
        lines = [Sold(product=sku, quantity=pieces)]
        return str(self.store.store.place_order(lines=lines, shipping=[DELIVERY]))

    def reserve(self, sku: str, pieces: int) -> tuple[str, str]:
        number = self.store.store.place_order(
            lines=[Sold(product=sku, quantity=pieces)], status="on-hold", payment_method="bacs"
        )
        return str(number), "The buyer wants to pay by bank transfer; the store keeps it on hold."

    def let_go(self, number: str) -> str:
        self.store.store.set_status(int(number), "cancelled")
        return f"The transfer for order {number} never came, and it is cancelled."

    def shown(self, sku: str) -> int:
        return int(self.store.store.product(sku)["stock_quantity"])

    def refuse_stock(self) -> str:
        return ""

    def allow_stock(self) -> str:
        return ""

    def pay_out(self) -> Iterator[Act]:
        return iter(())


def open_story() -> Story:
    """The store with its orders, not serving yet."""
    return WooStory(open_sandbox(orders=ORDERS, products=PRODUCTS, seed=SEED))


def _planted(order: int, code: str, why: str, *, mended: bool = False) -> Planted:
    return Planted(order=str(order), code=code, why=why, is_mended=mended)
