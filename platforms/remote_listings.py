"""Listings, quantities and shipments in neutral words: what a store sells and what it is told."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class StockKeeping(StrEnum):
    """Who keeps a listing's quantity in the store."""

    OWN = "own"
    PARENT = "parent"  # the variation shows its parent's quantity
    NONE = "none"  # the store does not count it


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteListing:
    """One sellable thing in a store. `quantity` is what the store shows, None if uncounted."""

    key: str  # "12" or "12:13"
    parent_key: str | None
    name: str
    sku: str
    status: str
    price: Decimal | None
    stock_keeping: StockKeeping
    quantity: int | None
    modified_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLevel:
    """A quantity to set at the store."""

    listing_key: str
    sku: str
    quantity: int


class PushResult(StrEnum):
    CONFIRMED = "confirmed"  # the store's answer shows the quantity that we sent
    REFUSED = "refused"  # the store refused this one item
    NOT_CONFIRMED = "not_confirmed"  # the answer shows another quantity: a silent no-op
    UNKNOWN = "unknown"  # no answer came, and reading back did not tell either


@dataclass(frozen=True, slots=True, kw_only=True)
class StockOutcome:
    """What became of one StockLevel. `shown` is the quantity the store has now, if it told."""

    listing_key: str
    result: PushResult
    shown: int | None
    code: str = ""  # of the closed list: "" when confirmed
    said: str = ""  # the store's words


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """What to tell the store about a shipped order. `set_status` None: leave its status.

    `handover`: the way the parcel leaves, of those that the platform offers; "" is any. `part`: what of
    the order is in the parcel, in words, when more of it follows or went before.
    """

    remote_order_id: str
    set_status: str | None
    carrier: str = ""
    tracking: str = ""
    shipped_at: datetime | None = None
    handover: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentTold:
    """What was done at the store, as one sentence, and the tracking number that it gave, if any."""

    sentence: str
    tracking: str = ""
