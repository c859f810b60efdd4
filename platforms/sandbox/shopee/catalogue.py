"""The shop's items and their models: prices, stock, and what an order takes from it.

An item without variations has one model with id 0. Stock is the seller's own: an order lowers
it when it is placed, a cancelled one raises it again. What a promotion has set apart is still
part of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

from platforms.sandbox.shopee.refusing_stock import StockRefusals

if TYPE_CHECKING:
    from platforms.sandbox.shopee.state import StoreState

Ref = str | int | tuple[int, int]
"""A SKU, `"<item>"`, `"<item>:<model>"`, an item id, or (item id, model id)."""

ITEM_STATUSES = ("NORMAL", "BANNED", "UNLIST", "REVIEWING", "SELLER_DELETE", "SHOPEE_DELETE")

_FIRST_ITEM = 23_500_000_000
_FIRST_MODEL = 210_600_000_000


@dataclass(slots=True, kw_only=True)
class Model:
    """What is bought: a combination of options, or the whole item (id 0)."""

    model_id: int
    name: str
    sku: str
    price: Decimal
    tier_index: tuple[int, ...] = ()
    stock: dict[str, int] = field(default_factory=dict)
    """Pieces by location; the key of a shop without warehouses is ""."""

    @property
    def pieces(self) -> int:
        """All of it. Below 0 when orders took more than there was; the wire shows 0 then."""
        return sum(self.stock.values())


@dataclass(slots=True, kw_only=True)
class Item:
    item_id: int
    name: str
    sku: str
    status: str
    is_kit: bool
    weight: str
    created: int
    updated: int
    tiers: tuple[tuple[str, tuple[str, ...]], ...] = ()
    models: dict[int, Model] = field(default_factory=dict)

    @property
    def has_model(self) -> bool:
        return 0 not in self.models


@dataclass(frozen=True, slots=True, kw_only=True)
class NewModel:
    """A model stated one by one; what is left out is the item's own."""

    option: tuple[str, ...]
    sku: str = ""
    price: str | None = None
    stock: int | None = None


class Catalogue:
    """Every item by id. The caller holds the store's lock in `take` and `give_back`."""

    def __init__(self, store: "StoreState") -> None:
        self._store = store
        self.items: dict[int, Item] = {}
        self.refusals = StockRefusals()
        """What stands in the way of changing stock, and what promotions hold."""
        self.stock_limit = (0, 10_000_000)
        self.offset_limit = 10_000
        """A list starting deeper than this is refused, save where a page pointed."""
        self.offered_offsets: set[int] = set()
        self._last_item = _FIRST_ITEM
        self._last_model = _FIRST_MODEL

    def add_item(
        self,
        name: str,
        *,
        price: str | Decimal,
        sku: str = "",
        stock: int = 0,
        status: str = "NORMAL",
        options: Mapping[str, Sequence[str]] | None = None,
        models: Sequence[NewModel] = (),
        kit: bool = False,
        weight: str = "0.5",
        at: datetime | None = None,
    ) -> int:
        """A new item's id. With `options` every combination is a model, `<SKU>-RED-S`, unless
        `models` states which there are; `stock` is then each model's."""
        store = self._store
        with store.lock, store.as_of(at) as moment:
            self._last_item += 137
            item = Item(
                item_id=self._last_item,
                name=name,
                sku=sku,
                status=status,
                is_kit=kit,
                weight=weight,
                created=moment,
                updated=moment,
                tiers=tuple((key, tuple(values)) for key, values in (options or {}).items()),
            )
            stated = list(models) or _combinations(sku, item.tiers)
            for new in stated:
                self._add_model(item, new, Decimal(new.price or price), stock)
            if not item.tiers:
                whole = Model(model_id=0, name="", sku="", price=Decimal(price))
                whole.stock[self._home()] = stock
                item.models[0] = whole
            self.items[item.item_id] = item
            return item.item_id

    # -- the buyers -----------------------------------------------------------------------

    def take(self, item_id: int, model_id: int, pieces: int) -> None:
        """An order was placed. An item that is gone is left alone."""
        model = self._known(item_id, model_id)
        if model is None:
            return
        for location in sorted(model.stock, key=lambda name: -model.stock[name]):
            part = min(pieces, max(model.stock[location], 0))
            model.stock[location] -= part
            pieces -= part
        if pieces:
            first = next(iter(model.stock))
            model.stock[first] -= pieces

    def give_back(self, item_id: int, model_id: int, pieces: int) -> None:
        """An order was cancelled: its pieces are back in the listing."""
        model = self._known(item_id, model_id)
        if model is not None:
            first = next(iter(model.stock))
            model.stock[first] += pieces

    # -- looking --------------------------------------------------------------------------

    def find(self, ref: Ref) -> tuple[Item, Model]:
        """LookupError when nothing is sold under that name; several models: the first."""
        if isinstance(ref, tuple):
            return self.items[ref[0]], self.items[ref[0]].models[ref[1]]
        if isinstance(ref, str):
            if not ref.replace(":", "", 1).isdigit():
                return self._by_sku(ref)
            item_text, _, model_text = ref.partition(":")
            if model_text:
                return self.find((int(item_text), int(model_text)))
            ref = int(item_text)
        item = self.items[ref]
        return item, next(iter(item.models.values()))

    def row(self, item_id: int) -> Item:
        """KeyError when it is gone."""
        return self.items[item_id]

    def model(self, item_id: int, model_id: int) -> Model:
        """KeyError when either is gone."""
        return self.items[item_id].models[model_id]

    def price(self, item_id: int, model_id: int) -> Decimal:
        return self.model(item_id, model_id).price

    def stock(self, ref: Ref) -> int:
        """Pieces of the seller's stock, all warehouses together, as the wire shows it."""
        with self._store.lock:
            return max(self.find(ref)[1].pieces, 0)

    def edited(self, item: Item) -> None:
        item.updated = max(item.updated, self._store.now())

    def _known(self, item_id: int, model_id: int) -> Model | None:
        item = self.items.get(item_id)
        return None if item is None else item.models.get(model_id)

    def _by_sku(self, sku: str) -> tuple[Item, Model]:
        for item in self.items.values():
            for model in item.models.values():
                if model.sku == sku:
                    return item, model
            if item.sku == sku:
                return item, next(iter(item.models.values()))
        raise LookupError(f"nothing is sold as {sku}")

    def _add_model(self, item: Item, new: NewModel, price: Decimal, stock: int) -> None:
        self._last_model += 41
        places = zip(new.option, item.tiers, strict=True)
        model = Model(
            model_id=self._last_model,
            name=",".join(new.option),
            sku=new.sku,
            price=price,
            tier_index=tuple(values.index(option) for option, (_, values) in places),
        )
        model.stock[self._home()] = stock if new.stock is None else new.stock
        item.models[model.model_id] = model

    def _home(self) -> str:
        return next(iter(self._store.settings.locations), "")


def _combinations(sku: str, tiers: Sequence[tuple[str, tuple[str, ...]]]) -> list[NewModel]:
    if not tiers:
        return []
    return [
        NewModel(option=option, sku="-".join([sku, *(o.upper() for o in option)]) if sku else "")
        for option in product(*(values for _, values in tiers))
    ]
