"""Products and variations as the API serves them.

Source: GET /wc/v3/products/<id>, GET /wc/v3/products/<id>/variations/<id>.
"""

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from platforms.sandbox.woocommerce.amounts import rounded, wire_decimal
from platforms.sandbox.woocommerce.dates import gmt, local
from platforms.sandbox.woocommerce.links import product_links, variation_links
from platforms.sandbox.woocommerce.order_json import SYMBOLS
from platforms.sandbox.woocommerce.php_json import encoded
from platforms.sandbox.woocommerce.records import Product

if TYPE_CHECKING:
    from platforms.sandbox.woocommerce.state import StoreState

JsonObject = dict[str, Any]


def encoded_product(store: "StoreState", product: Product) -> bytes:
    """The JSON bytes of a product in its own list, kept until it changes."""
    if product.encoded is None:
        product.encoded = encoded(product_object(store, product))
    return product.encoded


def product_object(store: "StoreState", product: Product, *, written: bool = False) -> JsonObject:
    """As its own route serves it. `written`: the answer to a write says a little more."""
    if product.is_variation:
        return variation_object(store, product, written=written)
    return plain_product(store, product, written=written)


def plain_product(store: "StoreState", product: Product, *, written: bool = False) -> JsonObject:
    """In the form of `/products/<id>`, which also reads a variation."""
    slug = slug_of(product)
    shipped = not product.virtual
    parent = store.products.get(product.parent_id)
    return {
        "id": product.id,
        "name": f"{parent.name} - {product.name}" if parent else product.name,
        "slug": slug,
        "permalink": f"{store.home}/product/{slug}/",
        **_dates(store, product),
        "type": product.type,
        "status": product.status,
        "featured": False,
        "catalog_visibility": "visible",
        "description": product.description,
        "short_description": "",
        "sku": product.sku,
        **_prices(store, product),
        "total_sales": product.total_sales,
        "virtual": product.virtual,
        "downloadable": product.downloadable,
        "downloads": [],
        "download_limit": -1,
        "download_expiry": -1,
        "external_url": "",
        "button_text": "",
        "tax_status": product.tax_status,
        "tax_class": product.tax_class,
        "manage_stock": managed(store, product),
        "stock_quantity": quantity(store, product),
        **_backorders(store, product),
        "low_stock_amount": product.low_stock_amount,
        "sold_individually": False,
        "weight": "",
        "dimensions": {"length": "", "width": "", "height": ""},
        "shipping_required": shipped,
        "shipping_taxable": shipped and product.tax_status == "taxable",
        "shipping_class": "",
        "shipping_class_id": 0,
        "reviews_allowed": True,
        "average_rating": "0" if written else "0.00",
        "rating_count": 0,
        "upsell_ids": [],
        "cross_sell_ids": [],
        "parent_id": product.parent_id,
        "purchase_note": "",
        "categories": [{"id": 15, "name": "Uncategorized", "slug": "uncategorized"}],
        "brands": [],
        "tags": [],
        "images": [],
        "attributes": [
            {
                "id": 0,
                "name": name,
                "slug": name,
                "position": position,
                "visible": True,
                "variation": True,
                "options": list(values),
            }
            for position, (name, values) in enumerate(product.options.items())
        ],
        "default_attributes": [],
        "variations": list(product.variations),
        "grouped_products": [],
        "menu_order": 0,
        "price_html": _price_html(store, product),
        "related_ids": _related(store, product),
        "meta_data": _meta(product),
        "stock_status": stock_status(store, product),
        "has_options": bool(product.options),
        "post_password": "",
        "global_unique_id": product.global_unique_id,
        **(
            {
                "permalink_template": f"{store.home}/product/%pagename%/",
                "generated_slug": slug,
            }
            if written
            else {}
        ),
        "_links": product_links(store.home, product.id),
    }


def variation_object(store: "StoreState", product: Product, *, written: bool = False) -> JsonObject:
    parent = store.products.get(product.parent_id)
    chosen = {f"attribute_{_slug(name)}": value for name, value in product.chosen.items()}
    slug = slug_of(parent) if parent else ""
    return {
        "id": product.id,
        "type": "variation",
        **_dates(store, product),
        "description": product.description,
        "permalink": f"{store.home}/product/{slug}/?{urlencode(chosen)}",
        "sku": product.sku,
        "global_unique_id": product.global_unique_id,
        **_prices(store, product, with_purchasable=False),
        "status": product.status,
        "purchasable": product.price != "" and product.status == "publish",
        "virtual": product.virtual,
        "downloadable": product.downloadable,
        "downloads": [],
        "download_limit": -1,
        "download_expiry": -1,
        "tax_status": product.tax_status,
        "tax_class": product.tax_class or ("parent" if written else ""),
        "manage_stock": managed(store, product),
        "stock_quantity": quantity(store, product),
        "stock_status": stock_status(store, product),
        **_backorders(store, product),
        "low_stock_amount": product.low_stock_amount,
        "weight": "",
        "dimensions": {"length": "", "width": "", "height": ""},
        "shipping_class": "",
        "shipping_class_id": 0,
        "image": None,
        "gallery_image_ids": [],
        "attributes": [
            {"id": 0, "name": name, "slug": _slug(name), "option": value}
            for name, value in product.chosen.items()
        ],
        "menu_order": 0,
        "meta_data": _meta(product),
        "name": product.name,
        "parent_id": product.parent_id,
        "_links": variation_links(store.home, product.parent_id, product.id),
    }


def managed(store: "StoreState", product: Product) -> bool | str:
    """True, False, or "parent" on a variation whose parent holds the stock."""
    parent = store.products.get(product.parent_id)
    if not product.manage_stock and parent is not None and parent.manage_stock:
        return "parent"
    return product.manage_stock


def quantity(store: "StoreState", product: Product) -> int | None:
    holder = _holder(store, product)
    return holder.stock if holder.manage_stock else None


def stock_status(store: "StoreState", product: Product) -> str:
    """A variable product is in stock while one of its variations is."""
    holder = _holder(store, product)
    if product.variations and not product.manage_stock:
        states = {
            store.products[variation_id].stock_status
            for variation_id in product.variations
            if variation_id in store.products
        }
        return next((s for s in ("instock", "onbackorder") if s in states), "outofstock")
    return holder.stock_status


def slug_of(product: Product) -> str:
    return _slug(product.name) or f"product-{product.id}"


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _holder(store: "StoreState", product: Product) -> Product:
    if managed(store, product) == "parent":
        return store.products[product.parent_id]
    return product


def _dates(store: "StoreState", product: Product) -> JsonObject:
    return {
        "date_created": local(product.created, store.zone),
        "date_created_gmt": gmt(product.created),
        "date_modified": local(product.modified, store.zone),
        "date_modified_gmt": gmt(product.modified),
    }


def _prices(store: "StoreState", product: Product, *, with_purchasable: bool = True) -> JsonObject:
    price = product.price
    if product.type == "variable":
        price = _lowest(store, product)
    prices: JsonObject = {
        "price": price,
        "regular_price": product.regular_price,
        "sale_price": product.sale_price,
        "date_on_sale_from": None,
        "date_on_sale_from_gmt": None,
        "date_on_sale_to": None,
        "date_on_sale_to_gmt": None,
        "on_sale": product.sale_price != "",
    }
    if with_purchasable:
        prices["purchasable"] = price != "" and product.status == "publish"
    return prices


def _lowest(store: "StoreState", product: Product) -> str:
    prices = [
        store.products[variation_id].price
        for variation_id in product.variations
        if variation_id in store.products and store.products[variation_id].price
    ]
    return min(prices, key=wire_decimal, default="")


def _backorders(store: "StoreState", product: Product) -> JsonObject:
    holder = _holder(store, product)
    allowed = holder.backorders != "no"
    waiting = holder.manage_stock and allowed and (holder.stock or 0) < 1
    return {
        "backorders": holder.backorders,
        "backorders_allowed": allowed,
        "backordered": waiting,
    }


def _price_html(store: "StoreState", product: Product) -> str:
    price = _lowest(store, product) if product.type == "variable" else product.price
    if not price:
        return ""
    new = _amount_html(store, wire_decimal(price))
    if not product.sale_price:
        return new
    old = _amount_html(store, wire_decimal(product.regular_price))
    return f'<del aria-hidden="true">{old}</del> <ins aria-hidden="true">{new}</ins>'


def _amount_html(store: "StoreState", price: Decimal) -> str:
    symbol = "".join(
        f"&#{ord(sign)};" for sign in SYMBOLS.get(store.settings.currency, store.settings.currency)
    )
    return (
        '<span class="woocommerce-Price-amount amount"><bdi>'
        f'<span class="woocommerce-Price-currencySymbol" translate="no">{symbol}</span>'
        f"{rounded(price, store.settings.decimals):,f}</bdi></span>"
    )


def _related(store: "StoreState", product: Product) -> list[int]:
    found: list[int] = []
    for other in store.products.values():
        if other.id != product.id and not other.is_variation:
            found.append(other.id)
            if len(found) == 5:
                break
    return found


def _meta(product: Product) -> list[JsonObject]:
    return [{"id": entry.id, "key": entry.key, "value": entry.value} for entry in product.meta]
