"""The catalogue of the seeded shop, a small Malaysian home-goods and tees shop.

Each kind that a back office meets is there: simple, variations, managed by the parent, not
managed, without SKU, sold out, a gift set of other pieces and a gift card.
"""

import random
from dataclasses import dataclass
from datetime import datetime

from platforms.sandbox.goods import (
    GIFT_CARD,
    GIFT_SET,
    LAMP,
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
from platforms.sandbox.woocommerce.world import WooStore


@dataclass(frozen=True, slots=True)
class Shop:
    """What was put on the shelves, and how the listings stand for stock items."""

    stock_rows: list[StockRow]
    mapping_rows: list[MappingRow]
    sellable: list[int]
    """Ids of simple products and variations that the seeded buyers choose from."""


def furnish(
    store: WooStore, *, extra: int, dice: random.Random, at: datetime, pieces: int = SHELF
) -> Shop:
    """Fill an empty store; `extra` more simple products beside the fixed ones."""
    shelves = _Shelves(store, at, pieces)
    for good in PLAIN:
        shelves.simple(good)
    shelves.tees()
    shelves.scarves()
    shelves.special()
    for good in more_goods(extra, dice):
        shelves.simple(good)
    return Shop(shelves.stock, shelves.mapping, shelves.sellable)


class _Shelves:
    def __init__(self, store: WooStore, at: datetime, pieces: int) -> None:
        self._store = store
        self._at = at
        self._pieces = pieces
        self.stock: list[StockRow] = []
        self.mapping: list[MappingRow] = []
        self.sellable: list[int] = []

    def simple(self, good: Good) -> None:
        product_id = self._store.add_product(
            good.name,
            price=good.price,
            sku=good.sku,
            stock=self._pieces,
            tax_class="higher-rate" if good is LAMP else "",
            at=self._at,
        )
        self.stock.append((good.sku, good.name, self._pieces))
        self.mapping.append(mapping_row(product_id, good.sku, good.name, good.sku))
        self.sellable.append(product_id)

    def tees(self) -> None:
        for listing_id, sku, name in self._variable(TEES):
            self.stock.append((sku, name, self._pieces))
            self.mapping.append(mapping_row(listing_id, sku, name, sku))

    def scarves(self) -> None:
        """The parent holds the stock of all its colours: one stock item."""
        self.stock.append((SCARVES.sku, SCARVES.name, self._pieces))
        for listing_id, _, name in self._variable(SCARVES, parent_manages=True):
            self.mapping.append(mapping_row(listing_id, SCARVES.sku, name, SCARVES.sku))

    def _variable(
        self, choice: Choice, *, parent_manages: bool = False
    ) -> list[tuple[str, str, str]]:
        """Its variations: (listing id, SKU, name)."""
        parent, variations = self._store.add_variable(
            choice.name,
            options=dict(choice.options),
            price=choice.price,
            sku=choice.sku,
            stock=self._pieces,
            parent_manages=parent_manages,
            variation_skus=not parent_manages,
            at=self._at,
        )
        self.sellable += variations
        return [
            (f"{parent}:{variation_id}", sku, name)
            for variation_id, (_, sku, name) in zip(variations, choice.variants(), strict=True)
        ]

    def special(self) -> None:
        store, at = self._store, self._at
        panel = store.add_product(PANEL.name, price=PANEL.price, sku=PANEL.sku, at=at)
        spoon = store.add_product(SPOON.name, price=SPOON.price, stock=self._pieces, at=at)
        mat = store.add_product(MAT.name, price=MAT.price, sku=MAT.sku, stock=0, at=at)
        gift_set = store.add_product(
            GIFT_SET.name,
            price=GIFT_SET.price,
            sku=GIFT_SET.sku,
            stock=self._pieces // 2,
            at=at,
        )
        gift_card = store.add_product(
            GIFT_CARD.name,
            price=GIFT_CARD.price,
            sku=GIFT_CARD.sku,
            virtual=True,
            taxable=False,
            at=at,
        )
        self.stock += [
            (PANEL.sku, PANEL.name, self._pieces),
            (SPOON.sku, SPOON.name, self._pieces),
            (MAT.sku, MAT.name, 0),
        ]
        self.mapping += [
            mapping_row(panel, PANEL.sku, PANEL.name, PANEL.sku),
            mapping_row(spoon, "", SPOON.name, SPOON.sku),
            mapping_row(mat, MAT.sku, MAT.name, MAT.sku),
            *kit_rows(gift_set, GIFT_SET),
            mapping_row(gift_card, GIFT_CARD.sku, GIFT_CARD.name, "", ignore=True),
        ]
        self.sellable += [panel, spoon, gift_set, gift_card]
