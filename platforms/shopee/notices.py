"""What Shopee pushes: told from forgeries by its header, read, and fetched when it was missed.

Source: the guide *Push mechanism*: `Authorization` is the lower-case hex HMAC-SHA256, under the
partner key or a key of its own, of the registered address, "|", and the raw body;
GET /push/get_lost_push_message and POST /push/confirm_consumed_lost_push_message.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest
from hmac import new as hmac
from typing import Any

import msgspec

from platforms.base import NoticeKind, StoreNotice
from platforms.errors import BadResponse, Refused
from platforms.money import decode_json
from platforms.payload_fields import Row, as_id, text
from platforms.shopee.client import Client
from platforms.shopee.fields import as_instant, as_sn, listed

CONSENT = {
    1: NoticeKind.CONSENT_GIVEN,
    2: NoticeKind.CONSENT_WITHDRAWN,
    12: NoticeKind.CONSENT_ENDS,
}
TRACKING_NUMBER = 4
# Order status, tracking number, shipping document, return update.
OF_AN_ORDER = frozenset({3, TRACKING_NUMBER, 15, 29})
# What is left after this many pages of a hundred comes with the next pull.
MOST_LOST_PAGES = 20
NOTHING_YET = object()


class ShopeeNotices:
    """See `platforms.base.NoticeReader`."""

    own_secret = ""

    def read(
        self, *, url: str, headers: Mapping[str, str], body: bytes, credentials: Mapping[str, str]
    ) -> StoreNotice | None:
        """What a push says; None for one that concerns us not, and for the empty test push."""
        if not body.strip():
            return None
        key = (credentials.get("push_key") or credentials.get("partner_key") or "").strip()
        given = headers.get("authorization", "").strip()
        right = push_signature(key, url=url, body=body)
        if not key or not compare_digest(given.encode(errors="replace"), right.encode()):
            raise Refused("The notice is not signed with the app's key.")
        return notice_in(_object(body))

    def is_of(self, notice: StoreNotice, credentials: Mapping[str, str]) -> bool:
        """Whether it is of this shop. A notice about consent may name several."""
        shop = str(credentials.get("shop_id", "")).strip()
        return bool(shop) and shop in notice.shop.split(",")


def push_signature(key: str, *, url: str, body: bytes) -> str:
    """The `Authorization` header of a push to this address."""
    return hmac(key.encode(), url.encode() + b"|" + body, sha256).hexdigest()


def notice_in(push: Row) -> StoreNotice | None:
    """A push as a notice; None: its code concerns nobody here, or it names no order."""
    code = push.get("code")
    if type(code) is not int:
        return None
    found = push.get("data")
    data = _object(found.encode()) if isinstance(found, str) and found else found
    if not isinstance(data, dict):
        data = {}
    now = datetime.now(UTC)
    # One dated next year would outlive every consent that is given until then.
    at = min(as_instant(push.get("timestamp")) or now, now)
    if code in CONSENT:
        return StoreNotice(kind=CONSENT[code], at=at, shop=",".join(_shops(push, data)))
    order_sn = as_sn(data.get("ordersn")) or as_sn(data.get("order_sn"))
    if code not in OF_AN_ORDER or order_sn is None:
        return None
    return StoreNotice(
        kind=NoticeKind.ORDER,
        at=at,
        shop=as_id(push.get("shop_id")) or "",
        order_remote_id=order_sn,
        tracking=text(data, "tracking_no") if code == TRACKING_NUMBER else "",
    )


def _shops(push: Row, data: Row) -> list[str]:
    """The shops that a notice about consent is of: its envelope names none."""
    named: list[Any] = [push.get("shop_id"), data.get("shop_id")]
    for name in ("shop_id_list", "shop_expire_soon"):
        several = data.get(name)
        named += several if isinstance(several, list) else []
    found = [as_id(each.get("shop_id") if isinstance(each, dict) else each) for each in named]
    return list(dict.fromkeys(each for each in found if each))


def _object(body: bytes) -> Row:
    try:
        found = decode_json(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ArithmeticError) as fault:
        raise BadResponse("The notice is no JSON.") from fault
    if not isinstance(found, dict):
        raise BadResponse("The notice is no JSON object.")
    return found


def missed_notices(client: Client) -> tuple[StoreNotice, ...]:
    """Pushes that could not be delivered within three days, oldest first, of all the app's shops.

    Each page is confirmed after it was read, so it does not come again.
    """
    notices: list[StoreNotice] = []
    confirmed: object = NOTHING_YET
    for _ in range(MOST_LOST_PAGES):
        page = client.get("push/get_lost_push_message").object()
        messages = listed(page, "push_message_list")
        last = page.get("last_message_id")
        if not messages or last == confirmed:
            break  # a store that does not hear the confirmation serves the same page again
        notices += [notice for notice in map(_lost, messages) if notice is not None]
        client.post(
            "push/confirm_consumed_lost_push_message",
            {"last_message_id": last},
        )
        confirmed = last
        if not page.get("has_next_page"):
            break
    return tuple(notices)


def _lost(message: Row) -> StoreNotice | None:
    """A lost push: its `data` is the whole push as a text. One that makes no sense is nothing."""
    try:
        whole = _object(text(message, "data").encode())
        return notice_in({**message, **whole} if "code" in whole else {**message, "data": whole})
    except BadResponse:
        return None
