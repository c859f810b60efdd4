"""The product and variation routes.

Source: /wc/v3/products, /wc/v3/products/<id>/variations, /wc/v3/variations.
"""

from typing import Any

from platforms.sandbox.woocommerce import product_writing
from platforms.sandbox.woocommerce.arguments import Arg
from platforms.sandbox.woocommerce.batches import run_batch
from platforms.sandbox.woocommerce.dates import filter_bound
from platforms.sandbox.woocommerce.errors import RestError, invalid_id
from platforms.sandbox.woocommerce.exchange import Answer, Call
from platforms.sandbox.woocommerce.links import rest
from platforms.sandbox.woocommerce.paging import PAGE_ARGS, counted, window
from platforms.sandbox.woocommerce.php_json import joined
from platforms.sandbox.woocommerce.product_json import (
    encoded_product,
    plain_product,
    product_object,
    slug_of,
    stock_status,
    variation_object,
)
from platforms.sandbox.woocommerce.records import Product
from platforms.sandbox.woocommerce.settings import StoreSettings
from platforms.sandbox.woocommerce.world import WooStore

_IDS = Arg(type="array", items=Arg(type="integer"))
_STOCK_STATES = ("instock", "outofstock", "onbackorder")
_STATUSES = ("any", "future", "trash", "draft", "pending", "private", "publish")


def list_args(settings: StoreSettings) -> dict[str, Arg]:
    args = {
        "context": Arg(default="view", enum=("view", "edit")),
        **PAGE_ARGS,
        "search": Arg(),
        "after": Arg(type="date-time"),
        "before": Arg(type="date-time"),
        "dates_are_gmt": Arg(type="boolean", default=False),
        "exclude": _IDS,
        "include": _IDS,
        "parent": _IDS,
        "order": Arg(default="desc", enum=("asc", "desc")),
        "orderby": Arg(
            default="date",
            enum=("date", "id", "include", "title", "slug", "modified", "menu_order", "price"),
        ),
        "status": Arg(default="any", enum=_STATUSES),
        "type": Arg(enum=("simple", "grouped", "external", "variable")),
        "sku": Arg(),
        "stock_status": Arg(enum=_STOCK_STATES),
    }
    if settings.modified_filters:
        args["modified_after"] = args["modified_before"] = Arg(type="date-time")
    return args


def write_args(settings: StoreSettings) -> dict[str, Arg]:
    return {
        "name": Arg(),
        "sku": Arg(),
        "status": Arg(enum=_STATUSES[1:]),
        "regular_price": Arg(),
        "sale_price": Arg(),
        "manage_stock": Arg(type="boolean"),
        "stock_quantity": Arg(type="integer"),
        "stock_status": Arg(enum=_STOCK_STATES),
        "backorders": Arg(enum=("no", "notify", "yes")),
        "low_stock_amount": Arg(type="integer"),
        "meta_data": Arg(type="array", items=Arg(type="object")),
    }


class ProductRoutes:
    """Handlers of the catalogue routes; the caller holds the store's lock."""

    def __init__(self, store: WooStore) -> None:
        self._store = store

    def listing(self, call: Call) -> Answer:
        """Every product; variations only when their SKU was asked for."""
        skus = _lower_parts(call.params.get("sku"))
        rows = [
            product
            for product in self._store.products.values()
            if (not product.is_variation or skus) and (not skus or product.sku.lower() in skus)
        ]
        return self._page(call, rows)

    def get(self, call: Call) -> Answer:
        product = self._found(call.ids[0], 404)
        if product.is_variation:
            return Answer(plain_product(self._store, product))
        return Answer(encoded=encoded_product(self._store, product))

    def create(self, call: Call) -> Answer:
        product = product_writing.create(self._store, call.sent)
        location = f"{rest(self._store.home)}/products/{product.id}"
        return Answer(self._written(product), status=201, location=location)

    def update(self, call: Call) -> Answer:
        return Answer(self._update(call.ids[0], call.sent, batch=False))

    def delete(self, call: Call) -> Answer:
        forced = str(call.params.get("force", "")).lower() in ("1", "true")
        return Answer(self._delete(self._found(call.ids[0], 404), forced=forced))

    def batch(self, call: Call) -> Answer:
        return Answer(
            run_batch(
                call.sent,
                limit=self._store.settings.batch_limit,
                create=lambda item: self._written(product_writing.create(self._store, item)),
                update=lambda product_id, item: self._update(product_id, item, batch=True),
                delete=lambda product_id: self._delete(self._found(product_id, 404), forced=True),
            )
        )

    def variations(self, call: Call) -> Answer:
        """Of one parent; an unknown one has an empty list."""
        parent = self._store.products.get(call.ids[0])
        return self._page(call, self._children(parent) if parent else [])

    def all_variations(self, call: Call) -> Answer:
        rows = [product for product in self._store.products.values() if product.is_variation]
        return self._page(call, rows)

    def get_variation(self, call: Call) -> Answer:
        return Answer(variation_object(self._store, self._variation(*call.ids)))

    def create_variation(self, call: Call) -> Answer:
        parent = self._parent(call.ids[0])
        product = product_writing.create(self._store, call.sent, parent=parent)
        location = f"{rest(self._store.home)}/products/{parent.id}/variations/{product.id}"
        return Answer(self._written(product), status=201, location=location)

    def update_variation(self, call: Call) -> Answer:
        product = self._variation(*call.ids)
        product_writing.update(self._store, product, call.sent, batch=False)
        return Answer(self._written(product))

    def delete_variation(self, call: Call) -> Answer:
        forced = str(call.params.get("force", "")).lower() in ("1", "true")
        return Answer(self._delete(self._variation(*call.ids), forced=forced))

    def batch_variations(self, call: Call) -> Answer:
        parent_id = call.ids[0]

        def update(product_id: int, item: dict[str, Any]) -> dict[str, Any]:
            product = self._variation(parent_id, product_id)
            product_writing.update(self._store, product, item, batch=True)
            return self._written(product)

        def create(item: dict[str, Any]) -> dict[str, Any]:
            parent = self._parent(parent_id)
            return self._written(product_writing.create(self._store, item, parent=parent))

        def delete(product_id: int) -> dict[str, Any]:
            return self._delete(self._variation(parent_id, product_id), forced=True)

        limit = self._store.settings.batch_limit
        return Answer(
            run_batch(call.sent, limit=limit, create=create, update=update, delete=delete)
        )

    def _page(self, call: Call, rows: list[Product]) -> Answer:
        params = call.params
        rows = [product for product in rows if self._wanted(product, params)]
        if params["orderby"] == "include" and params.get("include"):
            rows.sort(key=lambda product: params["include"].index(product.id))
        else:
            key = _SORTS.get(params["orderby"], _SORTS["date"])
            rows.sort(key=key, reverse=params["order"] == "desc")
        page = [encoded_product(self._store, product) for product in window(rows, params)]
        return counted(Answer(encoded=joined(page)), rows, params)

    def _wanted(self, product: Product, params: dict[str, Any]) -> bool:
        status = params["status"]
        if product.status == "trash" if status == "any" else product.status != status:
            return False
        if params.get("type") and product.type != params["type"]:
            return False
        if params.get("include") and product.id not in params["include"]:
            return False
        if product.id in (params.get("exclude") or ()):
            return False
        if params.get("parent") and product.parent_id not in params["parent"]:
            return False
        wanted_state = params.get("stock_status")
        if wanted_state and stock_status(self._store, product) != wanted_state:
            return False
        needle = str(params.get("search") or "").lower()
        if needle not in product.name.lower() and needle not in product.sku.lower():
            return False
        return self._in_dates(product, params)

    def _in_dates(self, product: Product, params: dict[str, Any]) -> bool:
        for name, at, later in (
            ("after", product.created, True),
            ("before", product.created, False),
            ("modified_after", product.modified, True),
            ("modified_before", product.modified, False),
        ):
            if params.get(name) is None:
                continue
            if name.startswith("modified") and not self._store.settings.modified_filters:
                continue
            gmt = bool(params.get("dates_are_gmt"))
            bound = filter_bound(params[name], self._store.zone, dates_are_gmt=gmt)
            if at <= bound if later else at >= bound:
                return False
        return True

    def _update(self, product_id: int, sent: dict[str, Any], *, batch: bool) -> dict[str, Any]:
        product = self._found(product_id, 400)
        if product.is_variation:
            raise RestError(
                "woocommerce_rest_invalid_product_id",
                "To manipulate product variations you should use the "
                "/products/&lt;product_id&gt;/variations/&lt;id&gt; endpoint.",
                404,
            )
        product_writing.update(self._store, product, sent, batch=batch)
        return self._written(product)

    def _delete(self, product: Product, *, forced: bool) -> dict[str, Any]:
        before = product_object(self._store, product)
        if not forced and product.status == "trash":
            raise RestError(
                "woocommerce_rest_already_trashed", "The product has already been deleted.", 410
            )
        self._store.delete_product(product.id, trash=not forced)
        return before

    def _children(self, parent: Product) -> list[Product]:
        found = (self._store.products.get(variation_id) for variation_id in parent.variations)
        return [product for product in found if product is not None]

    def _parent(self, parent_id: int) -> Product:
        parent = self._store.products.get(parent_id)
        if parent is None or parent.is_variation:
            raise invalid_id("product", 404)
        return parent

    def _variation(self, parent_id: int, product_id: int) -> Product:
        product = self._store.products.get(product_id)
        if product is None or product.parent_id != parent_id or not product.is_variation:
            raise invalid_id("product_variation", 404)
        return product

    def _found(self, product_id: int, status: int) -> Product:
        product = self._store.products.get(product_id)
        if product is None:
            raise invalid_id("product", status)
        return product

    def _written(self, product: Product) -> dict[str, Any]:
        return product_object(self._store, product, written=True)


_SORTS: dict[str, Any] = {
    "date": lambda product: (product.created, product.id),
    "modified": lambda product: (product.modified, product.id),
    "id": lambda product: product.id,
    "title": lambda product: (product.name.lower(), product.id),
    "slug": lambda product: (slug_of(product), product.id),
}


def _lower_parts(text: str | None) -> set[str]:
    return {part.strip().lower() for part in (text or "").split(",") if part.strip()}
