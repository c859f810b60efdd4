"""Who is calling: the parameters that every call carries, checked in the gateway's order.

Source: "API calls" of the developer guide, and the common errors of the API reference.
"""

from collections.abc import Mapping
from time import time

from platforms.sandbox.shopee import errors
from platforms.sandbox.shopee.exchange import Family
from platforms.sandbox.shopee.signing import is_same, signature
from platforms.sandbox.shopee.world import ShopeeStore

TIMESTAMP_SECONDS = 300
_LARGEST_ID = 4_294_967_295


def demand_caller(
    store: ShopeeStore,
    query: Mapping[str, list[str]],
    path: str,
    *,
    family: Family,
    address: str,
) -> int | None:
    """Let the caller in, or raise ShopeeError. Gives the shop's id (None: the app itself).

    The timestamp is held against the real time, tokens against the store's clock.
    """
    partner_id = _partner_id(query)
    timestamp = _timestamp(query)
    sign = _one(query, "sign")
    if not sign:
        raise errors.no_sign()
    token, shop_id = "", None
    if family is Family.SHOP:
        token, shop_id = _shop(query)
    if partner_id != store.settings.partner_id:
        raise errors.unknown_partner()
    store.demand_app(address)
    expected = signature(
        store.settings.partner_key,
        partner_id=partner_id,
        path=path,
        timestamp=timestamp,
        access_token=token,
        owner_id=shop_id,
    )
    if not is_same(sign, expected) or (shop_id is not None and query.get("merchant_id")):
        raise errors.wrong_sign()
    if shop_id is not None:
        if shop_id != store.settings.shop_id:
            raise errors.other_shop()
        if store.is_banned:
            raise errors.shop_banned()
        store.tokens.demand(token, path)
    store.demand_quota()
    return shop_id


def _partner_id(query: Mapping[str, list[str]]) -> int:
    text = _one(query, "partner_id")
    if not text:
        raise errors.no_partner_id()
    if not _is_id(text):
        raise errors.partner_id_out_of_range()
    return int(text)


def _timestamp(query: Mapping[str, list[str]]) -> int:
    text = _one(query, "timestamp")
    if not text:
        raise errors.no_timestamp()
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise errors.invalid_timestamp()
    if abs(time() - int(text)) > TIMESTAMP_SECONDS:
        raise errors.timestamp_expired()
    return int(text)


def _shop(query: Mapping[str, list[str]]) -> tuple[str, int]:
    token = _one(query, "access_token")
    if not token:
        raise errors.no_access_token()
    text = _one(query, "shop_id")
    if not text:
        raise errors.no_shop_id()
    if not _is_id(text):
        raise errors.shop_id_out_of_range()
    return token, int(text)


def _one(query: Mapping[str, list[str]], name: str) -> str:
    values = query.get(name)
    return values[0] if values else ""


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= _LARGEST_ID
