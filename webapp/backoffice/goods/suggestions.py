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
        # Words in the order of the alphabet: comparing them so is fuzz.token_sort_ratio, paid once.
        self._names = [_sorted_words(item.name) for item in items]

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
        name = _sorted_words(listing.name)
        if name:
            for item, score in self._near(name, self._names, fuzz.ratio, NEAR_NAME):
                add(item, min(score, NEAR_SKU), f"The name is like “{item.name}”.")
        ranked = sorted(found.values(), key=lambda each: (-each.score, each.stock_item_id))
        return tuple(ranked[:MOST])

    def best_exact(self, listing: Named) -> Suggestion | None:
        """The one stock item whose SKU is the listing's own, if need be but for its signs.

        None: there is none, or more than one. Asks dictionaries only, so that it may be asked of
        a hundred thousand listings.
        """
        sku, signs = listing.sku.strip().casefold(), _signs(listing.sku)
        for fitting, score, reason in (
            (self._by_sku.get(sku, ()) if sku else (), SAME_SKU, "The SKU is the same."),
            (self._by_signs.get(signs, ()) if signs else (), SAME_LETTERS, ""),
        ):
            if len(fitting) == 1:
                said = reason or f"The SKU is {fitting[0].sku} but for its signs."
                return Suggestion(stock_item_id=fitting[0].id, score=score, reason=said)
            if fitting:
                return None
        return None

    def best(self, listing: Named) -> Suggestion | None:
        """The likeliest stock item; None: nothing is alike, or two are alike to the same degree."""
        found = self.suggest(listing)
        if not found or (len(found) > 1 and found[1].score == found[0].score):
            return None
        return found[0]

    def _near(
        self, text: str, among: Sequence[str], scorer: Callable[..., float], least: int
    ) -> list[tuple[Named, int]]:
        rows = process.extract(text, among, scorer=scorer, score_cutoff=least, limit=MOST)
        return [(self._items[place], round(score)) for _, score, place in rows]


def _sorted_words(name: str) -> str:
    return " ".join(sorted(name.casefold().split()))


def _signs(sku: str) -> str:
    return _NOT_A_SIGN.sub("", sku).casefold()
