"""Which stock item a listing probably is, with the reason: a person confirms it. Pure."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

MOST = 3
SAME_SKU = 100
SAME_LETTERS = 95
NEAR_SKU = 85
NEAR_NAME = 75
SHORTEST_SKU = 4
_NOT_A_SIGN = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Named:
    """A listing or a stock item, as it is compared."""

    id: int
    sku: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """`score` from 0 to 100; `reason` is said to the person who confirms."""

    stock_item_id: int
    score: int
    reason: str


class Matcher:
    """Compares listings with all stock items; built once for many listings."""

    def __init__(self, items: Sequence[Named]) -> None:
        self._items = items
        self._by_sku: dict[str, list[Named]] = defaultdict(list)
        self._by_signs: dict[str, list[Named]] = defaultdict(list)
        for item in items:
            self._by_sku[item.sku.casefold()].append(item)
            self._by_signs[_signs(item.sku)].append(item)
        self._skus = [item.sku.casefold() for item in items]
        self._names = [item.name.casefold() for item in items]

    def suggest(self, listing: Named) -> tuple[Suggestion, ...]:
        """The likeliest stock items, best first, at most three; () when nothing is alike."""
        found: dict[int, Suggestion] = {}

        def add(item: Named, score: int, reason: str) -> None:
            known = found.get(item.id)
            if known is None or known.score < score:
                found[item.id] = Suggestion(stock_item_id=item.id, score=score, reason=reason)

        sku, signs = listing.sku.strip().casefold(), _signs(listing.sku)
        if sku:
            for item in self._by_sku.get(sku, ()):
                add(item, SAME_SKU, "The SKU is the same.")
        if signs:
            for item in self._by_signs.get(signs, ()):
                add(item, SAME_LETTERS, f"The SKU is {item.sku} but for its signs.")
        if len(sku) >= SHORTEST_SKU:
            for item, score in self._near(sku, self._skus, fuzz.ratio, NEAR_SKU):
                add(item, min(score, SAME_LETTERS - 1), f"The SKU is nearly {item.sku}.")
        name = listing.name.strip().casefold()
        if name:
            for item, score in self._near(name, self._names, fuzz.token_sort_ratio, NEAR_NAME):
                add(item, min(score, NEAR_SKU), f"The name is like “{item.name}”.")
        ranked = sorted(found.values(), key=lambda each: (-each.score, each.stock_item_id))
        return tuple(ranked[:MOST])

    def _near(
        self, text: str, among: Sequence[str], scorer: Callable[..., float], least: int
    ) -> list[tuple[Named, int]]:
        rows = process.extract(text, among, scorer=scorer, score_cutoff=least, limit=MOST)
        return [(self._items[place], round(score)) for _, score, place in rows]


def _signs(sku: str) -> str:
    return _NOT_A_SIGN.sub("", sku).casefold()
