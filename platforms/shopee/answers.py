"""What an answer of the Open Platform says: its fields dug out, its errors told by code and words.

Source: the envelope `{"request_id", "error", "message", "response", "warning"}` and the common
error list of the API reference. The status decides nothing: business errors come with 200,
a stale token with 403. A code may carry its module ("product.error_param"), some are spelled
wrong on the wire, and some mean several things, which only the message tells apart.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from html import unescape

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
from platforms.json_body import json_part
from platforms.shopee import loose_json
from platforms.shopee.refusals import REFUSALS, SiteTrouble
from platforms.transport import Answer
from platforms.wire_faults import retry_after

LONGEST_SAID = 300
# What is looked at of a message, however long it is.
LONGEST_WORDS = 2000
UNAVAILABLE = frozenset({500, 502, 503, 504, 508})
QUOTA_ZONE = timedelta(hours=8)  # the daily quota begins anew at 00:00 UTC+8

TAGS = re.compile(r"<[^>]*>")
SECRETS = re.compile(
    r"\b((?:access_|refresh_)?token|partner_key|sign|code)=[^&\s\"'<>]+|\b[0-9A-Za-z]{28,}\b"
)
NOISE = frozenset({"", "-"})  # in place of no error

STALE_CODES = frozenset({"invalid_acceess_token", "invalid_access_token"})
STALE = re.compile(r"(invalid|expired|wrong) access_?\s?token|access_?\s?token .*(invalid|expired)")
STALE_REFRESH = re.compile(r"refresh_?\s?token")
CLOCK = re.compile(r"timestamp is expired|invalid timestamp|no timestamp")
WRONG_CODE = re.compile(r"\bcode\b")
LATER = re.compile(r"try (again )?later|system (error|busy)")
PASSING = frozenset(
    {"error_server", "error_network", "error_system_busy", "error_inner", "error_inner_error"}
)
SURELY_NOT_DONE = frozenset({"error_system_busy"})
MISSING = frozenset({"error_not_found", "order_not_found", "error_item_not_found"})
MISSING_WORDS = re.compile(r"order is not found|not exist")


class StaleToken(SiteRefused):
    """The access token has ended: renew it, and ask again."""


class ClockRefused(SiteRefused):
    """The store found our time wrong. `store_time` is its own, where it told it."""

    def __init__(self, store_time: datetime | None, said: str) -> None:
        super().__init__(
            "The store's clock and this machine's differ by more than five minutes.",
            said=said,
            fix="Set the clock of this machine, and let it keep itself right (NTP).",
        )
        self.store_time = store_time


class CodeRefused(Refused):
    """The code of an authorisation was used before, is too old, or is for another shop."""


class QuestionRefused(BadResponse):
    """The store refused a question. `error` is its code without the module."""

    def __init__(self, sentence: str, *, error: str, said: str) -> None:
        super().__init__(sentence, said=said)
        self.error = error


class Senseless(BadResponse):
    """An answer that came and cannot be read: what it is about may be to blame."""


def bare(code: str) -> str:
    """A code without its module: "product.error_param" is "error_param"; "error.param" stays."""
    module, _, rest = code.partition(".")
    return rest if rest and module != "error" else code


def error_in(fields: Mapping[str, msgspec.Raw]) -> tuple[str, str]:
    """The code and the message of an answer; an empty code is success."""
    code = _text(fields.get("error")).strip()[:LONGEST_WORDS]
    return ("" if code in NOISE else code), _text(fields.get("message"))[:LONGEST_WORDS]


def _text(raw: msgspec.Raw | None) -> str:
    try:
        found = msgspec.json.decode(raw or b"null")
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        # A refusal whose words cannot be read is one all the same.
        found = bytes(raw or b"").decode(errors="replace")
    if isinstance(found, str):
        return found
    return str(found) if found else ""


def error_of(
    answer: Answer, fields: Mapping[str, msgspec.Raw] | None, *, path: str, is_reading: bool
) -> PlatformError | None:
    """What an answer refuses, or None. `fields` None: it holds no JSON object."""
    if fields is None:
        return without_json(answer, is_reading=is_reading)
    code, message = error_in(fields)
    if code:
        return told(answer, code, message, path=path, is_reading=is_reading)
    if answer.status >= 500:
        return broke_down("", is_reading=is_reading)
    if answer.status >= 400:
        return BadResponse(f"The store answered with status {answer.status} and no reason.")
    return None


def told(answer: Answer, code: str, message: str, *, path: str, is_reading: bool) -> PlatformError:
    """The error that a code and its message mean, for one call."""
    said = clean(f"{code}: {message}" if message else code)
    short, words = bare(code), message.lower()
    passing = _passing(answer, code, short, words, said, is_reading=is_reading)
    if passing is not None:
        return passing
    keys = _about_keys(answer, short, words, said, path)
    if keys is not None:
        return keys
    trouble = _trouble(short, words, is_reading=is_reading)
    if trouble is not None:
        return trouble.error(said)
    if not is_reading:
        return Refused("The store refused this change.", said=said, details={"error": short})
    if short in MISSING or MISSING_WORDS.search(words):
        return NotFound("The store says that this does not exist.", said=said)
    return QuestionRefused("The store did not accept the question.", error=short, said=said)


def _passing(
    answer: Answer, code: str, short: str, words: str, said: str, *, is_reading: bool
) -> TryAgain | None:
    """What passes by itself: limits, and a store that is busy or broke down."""
    if short == "error_rate_limit":
        return TryAgain(
            "The store asks us to come less often.",
            said=said,
            code="store_rate_limited",
            retry_after=retry_after(answer.headers, answer.store_time),
        )
    # Modules use the same word for what one order may: only the gateway's is the quota.
    if code == "error_limit":
        return TryAgain(
            "The app's calls of this day are used up; the store counts anew at 00:00 UTC+8.",
            said=said,
            code="store_rate_limited",
            retry_after=seconds_to_new_quota(answer.store_time or datetime.now(UTC)),
        )
    if short in SURELY_NOT_DONE and not is_reading:
        return TryAgain("The store is busy.", said=said, code="store_unreachable")
    is_passing = short in PASSING or (short == "error_auth" and LATER.search(words))
    if is_passing and not (short == "error_inner" and "invalid" in words):
        return broke_down(said, is_reading=is_reading)
    return None


def seconds_to_new_quota(now: datetime) -> int:
    """From now to the next 00:00 UTC+8."""
    there = now + QUOTA_ZONE
    midnight = (there + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return int((midnight - there).total_seconds()) + 1


def _about_keys(
    answer: Answer, short: str, words: str, said: str, path: str
) -> PlatformError | None:
    """Refusals of a token, a code or the clock: each has a cure of its own."""
    if short in STALE_CODES or (short in ("error_auth", "error_param") and STALE.search(words)):
        return StaleToken("The store does not take the access token.", said=said)
    if short == "error_param" and CLOCK.search(words):
        return ClockRefused(answer.store_time, said)
    if path == "auth/token/get" and short == "invalid_shop_id":
        return CodeRefused("The authorisation is for another shop than this site's.", said=said)
    if path == "auth/token/get" and (
        short == "invalid_code" or (short == "error_auth" and WRONG_CODE.search(words))
    ):
        return CodeRefused(
            "The authorisation's code was used before, or is older than ten minutes.", said=said
        )
    if path == "auth/access_token/get" and (
        STALE_REFRESH.search(short) or STALE_REFRESH.search(words)
    ):
        return REFUSALS["shop_access_expired"].error(said)
    return None


def _trouble(short: str, words: str, *, is_reading: bool) -> SiteTrouble | None:
    """The refusal of the app or the shop as a whole, if it is one."""
    named = REFUSALS.get(short)
    if named is not None and (is_reading or not named.may_be_business):
        return named
    if short in ("error_auth", "error_param"):
        if "shop_id" in words or "shopid" in words:
            return REFUSALS["error_shop"]
        if "partner_id" in words or "sign in query" in words:
            return REFUSALS["invalid_partner_id"]
        if "offline" in words or "request path" in words:
            return REFUSALS["api_suspended"]
    if short == "error_auth":
        if "permission" in words or "restricted" in words:
            return REFUSALS["error_api_permission"]
        if "deleted" in words:
            return REFUSALS["invalid_partner_id"]
        if is_reading:
            return REFUSALS["shop_no_linked"]
    return None


def broke_down(said: str, *, is_reading: bool) -> TryAgain:
    """The store broke down over a request. What it had done of a write by then is not known."""
    if is_reading:
        return TryAgain("The store broke down over the question.", said=said)
    return OutcomeUnknown(
        "The store broke down over the change; some of it may be done.", said=said
    )


def without_json(answer: Answer, *, is_reading: bool) -> PlatformError:
    """A page or the gateway's text in place of the API's answer."""
    if answer.status in UNAVAILABLE:
        return broke_down("", is_reading=is_reading)
    if answer.status in (401, 403, 405, 406):
        return REFUSALS["page"].error("")
    if answer.status == 404:
        return REFUSALS["no_api"].error("")
    body = answer.body.strip()
    if body[:1] == b"{" and body[-1:] == b"}":
        return garbled(is_reading=is_reading)
    if body[:1] in (b"", b"{", b"[", b"\xef"):
        return broken_off(is_reading=is_reading)
    if not is_reading:
        return OutcomeUnknown("The store answered the change with something that is no answer.")
    return BadResponse("The store answered with a page and not with data.")


def broken_off(*, is_reading: bool) -> TryAgain:
    """The JSON ends before its end."""
    if is_reading:
        return TryAgain("The store's answer broke off in the middle.", code="store_bad_response")
    return OutcomeUnknown("The store's answer to the change broke off in the middle.")


def garbled(*, is_reading: bool) -> PlatformError:
    """The answer is there to its end, and cannot be read all the same: asking again is no help."""
    if is_reading:
        return Senseless("The store's answer breaks the rules of JSON.")
    return OutcomeUnknown("The store's answer to the change breaks the rules of JSON.")


def clean(words: str) -> str:
    """The store's text for people: no markup, no keys, nothing that steers a terminal, not long."""
    plain = " ".join(TAGS.sub("", unescape(words[:LONGEST_WORDS])).split())
    plain = "".join(letter for letter in plain if letter.isprintable())
    return SECRETS.sub("…", plain)[:LONGEST_SAID]


def fields_in(body: bytes) -> dict[str, msgspec.Raw] | None:
    """The top fields of an answer, each as the store's own bytes; None: no JSON object.

    One that breaks the rules in some place is cut apart all the same.
    """
    found = _top(body)
    if found is None:
        found = _top(json_part(body) or b"")
    if found is None:
        loose = loose_json.members(body)
        found = None if loose is None else {name: msgspec.Raw(raw) for name, raw in loose.items()}
    return found


def _top(body: bytes) -> dict[str, msgspec.Raw] | None:
    try:
        return _top_decoder.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


_top_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
