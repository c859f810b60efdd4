"""Notices that a store sends by itself, in neutral words: a hint to look, never the truth."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NoticeKind(StrEnum):
    """What a notice is about."""

    ORDER = "order"  # an order, its parcel or its return has changed
    CONSENT_GIVEN = "consent_given"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    CONSENT_ENDS = "consent_ends"  # it will, soon


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreNotice:
    """One notice. `shop`: the store's id of the shop it is of, "" where it does not say.

    `order_remote_id` is "" for what concerns no single order; `tracking` the number that a
    notice about a parcel brings.
    """

    kind: NoticeKind
    at: datetime
    shop: str = ""
    order_remote_id: str = ""
    tracking: str = ""
