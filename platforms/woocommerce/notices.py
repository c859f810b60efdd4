"""What a shop's webhooks say: told from forgeries by their signature, and read.

Source: the webhook pages of the WooCommerce REST API reference. `X-WC-Webhook-Signature` is the
base64 HMAC-SHA256 of the raw body under the webhook's secret. The ping that tries a new address
is a form, unsigned and without any of those headers.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest
from hmac import new as hmac

import msgspec

from platforms.base import NoticeKind, StoreNotice
from platforms.errors import BadResponse, Refused
from platforms.money import decode_json
from platforms.payload_fields import Row, as_id, is_number

SECRET = "webhook_secret"  # noqa: S105 - the credential's name
SIGNATURE = "x-wc-webhook-signature"
TOPIC = "x-wc-webhook-topic"
OF_ORDERS = "order."
PING = re.compile(rb"webhook_id=[0-9]{1,20}")
NAME_LENGTH = 32


class WooCommerceNotices:
    """See `platforms.base.NoticeReader`."""

    own_secret = SECRET

    def read(
        self, *, url: str, headers: Mapping[str, str], body: bytes, credentials: Mapping[str, str]
    ) -> StoreNotice | None:
        """Which order a delivery is of; None for the ping, and for topics other than orders.

        None too where the order is gone, or hidden from the webhook's user, by the time the shop
        delivers: the body is an error then, and names no order.
        """
        given = headers.get(SIGNATURE, "").strip()
        if not given and PING.fullmatch(body):
            return None
        secret = (credentials.get(SECRET) or "").strip()
        right = signature_of(secret, body)
        if not secret or not compare_digest(given.encode(errors="replace"), right.encode()):
            raise Refused("The notice is not signed with the webhook's secret.")
        order = _object(body)
        order_id = as_id(order.get("id"))
        if not headers.get(TOPIC, "").startswith(OF_ORDERS) or order_id is None:
            return None
        if not is_number(order_id):
            return None
        return StoreNotice(
            kind=NoticeKind.ORDER,
            at=datetime.now(UTC),
            shop=_name_of(secret),
            order_remote_id=order_id,
        )

    def is_of(self, notice: StoreNotice, credentials: Mapping[str, str]) -> bool:
        """Whether it is of this shop: a delivery names none, but only one shop has its secret."""
        secret = (credentials.get(SECRET) or "").strip()
        return bool(secret) and compare_digest(notice.shop.encode(), _name_of(secret).encode())


def signature_of(secret: str, body: bytes) -> str:
    """The signature header of a delivery with this body."""
    return b64encode(hmac(secret.encode(), body, sha256).digest()).decode()


def _name_of(secret: str) -> str:
    """A name for the shop that has this secret; it does not lead back to it."""
    return sha256(b"webhook:" + secret.encode()).hexdigest()[:NAME_LENGTH]


def _object(body: bytes) -> Row:
    try:
        found = decode_json(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ArithmeticError) as fault:
        raise BadResponse("The notice is no JSON.") from fault
    if not isinstance(found, dict):
        raise BadResponse("The notice is no JSON object.")
    return found
