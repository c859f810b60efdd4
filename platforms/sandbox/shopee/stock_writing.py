"""Writing stock: absolute numbers of one item's models, row by row.

Source: POST /api/v2/product/update_stock.
"""

from collections.abc import Sequence
from typing import Any

from platforms.sandbox.shopee.catalogue import Catalogue, Item, Model
from platforms.sandbox.shopee.errors import ShopeeError
from platforms.sandbox.shopee.exchange import Call, Reply
from platforms.sandbox.shopee.refusing_stock import BELOW_RESERVED, IN_PROMOTION, MESSAGES
from platforms.sandbox.shopee.world import ShopeeStore

MOST_ROWS = 50

_MIXED = (
    "Can not update item with different stock structure. Can only update seller stock with "
    "location id when existing seller stock have location id. Can only update seller stock "
    "without location id when existing seller stock without location id."
)
_EDITABLE = ("NORMAL", "UNLIST", "REVIEWING")

Failure = dict[str, Any]
Success = dict[str, Any]


def update_stock(store: ShopeeStore, call: Call) -> Reply:
    """Every row on its own: some may be written while others fail."""
    products = store.products
    rows = _rows(call.args["stock_list"])
    for code in products.refusals.of_the_shop():
        raise refused(code)
    item = _editable_item(products, call.args["item_id"])
    models = _models(item, rows)
    _check_locations(store, rows)
    written: list[Success] = []
    failed: list[Failure] = []
    for row, model in zip(rows, models, strict=True):
        reason = _reason_against(products, item, model, _wanted(row))
        if reason is None:
            written += _write(item, model, row)
        else:
            failed.append({"model_id": model.model_id, "failed_reason": reason})
    if written:
        products.edited(item)
    response = {"success_list": written, "failure_list": failed}
    if failed and not written:
        raise refused("error_busi_update_stock_failed", response)
    return Reply(response=response)


def refused(code: str, response: object = None) -> ShopeeError:
    return ShopeeError(code, MESSAGES[code], response=response)


def _rows(sent: Any) -> list[dict[str, Any]]:
    """Rows with ints only. ShopeeError where one is not what the reference asks for."""
    if not isinstance(sent, list) or not 1 <= len(sent) <= MOST_ROWS:
        raise _constraint("stock_list length should be between 1 to 50")
    for row in sent:
        stocks = row.get("seller_stock") if isinstance(row, dict) else None
        if not isinstance(stocks, list) or not stocks:
            raise _constraint("seller_stock is required")
        if not isinstance(row.get("model_id", 0), int):
            raise _constraint("model_id must be an int64")
        for stock in stocks:
            number = stock.get("stock") if isinstance(stock, dict) else None
            if not isinstance(number, int) or isinstance(number, bool):
                raise _constraint("stock must be an int64")
    ids = [row.get("model_id", 0) for row in sent]
    if len(set(ids)) < len(ids):
        raise ShopeeError("error_param", "Repeat model_id.")
    return sent


def _editable_item(products: Catalogue, item_id: int) -> Item:
    if item_id in products.refusals.foreign_items:
        raise refused("error_item_not_belong_shop")
    item = products.items.get(item_id)
    if item is None:
        raise refused("error_item_not_found")
    if item.status not in _EDITABLE:
        raise refused("error_item_uneditable")
    return item


def _models(item: Item, rows: Sequence[dict[str, Any]]) -> list[Model]:
    found = []
    for row in rows:
        model_id = row.get("model_id", 0)
        if model_id == 0 and item.has_model:
            raise refused("error_edit_item_stock_for_item_has_model")
        if model_id not in item.models:
            raise ShopeeError("error_param", "Wrong model_id.")
        found.append(item.models[model_id])
    return found


def _check_locations(store: ShopeeStore, rows: Sequence[dict[str, Any]]) -> None:
    known = store.settings.locations
    named = [stock.get("location_id") for row in rows for stock in row["seller_stock"]]
    if not known:
        if any(named):
            raise ShopeeError("error_param", _MIXED)
        return
    if not any(named):
        raise refused("error_busi")
    if not all(named):
        raise ShopeeError("error_param", _MIXED)
    if any(name not in known for name in named):
        raise refused("error_inner")


def _reason_against(products: Catalogue, item: Item, model: Model, wanted: int) -> str | None:
    """Why this row fails; None: it does not. ShopeeError when the whole call is refused."""
    least, most = products.stock_limit
    if not least <= wanted <= most:
        raise _constraint(f"stock must be between {least} and {most}")
    scripted = products.refusals.take_scripted(item.item_id, model.model_id)
    if scripted is not None:
        return scripted
    promotion = products.refusals.of(item.item_id, model.model_id)
    if promotion is None or not (promotion.is_locked or wanted < promotion.reserved):
        return None
    code = promotion.says or (IN_PROMOTION if promotion.is_locked else BELOW_RESERVED)
    if promotion.says or not item.has_model:
        raise refused(code)
    return MESSAGES[code]


def _wanted(row: dict[str, Any]) -> int:
    return sum(stock["stock"] for stock in row["seller_stock"])


def _write(item: Item, model: Model, row: dict[str, Any]) -> list[Success]:
    """One element per location: `location_id` and `stock` come in pairs."""
    written = []
    for stock in row["seller_stock"]:
        location = stock.get("location_id") or ""
        model.stock[location] = stock["stock"]
        written.append(
            {"model_id": model.model_id, "location_id": location, "stock": stock["stock"]}
        )
    return written


def _constraint(detail: str) -> ShopeeError:
    return ShopeeError("error_param", f"Parameter is not match the constraints, {detail}.")
