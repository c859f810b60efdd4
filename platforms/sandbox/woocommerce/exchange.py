"""A request on its way to a route, and the answer on its way back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from platforms.sandbox.woocommerce.authentication import ApiKey
from platforms.sandbox.woocommerce.php_query import PhpArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """As it came in. `path` without the query; header names in lower case."""

    method: str
    path: str
    raw_query: str
    query: PhpArray
    headers: Mapping[str, str]
    body: bytes
    is_https: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a route's handler gets: checked arguments, the body's own members, the sender.

    `ids` are the numbers in the path. `sent` holds only what the client sent in the body.
    """

    request: Request
    key: ApiKey | None
    ids: tuple[int, ...]
    params: dict[str, Any]
    sent: dict[str, Any]


@dataclass(slots=True)
class Answer:
    """A handler's result: a JSON value, or bytes that are JSON already.

    `total` and `pages` make the paging headers; `page` of them was asked for.
    """

    value: Any = None
    encoded: bytes | None = None
    status: int = 200
    total: int | None = None
    pages: int = 0
    page: int = 1
    link_defaults: PhpArray = field(default_factory=dict)
    location: str | None = None
