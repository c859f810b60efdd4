"""Questions about many orders at once, of which one must not take the others along.

Whether an unknown number among fifty fails the whole call or is left out is not documented.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from platforms.errors import BadResponse, NotFound
from platforms.overlap import Overlap
from platforms.shopee.answers import Senseless

Found = TypeVar("Found")
Outcome = dict[str, Found] | NotFound | BadResponse

# So many alone, and nothing answered before: it is not the orders that are refused.
MOST_REFUSED_ALONE = 3


class Halving(Generic[Found]):
    """Asks about batches; one that is refused is asked about in halves.

    `refused`: numbers about which the store gives no good answer, though it does about others.
    """

    def __init__(self, ask: Callable[[Sequence[str]], dict[str, Found]]) -> None:
        self._ask = ask
        self._has_answered = False
        self._refusal: BadResponse | None = None
        self.refused: dict[str, BadResponse] = {}

    def about(self, batches: Iterable[Sequence[str]], overlap: Overlap) -> dict[str, Found]:
        """What the store tells, by number; what it does not know is absent.

        Batches overlap; the halves of a refused one are asked about one by one.
        """
        found: dict[str, Found] = {}
        for some, outcome in overlap.map(self._first, batches):
            found |= self._parted(some, outcome)
        return found

    def _first(self, some: Sequence[str]) -> tuple[Sequence[str], "Outcome[Found]"]:
        return some, self._outcome(some)

    def _outcome(self, some: Sequence[str]) -> "Outcome[Found]":
        try:
            return self._ask(some)
        except (NotFound, BadResponse) as fault:
            return fault

    def _parted(self, some: Sequence[str], outcome: "Outcome[Found]") -> dict[str, Found]:
        if isinstance(outcome, dict):
            self._has_answered = True
            return outcome
        if len(some) == 1:
            if isinstance(outcome, BadResponse):
                self._note(some[0], outcome)
            return {}
        middle = len(some) // 2
        halves = (some[:middle], some[middle:])
        first, second = (self._parted(half, self._outcome(half)) for half in halves)
        return first | second

    def check(self) -> None:
        """BadResponse: nothing was answered at all, so the question itself is refused.

        One or two orders may have an answer of their own that cannot be read.
        """
        if self._refusal is None or self._has_answered:
            return
        is_theirs = isinstance(self._refusal, Senseless)
        if not is_theirs or len(self.refused) >= MOST_REFUSED_ALONE:
            raise self._refusal

    def _note(self, order_sn: str, fault: BadResponse) -> None:
        self._refusal = fault
        self.refused[order_sn] = fault
        if len(self.refused) >= MOST_REFUSED_ALONE:
            self.check()
