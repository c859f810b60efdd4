"""What a marketplace holds for the seller of an order, and pays out: in neutral words.

A marketplace takes the buyer's money and owes the seller what is left of it: the escrow. Its
statement names every amount that leads there. Amounts are exact Decimals in the order's
currency, signed as they act on what the seller gets: a commission of 5.00 is −5.00.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class EscrowKind(StrEnum):
    """What an amount of the statement is for."""

    GOODS = "goods"  # what the goods were sold for, before the seller's discounts
    DISCOUNT = "discount"  # vouchers and coins that the seller pays for
    DELIVERY = "delivery"  # delivery and packaging charged to the buyer
    FEE = "fee"  # commission, service, payment, protection, return shipping
    COURIER = "courier"  # what the marketplace's courier costs, and rebates on that
    SALE_TAX = "sale_tax"  # tax on the sale that the marketplace keeps and remits
    WITHHELD_TAX = "withheld_tax"  # the seller's own tax, withheld and creditable
    REFUND = "refund"  # given back to the buyer before the escrow was released


@dataclass(frozen=True, slots=True, kw_only=True)
class EscrowAmount:
    """One amount of the statement. `field` is the store's name for it, for the journal line."""

    kind: EscrowKind
    field: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class EscrowAdjustment:
    """A later correction. Several on one day for one reason are one, added up."""

    at: datetime
    reason: str  # in the store's words
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteEscrow:
    """The statement of one order. Zero amounts are left out of `amounts`.

    `net` is what the seller is to get, in the store's field `net_field`; it changes until the
    order completes. `net_adjusted` is the same after adjustments, None where the store does not
    tell it. `adjustments_total` is their sum as the store tells it. `unknown` are fields with an
    amount other than zero that we have no meaning for: (the store's name, the amount as served).
    `lines`: how many lines of goods the statement has.
    """

    net: Decimal
    net_field: str
    amounts: tuple[EscrowAmount, ...]
    adjustments: tuple[EscrowAdjustment, ...]
    adjustments_total: Decimal
    net_adjusted: Decimal | None
    unknown: tuple[tuple[str, Decimal], ...]
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RemotePayout:
    """That a marketplace released an order's escrow. A negative amount was taken from the seller."""

    order_remote_id: str
    amount: Decimal
    released_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutPage:
    """Some payouts. `adjusted`: orders whose escrow, as other lists hint, has changed meanwhile.

    `complete_to`: when this page and those before it are stored, no payout up to this moment is
    missing; None: this page says nothing about that.
    """

    payouts: tuple[RemotePayout, ...]
    adjusted: tuple[str, ...] = ()
    complete_to: datetime | None = None
