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


class SubscriptionState(StrEnum):
    """How things stand at the store with the notices that it should send us."""

    ACTIVE = "active"
    MISSING = "missing"  # none of ours, or not all that are needed
    PAUSED = "paused"  # a person paused them in the store
    DISABLED = "disabled"  # the store gave up: too many of them were not taken
    ELSEWHERE = "elsewhere"  # they go to another address, and there can be only one


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a store says of its notices to us. `said` is a sentence about what is not as it should be.

    `fix`: where a person clicks in the store when only a person can mend it; "" when
    `Store.subscribe` can.
    """

    state: SubscriptionState
    said: str = ""
    fix: str = ""
