"""The catalogue of the seeded shop: the goods that every store here sells, and three more.

Variations are models, the two scarves too, though they are counted together; there is an item
without a SKU, one sold out, a gift set of other pieces and a gift card.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from platforms.sandbox.goods import (
    GIFT_CARD,
    GIFT_SET,
    MAT,
    PANEL,
    PLAIN,
    SCARVES,
    SHELF,
    SPOON,
    TEES,
    Choice,
    Good,
    MappingRow,
    StockRow,
    kit_rows,
    mapping_row,
    more_goods,
)

if TYPE_CHECKING:
    from platforms.sandbox.shopee.world import ShopeeStore

SAMBAL = Good(sku="SAMBAL-TRIO", name="Sambal Trio Jars", price="36.00")
BATIK_BAG = Good(sku="BAG-BATIK", name="Batik Market Bag", price="42.00")
POUCH = Good(sku="POUCH-GIFT", name="[Free Gift] Songket Pouch", price="499999.00")
"""Given away with campaigns; its price is there so that nobody buys it."""

_RINGGIT_IN: Mapping[str, str] = {
    "MY": "1",
    "SG": "0.30",
    "ID": "3500",
    "TH": "8",
    "VN": "5600",
    "PH": "13",
    "TW": "7",
}
_TWO_DECIMALS = frozenset({"MY", "SG"})


@dataclass(slots=True)
class Shelves:
    """What was put on the shelves, and how the listings stand for stock items."""

    stock_rows: list[StockRow] = field(default_factory=list)
    mapping_rows: list[MappingRow] = field(default_factory=list)
    sellable: list[str] = field(default_factory=list)
    """What the seeded buyers choose from: "<item>" or "<item>:<model>"."""
    gift: str = ""
    """The free gift."""


def furnish(
    store: "ShopeeStore",
    *,
    dice: random.Random,
    at: datetime,
    extra: int = 0,
    pieces: int = SHELF,
) -> Shelves:
    """Fill an empty store; `extra` more items beside the fixed ones."""
    counter = _Counter(store, at, pieces)
    for good in PLAIN:
        counter.simple(good)
    counter.tees()
    counter.scarves()
    counter.special()
    for good in (SAMBAL, BATIK_BAG, *more_goods(extra, dice)):
        counter.simple(good)
    counter.gift()
    return counter.shelves


def local_price(ringgit: str, region: str) -> Decimal:
    """About the same in the money of another market; whole units where listings are whole."""
    unit = Decimal("0.01") if region in _TWO_DECIMALS else Decimal(1)
    return (Decimal(ringgit) * Decimal(_RINGGIT_IN[region])).quantize(unit, ROUND_HALF_UP)


class _Counter:
    def __init__(self, store: "ShopeeStore", at: datetime, pieces: int) -> None:
        self._store = store
        self._at = at
        self._pieces = pieces
        self.shelves = Shelves()

    def simple(self, good: Good, *, pieces: int | None = None, listed: str | None = None) -> str:
        """An item with one stock item behind it; `listed`: the SKU that the listing shows."""
        count = self._pieces if pieces is None else pieces
        sku = good.sku if listed is None else listed
        item_id = self._item(good.name, good.price, sku, count)
        self.shelves.stock_rows.append((good.sku, good.name, count))
        self.shelves.mapping_rows.append(mapping_row(item_id, sku, good.name, good.sku))
        if count:
            self.shelves.sellable.append(item_id)
        return item_id

    def tees(self) -> None:
        for listing_id, sku, name in self._models(TEES):
            self.shelves.stock_rows.append((sku, name, self._pieces))
            self.shelves.mapping_rows.append(mapping_row(listing_id, sku, name, sku))

    def scarves(self) -> None:
        """Two models with a SKU each, one stock item behind both."""
        self.shelves.stock_rows.append((SCARVES.sku, SCARVES.name, self._pieces))
        for listing_id, sku, name in self._models(SCARVES):
            self.shelves.mapping_rows.append(mapping_row(listing_id, sku, name, SCARVES.sku))

    def special(self) -> None:
        self.simple(PANEL)
        self.simple(SPOON, listed="")
        self.simple(MAT, pieces=0)
        gift_set = self._item(GIFT_SET.name, GIFT_SET.price, GIFT_SET.sku, self._pieces // 2)
        card = self._item(GIFT_CARD.name, GIFT_CARD.price, GIFT_CARD.sku, self._pieces)
        self.shelves.mapping_rows += kit_rows(gift_set, GIFT_SET)
        self.shelves.mapping_rows.append(
            mapping_row(card, GIFT_CARD.sku, GIFT_CARD.name, "", ignore=True)
        )
        self.shelves.sellable += [gift_set, card]

    def gift(self) -> None:
        self.shelves.gift = self.simple(POUCH)
        self.shelves.sellable.remove(self.shelves.gift)

    def _item(self, name: str, price: str, sku: str, count: int) -> str:
        price_here = local_price(price, self._store.settings.region)
        item_id = self._store.products.add_item(
            name, price=price_here, sku=sku, stock=count, at=self._at
        )
        return str(item_id)

    def _models(self, choice: Choice) -> list[tuple[str, str, str]]:
        """Its models: (listing id, SKU, name)."""
        products = self._store.products
        item_id = products.add_item(
            choice.name,
            price=local_price(choice.price, self._store.settings.region),
            sku=choice.sku,
            stock=self._pieces,
            options=dict(choice.options),
            at=self._at,
        )
        listings = [f"{item_id}:{model_id}" for model_id in products.row(item_id).models]
        self.shelves.sellable += listings
        return [
            (listing_id, sku, name)
            for listing_id, (_, sku, name) in zip(listings, choice.variants(), strict=True)
        ]
