"""Codes and tokens over the wire, and which shops the app is linked with.

Source: POST /api/v2/auth/token/get, POST /api/v2/auth/access_token/get,
GET /api/v2/public/get_shops_by_partner, GET /api/v2/shop/get_shop_info.
"""

from collections.abc import Mapping
from typing import Any

from platforms.sandbox.shopee.errors import ShopeeError, shop_banned, unknown_partner
from platforms.sandbox.shopee.exchange import Call, Family, Kind, Param, Reply, Route
from platforms.sandbox.shopee.world import ShopeeStore

_ID = Param(kind=Kind.INT)


def exchange_code(store: ShopeeStore, call: Call) -> Reply:
    """A code becomes the first pair. The shop's id is not in the answer's top level."""
    _demand_partner(store, call)
    if call.args["main_account_id"] is not None:
        raise ShopeeError("invalid_main_acount_id", "Invalid main_account_id.", 403)
    if call.args["shop_id"] != store.settings.shop_id:
        raise ShopeeError("invalid_shop_id", "Invalid shop_id, please have a check.", 403)
    pair = store.tokens.exchange(call.args["code"])
    nobody: list[int] = []
    return Reply(
        flat={
            "access_token": pair.access_token,
            "refresh_token": pair.refresh_token,
            "expire_in": store.tokens.seconds_left(pair),
            "shop_id_list": [store.settings.shop_id],
            "merchant_id_list": nobody,
            "supplier_id_list": nobody,
            "user_id_list": nobody,
            "principal_id_list": nobody,
        }
    )


def refresh(store: ShopeeStore, call: Call) -> Reply:
    _demand_partner(store, call)
    if call.args["shop_id"] != store.settings.shop_id:
        raise ShopeeError("error_auth", "Invalid partner_id or shopid.", 403)
    if store.is_banned:
        raise shop_banned()
    tokens = store.tokens
    if not tokens.is_linked:
        raise ShopeeError("shop_no_linked", "Partner and shop has no linked.", 403)
    if tokens.is_consent_over:
        raise ShopeeError("shop_access_expired", "The shop's authorisation has expired.", 403)
    pair = tokens.refresh(call.args["refresh_token"])
    return Reply(
        flat={
            "partner_id": store.settings.partner_id,
            "shop_id": store.settings.shop_id,
            "access_token": pair.access_token,
            "refresh_token": pair.refresh_token,
            "expire_in": tokens.seconds_left(pair),
        }
    )


def shops_by_partner(store: ShopeeStore, call: Call) -> Reply:
    tokens = store.tokens
    shops: list[dict[str, Any]] = []
    if tokens.is_linked and not tokens.is_consent_over and call.args["page_no"] == 1:
        shops.append(
            {
                "shop_id": store.settings.shop_id,
                "region": store.settings.region,
                "auth_time": int(tokens.authorised_at),
                "expire_time": int(tokens.consent_until),
                "sip_affi_shop_list": [],
            }
        )
    return Reply(flat={"authed_shop_list": shops, "more": False})


def shop_info(store: ShopeeStore, call: Call) -> Reply:
    return Reply(
        flat={
            "shop_name": store.settings.shop_name,
            "region": store.settings.region,
            "status": "NORMAL",
            "sip_affi_shops": [],
            "is_cb": False,
            "is_sip": False,
            "auth_time": int(store.tokens.authorised_at),
            "expire_time": int(store.tokens.consent_until),
        }
    )


def _demand_partner(store: ShopeeStore, call: Call) -> None:
    """The body repeats the app's id."""
    if call.args["partner_id"] != store.settings.partner_id:
        raise unknown_partner()


_PARTNER = Param(kind=Kind.INT, is_required=True)

ROUTES: Mapping[str, Route] = {
    "/auth/token/get": Route(
        method="POST",
        family=Family.PUBLIC,
        handler=exchange_code,
        params={
            "code": Param(is_required=True),
            "partner_id": _PARTNER,
            "shop_id": _ID,
            "main_account_id": _ID,
        },
    ),
    "/auth/access_token/get": Route(
        method="POST",
        family=Family.PUBLIC,
        handler=refresh,
        params={
            "refresh_token": Param(is_required=True),
            "partner_id": _PARTNER,
            "shop_id": Param(kind=Kind.INT, is_required=True),
        },
    ),
    "/public/get_shops_by_partner": Route(
        method="GET",
        family=Family.PUBLIC,
        handler=shops_by_partner,
        params={
            "page_size": Param(kind=Kind.INT, least=1, most=100, default=100),
            "page_no": Param(kind=Kind.INT, least=1, default=1),
        },
    ),
    "/shop/get_shop_info": Route(method="GET", handler=shop_info),
}
