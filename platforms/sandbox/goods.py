"""What the seeded shops sell: one small Malaysian home-goods and tees maker, several stores.

Each store lists these goods in its own way; the stock items behind the listings are the same.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

StockRow = tuple[str, str, int]
"""(sku, name, pieces on hand) of a stock item."""
MappingRow = dict[str, str]

SHELF = 5000
"""Pieces of each stock item before the first order, at least: more than the seed sells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """One thing with one stock item. `price` is in ringgit."""

    sku: str
    name: str
    price: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A good with options; `options` are the names and values in the order they are shown."""

    sku: str
    name: str
    price: str
    options: tuple[tuple[str, tuple[str, ...]], ...]

    def variants(self) -> Iterator[tuple[tuple[str, ...], str, str]]:
        """(chosen values, SKU, name) of every combination."""
        for chosen in product(*(values for _, values in self.options)):
            sku = "-".join([self.sku, *(value.upper() for value in chosen)])
            yield chosen, sku, f"{self.name} - {', '.join(chosen)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftSet:
    """A listing that is made of pieces of other stock items."""

    sku: str
    name: str
    price: str
    components: tuple[tuple[str, int], ...]


LAMP = Good(sku="LAMP-BRASS", name="Brass Lamp", price="159.00")
PLAIN = (
    Good(sku="CUSHION-BATIK", name="Batik Cushion Cover", price="49.90"),
    Good(sku="BASKET-RATTAN", name="Rattan Basket", price="89.00"),
    Good(sku="CANDLE-PANDAN", name="Pandan Candle", price="35.00"),
    Good(sku="MUG-TEHTARIK", name="Teh Tarik Mug", price="24.50"),
    Good(sku="COASTER-KOPI", name="Kopi Coaster Set", price="18.00"),
    Good(sku="TOWEL-LINEN", name="Linen Tea Towel — 麻布", price="22.90"),
    LAMP,
)
TEES = Choice(
    sku="TEE",
    name="Kampung Tee",
    price="50.00",
    options=(("Colour", ("Red", "Navy")), ("Size", ("S", "M", "L"))),
)
SCARVES = Choice(
    sku="SCARF",
    name="Songket Scarf",
    price="75.00",
    options=(("Colour", ("Gold", "Emerald")),),
)
"""Counted together: one stock item, SCARF, behind both colours."""
PANEL = Good(sku="PANEL-BATIK", name="Made-to-order Batik Panel", price="220.00")
SPOON = Good(sku="SPOON-WOOD", name="Wooden Spoon", price="12.00")
"""The stores list it without a SKU."""
MAT = Good(sku="MAT-MENGKUANG", name="Mengkuang Mat", price="45.00")
"""Sold out from the first day."""
GIFT_SET = GiftSet(
    sku="GIFT-KOPITIAM",
    name="Kopitiam Gift Set",
    price="79.00",
    components=(("MUG-TEHTARIK", 2), ("COASTER-KOPI", 1)),
)
GIFT_CARD = Good(sku="GIFTCARD-50", name="Gift Card RM50", price="50.00")
"""No stock item: its listing is ignored."""


def more_goods(count: int, dice: random.Random) -> list[Good]:
    """HOME-0001, HOME-0002, … beside the fixed goods."""
    return [
        Good(
            sku=f"HOME-{number:04d}",
            name=f"Home Piece {number:04d}",
            price=f"{dice.randrange(500, 20000) / 100:.2f}",
        )
        for number in range(1, count + 1)
    ]


def mapping_row(
    listing_id: int | str,
    listing_sku: str,
    listing_name: str,
    sku: str,
    *,
    quantity: int = 1,
    ignore: bool = False,
) -> MappingRow:
    """One row in the columns of a mapping sheet."""
    return {
        "listing_id": str(listing_id),
        "listing_sku": listing_sku,
        "listing_name": listing_name,
        "sku": sku,
        "quantity": "" if ignore else str(quantity),
        "ignore": "yes" if ignore else "",
        "max_quantity": "",
    }


def kit_rows(listing_id: int | str, kit: GiftSet) -> list[MappingRow]:
    """A row per component."""
    return [
        mapping_row(listing_id, kit.sku, kit.name, sku, quantity=quantity)
        for sku, quantity in kit.components
    ]
