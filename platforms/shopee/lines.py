"""The goods of an order: which listings, how many pieces, at what they were sold for.

Source: `item_list` of GET /api/v2/order/get_order_detail, and `order_income.items` of the escrow,
whose prices are for the whole line. In the order itself a line of a bundle has the price 0.
"""

from decimal import Decimal
from hashlib import sha256

from platforms.base import RemoteLine
from platforms.money import ZERO
from platforms.payload_fields import (
    Row,
    amount,
    is_blank,
    is_number,
    pieces,
    row_id,
    rows,
    text,
    unreadable,
)
from platforms.shopee.escrow import PLACE, income_of

LIST = "order.item_list"
ITEMS = f"{PLACE}.items"
LISTING = ("item_id", "model_id")
# With the number of its like behind it, what a column takes.
LONGEST_LINE_ID = 64


def read_lines(order: Row, escrow: Row | None) -> tuple[RemoteLine, ...]:
    """One line for each row of the order. What was cancelled of it meanwhile is not ordered.

    `subtotal` is what the goods were sold for, `total` that less the seller's own vouchers.
    """
    priced = _Priced(escrow)
    ordinals: dict[str, int] = {}
    found: list[RemoteLine] = []
    goods = rows(order, "item_list", "order")
    if not goods:
        # Read as "nothing was sold", it would bring back goods that were.
        raise unreadable(LIST, order.get("item_list"), "a list of goods")
    for number, row in enumerate(goods):
        place = f"{LIST}.{number}"
        key = listing_key(row, place)
        count = _ordered(row, place)
        subtotal, total = priced.of(row, place) or _unit_prices(row, place)
        name, model = text(row, "item_name"), text(row, "model_name")
        found.append(
            RemoteLine(
                remote_line_id=_line_id(row, place, ordinals),
                listing_key=key or None,
                name=f"{name}, {model}" if name and model else name or model,
                sku=text(row, "model_sku") or text(row, "item_sku"),
                quantity=count,
                subtotal=subtotal,
                total=total,
                tax=ZERO,
            )
        )
    return tuple(found)


def listing_key(row: Row, place: str) -> str:
    """`<item>` or `<item>:<model>`; "" where the row names no item. Model 0 is no variation."""
    item, model = _number(row, "item_id", place), _number(row, "model_id", place)
    return f"{item}:{model}" if item and model else item


def _number(row: Row, key: str, place: str) -> str:
    found = row_id(row, key, place)
    if found and not is_number(found):
        raise unreadable(f"{place}.{key}", row[key], "a number")
    return found


def _ordered(row: Row, place: str) -> int:
    bought = pieces(row, "model_quantity_purchased", place)
    cancelled = pieces(row, "cancelled_qty", place) if row.get("cancelled_qty") else 0
    if bought < 0:
        raise unreadable(f"{place}.model_quantity_purchased", bought, "pieces that were bought")
    if not 0 <= cancelled <= bought:
        raise unreadable(f"{place}.cancelled_qty", cancelled, "no more than was bought")
    return bought - cancelled


def _line_id(row: Row, place: str, ordinals: dict[str, int]) -> str:
    """Unique in the order, the same in each version of it. One listing may stand there twice."""
    own = row_id(row, "line_item_id", place)
    if not own:
        names = ("item_id", "model_id", "order_item_id", "promotion_group_id")
        own = ":".join(row_id(row, name, place) or "0" for name in names)
    if len(own) > LONGEST_LINE_ID:
        own = sha256(own.encode()).hexdigest()[:LONGEST_LINE_ID]
    ordinal = ordinals[own] = ordinals.get(own, 0) + 1
    return own if ordinal == 1 else f"{own}#{ordinal}"


def _unit_prices(row: Row, place: str) -> tuple[Decimal, Decimal]:
    """All that the order itself knows: the price of a piece after discounts."""
    price = amount(row, "model_discounted_price", place)
    worth = price * pieces(row, "model_quantity_purchased", place)
    return worth, worth


class _Priced:
    """The rows of the escrow, each taken by one line of the order."""

    def __init__(self, escrow: Row | None) -> None:
        income = income_of(escrow)
        self._left: list[Row] = [] if income is None else list(rows(income, "items", PLACE))

    def of(self, row: Row, place: str) -> tuple[Decimal, Decimal] | None:
        """(sold for, less the seller's vouchers) of the line; None where the escrow has none."""
        found = self._by_line(row, place) or self._by_listing(row, place)
        if found is None or is_blank(found.get("discounted_price")):
            return None
        sold = amount(found, "discounted_price", ITEMS)
        return sold, sold - amount(found, "discount_from_voucher_seller", ITEMS)

    def _by_line(self, row: Row, place: str) -> Row | None:
        wanted = row_id(row, "line_item_id", place)
        if not wanted:
            return None
        for at, each in enumerate(self._left):
            if row_id(each, "line_item_id", ITEMS) == wanted:
                return self._left.pop(at)
        return None

    def _by_listing(self, row: Row, place: str) -> Row | None:
        wanted = [row_id(row, name, place) for name in LISTING]
        if not wanted[0]:
            return None
        for at, each in enumerate(self._left):
            if [row_id(each, name, ITEMS) for name in LISTING] == wanted:
                return self._left.pop(at)
        return None
