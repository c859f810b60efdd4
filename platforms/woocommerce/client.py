"""Signed questions to one shop's REST API, and its answers deciphered.

Over HTTPS the keys go in a Basic header, over plain HTTP as an OAuth 1.0a signature: so the
server wants it, and so no secret travels in the clear.
Source: the authentication pages of the WooCommerce REST API reference.
"""

import secrets
import time
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import msgspec

from platforms.base import StoreAccess
from platforms.errors import BadResponse, SiteRefused, TryAgain
from platforms.json_body import json_part
from platforms.money import decode_json, encode_json
from platforms.outgoing import Signature, Signer
from platforms.overlap import Overlap
from platforms.transport import (
    DEADLINE_SECONDS,
    MOST_RETRIES,
    READ_SECONDS,
    Answer,
    Transport,
)
from platforms.woocommerce.answers import broken_off, error_of
from platforms.woocommerce.fetched import split_page
from platforms.woocommerce.oauth import oauth_query

API = "wc/v3"
# Page caches in front of a shop may keep answers of its API.
FRESH = {"Cache-Control": "no-cache"}
LARGEST_PAGE = 100

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long one question may take, and how often reading is tried again."""

    read_seconds: float = READ_SECONDS
    deadline: float = DEADLINE_SECONDS
    retries: int = MOST_RETRIES


USUAL = Patience()
# A shop works through a batch item by item before it answers at all.
BATCH = Patience(read_seconds=100, deadline=110, retries=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A good answer: its JSON as bytes, and the shop's clock."""

    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    store_time: datetime | None
    is_reading: bool

    def clock(self) -> datetime:
        """The shop's clock when it answered; ours where it did not tell."""
        return self.store_time or datetime.now(UTC)

    def value(self) -> Any:
        """The decoded answer, fractions as exact Decimals."""
        try:
            return decode_json(self.body)
        except (msgspec.DecodeError, RecursionError, ArithmeticError) as fault:
            raise broken_off(is_reading=self.is_reading) from fault

    def object(self) -> dict[str, Any]:
        """The decoded answer, which must be an object."""
        found = self.value()
        if not isinstance(found, dict):
            raise BadResponse("The store answered with something else than was asked for.")
        return found

    def objects(self, what: str) -> list[dict[str, Any]]:
        """The decoded answer, which must be a list of objects."""
        found = self.value()
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise BadResponse(f"The store did not answer with a list of {what}.")
        return found

    def elements(self, what: str) -> list[bytes]:
        """The elements of the list that was answered, each as the shop's own bytes."""
        return split_page(self.body, what)


class Client:
    """Speaks to one shop. `requests` counts what was sent."""

    def __init__(self, access: StoreAccess) -> None:
        self.home, self.root = _addresses(access.url)
        self.scheme = urlsplit(self.root).scheme
        self._key = access.credentials.get("consumer_key", "").strip()
        self._secret = access.credentials.get("consumer_secret", "").strip()
        self.transport = Transport(
            allow_private=access.allow_private,
            ca_file=access.ca_file,
            at_once=access.requests_at_once,
        )
        self.overlap = Overlap(self.transport.lines)

    @property
    def requests(self) -> int:
        return self.transport.requests

    def get(
        self,
        path: str,
        query: Mapping[str, str | None] | None = None,
        *,
        api: str = API,
        patience: Patience = USUAL,
    ) -> Reply:
        """Read. The errors are those of `platforms.errors`, by the code that the shop gave."""
        return self._ask("GET", path, query, None, api, patience)

    def options(self, path: str, *, patience: Patience = USUAL) -> Reply:
        """What a route accepts, by its own schema."""
        return self._ask("OPTIONS", path, None, None, API, patience)

    def write(
        self,
        method: str,
        path: str,
        body: object,
        *,
        api: str = API,
        patience: Patience = USUAL,
    ) -> Reply:
        """Change something, once. OutcomeUnknown: read before writing again."""
        return self._ask(method, path, None, encode_json(body), api, patience)

    def raw(
        self,
        url: str,
        query: Mapping[str, str],
        *,
        patience: Patience,
        sign: Signer | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """An answer as it came, for the connection test, which wants to know what is wrong."""
        return self.transport.send(
            "GET" if body is None else "POST",
            url,
            query=query,
            headers={"Content-Type": "application/json"} if body is not None else {},
            body=body,
            sign=sign,
            read_seconds=patience.read_seconds,
            deadline=patience.deadline,
            retries=patience.retries,
        )

    def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | None] | None,
        body: bytes | None,
        api: str,
        patience: Patience,
    ) -> Reply:
        answer = self.transport.send(
            method,
            f"{self.root}/{api}/{path}".rstrip("/"),
            query={name: value for name, value in (query or {}).items() if value is not None},
            headers={"Content-Type": "application/json"} if body is not None else FRESH,
            body=body,
            sign=self.signer(),
            read_seconds=patience.read_seconds,
            deadline=patience.deadline,
            retries=patience.retries,
        )
        is_reading = body is None
        found = json_part(answer.body)
        fault = error_of(answer, found, is_reading=is_reading)
        if isinstance(fault, TryAgain):  # it broke down, or a proxy says so with a 200
            self.transport.lines.narrow()
        if fault is not None:
            raise (self._moved(answer) if isinstance(fault, SiteRefused) else None) or fault
        return Reply(
            body=found or b"",
            headers=answer.headers,
            store_time=answer.store_time,
            is_reading=is_reading,
        )

    def _moved(self, answer: Answer) -> SiteRefused | None:
        """The reason behind the reason: another host got the question, without our keys."""
        here, there = urlsplit(self.root), urlsplit(answer.url_without_query)
        if here.hostname == there.hostname:
            return None
        return SiteRefused(
            f"The store's address redirects to {there.scheme}://{there.netloc}, which is not told "
            "the keys.",
            code="store_bad_response",
            fix=f"Enter {there.scheme}://{there.netloc} as the address of the site.",
        )

    def signer(self, *, oauth_as: str | None = None) -> Signer:
        """How a request is signed: by the scheme that it really goes to.

        `oauth_as`: sign with OAuth in any case, for a shop that believes to be at this address.
        """

        def sign(method: str, url: str, query: Mapping[str, str]) -> Signature:
            if oauth_as is None and urlsplit(url).scheme == "https":
                pair = b64encode(f"{self._key}:{self._secret}".encode()).decode()
                return Signature(headers={"Authorization": f"Basic {pair}"})
            return Signature(
                query=oauth_query(
                    method,
                    oauth_as or url,
                    query,
                    consumer_key=self._key,
                    consumer_secret=self._secret,
                    timestamp=int(time.time()),
                    nonce=secrets.token_hex(16),
                )
            )

        return sign


def _addresses(url: str) -> tuple[str, str]:
    """The shop's home and the root of its REST API, from what a person typed.

    A path that already leads to `/wp-json` is taken as the root: shops whose rewriting does not
    work answer under `/index.php/wp-json`.
    """
    typed = url.strip()
    if "://" not in typed:
        typed = f"https://{typed}"
    parts = urlsplit(typed)
    path = parts.path.rstrip("/")
    before, found, _ = path.partition("/wp-json")
    netloc = parts.netloc.rpartition("@")[2]
    home = urlunsplit((parts.scheme, netloc, before.removesuffix("/index.php"), "", ""))
    root = urlunsplit((parts.scheme, netloc, f"{before if found else path}/wp-json", "", ""))
    return home, root


def comma_list(values: Iterable[str]) -> str:
    """A list as one value: arrays of more than ten break the server's signature check."""
    return ",".join(values)


def batches(values: Sequence[Value], size: int) -> Iterator[Sequence[Value]]:
    """Values cut into pieces of at most `size`."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
