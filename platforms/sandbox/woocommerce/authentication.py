"""Who sends the request: Basic or query keys on HTTPS, OAuth 1.0a on HTTP.

Keys that are not looked at make an anonymous request, which most routes refuse only later.
Source: WooCommerce REST API, Authentication.
"""

import base64
import binascii
import hashlib
import hmac
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from platforms.sandbox.woocommerce.errors import RestError, authentication
from platforms.sandbox.woocommerce.php_query import PhpArray, flatten, parse, rfc3986

WINDOW = 15 * 60
"""Seconds that a timestamp may be off, either way."""

_REQUIRED = (
    "oauth_consumer_key",
    "oauth_timestamp",
    "oauth_nonce",
    "oauth_signature",
    "oauth_signature_method",
)
_DIGESTS: dict[str, Callable[[], Any]] = {
    "HMAC-SHA1": hashlib.sha1,
    "HMAC-SHA256": hashlib.sha256,
}
_HEADER_PARAMETER = re.compile(r'(oauth_[a-z_-]*)=(?:"([^"]*)"|([^,]*))')


@dataclass(slots=True)
class ApiKey:
    """A consumer key and secret; acts as its user. `nonces`: timestamp to the last nonce."""

    consumer_key: str
    consumer_secret: str
    permissions: str
    administrator: bool = True
    nonces: dict[int, str] = field(default_factory=dict)

    def may(self, method: str) -> bool:
        if method == "OPTIONS":
            return True
        needed = "read" if method in ("GET", "HEAD") else "write"
        return self.permissions in (needed, "read_write")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The parts of a request that say who sends it. `path`: below the home, as requested."""

    method: str
    path: str
    query: PhpArray
    form: PhpArray
    authorization: str
    is_https: bool


def key_pair(source: random.Random) -> tuple[str, str]:
    """`ck_` and `cs_` with 40 hex digits."""
    return f"ck_{source.getrandbits(160):040x}", f"cs_{source.getrandbits(160):040x}"


def authenticate(
    sent: Credentials, keys: dict[str, ApiKey], *, home: str, clock: float, basic_over_http: bool
) -> ApiKey | None:
    """The key that signed, or None for nobody. RestError 401 when it was tried and is wrong."""
    if sent.is_https or basic_over_http:
        key = _by_secret(sent, keys)
        if key is not None:
            return key
    return _by_signature(sent, keys, home, clock)


def _by_secret(sent: Credentials, keys: dict[str, ApiKey]) -> ApiKey | None:
    consumer_key, secret = _basic_pair(sent)
    key = keys.get(consumer_key)
    if key is None:
        return None
    if not hmac.compare_digest(key.consumer_secret.encode(), secret.encode(errors="replace")):
        raise authentication("Consumer secret is invalid.")
    return key


def _basic_pair(sent: Credentials) -> tuple[str, str]:
    consumer_key, secret = (sent.query.get(name) for name in ("consumer_key", "consumer_secret"))
    if isinstance(consumer_key, str) and isinstance(secret, str) and consumer_key and secret:
        return consumer_key, secret
    scheme, _, encoded = sent.authorization.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        pair = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    user, _, password = pair.partition(":")
    return user, password


def _by_signature(
    sent: Credentials, keys: dict[str, ApiKey], home: str, clock: float
) -> ApiKey | None:
    params: PhpArray = {**sent.query, **sent.form}
    header = sent.authorization
    if header.lower().startswith("oauth "):
        for name, quoted, bare in _HEADER_PARAMETER.findall(header):
            params.update(parse(f"{name}={(quoted or bare).replace('+', '%2B')}"))
    given = [name for name in _REQUIRED if params.get(name)]
    if not given:
        return None
    if len(given) < len(_REQUIRED):
        missing = ", ".join(name for name in _REQUIRED if name not in given)
        raise authentication(
            f"Missing OAuth parameter(s) {missing}",
            "woocommerce_rest_authentication_missing_parameter",
        )
    key = keys.get(str(params["oauth_consumer_key"]))
    if key is None:
        raise authentication("Consumer key is invalid.")
    _check_signature(sent, params, key, home)
    _check_nonce(params, key, int(clock))
    return key


def _check_signature(sent: Credentials, params: PhpArray, key: ApiKey, home: str) -> None:
    method = str(params["oauth_signature_method"])
    if method not in _DIGESTS:
        raise authentication("Invalid signature - signature method is invalid.")
    given = str(params["oauth_signature"]).replace(" ", "+")
    signed = {name: value for name, value in params.items() if name != "oauth_signature"}
    wanted = signature(
        key.consumer_secret, signature_base(sent.method, home + sent.path, signed), method
    )
    if not hmac.compare_digest(wanted.encode(), given.encode(errors="replace")):
        raise authentication("Invalid signature - provided signature does not match.")


def _check_nonce(params: PhpArray, key: ApiKey, clock: int) -> None:
    stamp = str(params["oauth_timestamp"])
    timestamp = int(stamp) if stamp.isdigit() else 0
    if abs(clock - timestamp) > WINDOW:
        raise authentication("Invalid timestamp.")
    nonce = str(params["oauth_nonce"])
    if nonce in key.nonces.values():
        raise authentication("Invalid nonce - nonce has already been used.")
    key.nonces[timestamp] = nonce
    if len(key.nonces) > WINDOW:
        for old in [at for at in key.nonces if at < clock - WINDOW]:
            del key.nonces[old]


def signature_base(method: str, url: str, params: PhpArray) -> str:
    """The text to sign: names sorted by their bytes, elements of an array as they arrived."""
    ordered = {name: params[name] for name in sorted(params, key=_bytes)}
    pairs = "&".join(f"{rfc3986(name)}={rfc3986(value)}" for name, value in flatten(ordered))
    return f"{method.upper()}&{rfc3986(url)}&{rfc3986(pairs)}"


def signature(secret: str, base: str, method: str) -> str:
    """Base64 of the HMAC; the token secret is empty but its ampersand is not."""
    digest = hmac.new(
        f"{secret}&".encode(), base.encode(errors="surrogateescape"), _DIGESTS[method]
    )
    return base64.b64encode(digest.digest()).decode()


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")


def demand_permission(key: ApiKey, method: str) -> None:
    """RestError 401 when the key lacks read or write, also on a route that does not exist."""
    if not key.may(method):
        right = "read" if method in ("GET", "HEAD") else "write"
        raise authentication(f"The API key provided does not have {right} permissions.")


__all__ = [
    "ApiKey",
    "Credentials",
    "RestError",
    "authenticate",
    "demand_permission",
    "key_pair",
    "signature",
    "signature_base",
]
