"""Questions about many orders at once, of which one must not take the others along.

Whether an unknown number among fifty fails the whole call or is left out is not documented.
"""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from platforms.errors import BadResponse, NotFound
from platforms.shopee.answers import Senseless

Found = TypeVar("Found")

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

    def about(self, order_sns: Sequence[str]) -> dict[str, Found]:
        """What the store tells, by number; what it does not know is absent."""
        try:
            found = self._ask(order_sns)
        except NotFound:
            if len(order_sns) == 1:
                return {}
        except BadResponse as fault:
            if len(order_sns) == 1:
                self._note(order_sns[0], fault)
                return {}
        else:
            self._has_answered = True
            return found
        middle = len(order_sns) // 2
        return self.about(order_sns[:middle]) | self.about(order_sns[middle:])

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
