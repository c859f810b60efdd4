"""When the store itself moves stock: its own sales, cancellations and refunds.

Once per order (a flag) and per line (`_reduced_stock`): never twice, never more than taken.
Source: GET /wc/v3/orders, meta `_reduced_stock`; GET /wc/v3/products, stock_quantity.
"""

from typing import TYPE_CHECKING

from platforms.sandbox.woocommerce.records import LineItem, Meta, Order, Product

if TYPE_CHECKING:
    from platforms.sandbox.woocommerce.state import StoreState

TAKING = frozenset({"on-hold", "processing", "completed"})
_REDUCED = "_reduced_stock"
_RESTOCKED = "_restock_refunded_items"


def derive_status(product: Product) -> None:
    """`stock_status` follows the quantity of a managed product, whatever was sent for it."""
    if not product.manage_stock or product.stock is None:
        return
    if product.stock > 0:
        product.stock_status = "instock"
    else:
        product.stock_status = "outofstock" if product.backorders == "no" else "onbackorder"


def holder(store: "StoreState", line: LineItem) -> Product | None:
    """The product whose quantity a line takes from; None where nothing is managed."""
    product = store.products.get(line.variation_id or line.product_id)
    if product is None or not store.settings.manage_stock:
        return None
    if not product.manage_stock and product.is_variation:
        product = store.products.get(product.parent_id)
    return product if product is not None and product.manage_stock else None


def follow_status(store: "StoreState", order: Order) -> None:
    """Take or give back what the order's present status asks for."""
    giving_back = {"cancelled", "pending"}
    if store.settings.failed_restores_stock:
        giving_back.add("failed")
    if order.status in TAKING:
        reduce(store, order)
    elif order.status in giving_back:
        restore(store, order)


def reduce(store: "StoreState", order: Order) -> None:
    if order.stock_reduced:
        return
    order.stock_reduced = True
    changes = []
    for line in order.lines:
        product = holder(store, line)
        _count_sale(store, line)
        if product is None or line.quantity <= 0:
            continue
        before = product.stock or 0
        move(store, product, -line.quantity, sold=store.products.get(line.variation_id))
        _set(store, line, _REDUCED, line.quantity)
        changes.append(f"{line.name} ({before}&rarr;{product.stock})")
    if changes:
        store.note(order, "Stock levels reduced: " + ", ".join(changes))


def restore(store: "StoreState", order: Order) -> None:
    if not order.stock_reduced:
        return
    order.stock_reduced = False
    for line in order.lines:
        taken = taken_by(line)
        product = holder(store, line)
        if taken and product is not None:
            move(store, product, taken, sold=store.products.get(line.variation_id))
        line.meta = [entry for entry in line.meta if entry.key != _REDUCED]


def restock(store: "StoreState", order: Order, line: LineItem, quantity: int) -> None:
    """Pieces back by a refund; the store does not ask whether so many were sold."""
    product = holder(store, line)
    if product is None or quantity <= 0:
        return
    before = product.stock or 0
    move(store, product, quantity, sold=store.products.get(line.variation_id))
    if taken_by(line):
        _set(store, line, _REDUCED, max(taken_by(line) - quantity, 0))
    _set(store, line, _RESTOCKED, _number(line, _RESTOCKED) + quantity)
    store.note(order, f"Item #{product.id} stock increased from {before} to {product.stock}.")


def adjust_edited(store: "StoreState", order: Order, line: LineItem, *, removed: bool) -> None:
    """A line edited or removed in an order that has taken its stock moves the difference."""
    product = holder(store, line)
    if product is None or order.status not in TAKING:
        return
    wanted = 0 if removed else line.quantity
    difference = taken_by(line) - wanted
    if difference:
        move(store, product, difference, sold=store.products.get(line.variation_id))
        _set(store, line, _REDUCED, wanted)


def move(
    store: "StoreState", product: Product, change: int, *, sold: Product | None = None
) -> None:
    """Change a managed quantity; dates move as on any write, of a parent too.

    `sold`: the variation that was sold where its parent holds the stock.
    """
    product.stock = (product.stock or 0) + change
    derive_status(product)
    store.product_saved(product)
    if sold is not None and sold is not product:
        store.product_saved(sold)


def taken_by(line: LineItem) -> int:
    """Pieces that the line has taken from stock and not given back."""
    return _number(line, _REDUCED)


def _number(line: LineItem, key: str) -> int:
    return next((int(entry.value) for entry in line.meta if entry.key == key), 0)


def _set(store: "StoreState", line: LineItem, key: str, value: int) -> None:
    for entry in line.meta:
        if entry.key == key:
            entry.value = str(value)
            return
    line.meta.append(Meta(store.next_meta_id(), key, str(value)))


def _count_sale(store: "StoreState", line: LineItem) -> None:
    for product_id in (line.product_id, line.variation_id):
        product = store.products.get(product_id)
        if product is not None:
            product.total_sales += line.quantity
            product.encoded = None
