"""What a WooCommerce answer says: its JSON dug out, its errors told by code.

Source: the error envelope `{"code", "message", "data": {"status"}}` of the WordPress REST API.
Messages are translated into the shop's language, so only codes decide. A status alone decides
little: WooCommerce answers 500 to business refusals, firewalls answer 200, and a PHP notice
may stand before perfect JSON.
"""

import re
from html import unescape
from typing import Any

import msgspec

from platforms.errors import (
    BadResponse,
    NotFound,
    OutcomeUnknown,
    PlatformError,
    Refused,
    SiteRefused,
    TryAgain,
)
from platforms.money import decode_json
from platforms.payload_fields import text
from platforms.transport import Answer

LONGEST_SAID = 200
BATCH_TOO_LARGE = "woocommerce_rest_request_entity_too_large"
NO_ROUTE = "rest_no_route"
AUTHENTICATION = "woocommerce_rest_authentication_"
UNAVAILABLE = frozenset({502, 503, 504, 508})

FIREWALL = re.compile(
    rb"cloudflare|cf-chl|wordfence|sucuri|imunify|incapsula|akamai|mod_?security|captcha"
    rb"|just a moment|attention required|access denied|request blocked|security check"
    rb"|bot verification|firewall",
    re.IGNORECASE,
)
KEYS = re.compile(r"\b(c[ks]_)[0-9A-Za-z]{8,}|(oauth_\w+|consumer_\w+)=[^&\s\"'<>]+")
TAGS = re.compile(r"<[^>]*>")


class NoRoute(SiteRefused):
    """The store knows no such address: a feature it lacks, or no WooCommerce at all."""

    code = "store_bad_response"


class Overloaded(TryAgain):
    """The store broke while it worked on the question: a smaller one may be answered."""


class QuestionRefused(BadResponse):
    """The store refused parameters of a reading request. `parameters` names them."""

    def __init__(self, sentence: str, *, said: str, parameters: frozenset[str]) -> None:
        super().__init__(sentence, said=said)
        self.parameters = parameters


class BatchTooLarge(Refused):
    """More items than this shop takes in one batch. Nothing was done."""


def error_of(answer: Answer, body: bytes | None, *, is_reading: bool) -> PlatformError | None:
    """The error that an answer is, or None. `body` is its JSON part."""
    if body is None:
        return _without_json(answer, is_reading=is_reading)
    if answer.status < 400 and not body.startswith(b'{"code":'):
        return None
    envelope = _envelope(body)
    status = answer.status
    if status < 400:
        # Some proxies turn every answer into a 200.
        data = envelope.get("data")
        told = data.get("status") if isinstance(data, dict) and "message" in envelope else None
        if not isinstance(told, int) or told < 400:
            return None
        status = told
    code = str(envelope.get("code") or "")
    return _told(status, code, envelope, is_reading=is_reading)


def _envelope(body: bytes) -> dict[str, Any]:
    try:
        found = decode_json(body)
    except (msgspec.DecodeError, RecursionError, ArithmeticError):
        return {}
    return found if isinstance(found, dict) else {}


def _told(status: int, code: str, envelope: dict[str, Any], *, is_reading: bool) -> PlatformError:
    said = said_of(envelope)
    if code.startswith(AUTHENTICATION) or status in (401, 403):
        return credentials_refused(status, code, said)
    if code == NO_ROUTE:
        return NoRoute("The store knows no such address of the WooCommerce API.", said=said)
    if code.endswith("_invalid_id") or code == "woocommerce_rest_invalid_order_id" or status == 410:
        return NotFound("The store says that this does not exist.", said=said)
    if code == BATCH_TOO_LARGE:
        return BatchTooLarge("The store takes fewer items at once.", said=said)
    if status in UNAVAILABLE or (status >= 500 and not code.startswith("woocommerce_")):
        return broke_down(said, is_reading=is_reading)
    details = _details(envelope)
    if is_reading:
        return QuestionRefused(
            "The store did not accept the question.", said=said, parameters=frozenset(details)
        )
    return Refused("The store refused this change.", said=said, details=details)


def credentials_refused(status: int, code: str, said: str) -> SiteRefused:
    """The store does not know us, or what we may do is not enough."""
    if code.startswith(AUTHENTICATION):
        sentence = "The store refused the key: it is wrong, or it lacks a permission."
        fix = "WooCommerce > Settings > Advanced > REST API: make a key with Read/Write."
    elif status == 401:
        sentence = "The store did not recognise the key."
        fix = "Run the connection test of the site: it finds out why."
    else:
        sentence = "The WordPress user of the key may not do this."
        fix = "WooCommerce > Settings > Advanced > REST API: choose a shop manager as its user."
    return SiteRefused(sentence, said=said, fix=fix)


def broke_down(said: str, *, is_reading: bool) -> TryAgain:
    """The store broke down over a request. What it had done of a write by then is not known."""
    if is_reading:
        return Overloaded("The store broke down over the question.", said=said)
    return OutcomeUnknown(
        "The store broke down over the change; some of it may be done.", said=said
    )


def _details(envelope: dict[str, Any]) -> dict[str, str]:
    data = envelope.get("data")
    found = data.get("params") if isinstance(data, dict) else None
    if isinstance(found, dict):
        return {str(name): clean(str(why)) for name, why in found.items()}
    if isinstance(found, list):
        return {str(name): "missing" for name in found}
    return {}


def _without_json(answer: Answer, *, is_reading: bool) -> PlatformError:
    """A page in place of the API's answer: of a firewall, of the theme, of the web server."""
    head = answer.body[:20_000]
    if answer.status in UNAVAILABLE:
        if is_reading:
            return Overloaded("The store is not available just now.")
        return broke_down("", is_reading=is_reading)
    if is_firewall(answer):
        return SiteRefused(
            "A firewall in front of the store answered in its place.",
            code="store_bad_response",
            fix="Ask the shop's host to let Tillbridge's address through to /wp-json/.",
        )
    if answer.status >= 500:
        return broke_down("", is_reading=is_reading)
    if answer.status == 404:
        return NoRoute(
            "The store answered with a page that does not exist.",
            fix="WordPress: Settings > Permalinks: choose anything but Plain, and save.",
        )
    if answer.status < 400 and head.strip()[:1] in (b"", b"{", b"[", b"\xef"):
        # An empty one too: PHP ran out of memory or time before it wrote anything.
        return broken_off(is_reading=is_reading)
    if not is_reading:
        return OutcomeUnknown("The store answered the change with something that is no answer.")
    return BadResponse("The store answered with a page and not with data.")


def is_firewall(answer: Answer) -> bool:
    """Whether a page without JSON is a refusal from something in front of the shop."""
    if answer.status in (401, 403, 405, 406):
        return True
    return answer.status < 500 and FIREWALL.search(answer.body[:20_000]) is not None


def code_of(body: bytes | None) -> str:
    """The code of an error envelope; "" for anything else."""
    return "" if body is None else text(_envelope(body), "code")


def broken_off(*, is_reading: bool) -> TryAgain:
    """The JSON ends before its end."""
    if is_reading:
        return TryAgain("The store's answer broke off in the middle.", code="store_bad_response")
    return OutcomeUnknown("The store's answer to the change broke off in the middle.")


def said_of(envelope: dict[str, Any]) -> str:
    """The store's own words in an error envelope, as plain text."""
    return clean(str(envelope.get("message") or ""))


def clean(words: str) -> str:
    """Text of a store for people: no markup, no keys, nothing that steers a terminal, not long."""
    plain = " ".join(unescape(TAGS.sub("", words)).split())
    plain = "".join(letter for letter in plain if letter.isprintable())
    return KEYS.sub("…", plain)[:LONGEST_SAID]
