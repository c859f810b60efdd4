"""Signatures: what each family of calls signs, and with what.

Source: the developer guide *API calls*: lower-case hex of HMAC-SHA256 with the partner key as
text. Signed are the partner's id, the path and the second; for a shop's or a merchant's call
also its access token and its id. Neither the business parameters nor the body are.
"""

from collections.abc import Mapping
from hashlib import sha256
from hmac import new as hmac

PREFIX = "/api/v2/"
# Called in the app's own name, without a shop.
PUBLIC = ("auth/", "public/", "push/", "shop/auth_partner", "shop/cancel_auth_partner")


def is_public(path: str) -> bool:
    """Whether a path as "order/get_order_list" is called without a shop."""
    return path.startswith(PUBLIC)


def signature(
    partner_key: str,
    *,
    partner_id: str,
    path: str,
    timestamp: int,
    access_token: str = "",
    owner_id: str = "",
) -> str:
    """The sign of one call. `owner_id`: the shop's or the merchant's id, "" for a public call."""
    base = f"{partner_id}{PREFIX}{path}{timestamp}{access_token}{owner_id}"
    return hmac(partner_key.encode(), base.encode(), sha256).hexdigest()


def signed_query(
    partner_key: str,
    *,
    partner_id: str,
    path: str,
    timestamp: int,
    access_token: str = "",
    shop_id: str = "",
) -> Mapping[str, str]:
    """The common parameters of one call, signed; a public path takes neither token nor shop."""
    common = {"partner_id": partner_id, "timestamp": str(timestamp)}
    if is_public(path):
        access_token = shop_id = ""
    else:
        common |= {"access_token": access_token, "shop_id": shop_id}
    sign = signature(
        partner_key,
        partner_id=partner_id,
        path=path,
        timestamp=timestamp,
        access_token=access_token,
        owner_id=shop_id,
    )
    return common | {"sign": sign}
