"""A call on its way to a handler, and the reply on its way back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from platforms.sandbox.shopee.world import ShopeeStore


class Family(StrEnum):
    """Who signs a call: the app alone, or the app for one shop with its access token."""

    PUBLIC = "public"
    SHOP = "shop"


class Kind(StrEnum):
    """How a parameter is written."""

    TEXT = "text"
    INT = "int"
    BOOL = "bool"
    COMMA = "comma"
    """One value, its parts joined by commas."""
    REPEATED = "repeated"
    """The key repeated once per part."""
    LOOSE = "loose"
    """Parts joined by commas, repeated, or in brackets: all three are met in the wild."""
    JSON = "json"
    """Any JSON value of a body: the handler looks at it itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """One business parameter, in the query (GET) or the body (POST).

    `least` and `most` bound an INT, or the number of parts of a list. `each` is what every
    part of a list is.
    """

    kind: Kind = Kind.TEXT
    is_required: bool = False
    least: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ()
    each: Kind = Kind.TEXT
    default: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call whose sender, signature and parameters were checked.

    `path` is behind `/api/v2`. `params` is the query as it came; `args` holds every parameter
    of the route's schema by name, checked and converted (None or its default when not sent).
    `body` is the JSON object of a POST. `now` is the store's present in seconds.
    """

    method: str
    path: str
    params: Mapping[str, list[str]]
    body: dict[str, Any] | None
    shop_id: int | None
    now: float
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Reply:
    """What a handler answers.

    `response` None: the reply has no `response`. `flat` goes to the top level, beside
    `request_id`, `error` and `message`. `raw`: the JSON of `response`, encoded already.
    """

    response: Any = None
    flat: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    message: str = ""
    warning: Any = None
    status: int = 200
    raw: bytes | None = None


Handler = Callable[["ShopeeStore", Call], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    method: str
    handler: Handler
    params: Mapping[str, Param] = field(default_factory=dict)
    family: Family = Family.SHOP
