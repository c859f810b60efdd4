"""Calls in a shop's name: with a living token, renewed once when the store refuses it.

Source: the developer guide *API calls*, and the API reference of each call.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TypeVar

from platforms.base import StoreAccess
from platforms.errors import SiteRefused
from platforms.keys import KeysInHand
from platforms.overlap import Overlap
from platforms.shopee.answers import StaleToken
from platforms.shopee.gateway import USUAL, Call, Gateway, Patience, Query, Reply
from platforms.shopee.refusals import AUTHORISE
from platforms.shopee.signing import is_public
from platforms.shopee.tokens import Tokens

__all__ = ["USUAL", "Client", "Patience", "Query", "Reply", "batches"]

Value = TypeVar("Value")

# One renewal of ours, and one of another process that we come upon before it.
MOST_REFUSALS = 2


class Client:
    """Speaks to one shop. `requests` counts what was sent."""

    def __init__(self, access: StoreAccess) -> None:
        self.keyring = access.keyring or KeysInHand(access.credentials)
        self.gateway = Gateway(access)
        self.tokens = Tokens(self.gateway, self.keyring)
        self.overlap = Overlap(self.gateway.transport.lines)

    @property
    def requests(self) -> int:
        return self.gateway.requests

    def get(
        self,
        path: str,
        query: Query | None = None,
        *,
        repeated: Mapping[str, Sequence[str]] | None = None,
        patience: Patience = USUAL,
    ) -> Reply:
        """Read: `path` is as "order/get_order_list". Lists are joined by commas, None left out.

        `repeated`: parameters whose name the store wants once for each value.
        NotFound: the store says that it does not exist. QuestionRefused: it did not accept the
        question. NotAllowed: this call is not open to the app. Else as any platform's.
        """
        return self._asked(
            Call(
                method="GET",
                path=path,
                query=query or {},
                repeated=repeated or {},
                patience=patience,
            )
        )

    def post(
        self,
        path: str,
        body: object,
        query: Query | None = None,
        *,
        is_reading: bool = False,
        despite: frozenset[str] = frozenset(),
        patience: Patience = USUAL,
    ) -> Reply:
        """Change something, once. OutcomeUnknown: read before writing again.

        `is_reading`: the call changes nothing, though the store wants it as a POST.
        `despite`: codes of refusals whose answer is wanted all the same, see `Reply.error`.
        """
        return self._asked(
            Call(
                method="POST",
                path=path,
                query=query or {},
                body=body,
                is_reading=is_reading,
                despite=despite,
                patience=patience,
            )
        )

    def _asked(self, call: Call) -> Reply:
        if is_public(call.path):
            return self.gateway.ask(call, self.overlap.at_home(self.tokens.app))
        # A keyring may be a database: only the thread that the store was connected for reads it.
        owner = self.tokens.owner_at_hand() or self.overlap.at_home(self.tokens.owner)
        is_new = False
        said = ""
        for _ in range(MOST_REFUSALS + 1):
            try:
                return self.gateway.ask(call, owner)
            except StaleToken as refused:
                said = refused.said
            if is_new:
                break
            owner, is_new = self.overlap.at_home(partial(self.tokens.after_refusal, owner))
        raise SiteRefused(
            "The store does not take the access token that it gave.", said=said, fix=AUTHORISE
        )


def batches(values: Sequence[Value], size: int) -> Iterator[Sequence[Value]]:
    """Values cut into pieces of at most `size`."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
