"""Stock items found while a person types: by the beginning of a SKU or of a word of the name. Pure.

Held in memory, since there are thousands of them and every key that is pressed asks.
"""

from bisect import bisect_left
from collections.abc import Sequence

from webapp.backoffice.goods.listing_words import words_of
from webapp.backoffice.goods.suggestions import Matcher, Named

BEHIND_ALL = chr(0x10FFFF)


class ItemIndex:
    """All stock items, ready to be searched and to be compared with listings."""

    def __init__(self, items: Sequence[Named]) -> None:
        self.matcher = Matcher(items)
        self.by_id = {item.id: item for item in items}
        entries = [(item.sku.casefold(), item.id) for item in items]
        entries += [(word, item.id) for item in items for word in words_of(item.name)]
        self._entries = sorted(entries)

    def find(self, text: str, most: int = 10) -> list[Named]:
        """Stock items that begin so, SKUs in order; [] for nothing typed.

        Several words must all begin a word of the SKU or name.
        """
        typed = text.casefold().split()
        if not typed:
            return []
        whole = self._beginning(" ".join(typed))
        found = (
            whole if whole or len(typed) == 1 else set.intersection(*map(self._beginning, typed))
        )
        if not found and len(typed) == 1:
            parts = words_of(typed[0])
            found = set.intersection(*map(self._beginning, parts)) if len(parts) > 1 else set()
        items = sorted((self.by_id[key] for key in found), key=lambda item: item.sku)
        return items[:most]

    def _beginning(self, beginning: str) -> set[int]:
        first = bisect_left(self._entries, (beginning, 0))
        last = bisect_left(self._entries, (beginning + BEHIND_ALL, 0))
        return {item_id for _, item_id in self._entries[first:last]}
