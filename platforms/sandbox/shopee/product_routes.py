"""The routes of the catalogue, of stock and of warehouses.

Source: GET /api/v2/product/get_item_list, get_item_base_info, get_model_list, get_item_limit,
POST /api/v2/product/update_stock, GET /api/v2/shop/get_warehouse_detail.
"""

from collections.abc import Mapping
from decimal import Decimal

from platforms.sandbox.shopee.catalogue import ITEM_STATUSES
from platforms.sandbox.shopee.errors import ShopeeError
from platforms.sandbox.shopee.exchange import Call, Kind, Param, Reply, Route
from platforms.sandbox.shopee.product_json import base_info, list_row, model_list
from platforms.sandbox.shopee.refusing_stock import MESSAGES
from platforms.sandbox.shopee.stock_writing import update_stock
from platforms.sandbox.shopee.world import ShopeeStore


def get_item_list(store: ShopeeStore, call: Call) -> Reply:
    """Items of the statuses asked for, by id; `next_offset` only where there is more."""
    args, products = call.args, store.products
    offset, size = args["offset"], args["page_size"]
    if offset > products.offset_limit and offset not in products.offered_offsets:
        raise ShopeeError("error_param", "get items offset over limit, please use the next field")
    earliest, latest = args["update_time_from"], args["update_time_to"]
    if earliest is not None and latest is not None and latest <= earliest:
        raise ShopeeError(
            "error_update_time_range", "Update_time_to should be later than update_time_from."
        )
    rows = [
        item
        for item in products.items.values()
        if item.status in args["item_status"]
        and (earliest is None or item.updated >= earliest)
        and (latest is None or item.updated <= latest)
    ]
    page = rows[offset : offset + size]
    has_more = len(rows) > offset + size
    response = {
        "item": [list_row(item) for item in page],
        "total_count": len(rows),
        "has_next_page": has_more,
    }
    if has_more:
        response["next_offset"] = offset + size
        products.offered_offsets.add(offset + size)
    return Reply(response=response)


def get_item_base_info(store: ShopeeStore, call: Call) -> Reply:
    """Ids that are not there are left out; none there at all is refused."""
    asked = call.args["item_id_list"]
    found = [store.products.items[i] for i in asked if i in store.products.items]
    if not found:
        raise ShopeeError("error_item_not_found", "Product not found")
    return Reply(response={"item_list": [base_info(store, item) for item in found]})


def get_model_list(store: ShopeeStore, call: Call) -> Reply:
    item = store.products.items.get(call.args["item_id"])
    if item is None:
        raise ShopeeError("error_item_not_found", MESSAGES["error_item_not_found"])
    return Reply(response=model_list(store, item))


def get_item_limit(store: ShopeeStore, call: Call) -> Reply:
    """`gtin_limit` stands beside `response`."""
    least, most = store.products.stock_limit
    response = {
        "price_limit": {"min_limit": Decimal("0.1"), "max_limit": 1_000_000_000},
        "wholesale_price_threshold_percentage": {"min_limit": 1, "max_limit": 100},
        "stock_limit": {"min_limit": least, "max_limit": most},
        "item_name_length_limit": {"min_limit": 5, "max_limit": 255},
        "item_image_count_limit": {"min_limit": 1, "max_limit": 9},
        "item_count_limit": {"max_limit": 10_000},
    }
    return Reply(response=response, flat={"gtin_limit": {"gtin_validation_rule": "Optional"}})


def get_warehouse_detail(store: ShopeeStore, call: Call) -> Reply:
    """An array; a shop with one stock for everything is not on the list of those it serves."""
    if not store.settings.locations:
        raise ShopeeError(
            "warehouse.error_not_in_whitelist", "Your shop is not in multi-warehouse whitelist."
        )
    wanted = call.args["warehouse_type"]
    return Reply(
        response=[
            {
                "warehouse_id": number,
                "warehouse_name": f"Warehouse {location}",
                "warehouse_type": wanted,
                "location_id": location,
                "address_id": 118_454_200 + number,
                "region": store.settings.region,
                "state": "Selangor",
                "city": "Shah Alam",
                "district": "",
                "town": "",
                "address": f"{number} Jalan Gudang",
                "zipcode": "40150",
                "state_code": "",
                "holiday_mode_state": int(store.products.refusals.is_on_holiday),
            }
            for number, location in enumerate(store.settings.locations, start=1)
        ]
    )


ROUTES: Mapping[str, Route] = {
    "/product/get_item_list": Route(
        method="GET",
        handler=get_item_list,
        params={
            "offset": Param(kind=Kind.INT, is_required=True, least=0),
            "page_size": Param(kind=Kind.INT, is_required=True, least=1, most=100),
            "item_status": Param(kind=Kind.REPEATED, is_required=True, choices=ITEM_STATUSES),
            "update_time_from": Param(kind=Kind.INT),
            "update_time_to": Param(kind=Kind.INT),
        },
    ),
    "/product/get_item_base_info": Route(
        method="GET",
        handler=get_item_base_info,
        params={
            "item_id_list": Param(
                kind=Kind.LOOSE, is_required=True, least=1, most=50, each=Kind.INT
            ),
            "need_tax_info": Param(kind=Kind.BOOL),
            "need_complaint_policy": Param(kind=Kind.BOOL),
        },
    ),
    "/product/get_model_list": Route(
        method="GET",
        handler=get_model_list,
        params={"item_id": Param(kind=Kind.INT, is_required=True)},
    ),
    "/product/get_item_limit": Route(
        method="GET",
        handler=get_item_limit,
        params={"category_id": Param(kind=Kind.INT)},
    ),
    "/product/update_stock": Route(
        method="POST",
        handler=update_stock,
        params={
            "item_id": Param(kind=Kind.INT, is_required=True),
            "stock_list": Param(kind=Kind.JSON, is_required=True),
        },
    ),
    "/shop/get_warehouse_detail": Route(
        method="GET",
        handler=get_warehouse_detail,
        params={"warehouse_type": Param(kind=Kind.INT, least=1, most=2, default=1)},
    ),
}
