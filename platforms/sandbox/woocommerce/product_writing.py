"""What a write of a product or variation changes, silent no-ops and coercions included.

Source: PUT /wc/v3/products/<id>, POST /wc/v3/products/batch, and the same of variations.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from platforms.sandbox.woocommerce import stock
from platforms.sandbox.woocommerce.errors import RestError
from platforms.sandbox.woocommerce.loose_values import php_int, php_text, wire_meta
from platforms.sandbox.woocommerce.records import Product

if TYPE_CHECKING:
    from platforms.sandbox.woocommerce.state import StoreState

Sent = Mapping[str, Any]

_TEXTS = ("name", "status", "description", "tax_status", "tax_class", "backorders")


def create(store: "StoreState", sent: Sent, *, parent: Product | None = None) -> Product:
    """A new product, or a variation of `parent`."""
    _check_sku(store, None, sent)
    product = Product(
        id=store.next_post_id(),
        name=str(sent.get("name") or ""),
        type="variation" if parent else str(sent.get("type") or "simple"),
        parent_id=parent.id if parent else 0,
        created=store.now(),
        modified=store.now(),
    )
    for attribute in sent.get("attributes") or ():
        name = str(attribute.get("name") or "")
        if parent:
            product.chosen[name] = str(attribute.get("option") or "")
        else:
            product.options[name] = [str(option) for option in attribute.get("options") or ()]
    _apply(store, product, sent, batch=False)
    if parent:
        product.name = ", ".join(product.chosen.values())
        parent.variations.append(product.id)
    store.products[product.id] = product
    store.product_saved(product)
    return product


def update(store: "StoreState", product: Product, sent: Sent, *, batch: bool) -> None:
    """Merge what was sent; the date moves even when nothing was."""
    _check_sku(store, product, sent)
    renamed = "sku" in sent and sent["sku"] != product.sku
    _apply(store, product, sent, batch=batch)
    store.product_saved(product)
    if renamed:
        store.forget_encoded()


def _apply(store: "StoreState", product: Product, sent: Sent, *, batch: bool) -> None:
    for member in _TEXTS:
        if sent.get(member) is not None and not (member == "name" and product.is_variation):
            setattr(product, member, str(sent[member]))
    for member in ("sku", "global_unique_id"):
        if sent.get(member) is not None:
            setattr(product, member, php_text(sent[member]))
    for member in ("regular_price", "sale_price"):
        if sent.get(member) is not None:
            setattr(product, member, _price(sent[member]))
    for member in ("virtual", "downloadable"):
        if sent.get(member) is not None:
            setattr(product, member, _is_true(sent[member]))
    if "low_stock_amount" in sent:
        low = sent["low_stock_amount"]
        product.low_stock_amount = None if low in (None, "") else php_int(low)
    wire_meta(store, product.meta, sent.get("meta_data"))
    _apply_stock(store, product, sent, batch=batch)


def _apply_stock(store: "StoreState", product: Product, sent: Sent, *, batch: bool) -> None:
    """A quantity reaches only a product that manages its own; elsewhere it is dropped in silence."""
    if sent.get("manage_stock") is not None:
        wanted = sent["manage_stock"] != "parent" and _is_true(sent["manage_stock"])
        if wanted and product.type == "external":
            message = "Product is external and cannot manage stock."
            raise RestError("product_external_invalid_manage_stock", message, 400)
        product.manage_stock = wanted
        if not wanted:
            product.stock = None
    if not product.manage_stock:
        if sent.get("stock_status") in ("instock", "outofstock", "onbackorder"):
            product.stock_status = sent["stock_status"]
        return
    if "stock_quantity" in sent and not _ignored_null(store, sent, batch=batch):
        product.stock = php_int(sent["stock_quantity"])
    elif sent.get("stock_quantity") is None and sent.get("inventory_delta") is not None:
        product.stock = (product.stock or 0) + php_int(sent["inventory_delta"])
    stock.derive_status(product)


def _ignored_null(store: "StoreState", sent: Sent, *, batch: bool) -> bool:
    if sent["stock_quantity"] is not None:
        return False
    return batch and not store.settings.null_in_batch_is_zero


def _price(value: Any) -> str:
    """As entered, without padding; a comma is a thousands separator and falls out."""
    return php_text(value).replace(",", "").strip()


def _check_sku(store: "StoreState", product: Product | None, sent: Sent) -> None:
    """Unique over products and variations, whatever the case of its letters."""
    sku = php_text(sent.get("sku"))
    own = product.id if product else 0
    owner = _owner(store, sku, "sku", own)
    if owner is not None:
        if owner.status == "trash":
            message = f"The SKU ({sku}) you are trying to insert is already under processing"
            raise RestError("woocommerce_rest_product_not_created", message, 400)
        extra = {"resource_id": owner.id, "unique_sku": f"{sku}-1"}
        raise RestError("product_invalid_sku", "Invalid or duplicated SKU.", 400, extra=extra)
    unique = php_text(sent.get("global_unique_id"))
    owner = _owner(store, unique, "global_unique_id", own)
    if owner is not None:
        raise RestError(
            "product_invalid_global_unique_id",
            "Invalid or duplicated GTIN, UPC, EAN or ISBN.",
            400,
            extra={"resource_id": owner.id},
        )


def _owner(store: "StoreState", value: str, attribute: str, own: int) -> Product | None:
    if not value:
        return None
    wanted = value.lower()
    for product in store.products.values():
        if product.id != own and str(getattr(product, attribute)).lower() == wanted:
            return product
    return None


def _is_true(value: Any) -> bool:
    return value is True or str(value).lower() in ("1", "true", "yes")
