"""All stock items, held in memory: the item picker asks with every key that is pressed.

While there are few, an item added or renamed is seen at once. Many are indexed anew beside the
requests, once a minute at most; meanwhile a new item is found by its whole SKU.
"""

from dataclasses import dataclass
from threading import Lock, Thread
from time import monotonic

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from webapp.admin.frame.session import backing
from webapp.backoffice.goods.item_index import ItemIndex
from webapp.backoffice.goods.suggestions import Named
from webapp.database import reading
from webapp.models.stock import StockItem

KEEP_SECONDS = 60
FEW = 3_000


@dataclass(slots=True)
class _Kept:
    engine: Engine
    index: ItemIndex
    read_at: float
    is_being_read: bool = False


_lock = Lock()
_kept: list[_Kept] = []


def known_items() -> ItemIndex:
    """The index of the stock items, at most a minute old and a little more."""
    return items_of(backing().engine)


def items_of(engine: Engine) -> ItemIndex:
    with _lock:
        kept = next((each for each in _kept if each.engine is engine), None)
        if kept is not None and len(kept.index.by_id) > FEW:
            if monotonic() - kept.read_at > KEEP_SECONDS and not kept.is_being_read:
                kept.is_being_read = True
                Thread(target=_renew, args=(kept,), daemon=True).start()
            return kept.index
        index = _read(engine)
        _kept[:] = [_Kept(engine, index, monotonic())]
        return index


def find_items(session: Session, text: str, most: int = 10) -> list[Named]:
    """Stock items that begin so, for a picker; the one whose SKU was typed whole comes first."""
    found = known_items().find(text, most)
    whole = session.execute(
        select(StockItem.id, StockItem.sku, StockItem.name).where(StockItem.sku == text.strip())
    ).all()
    exact = [Named(item_id, sku, name) for item_id, sku, name in whole]
    return [*exact, *(item for item in found if item.sku != text.strip())][:most]


def _renew(kept: _Kept) -> None:
    try:
        kept.index = _read(kept.engine)
        kept.read_at = monotonic()
    finally:
        kept.is_being_read = False


def _read(engine: Engine) -> ItemIndex:
    with reading(engine) as session:
        rows = session.execute(select(StockItem.id, StockItem.sku, StockItem.name))
        return ItemIndex([Named(item_id, sku, name) for item_id, sku, name in rows])
