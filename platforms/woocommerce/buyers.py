"""The buyer, taken out of a payload.

What stays is what the books and the stock are made from. Everything that a person or a
plugin may have written goes to the buyer: addresses, notes, reasons, and every value of
`meta_data` that is not known to be harmless. A meta entry keeps its key, with value null, so
that a reader of the stored payload sees that something was there.
"""

from collections.abc import Sequence
from typing import Any

from platforms.base import RemoteAddress, RemoteBuyer
from platforms.payload_fields import Row, text
from platforms.woocommerce.kept_fields import (
    KEPT_LINE,
    KEPT_META,
    KEPT_META_BEGINNINGS,
    KEPT_ORDER,
    KEPT_REFUND,
)

# Not kept anywhere: they open the buyer's order page, or only repeat the address of the API.
DROPPED = ("order_key", "payment_url", "_links")
OWN_FIELDS = ("billing", "shipping", "customer_note", "customer_ip_address", "customer_user_agent")
LINE_LISTS = ("line_items", "shipping_lines", "fee_lines", "coupon_lines", "tax_lines")

ADDRESS_FIELDS = {
    "first_name": "first_name",
    "last_name": "last_name",
    "company": "company",
    "address_1": "street",
    "address_2": "street_2",
    "city": "city",
    "state": "state",
    "postcode": "postcode",
    "country": "country",
    "phone": "phone",
}
EMPTY_ADDRESS = RemoteAddress()
EMPTIED_EMAIL = "deleted@site.invalid"  # what WordPress writes in place of an erased address


def part_buyer(order: Row, refunds: Sequence[Row], fee_fields: Sequence[str] = ()) -> RemoteBuyer:
    """The buyer of an order; `order` and `refunds` are changed: they hold nothing personal after.

    What was removed and has no field of its own is in `free_text`, by its place:
    "meta_data.gift_message", "line_items.77.meta_data.engraving", "refunds.91.reason".
    An order that the store has emptied on request gives a buyer without anything.
    """
    parting = _Parting(fee_fields)
    for key in DROPPED:
        order.pop(key, None)
    own = {key: order.pop(key, None) for key in OWN_FIELDS}
    billing, email = parting.address(own["billing"], "billing")
    shipping, shipping_email = parting.address(own["shipping"], "shipping")
    if shipping_email:
        parting.put("shipping.email", shipping_email)
    parting.order(order)
    for refund in refunds:
        parting.refund(refund)
    # WordPress' eraser of personal data leaves these behind.
    if email == EMPTIED_EMAIL or parting.removed.get("meta_data._anonymized") == "yes":
        return RemoteBuyer(is_anonymised=True)
    return RemoteBuyer(
        email=email,
        billing=billing,
        shipping=shipping,
        note=text(own, "customer_note"),
        ip_address=text(own, "customer_ip_address"),
        user_agent=text(own, "customer_user_agent"),
        free_text=parting.removed,
    )


class _Parting:
    """Collects what is removed, by its place in the payload."""

    def __init__(self, fee_fields: Sequence[str]) -> None:
        self.removed: dict[str, object] = {}
        self.kept_meta = KEPT_META.union(fee_fields) if fee_fields else KEPT_META

    def put(self, place: str, value: object) -> None:
        """Keep a removed value; empty ones are not worth keeping."""
        if value in (None, "", [], {}):
            return
        free = place
        count = 2
        while free in self.removed:
            if self.removed[free] == value:
                return
            free = f"{place}#{count}"
            count += 1
        self.removed[free] = value

    def order(self, order: Row) -> None:
        self.unknown(order, KEPT_ORDER, "")
        self.meta(order, "")
        for key in LINE_LISTS:
            if order.get(key):
                self.lines(order, key, "")
        for summary in self.objects(order, "refunds", ""):
            self.unknown(summary, KEPT_REFUND, f"refunds.{summary.get('id')}.")

    def refund(self, refund: Row) -> None:
        refund.pop("_links", None)
        place = f"refunds.{refund.get('id')}."
        self.unknown(refund, KEPT_REFUND, place)
        self.meta(refund, place)
        for key in LINE_LISTS:
            if refund.get(key):
                self.lines(refund, key, place)

    def lines(self, owner: Row, key: str, place: str) -> None:
        for line in self.objects(owner, key, place):
            if not KEPT_LINE.issuperset(line):
                self.unknown(line, KEPT_LINE, f"{place}{key}.{line.get('id')}.")
            if line.get("meta_data"):
                self.meta(line, f"{place}{key}.{line.get('id')}.")

    def unknown(self, row: Row, kept: frozenset[str], place: str) -> None:
        """Fields that the API reference does not name: a plugin's, so perhaps a person's words."""
        if kept.issuperset(row):
            return
        for key in row.keys() - kept:
            self.put(f"{place}{key}", row.pop(key))

    def meta(self, owner: Row, place: str) -> None:
        for entry in self.objects(owner, "meta_data", place):
            key = entry.get("key")
            if key in self.kept_meta:
                continue
            key = str(key)
            if key.startswith(KEPT_META_BEGINNINGS):
                continue
            self.put(f"{place}meta_data.{key}", entry.get("value"))
            entry["value"] = None
            if "display_value" in entry:
                entry["display_value"] = None

    def objects(self, owner: Row, key: str, place: str) -> list[Row]:
        """The objects of a list; what is none is taken out whole."""
        found = owner.get(key)
        if not found:
            return []
        if type(found) is list and all([type(each) is dict for each in found]):
            return found
        self.put(f"{place}{key}", found)
        owner[key] = []
        return []

    def address(self, found: Any, place: str) -> tuple[RemoteAddress, str]:
        """An address and its e-mail. Fields that plugins add to it are free text."""
        if not isinstance(found, dict):
            self.put(place, found)
            return EMPTY_ADDRESS, ""
        known: dict[str, str] = {}
        email = ""
        for key, value in found.items():
            ours = ADDRESS_FIELDS.get(key)
            if ours is not None:
                known[ours] = value if type(value) is str else text(found, key)
            elif key == "email":
                email = text(found, key)
            else:
                self.put(f"{place}.{key}", value)
        return RemoteAddress(**known), email
