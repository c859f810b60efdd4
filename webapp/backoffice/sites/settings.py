"""A site's settings as frozen values, read from what the tables hold. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from platforms.base import StoreTerms
from platforms.money import ZERO


class Role(StrEnum):
    """What a channel ledger is for (POSTING rule *Roles and ledgers*)."""

    CUSTOMER_PAYMENT = "customer_payment"
    SALES_REVENUE = "sales_revenue"
    DELIVERY = "delivery"
    DISCOUNT = "discount"
    TAX = "tax"
    PLATFORM_FEES = "platform_fees"
    REFUNDS = "refunds"
    ROUNDING = "rounding"
    BANK = "bank"
    COST_OF_GOODS_SOLD = "cost_of_goods_sold"
    INVENTORY = "inventory"
    STORE_CREDIT = "store_credit"


REQUIRED_ROLES = (
    Role.PLATFORM_FEES,
    Role.CUSTOMER_PAYMENT,
    Role.DELIVERY,
    Role.SALES_REVENUE,
    Role.DISCOUNT,
    Role.TAX,
)
# A role without a ledger of its own lands on the other role's ledger and keeps its name.
DEFAULT_ROLES = {Role.REFUNDS: Role.SALES_REVENUE, Role.ROUNDING: Role.DISCOUNT}

ROLE_TYPES: Mapping[Role, tuple[str, ...]] = {
    Role.CUSTOMER_PAYMENT: ("asset",),
    Role.SALES_REVENUE: ("income",),
    Role.DELIVERY: ("income",),
    Role.DISCOUNT: ("income", "expense"),
    Role.TAX: ("liability",),
    Role.PLATFORM_FEES: ("expense",),
    Role.REFUNDS: ("income", "expense"),
    Role.ROUNDING: ("income", "expense"),
    Role.BANK: ("asset",),
    Role.COST_OF_GOODS_SOLD: ("expense",),
    Role.INVENTORY: ("asset",),
    Role.STORE_CREDIT: ("liability",),
}
METHOD_ROLES = (Role.CUSTOMER_PAYMENT, Role.BANK)
# What a field that a marketplace adds to its escrow may be for.
ESCROW_ROLES = (
    Role.PLATFORM_FEES,
    Role.DELIVERY,
    Role.DISCOUNT,
    Role.SALES_REVENUE,
    Role.TAX,
    Role.REFUNDS,
)

DEFAULT_AUTOMATION: Mapping[str, Any] = {
    "import_statuses": [],
    "stock_leaves_on": "paid",
    "on_shipped_set_status": None,
    "handover": None,
    "cancel_restocks": True,
    "stock_buffer": 0,
    "status_as": {},
    "hold_when": [],
}
DEFAULT_POSTING: Mapping[str, Any] = {
    "tax_collected_by": "seller",
    "included_tax_rate": "0",
    "restock_on_refund": True,
    "cost_of_goods": False,
    "closed_period": "next_open_day",
    "fee_meta_keys": [],
    "refund_words": [],
    "child_orders": None,
    "store_credit": {},
    "escrow_fields": {},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRule:
    """Hold a new order when `field` `test`s `value`; `say` is why, in the shop's words."""

    field: str
    test: str
    value: str
    say: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Automation:
    """What happens by itself. `handover`: how parcels leave, of the platform's ways; None is any."""

    import_statuses: frozenset[str]
    stock_leaves_on: str
    on_shipped_set_status: str | None
    handover: str | None
    cancel_restocks: bool
    stock_buffer: int
    status_as: Mapping[str, str]
    hold_when: tuple[HoldRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EscrowField:
    """What a person decided that a field of the escrow is: a role, and how it acts (1 or -1)."""

    field: str
    role: str
    sign: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingSettings:
    """POSTING rule *Site settings*; an order keeps those of its first entry.

    `included_tax_rate`: percent of tax inside the prices, as text. `refund_words`: further words
    that make an adjustment's reason a refund.
    """

    tax_collected_by: str = "seller"
    restock_on_refund: bool = True
    closed_period: str = "next_open_day"
    fee_fields: tuple[str, ...] = ()
    child_orders: str | None = None
    included_tax_rate: str = "0"
    refund_words: tuple[str, ...] = ()
    escrow_fields: tuple[EscrowField, ...] = ()

    @property
    def tax_in_prices(self) -> Decimal:
        """Percent of tax inside the prices that is the seller's to remit; 0 where there is none."""
        if self.tax_collected_by != "seller":
            return ZERO
        return Decimal(self.included_tax_rate)

    def decided_for(self, fields: Collection[str], now: "PostingSettings") -> "PostingSettings":
        """These settings with what was decided about fields that an escrow holds.

        What an order has kept stands; of the present decisions only those it has a use for are
        added, so that a decision can still be mended for orders that it never touched.
        """
        if not self.escrow_fields and not now.escrow_fields:
            return self
        known = {each.field for each in self.escrow_fields}
        fresh = (each for each in now.escrow_fields if each.field not in known)
        used = [*self.escrow_fields, *(each for each in fresh if each.field in fields)]
        return replace(self, escrow_fields=tuple(sorted(used, key=lambda each: each.field)))


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRules:
    """All that planning an order of one site needs to know about the site."""

    site_id: int
    currency: str
    zone: ZoneInfo
    orders_from: datetime
    stock_from: datetime | None
    attempt_limit: int
    automation: Automation
    posting: PostingSettings
    digits: int | None
    statuses_let_in: frozenset[str] = field(default_factory=frozenset)

    def terms(self, posting: PostingSettings) -> StoreTerms:
        """What the platform needs to read a payload, under these posting settings."""
        return StoreTerms(
            status_as=self.automation.status_as, fee_fields=posting.fee_fields, digits=self.digits
        )


def read_automation(stored: Mapping[str, Any]) -> Automation:
    """The automation settings; what is not stored has its default."""
    given = {**DEFAULT_AUTOMATION, **stored}
    return Automation(
        import_statuses=frozenset(given["import_statuses"]),
        stock_leaves_on=given["stock_leaves_on"],
        on_shipped_set_status=given["on_shipped_set_status"],
        handover=given["handover"],
        cancel_restocks=given["cancel_restocks"],
        stock_buffer=given["stock_buffer"],
        status_as=dict(given["status_as"]),
        hold_when=tuple(_hold_rule(rule) for rule in given["hold_when"]),
    )


def read_posting(stored: Mapping[str, Any]) -> PostingSettings:
    """The posting settings; what is not stored has its default."""
    given = {**DEFAULT_POSTING, **stored}
    return PostingSettings(
        tax_collected_by=given["tax_collected_by"],
        restock_on_refund=given["restock_on_refund"],
        closed_period=given["closed_period"],
        fee_fields=tuple(given["fee_meta_keys"]),
        child_orders=given["child_orders"],
        included_tax_rate=given["included_tax_rate"],
        refund_words=tuple(given["refund_words"]),
        escrow_fields=tuple(
            EscrowField(field=name, role=decided["role"], sign=decided["sign"])
            for name, decided in sorted((given["escrow_fields"] or {}).items())
        ),
    )


def kept_posting(body: Mapping[str, Any]) -> PostingSettings:
    """The posting settings that an order keeps, as stored; older ones lack what came later."""
    lists = {key: tuple(body.get(key, ())) for key in ("fee_fields", "refund_words")}
    decided = tuple(EscrowField(**each) for each in body.get("escrow_fields", ()))
    return PostingSettings(**{**body, **lists, "escrow_fields": decided})


def _hold_rule(rule: Mapping[str, Any]) -> HoldRule:
    test = next(key for key in ("is", "over", "contains") if key in rule)
    return HoldRule(field=rule["field"], test=test, value=str(rule[test]), say=rule["say"])
