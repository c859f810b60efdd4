"""One request on its way out: signed anew for every attempt, never followed with its keys.

Platforms put keys and signatures into the query or the headers, so an address is only ever
told without its query.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import SplitResult, parse_qsl, quote, urljoin, urlsplit, urlunsplit

import requests

from platforms.errors import BadResponse

VERSION = "0.1.0"
USER_AGENT = f"Tillbridge/{VERSION}"
READING = frozenset({"GET", "HEAD", "OPTIONS"})
STANDARD_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What proves who we are: added to one request's query and headers. Never shown."""

    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


# From method, address without query, and query. Asked again for every attempt and hop: a
# signature with a nonce is good for one.
Signer = Callable[[str, str, Mapping[str, str]], Signature]


def escaped(text: str) -> str:
    """Percent-encoded as RFC 3986 asks: everything but letters, digits and -._~."""
    return quote(text, safe="-._~")


def address(url: str) -> str:
    """An address as it may be told: without query, and without a name and password."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


class Outgoing:
    """A request. `signed_names` are the query names that signatures brought, so secrets.

    `repeated`: query names that come more than once, each with one of its values. `only_reads`:
    it changes nothing, though its method may.
    """

    def __init__(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes | None,
        sign: Signer | None,
        repeated: Sequence[tuple[str, str]] = (),
        only_reads: bool = False,
    ) -> None:
        self.method = method
        self.url = url
        self.query = query
        self.headers = headers
        self.body = body
        self.sign = sign
        self.repeated = repeated
        self.only_reads = only_reads
        self.signed_names: set[str] = set()

    @property
    def is_reading(self) -> bool:
        """Whether sending it twice is harmless."""
        return self.only_reads or self.method in READING

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or self.url[:80]

    def prepared(self) -> requests.PreparedRequest:
        """The request as requests sends it. Source: RFC 3986 for the query."""
        query = dict(self.query)
        headers = {
            "User-Agent": USER_AGENT,
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            **self.headers,
        }
        if self.sign is not None:
            signature = self.sign(self.method, self.url, self.query)
            query.update(signature.query)
            headers.update(signature.headers)
            self.signed_names.update(signature.query)
        pairs = (*query.items(), *self.repeated)
        asked = "&".join(f"{escaped(name)}={escaped(value)}" for name, value in pairs)
        url = f"{self.url}?{asked}" if asked else self.url
        return requests.Request(self.method, url, headers=headers, data=self.body).prepare()

    def redirected(self, location: str) -> Self:
        """The request that a redirect asks for; it says who we are only to the same host."""
        parts = urlsplit(urljoin(self.url, location))
        if parts.scheme not in STANDARD_PORTS or not parts.hostname:
            raise BadResponse(f"{address(self.url)} redirects to what is no web address.")
        several = {name for name, _ in self.repeated}
        pairs = [
            (name, value)
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
            if name not in self.signed_names
        ]
        url = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path or "/", "", ""))
        following = type(self)(
            self.method,
            url,
            query={name: value for name, value in pairs if name not in several},
            repeated=tuple(pair for pair in pairs if pair[0] in several),
            only_reads=self.only_reads,
            headers=self.headers,
            body=self.body,
            sign=self.sign if _is_same_host(urlsplit(self.url), parts) else None,
        )
        following.signed_names = self.signed_names
        return following


def _is_same_host(here: SplitResult, there: SplitResult) -> bool:
    """The same host and port, or the same host gone over to TLS on its usual port."""
    if here.hostname != there.hostname:
        return False
    if here.scheme == "http" and there.scheme == "https":
        return _port(here) == _port(there) or _port(there) == STANDARD_PORTS["https"]
    return here.scheme == there.scheme and _port(here) == _port(there)


def _port(parts: SplitResult) -> int:
    return parts.port or STANDARD_PORTS[parts.scheme]
