"""The buyer, taken out of an order and its details.

What stays is what the books and the stock are made from. An app without approval for sensitive
data is shown stars in place of a name, a phone number and a street.
Source: `recipient_address` of GET /api/v2/order/get_order_detail.
"""

from decimal import Decimal
from typing import Any

from platforms.base import RemoteAddress, RemoteBuyer
from platforms.payload_fields import Row, objects, text
from platforms.shopee.escrow import PLACE
from platforms.shopee.escrow_fields import KNOWN, is_personal
from platforms.shopee.kept_fields import (
    DROPPED_ITEM,
    KEPT_ADJUSTMENT,
    KEPT_BELOW,
    KEPT_BUYER_PAYMENT,
    KEPT_ESCROW,
    KEPT_INCOME,
    KEPT_INCOME_ITEM,
    KEPT_ITEM,
    KEPT_ORDER,
    KEPT_RETURN,
    KEPT_RETURN_ITEM,
    KEPT_SEVERAL,
    LOOKED_THROUGH,
)

ADDRESS = "recipient_address"
MESSAGE = "message_to_seller"
# The address's fields that an address has here; what else Shopee puts there is free text.
ADDRESS_FIELDS = frozenset(
    ["name", "full_address", "town", "city", "state", "zipcode", "region", "phone"]
)
HIDDEN_WHEN_MASKED = ("name", "phone", "full_address")
STARS = "**"
INCOME = KEPT_INCOME | KNOWN
AMOUNTS = frozenset({int, Decimal, bool, type(None)})
PLAIN = AMOUNTS | {str}
NESTED = frozenset({list, dict})


def part_buyer(order: Row, details: Row | None) -> RemoteBuyer:
    """The buyer; `order` and `details` are changed: they hold nothing personal after.

    What was removed and has no field of its own is in `free_text`, by its place:
    "buyer_username", "returns.2603050001.text_reason".
    """
    parting = _Parting()
    found = order.pop(ADDRESS, None)
    address: Row = found if type(found) is dict else {}
    if found is not address:
        parting.put(ADDRESS, found)
    message = text(order, MESSAGE)
    order.pop(MESSAGE, None)
    parting.order(order)
    if details is not None:
        parting.details(details)
    for key in address.keys() - ADDRESS_FIELDS:
        parting.put(f"{ADDRESS}.{key}", address[key])
    return RemoteBuyer(
        shipping=_address(address),
        note=message,
        free_text=parting.removed,
        is_masked=_is_masked(address),
    )


def _address(address: Row) -> RemoteAddress:
    """What has no place in an address of ours is free text."""
    return RemoteAddress(
        first_name=text(address, "name"),
        street=text(address, "full_address"),
        street_2=text(address, "town"),
        city=text(address, "city"),
        state=text(address, "state"),
        postcode=text(address, "zipcode"),
        country=text(address, "region"),
        phone=text(address, "phone"),
    )


def _is_masked(address: Row) -> bool:
    """Whether the address is hidden, behind stars or by leaving all of it out."""
    shown = [text(address, key) for key in HIDDEN_WHEN_MASKED]
    return not any(shown) or any(STARS in each for each in shown)


class _Parting:
    """Collects what is removed, by its place in the payload."""

    def __init__(self) -> None:
        self.removed: dict[str, object] = {}

    def put(self, place: str, value: object) -> None:
        """Keep a removed value; empty ones are not worth keeping."""
        if value:
            self.removed[place] = value

    def order(self, order: Row) -> None:
        self._fields(order, KEPT_ORDER, "")
        self._list(order, "item_list", KEPT_ITEM, "")

    def details(self, details: Row) -> None:
        escrow = details.get("escrow")
        if type(escrow) is dict:
            self._escrow(escrow)
        for row in objects(details, "returns"):
            place = f"returns.{text(row, 'return_sn')}."
            self._fields(row, KEPT_RETURN, place)
            self._list(row, "item", KEPT_RETURN_ITEM, place)

    def _escrow(self, escrow: Row) -> None:
        self._fields(escrow, KEPT_ESCROW, "escrow.")
        income = self._object(escrow, PLACE)
        self._fields(income, INCOME, f"escrow.{PLACE}.", keeps_amounts=True)
        self._below(income, f"escrow.{PLACE}.")
        self._list(income, "items", KEPT_INCOME_ITEM, f"escrow.{PLACE}.")
        self._list(income, "order_adjustment", KEPT_ADJUSTMENT, f"escrow.{PLACE}.")
        payment = self._object(escrow, "buyer_payment_info")
        place = "escrow.buyer_payment_info."
        self._fields(payment, KEPT_BUYER_PAYMENT, place, keeps_amounts=True)

    def _object(self, owner: Row, key: str) -> Row:
        """The object under a key; what is none is taken out whole."""
        found = owner.get(key)
        if type(found) is dict:
            return found
        if found is not None:
            self.put(f"escrow.{key}", found)
            owner[key] = None
        return {}

    def _list(self, owner: Row, key: str, kept: frozenset[str], place: str) -> None:
        found = objects(owner, key)
        if not found and owner.get(key):
            self.put(f"{place}{key}", owner.pop(key))
        for number, row in enumerate(found):
            for name in DROPPED_ITEM:
                row.pop(name, None)
            here = f"{place}{key}.{number}."
            self._fields(row, kept, here)
            self._below(row, here)

    def _below(self, owner: Row, place: str) -> None:
        for key, kept in KEPT_BELOW.items():
            if owner.get(key):
                self._list(owner, key, kept, place)

    def _fields(
        self, row: Row, kept: frozenset[str], place: str, *, keeps_amounts: bool = False
    ) -> None:
        # Only these are looked at: every order has some two hundred fields.
        suspects: list[str] = []
        if not NESTED.isdisjoint(map(type, row.values())):
            suspects = [key for key, value in row.items() if type(value) in NESTED and value]
        if not kept.issuperset(row):
            suspects = sorted({*suspects, *(row.keys() - kept)})
        for key in suspects:
            value = row[key]
            if key in kept:
                stays = key in LOOKED_THROUGH or _is_several(key, value)
            else:
                stays = keeps_amounts and _is_amount(value) and not is_personal(key)
            if not stays:
                self.put(f"{place}{key}", row.pop(key))


def _is_amount(value: Any) -> bool:
    return type(value) in AMOUNTS


def _is_several(key: str, value: Any) -> bool:
    return key in KEPT_SEVERAL and type(value) is list and PLAIN.issuperset(map(type, value))
