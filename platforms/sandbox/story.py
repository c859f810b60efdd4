"""What a local store brings to the demo, in words that fit every platform.

A platform's sandbox has a module `story` with `open_story()`: the store, not serving yet, with
its orders. The demo plays all of them, store by store, and then what joins them: one shelf.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from platforms.sandbox.faults import FaultPlan
from platforms.sandbox.goods import PLAIN, MappingRow, StockRow

ORDERS = 40
PRODUCTS = 20
SEED = 7
SHARED = PLAIN[0].sku
"""A good that every store lists by itself, one piece each: what joins them is told with it."""
FORGOTTEN = PLAIN[1].sku
"""A good that nobody maps at first."""


class Deed(StrEnum):
    """What the back office does in the course of a story."""

    PULL = "pull"
    """The orders come in."""
    SHIP = "ship"
    """One order's goods leave."""
    RETRY = "retry"
    """One order is tried again, now."""
    LOOK = "look"
    """The orders that wait for something to pass by itself are listed."""
    SETTLE = "settle"
    """What was paid out is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One deed; `order` for those that take one. The carrier may be the store's own choice: ""."""

    deed: Deed
    order: str = ""
    carrier: str = ""
    tracking: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that has just happened in the store, and what the back office then does.

    `says` is for a shop owner. `shows`: numbers of the orders whose latest entries are shown at
    the end, under the sentence `shown_as`.
    """

    says: str
    steps: tuple[Step, ...] = ()
    shown_as: str = ""
    shows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """An order that cannot go on by itself: `code` is what it must be told with, `why` the cause.

    `is_mended`: the demo mends it; the others stay as they are on purpose.
    """

    order: str
    code: str
    why: str
    is_mended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """A decision that a person takes: parts of a site declaration."""

    says: str
    settings: Mapping[str, Mapping[str, Any]]


class OpenStore(Protocol):
    """What the demo uses of a sandbox."""

    url: str
    faults: FaultPlan

    def stock_rows(self) -> list[StockRow]: ...

    def mapping_rows(self) -> list[MappingRow]: ...

    def __enter__(self) -> Any: ...

    def __exit__(self, *fault: Any) -> None: ...


class Story(Protocol):
    """One store of the demo. `site` is the name it goes by; `label` the platform's, for people."""

    site: str
    label: str
    list_path: str
    """Where orders are listed, as a fault is told of it."""
    sale_example: str
    """The JSON with which a sale is made through the sandbox's control door."""

    @property
    def store(self) -> OpenStore:
        """The sandbox."""

    def declaration(self) -> dict[str, Any]:
        """The site, to be applied as it is."""

    def plant(self) -> tuple[Planted, ...]:
        """Put the troubles into the store, before anything was pulled."""

    def left_alone(self) -> Mapping[str, str]:
        """Numbers of orders that a status keeps out at first, each with a sentence on it."""

    def mendings(self) -> tuple[Mending, ...]:
        """The decisions that let the mended ones through."""

    def staying(self) -> str:
        """Why the others stay."""

    def day(self) -> Iterator[Act]:
        """What happens in a day; the store is asked for each act when the one before is done."""

    def sell(self, sku: str, pieces: int) -> str:
        """A buyer pays for these pieces; the order's number."""

    def reserve(self, sku: str, pieces: int) -> tuple[str, str]:
        """An order takes pieces and is not paid: its number, and a sentence on that."""

    def let_go(self, number: str) -> str:
        """That order is never paid; a sentence on it."""

    def shown(self, sku: str) -> int:
        """What the store shows as available now."""

    def refuse_stock(self) -> str:
        """The store from now on refuses some stock; a sentence on it, "" where none ever does."""

    def allow_stock(self) -> str:
        """It takes that stock again; a sentence on it."""

    def pay_out(self) -> Iterator[Act]:
        """The store pays out what it owes; empty: the platform itself never holds the money."""
