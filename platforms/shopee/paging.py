"""Lists that are read page by page, and do not always come to an end.

A store that ignores the cursor serves the same page again and again, one that counts wrongly
says that there is more and shows nothing. To stop quietly would lose what was to come.
"""

from collections.abc import Hashable, Iterable

from platforms.errors import BadResponse

# So many pages in a row may bring nothing new: rows move while they are read.
MOST_IDLE = 3


class Progress:
    """Watches the pages of one list. `what` names the list in the sentence."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._seen: set[Hashable] = set()
        self._idle = 0

    def goes_on(self, rows: Iterable[Hashable], *, has_more: bool) -> bool:
        """Whether another page is to be asked for, after one with these rows.

        BadResponse: page after page promises more and brings nothing new.
        """
        before = len(self._seen)
        self._seen.update(rows)
        self._idle = self._idle + 1 if len(self._seen) == before else 0
        if has_more and self._idle > MOST_IDLE:
            raise BadResponse(f"The store's list of {self._what} does not end.")
        return has_more
