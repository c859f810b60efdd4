"""The table of routes: path, method, arguments, what the user must be allowed to."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from platforms.sandbox.woocommerce import notes, orders, products, refunds, webhook_routes
from platforms.sandbox.woocommerce.arguments import Arg, Args
from platforms.sandbox.woocommerce.exchange import Answer, Call
from platforms.sandbox.woocommerce.site_pages import SitePages
from platforms.sandbox.woocommerce.world import WooStore

Handler = Callable[[Call], Answer]

WRITES = ("POST", "PUT", "PATCH")
_NO_ARGS: Args = {}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`action` names the refusal when the user may not; None: open to everybody."""

    handler: Handler
    action: str | None
    args: Args = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Route:
    pattern: re.Pattern[str]
    template: str
    methods: Mapping[str, Endpoint]
    schema: str | None = None

    @property
    def allow(self) -> str:
        return ", ".join(self.methods)


def route_table(store: WooStore) -> list[Route]:
    """All routes of the shop as it is configured now."""
    settings = store.settings
    table = [*_site(store), *_orders(store), *_catalogue(store), *_hooks(store)]
    if not settings.shop_wide_refunds:
        table = [route for route in table if route.template != "/wc/v3/refunds"]
    if not settings.shop_wide_variations:
        table = [route for route in table if route.template != "/wc/v3/variations"]
    if not settings.shipment_tracking:
        table = [route for route in table if not route.template.startswith("/wc-shipment")]
    return table


def _route(template: str, methods: Mapping[str, Endpoint], schema: str | None = None) -> Route:
    """`<id>` in a template is a number, `<name>` a word that becomes an argument."""
    pattern = re.sub(r"<(\w+)>", _group, template)
    return Route(re.compile(f"^{pattern}/?$"), template, methods, schema)


def _group(match: re.Match[str]) -> str:
    name = match.group(1)
    return r"(\d+)" if name.endswith("id") else rf"(?P<{name}>[\w-]+)"


def _written(handler: Handler, action: str, args: Args) -> dict[str, Endpoint]:
    return dict.fromkeys(WRITES, Endpoint(handler, action, args))


def _item(
    get: Handler, update: Handler, delete: Handler, *, read: Args, write: Args
) -> dict[str, Endpoint]:
    return {
        "GET": Endpoint(get, "view_item", read),
        **_written(update, "edit", write),
        "DELETE": Endpoint(delete, "delete"),
    }


def _site(store: WooStore) -> list[Route]:
    pages = SitePages(store)
    view = "view"
    return [
        _route("/", {"GET": Endpoint(pages.index, None)}),
        _route("/wc/v3/data/currencies/current", {"GET": Endpoint(pages.currency, view)}),
        _route("/wc/v3/settings/<group>", {"GET": Endpoint(pages.setting_group, view)}),
        _route("/wc/v3/settings/<group>/<setting>", {"GET": Endpoint(pages.setting, view)}),
        _route("/wc/v3/system_status", {"GET": Endpoint(pages.system_status, view)}),
    ]


def _orders(store: WooStore) -> list[Route]:
    settings = store.settings
    order, refund, note = (
        orders.OrderRoutes(store),
        refunds.RefundRoutes(store),
        notes.NoteRoutes(store),
    )
    write, refund_list = orders.write_args(settings), refunds.list_args(settings)
    base = "/wc/v3/orders"
    one = {"dp": Arg(type="integer", default=settings.decimals)}
    tracking = "/wc-shipment-tracking/v3/orders"
    return [
        _route(
            base,
            {
                "GET": Endpoint(order.listing, "view", orders.list_args(settings)),
                "POST": Endpoint(order.create, "create", write),
            },
            "shop_order",
        ),
        _route(
            f"{base}/<id>",
            _item(
                order.get,
                order.update,
                order.delete,
                read=orders.item_args(settings),
                write=write,
            ),
            "shop_order",
        ),
        _route(f"{base}/batch", _written(order.batch, "batch", _NO_ARGS), "shop_order"),
        _route(f"{base}/statuses", {"GET": Endpoint(order.statuses, "view")}),
        _route(
            f"{base}/<id>/refunds",
            {
                "GET": Endpoint(refund.of_order, "view", refund_list),
                "POST": Endpoint(refund.create, "create", refunds.write_args(settings)),
            },
        ),
        _route(
            f"{base}/<id>/refunds/<refund_id>",
            {
                "GET": Endpoint(refund.get, "view_item", one),
                "DELETE": Endpoint(refund.delete, "delete"),
            },
        ),
        _route("/wc/v3/refunds", {"GET": Endpoint(refund.of_shop, "view", refund_list)}),
        _route(
            f"{base}/<id>/notes",
            {
                "GET": Endpoint(note.listing, "view", notes.NOTE_LIST_ARGS),
                "POST": Endpoint(note.create, "create", notes.NOTE_WRITE_ARGS),
            },
        ),
        _route(
            f"{base}/<id>/notes/<note_id>",
            {
                "GET": Endpoint(note.get, "view_item"),
                "DELETE": Endpoint(note.delete, "delete"),
            },
        ),
        _route(
            f"{tracking}/<id>/shipment-trackings",
            {
                "GET": Endpoint(note.trackings, "view"),
                "POST": Endpoint(note.create_tracking, "create", notes.TRACKING_ARGS),
            },
        ),
        _route(
            f"{tracking}/<id>/shipment-trackings/providers",
            {"GET": Endpoint(note.providers, None)},
        ),
        _route(
            f"{tracking}/<id>/shipment-trackings/<tracking>",
            {
                "GET": Endpoint(note.get_tracking, "view_item"),
                "DELETE": Endpoint(note.delete_tracking, "delete"),
            },
        ),
    ]


def _catalogue(store: WooStore) -> list[Route]:
    product = products.ProductRoutes(store)
    listed, write = products.list_args(store.settings), products.write_args(store.settings)
    base = "/wc/v3/products"
    return [
        _route(
            base,
            {
                "GET": Endpoint(product.listing, "view", listed),
                "POST": Endpoint(product.create, "create", write),
            },
            "product",
        ),
        _route(
            f"{base}/<id>",
            _item(product.get, product.update, product.delete, read=_NO_ARGS, write=write),
            "product",
        ),
        _route(f"{base}/batch", _written(product.batch, "batch", _NO_ARGS), "product"),
        _route(
            f"{base}/<id>/variations",
            {
                "GET": Endpoint(product.variations, "view", listed),
                "POST": Endpoint(product.create_variation, "create", write),
            },
        ),
        _route(
            f"{base}/<id>/variations/<variation_id>",
            _item(
                product.get_variation,
                product.update_variation,
                product.delete_variation,
                read=_NO_ARGS,
                write=write,
            ),
        ),
        _route(
            f"{base}/<id>/variations/batch", _written(product.batch_variations, "batch", _NO_ARGS)
        ),
        _route("/wc/v3/variations", {"GET": Endpoint(product.all_variations, "view", listed)}),
    ]


def _hooks(store: WooStore) -> list[Route]:
    hook = webhook_routes.WebhookRoutes(store)
    write = webhook_routes.WRITE_ARGS
    return [
        _route(
            "/wc/v3/webhooks",
            {
                "GET": Endpoint(hook.listing, "view", webhook_routes.LIST_ARGS),
                "POST": Endpoint(hook.create, "create", write),
            },
        ),
        _route(
            "/wc/v3/webhooks/<id>",
            _item(hook.get, hook.update, hook.delete, read=_NO_ARGS, write=write),
        ),
    ]
