"""Generated orders: a believable mix of every status, the same for the same seed."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from platforms.sandbox.shopee import escrow
from platforms.sandbox.shopee.buyers import MESSAGES, random_recipient
from platforms.sandbox.shopee.records import ZERO, Order
from platforms.sandbox.shopee.sale import Given, Money, Sold
from platforms.sandbox.shopee.shop_goods import Shelves
from platforms.sandbox.shopee.world import ShopeeStore

_CARRIERS = ("SPX Express", "SPX Express", "J&T Express", "J&T Express", "Pos Laju")
_METHODS = ("ShopeePay", "Online Banking", "Credit Card", "SPayLater")
_BUNDLES = 77_000_001
_ADD_ONS = 88_000_001


def generate(
    store: ShopeeStore,
    count: int,
    *,
    shelves: Shelves,
    dice: random.Random,
    first: datetime,
    last: datetime,
) -> None:
    """Place `count` orders between two instants, oldest first."""
    step = (last - first) / max(count, 1)
    for number in range(count):
        at = (first + number * step).replace(microsecond=0)
        _one(store, number, shelves, dice, at)


def _one(
    store: ShopeeStore, number: int, shelves: Shelves, dice: random.Random, at: datetime
) -> None:
    lines = _basket(store, shelves, dice)
    cod = dice.random() < 0.14
    order_sn = store.place_order(
        lines=lines,
        status="UNPAID",
        cod=cod,
        payment_method=None if cod else dice.choice(_METHODS),
        recipient=random_recipient(dice, number, store.settings.region),
        message=dice.choice(MESSAGES),
        carrier=dice.choice(_CARRIERS),
        shipping=_money(store, dice.choice(("0", "4.90", "5.90"))),
        courier=_money(store, dice.choice(("5.90", "7.40", "8.20"))),
        escrow=_promotions(store, dice),
        at=at,
    )
    _live(store, store.orders[order_sn], dice, at)


def _basket(store: ShopeeStore, shelves: Shelves, dice: random.Random) -> list[Sold]:
    few = min(dice.choice((1, 1, 1, 2, 2, 3)), len(shelves.sellable))
    chosen: Sequence[str] = dice.sample(shelves.sellable, k=few)
    fate = dice.random()
    if fate < 0.08:
        return [
            Sold(product=one, quantity=2, bundle=_BUNDLES, price=_less(store, one))
            for one in chosen
        ]
    lines = [Sold(product=one, quantity=dice.choice((1, 1, 2, 3))) for one in chosen]
    if fate < 0.14:
        # The same listing once more, as the main item of an add-on deal.
        return [*lines, Sold(product=chosen[0], add_on=_ADD_ONS)]
    if fate < 0.19:
        gift = Sold(product=shelves.gift, gift=True, add_on=_ADD_ONS, original_price="499999")
        return [*lines, gift]
    if fate < 0.4:
        first = lines[0]
        full = store.products.find(first.product)[1].price
        lines[0] = Sold(
            product=first.product,
            quantity=first.quantity,
            price=_less(store, chosen[0]),
            original_price=full,
        )
    return lines


def _less(store: ShopeeStore, listing: str) -> Decimal:
    full = store.products.find(listing)[1].price
    return escrow.rounded(full * Decimal("0.9"), store.settings.currency)


def _money(store: ShopeeStore, ringgit: str) -> Decimal:
    """A small amount in the market's money."""
    unit = _UNITS[store.settings.region]
    return escrow.rounded(Decimal(ringgit) * unit, store.settings.currency)


_UNITS = {
    "MY": Decimal(1),
    "SG": Decimal("0.3"),
    "ID": Decimal(3500),
    "TH": Decimal(8),
    "VN": Decimal(5600),
    "PH": Decimal(13),
    "TW": Decimal(7),
}


def _promotions(store: ShopeeStore, dice: random.Random) -> dict[str, Money]:
    given: dict[str, Money] = {}
    if dice.random() < 0.2:
        given["voucher_from_seller"] = _money(store, "3")
    if dice.random() < 0.3:
        given["voucher_from_shopee"] = _money(store, "2")
    if dice.random() < 0.25:
        given["coins"] = _money(store, "0.40")
    if dice.random() < 0.08:
        given["seller_coin_cash_back"] = _money(store, "0.80")
    if dice.random() < 0.1:
        given["shopee_discount"] = _money(store, "1.20")
    if dice.random() < 0.06:
        given["order_ams_commission_fee"] = _money(store, "0.90")
    return given


def _live(store: ShopeeStore, order: Order, dice: random.Random, at: datetime) -> None:
    """What becomes of an order after the checkout."""
    order_sn = order.order_sn
    fate = dice.random()
    soon = at + timedelta(minutes=dice.randrange(1, 40))
    if fate < 0.03:
        return
    if fate < 0.07:
        store.time_out(order_sn, at=at + timedelta(days=1))
        return
    if fate < 0.075:
        store.review(order_sn, at=soon)
        return
    if order.cod:
        store.screened(order_sn, at=soon)
    else:
        store.pay(order_sn, at=soon)
    day = timedelta(days=1)
    if fate < 0.10:
        return
    if fate < 0.14:
        store.cancel(order_sn, by=dice.choice(("buyer", "seller")), at=soon + day / 4)
        return
    if fate < 0.16:
        store.request_cancel(order_sn, at=soon + day / 4)
        return
    _travel(store, order, dice, soon, fate)


def _travel(
    store: ShopeeStore, order: Order, dice: random.Random, soon: datetime, fate: float
) -> None:
    """On its way, as far as it comes."""
    order_sn, day = order.order_sn, timedelta(days=1)
    store.arrange(order_sn, at=soon + day / 2)
    if fate < 0.19:
        return
    if fate < 0.20:
        store.fail_pickup(order_sn, at=soon + day)
        return
    store.ship(order_sn, at=soon + day)
    if fate < 0.24:
        return
    if fate < 0.27:
        store.fail_delivery(order_sn, _money(store, "6.30"), at=soon + 5 * day)
        store.release(order_sn, at=soon + 6 * day)
        return
    store.deliver(order_sn, at=soon + dice.randrange(2, 5) * day)
    if fate < 0.30:
        return
    _end(store, order, dice, soon + 7 * day, fate)


def _end(store: ShopeeStore, order: Order, dice: random.Random, at: datetime, fate: float) -> None:
    """Completed, with what may come before and after; the latest are not released yet."""
    order_sn, day = order.order_sn, timedelta(days=1)
    has_money = order.lines[0].discounted > ZERO
    if fate < 0.34 and has_money:
        accepted = dice.random() < 0.7
        store.return_before(order_sn, [Given()], accepted=accepted, at=at)
        if not accepted:
            return
    else:
        store.complete(order_sn, at=at)
    if fate > 0.93:
        return
    store.release(order_sn, at=at + day)
    if fate > 0.90 and has_money:
        store.return_after(order_sn, [Given()], at=at + 4 * day)
    elif fate > 0.88:
        store.adjust(order_sn, _money(store, "8.50"), at=at + 5 * day)
