"""The catalogue of the seeded shop, a small Malaysian home-goods and tees shop.

Each kind that a back office meets is there: simple, variations, managed by the parent, not
managed, without SKU, sold out, a gift set of other pieces and a gift card.
"""

import random
from dataclasses import dataclass
from datetime import datetime

from platforms.sandbox.woocommerce.world import WooStore

StockRow = tuple[str, str, int]
MappingRow = dict[str, str]

SHELF = 5000
"""Pieces of each stock item before the first order, at least: more than the seed sells."""


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
    shelves.simple("Batik Cushion Cover", "CUSHION-BATIK", "49.90")
    shelves.simple("Rattan Basket", "BASKET-RATTAN", "89.00")
    shelves.simple("Pandan Candle", "CANDLE-PANDAN", "35.00")
    shelves.simple("Teh Tarik Mug", "MUG-TEHTARIK", "24.50")
    shelves.simple("Kopi Coaster Set", "COASTER-KOPI", "18.00")
    shelves.simple("Linen Tea Towel — 麻布", "TOWEL-LINEN", "22.90")
    shelves.simple("Brass Lamp", "LAMP-BRASS", "159.00", tax_class="higher-rate")
    shelves.tees()
    shelves.scarves()
    shelves.special()
    for number in range(1, extra + 1):
        price = f"{dice.randrange(500, 20000) / 100:.2f}"
        shelves.simple(f"Home Piece {number:04d}", f"HOME-{number:04d}", price)
    return Shop(shelves.stock, shelves.mapping, shelves.sellable)


class _Shelves:
    def __init__(self, store: WooStore, at: datetime, pieces: int) -> None:
        self._store = store
        self._at = at
        self._pieces = pieces
        self.stock: list[StockRow] = []
        self.mapping: list[MappingRow] = []
        self.sellable: list[int] = []

    def simple(self, name: str, sku: str, price: str, *, tax_class: str = "") -> None:
        product_id = self._store.add_product(
            name, price=price, sku=sku, stock=self._pieces, tax_class=tax_class, at=self._at
        )
        self.stock.append((sku, name, self._pieces))
        self.mapping.append(_row(product_id, sku, name, sku))
        self.sellable.append(product_id)

    def tees(self) -> None:
        parent, variations = self._store.add_variable(
            "Kampung Tee",
            options={"Colour": ["Red", "Navy"], "Size": ["S", "M", "L"]},
            price="50.00",
            sku="TEE",
            stock=self._pieces,
            at=self._at,
        )
        for variation_id in variations:
            variation = self._store.products[variation_id]
            name = f"Kampung Tee - {variation.name}"
            self.stock.append((variation.sku, name, self._pieces))
            self.mapping.append(
                _row(f"{parent}:{variation_id}", variation.sku, name, variation.sku)
            )
        self.sellable += variations

    def scarves(self) -> None:
        """The parent holds the stock of all its colours: one stock item."""
        parent, variations = self._store.add_variable(
            "Songket Scarf",
            options={"Colour": ["Gold", "Emerald"]},
            price="75.00",
            sku="SCARF",
            stock=self._pieces,
            parent_manages=True,
            variation_skus=False,
            at=self._at,
        )
        self.stock.append(("SCARF", "Songket Scarf", self._pieces))
        for variation_id in variations:
            name = f"Songket Scarf - {self._store.products[variation_id].name}"
            self.mapping.append(_row(f"{parent}:{variation_id}", "SCARF", name, "SCARF"))
        self.sellable += variations

    def special(self) -> None:
        store, at = self._store, self._at
        panel = store.add_product(
            "Made-to-order Batik Panel", price="220.00", sku="PANEL-BATIK", at=at
        )
        spoon = store.add_product("Wooden Spoon", price="12.00", stock=self._pieces, at=at)
        mat = store.add_product("Mengkuang Mat", price="45.00", sku="MAT-MENGKUANG", stock=0, at=at)
        gift_set = store.add_product(
            "Kopitiam Gift Set", price="79.00", sku="GIFT-KOPITIAM", stock=self._pieces // 2, at=at
        )
        gift_card = store.add_product(
            "Gift Card RM50", price="50.00", sku="GIFTCARD-50", virtual=True, taxable=False, at=at
        )
        self.stock += [
            ("PANEL-BATIK", "Made-to-order Batik Panel", self._pieces),
            ("SPOON-WOOD", "Wooden Spoon", self._pieces),
            ("MAT-MENGKUANG", "Mengkuang Mat", 0),
        ]
        self.mapping += [
            _row(panel, "PANEL-BATIK", "Made-to-order Batik Panel", "PANEL-BATIK"),
            _row(spoon, "", "Wooden Spoon", "SPOON-WOOD"),
            _row(mat, "MAT-MENGKUANG", "Mengkuang Mat", "MAT-MENGKUANG"),
            _row(gift_set, "GIFT-KOPITIAM", "Kopitiam Gift Set", "MUG-TEHTARIK", quantity=2),
            _row(gift_set, "GIFT-KOPITIAM", "Kopitiam Gift Set", "COASTER-KOPI"),
            _row(gift_card, "GIFTCARD-50", "Gift Card RM50", "", ignore=True),
        ]
        self.sellable += [panel, spoon, gift_set, gift_card]


def _row(
    listing_id: int | str,
    listing_sku: str,
    listing_name: str,
    sku: str,
    *,
    quantity: int | None = None,
    ignore: bool = False,
) -> MappingRow:
    """One row in the columns of a mapping sheet."""
    return {
        "listing_id": str(listing_id),
        "listing_sku": listing_sku,
        "listing_name": listing_name,
        "sku": sku,
        "quantity": "" if ignore else str(quantity or 1),
        "ignore": "yes" if ignore else "",
        "max_quantity": "",
    }
