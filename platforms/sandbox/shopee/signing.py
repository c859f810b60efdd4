"""Who signs what: the two forms that this store checks, and the third that it knows.

Base string, without separators: partner_id + path + timestamp, and for a shop's call
access_token + shop_id behind it (merchant_id for a merchant's). The path has the `/api/v2`
prefix and no query. Source: "API calls" and "Authorization" of the developer guide.
"""

import hmac
from hashlib import sha256


def signature(
    partner_key: str,
    *,
    partner_id: int,
    path: str,
    timestamp: int,
    access_token: str = "",
    owner_id: int | None = None,
) -> str:
    """Lower-case hex of HMAC-SHA256 with the key as text. `owner_id`: the shop or merchant."""
    owner = "" if owner_id is None else str(owner_id)
    base = f"{partner_id}{path}{timestamp}{access_token}{owner}"
    return hmac.new(partner_key.encode(), base.encode(), sha256).hexdigest()


def is_same(sent: str, expected: str) -> bool:
    """Compared in constant time; anything that is no ASCII text is simply wrong."""
    return hmac.compare_digest(sent.encode(), expected.encode())
