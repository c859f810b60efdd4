"""Items and models as the API serves them.

Source: GET /api/v2/product/get_item_base_info, get_model_list.
"""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from platforms.sandbox.shopee.catalogue import Item, Model

if TYPE_CHECKING:
    from platforms.sandbox.shopee.world import ShopeeStore

Json = dict[str, Any]

_CATEGORY = 100_642
_PICTURE = "my-11134207-7r98o-lstw{0:08d}"


def list_row(item: Item) -> Json:
    return {
        "item_id": item.item_id,
        "item_status": item.status,
        "update_time": item.updated,
        "tag": {"kit": item.is_kit},
    }


def base_info(store: "ShopeeStore", item: Item) -> Json:
    """Price and stock are there only for an item without models."""
    shown: Json = {
        "item_id": item.item_id,
        "category_id": _CATEGORY,
        "item_name": item.name,
        "description": f"{item.name}. Made in small batches.",
        "description_type": "normal",
        "item_sku": item.sku,
        "create_time": item.created,
        "update_time": item.updated,
        "attribute_list": [],
        "image": _image(item),
        "weight": item.weight,
        "dimension": {"package_length": 20, "package_width": 15, "package_height": 10},
        "logistic_info": [
            {
                "logistic_id": 20021,
                "logistic_name": "J&T Express",
                "enabled": True,
                "is_free": False,
                "estimated_shipping_fee": Decimal("4.90"),
            }
        ],
        "pre_order": {"is_pre_order": False, "days_to_ship": 2},
        "condition": "NEW",
        "size_chart": "",
        "item_status": item.status,
        "deboost": "FALSE",
        "has_model": item.has_model,
        "has_promotion": _is_promoted(store, item),
        "brand": {"brand_id": 0, "original_brand_name": "NoBrand"},
        "item_dangerous": 0,
        "tag": {"kit": item.is_kit},
        "gtin_code": "",
        "is_fulfillment_by_shopee": False,
    }
    if not item.has_model:
        model = item.models[0]
        shown["price_info"] = [_price(store, model)]
        shown["stock_info_v2"] = stock_info(store, item, model)
    return shown


def model_list(store: "ShopeeStore", item: Item) -> Json:
    """All models of one item; none for an item without them."""
    models = item.models.values() if item.has_model else ()
    return {
        "tier_variation": [
            {"name": name, "option_list": [{"option": option} for option in options]}
            for name, options in item.tiers
        ],
        "standardise_tier_variation": [],
        "model": [_model(store, item, model) for model in models],
    }


def stock_info(store: "ShopeeStore", item: Item, model: Model) -> Json:
    """The seller's stock, by location where the shop has warehouses."""
    promotion = store.products.refusals.of(item.item_id, model.model_id)
    reserved = promotion.reserved if promotion else 0
    pieces = max(model.pieces, 0)
    return {
        "summary_info": {
            "total_reserved_stock": reserved,
            "total_available_stock": max(pieces - reserved, 0),
        },
        "seller_stock": [
            {**_at(location), "stock": max(count, 0), "if_saleable": True}
            for location, count in model.stock.items()
        ],
        "shopee_stock": [],
        "advance_stock": {"sellable_advance_stock": 0, "in_transit_advance_stock": 0},
    }


def _model(store: "ShopeeStore", item: Item, model: Model) -> Json:
    promotion = store.products.refusals.of(item.item_id, model.model_id)
    return {
        "model_id": model.model_id,
        "model_name": model.name,
        "tier_index": list(model.tier_index),
        "model_sku": model.sku,
        "model_status": "MODEL_NORMAL",
        "price_info": [_price(store, model)],
        "promotion_id": promotion.promotion_id if promotion else 0,
        "has_promotion": promotion is not None,
        "pre_order": {"is_pre_order": False, "days_to_ship": 2},
        "weight": item.weight,
        "dimension": {"package_length": 20, "package_width": 15, "package_height": 10},
        "gtin_code": "",
        "is_fulfillment_by_shopee": False,
        "stock_info_v2": stock_info(store, item, model),
    }


def _price(store: "ShopeeStore", model: Model) -> Json:
    return {
        "currency": store.settings.currency,
        "original_price": model.price,
        "current_price": model.price,
    }


def _at(location: str) -> Json:
    return {"location_id": location} if location else {}


def _image(item: Item) -> Json:
    picture = _PICTURE.format(item.item_id % 10**8)
    return {
        "image_id_list": [picture],
        "image_url_list": [f"https://cf.shopee.com.my/file/{picture}"],
        "image_ratio": "1:1",
    }


def _is_promoted(store: "ShopeeStore", item: Item) -> bool:
    refusals = store.products.refusals
    return any(refusals.of(item.item_id, model_id) for model_id in item.models)
