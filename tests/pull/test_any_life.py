"""Whatever happens in a store, pulled as it happens, ends as if it were read once at the end."""

import random
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from platforms.sandbox.woocommerce import Extra, OrderStorage, Returned, Sold, open_sandbox
from platforms.sandbox.woocommerce.errors import RestError
from platforms.sandbox.woocommerce.records import Order
from tests.pull.shops import Shop, connected
from tests.stores import balances, shelf
from webapp.database import make_engine

SKUS = ["MUG-TEHTARIK", "CANDLE-PANDAN", "TEE-RED-S", "GIFT-KOPITIAM", "LAMP-BRASS", "GIFTCARD-50"]
METHODS = [("stripe", "processing"), ("cod", "processing"), ("bacs", "on-hold"), ("", "pending")]
STATUSES = ["processing", "completed", "on-hold", "cancelled", "failed", "pending", "refunded"]

Act = Callable[[Shop, random.Random, Order], None]


def sells(shop: Shop, dice: random.Random) -> None:
    method, status = dice.choice(METHODS)
    lines = [
        Sold(product=sku, quantity=dice.randint(1, 4))
        for sku in dice.sample(SKUS, dice.randint(1, 3))
    ]
    fees = [Extra(name="Wrapping", total="3.33")] if dice.random() < 0.3 else []
    shop.store.place_order(
        lines=lines,
        fees=fees,
        payment_method=method,
        status=status,
        meta={"_stripe_fee": "1.234"} if method == "stripe" else {},
    )


def gives_back_lines(shop: Shop, dice: random.Random, order: Order) -> None:
    line = dice.choice(order.lines)
    pieces = dice.randint(0, line.quantity)
    share = (line.total * pieces / line.quantity).quantize(line.total)
    shop.store.refund(
        order.id,
        amount=share,
        lines=[Returned(id=line.id, quantity=pieces, total=share, tax="0")],
    )


def gives_back_an_amount(shop: Shop, dice: random.Random, order: Order) -> None:
    shop.store.refund(order.id, amount=f"{dice.randint(1, 3000) / 100:.2f}")


def deletes_a_refund(shop: Shop, dice: random.Random, order: Order) -> None:
    if order.refunds:
        shop.store.delete_refund(dice.choice(order.refunds).id)


def edits(shop: Shop, dice: random.Random, order: Order) -> None:
    if not order.refunds:
        line = dice.choice(order.lines)
        shop.store.edit_line(order.id, line.id, quantity=dice.randint(1, 6))


def changes_status(shop: Shop, dice: random.Random, order: Order) -> None:
    shop.store.set_status(order.id, dice.choice(STATUSES))


def pays(shop: Shop, dice: random.Random, order: Order) -> None:
    if order.paid is None:
        shop.store.pay(order.id)


def notes_a_fee(shop: Shop, dice: random.Random, order: Order) -> None:
    shop.store.set_meta(order.id, "_stripe_fee", "2.50", bump=dice.random() < 0.5)


def bins(shop: Shop, dice: random.Random, order: Order) -> None:
    if order.status != "trash":
        shop.store.trash(order.id)


def empties_the_bin(shop: Shop) -> None:
    """What lies there is taken out again: nobody has to decide anything."""
    for order in list(shop.store.orders.values()):
        if order.status == "trash":
            shop.store.set_status(order.id, "processing")


ACTS: list[Act] = [
    gives_back_lines,
    gives_back_an_amount,
    deletes_a_refund,
    edits,
    changes_status,
    changes_status,
    pays,
    notes_a_fee,
    bins,
]


def lives(shop: Shop, dice: random.Random, turns: int) -> None:
    """A shop's days; somebody pulls now and then."""
    for _ in range(turns):
        shop.store.advance(dice.choice([1, 30, 400, 4000]))
        if dice.random() < 0.3 or not shop.store.orders:
            sells(shop, dice)
        else:
            order = dice.choice(sorted(shop.store.orders.values(), key=lambda each: each.id))
            try:
                dice.choice(ACTS)(shop, dice, order)
            except RestError:
                continue  # the shop itself refused it
        if dice.random() < 0.25:
            shop.pull()
        elif dice.random() < 0.02:
            shop.sweep()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("leaves_on", ["paid", "shipped"])
def test_books_and_stock_end_as_if_the_store_had_been_read_once(
    sqlite_engine: Engine, sqlite_template: Path, tmp_path: Path, seed: int, leaves_on: str
) -> None:
    dice = random.Random(seed)
    automation = {
        "import_statuses": ["processing", "on-hold", "completed"],
        "stock_leaves_on": leaves_on,
    }
    with open_sandbox() as sandbox:
        sandbox.store.configure(order_storage=dice.choice(list(OrderStorage)), refund_bumps=False)
        shop = connected(sqlite_engine, sandbox, automation=automation)

        lives(shop, dice, 150)
        empties_the_bin(shop)
        shop.pull()
        shop.sweep()

        assert shop.is_clean()
        once = make_engine(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'once.sqlite3')}")
        read_once = connected(once, sandbox, automation=automation)
        read_once.pull()
        assert nonzero(sqlite_engine) == nonzero(once)
        assert shelf(sqlite_engine) == shelf(once)
        once.dispose()


def nonzero(engine: Engine) -> dict[tuple[str, str], Decimal]:
    """A ledger that came to nothing is as one never used."""
    return {key: amount for key, amount in balances(engine).items() if amount}
