"""What a buyer puts in the basket: the arguments of `WooStore.place_order`.

Amounts may be given as decimal strings; what is left out is computed as the shop would.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

Money = str | Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """One line. `product`: an id, or a SKU. `subtotal` and `total` are ex tax.

    `taxes`: (rate id, tax on the total) pairs, served as they are; `tax` puts the whole of it
    on the first rate; neither: computed.
    """

    product: int | str
    quantity: int = 1
    subtotal: Money | None = None
    total: Money | None = None
    tax: Money | None = None
    subtotal_tax: Money | None = None
    taxes: Sequence[tuple[int, Money]] | None = None
    meta: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carriage:
    """One shipping line, ex tax."""

    title: str = "Flat rate"
    total: Money = "0"
    tax: Money | None = None
    method_id: str = "flat_rate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """One fee line, ex tax; negative for a rebate."""

    name: str
    total: Money
    tax: Money | None = None
    taxable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupon:
    """A coupon. `type` percent, fixed_cart or fixed_product with its `amount`.

    `discount` and `discount_tax` given: served as they are, and the lines keep their totals.
    """

    code: str
    type: str = "percent"
    amount: Money = "0"
    discount: Money | None = None
    discount_tax: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    first_name: str = "Aisyah"
    last_name: str = "Rahman"
    company: str = ""
    address_1: str = "12 Jalan Ampang"
    address_2: str = ""
    city: str = "Kuala Lumpur"
    state: str = "KUL"
    postcode: str = "50450"
    country: str = "MY"
    email: str = "aisyah.rahman@example.test"
    phone: str = "+60 12-345 6789"

    def address(self) -> dict[str, str]:
        """In the order of the store's `shipping` object, without the e-mail."""
        return {
            "first_name": self.first_name,
            "last_name": self.last_name,
            "company": self.company,
            "address_1": self.address_1,
            "address_2": self.address_2,
            "city": self.city,
            "state": self.state,
            "postcode": self.postcode,
            "country": self.country,
        }

    def billing(self) -> dict[str, str]:
        return {**self.address(), "email": self.email, "phone": self.phone}

    def shipping(self) -> dict[str, str]:
        """The checkout asks for no second phone number; most shops have it empty."""
        return {**self.address(), "phone": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """One line of a refund: a line, shipping or fee id with what is given back, ex tax."""

    id: int
    quantity: int = 0
    total: Money | None = None
    tax: Money | None = None
    taxes: Sequence[tuple[int, Money]] | None = None
