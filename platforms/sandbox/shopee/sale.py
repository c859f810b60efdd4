"""What a buyer puts in the basket: the arguments of `ShopeeStore.place_order`.

Amounts may be given as decimal strings; what is left out is computed as the shop would.
"""

from dataclasses import dataclass
from decimal import Decimal

Money = str | Decimal
Ref = str | int | tuple[int, int]
"""A SKU, an item id, "<item>" or "<item>:<model>", or (item id, model id)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """One line. `price` is a unit's after discount; None: what the listing costs now.

    `original_price`: a unit's before any discount (None: the same). `bundle`: the id of a
    bundle deal, whose lines the order shows at price 0; `gift`: goes along with something
    bought, at 0, whatever it is said to be worth; `add_on`: the id of an add-on deal.
    """

    product: Ref
    quantity: int = 1
    price: Money | None = None
    original_price: Money | None = None
    bundle: int = 0
    add_on: int = 0
    gift: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Pieces of a line that come back or are cancelled; `line`: its position from 0."""

    line: int = 0
    quantity: int = 1
