"""OAuth 1.0a, one-legged, as WooCommerce's server checks it over plain HTTP.

Source: RFC 5849 with the server's own rules: HMAC-SHA256, an empty token secret, no token, and
only the query is signed, never a JSON body. The server sorts names as they are, before they
are escaped. It numbers `name[]` and keeps arrays in order of arrival, so lists must be sent
as one value with commas.
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import urlsplit, urlunsplit

from platforms.outgoing import STANDARD_PORTS, escaped


def oauth_query(
    method: str,
    url: str,
    query: Mapping[str, str],
    *,
    consumer_key: str,
    consumer_secret: str,
    timestamp: int,
    nonce: str,
) -> dict[str, str]:
    """The parameters to add to `query`, the signature among them.

    `url` is what the shop believes its own address to be: it signs with its configured home,
    not with the host that was asked.
    """
    added = {
        "oauth_consumer_key": consumer_key,
        "oauth_nonce": nonce,
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(timestamp),
    }
    base = signature_base(method, url, {**query, **added})
    digest = hmac.new(f"{consumer_secret}&".encode(), base.encode(), sha256).digest()
    return {**added, "oauth_signature": b64encode(digest).decode()}


def signature_base(method: str, url: str, query: Mapping[str, str]) -> str:
    """The text that is signed."""
    pairs = "&".join(f"{escaped(name)}={escaped(value)}" for name, value in sorted(query.items()))
    return f"{method}&{escaped(_plain(url))}&{escaped(pairs)}"


def _plain(url: str) -> str:
    """The address without its scheme's usual port, and the host in lower case."""
    parts = urlsplit(url)
    host = parts.netloc.lower()
    usual = f":{STANDARD_PORTS.get(parts.scheme)}"
    return urlunsplit((parts.scheme, host.removesuffix(usual), parts.path, "", ""))
