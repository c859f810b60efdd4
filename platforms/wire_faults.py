"""What can break between us and a store, in words that a shop owner understands.

No library's message travels along: theirs hold the whole address, so keys and signatures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from requests import exceptions as broken
from urllib3 import exceptions as broken_below

LONGEST_WAIT = 86_400


class TooLarge(ValueError):
    """The answer passed the size that any real one has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why there is no answer to one attempt."""

    sentence: str
    was_sent: bool = False  # the store may have seen, and done, what was asked
    is_worth_a_retry: bool = False
    is_timeout: bool = False
    is_final: bool = False  # asking again later would change nothing


def fault_of(broke: Exception, host: str, *, is_over: bool) -> Fault:
    """What an exception of requests, urllib3 or the system means. `is_over`: time ran out."""
    reasons = _chain(broke)
    if _any(reasons, TooLarge):
        return Fault(
            sentence=f"{host} answered with more than a store's answer can hold.",
            was_sent=True,
            is_final=True,
        )
    if _any(reasons, broken.InvalidURL, broken.InvalidSchema, broken.MissingSchema):
        return Fault(sentence=f"{host} is not a web address.", is_final=True)
    if _any(reasons, broken_below.NameResolutionError):
        return Fault(
            sentence=f"The name {host} is not known in the internet. Is the address right?",
            is_worth_a_retry=True,
        )
    if _any(reasons, broken.SSLError, broken_below.SSLError):
        return Fault(
            sentence=f"{host} has no valid certificate, so no safe connection to it was made."
        )
    if _any(reasons, broken_below.NewConnectionError):
        return Fault(sentence=f"{host} refused the connection.", is_worth_a_retry=True)
    if _any(reasons, broken.ConnectTimeout, broken_below.ConnectTimeoutError):
        return Fault(sentence=f"{host} did not take the connection in time.", is_worth_a_retry=True)
    if is_over or _any(reasons, TimeoutError, broken.ReadTimeout, broken_below.ReadTimeoutError):
        return Fault(sentence=f"{host} took too long to answer.", was_sent=True, is_timeout=True)
    if _any(reasons, broken_below.DecodeError, broken.ContentDecodingError):
        return Fault(sentence=f"{host} sent an answer that cannot be unpacked.", was_sent=True)
    return Fault(
        sentence=f"{host} ended the connection before its answer was complete.",
        was_sent=True,
        is_worth_a_retry=True,
    )


def _chain(broke: BaseException) -> list[BaseException]:
    """An exception with everything that it wraps: requests wraps urllib3, which wraps sockets."""
    found: list[BaseException] = []
    waiting: list[object] = [broke]
    while waiting:
        each = waiting.pop()
        if isinstance(each, BaseException) and each not in found:
            found.append(each)
            waiting += [*each.args, getattr(each, "reason", None), each.__cause__]
    return found


def _any(reasons: list[BaseException], *kinds: type[BaseException]) -> bool:
    return any(isinstance(each, kinds) for each in reasons)


def http_date(text: str | None) -> datetime | None:
    """An HTTP date as an aware UTC instant; None for none, or for what is no date."""
    if not text:
        return None
    try:
        found = parsedate_to_datetime(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def retry_after(headers: Mapping[str, str], store_time: datetime | None) -> int | None:
    """Seconds that a store asks us to wait, at most a day; None when it asks nothing readable.

    Source: RFC 9110, Retry-After: seconds or an HTTP date. A date is by the store's clock.
    """
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), LONGEST_WAIT)
    until = http_date(text)
    if until is None:
        return None
    seconds = (until - (store_time or datetime.now(UTC))).total_seconds()
    return max(0, min(int(seconds), LONGEST_WAIT))
