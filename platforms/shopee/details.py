"""What Shopee keeps beside an order: its escrow and its returns, read into one document.

Source: POST /api/v2/payment/get_escrow_detail_batch (a POST, whatever its page says),
GET /api/v2/returns/get_return_detail and GET /api/v2/returns/get_return_list. Returns cannot be
asked for by order: an escrow names those of its order, and the list tells of those that changed.
Where an order shows that pieces came back and its escrow names no return, the list is read for it:
a return once known must not be missing from a later reading.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec

from platforms.base import DetailNotice, FetchedOrder
from platforms.errors import NotFound
from platforms.payload_fields import Row, text
from platforms.shopee.answers import QuestionRefused, Senseless
from platforms.shopee.client import Client
from platforms.shopee.escrow_rows import EscrowRow, escrow_rows
from platforms.shopee.fields import as_sn
from platforms.shopee.halving import Halving
from platforms.shopee.return_list import ReturnList
from platforms.shopee.returns import mark

MOST_ESCROWS = 50
# What the reference advises; a store may refuse more.
ADVISED_ESCROWS = 20
TOO_MANY = "exceed_max_limit"
# Of one order; each is a call of its own.
MOST_RETURNS = 20
SENSELESS = b"?"
# A return that changes moves its order's date too, as far as is known.
BEFORE_ITS_ORDER = timedelta(days=15)
# One by one: a pattern that begins with plain letters is found much faster.
_SHOWS_RETURN = (
    re.compile(rb'"returned_qty"\s*:\s*[1-9]'),
    re.compile(rb'"order_status"\s*:\s*"TO_RETURN"'),
)

# Sorted and compact: the same returns are the same bytes.
_encoder = msgspec.json.Encoder(decimal_format="number", order="sorted")


class Details:
    """The details of one store's orders. It remembers which returns it heard of."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._batch = MOST_ESCROWS
        self._list = ReturnList(client)
        self._heard: dict[str, list[str]] = {}
        self._listed_since: datetime | None = None

    def with_details(self, orders: Sequence[FetchedOrder]) -> tuple[FetchedOrder, ...]:
        """The same orders with their details.

        One document `{"escrow": …, "returns": […]}` for each order that has any, the escrow as
        the store's own bytes; () for one that has none, or that is not paid for yet. Where the
        store answers something that makes no sense, the document is no JSON: reading it says
        so, and the other orders go on.
        """
        escrows, senseless = self._escrows([each.remote_id for each in orders if each.has_details])
        self._hear_of_unnamed(orders, escrows)
        wanted = {
            each.remote_id: sns
            for each in orders
            if each.has_details
            and each.remote_id not in senseless
            and (sns := self._return_sns(each.remote_id, escrows.get(each.remote_id)))
        }
        found = self._client.overlap.map(self._returns, wanted.items())
        returns = dict(zip(wanted, found, strict=True))
        return tuple(
            _with_document(each, SENSELESS)
            if each.remote_id in senseless
            else _whole(each, escrows.get(each.remote_id), returns.get(each.remote_id, []))
            for each in orders
        )

    def news(self, since: datetime) -> Iterator[DetailNotice]:
        """Returns made or changed at or after `since`, whatever their orders' dates say."""
        for row in self._list.updated(since):
            order_sn, return_sn = as_sn(row.get("order_sn")), as_sn(row.get("return_sn"))
            if order_sn is None or return_sn is None:
                continue
            heard = self._heard.setdefault(order_sn, [])
            if return_sn not in heard:
                heard.append(return_sn)
            yield DetailNotice(
                order_remote_id=order_sn, mark=mark(return_sn, row.get("update_time"))
            )

    def _hear_of_unnamed(
        self, orders: Sequence[FetchedOrder], escrows: Mapping[str, EscrowRow]
    ) -> None:
        """Read the list as far back as orders need it that show a return which nothing names."""
        unnamed = [
            each
            for each in orders
            if each.has_details
            and each.remote_id not in self._heard
            and not _named(escrows.get(each.remote_id))
            and any(shows.search(each.body) for shows in _SHOWS_RETURN)
        ]
        if not unnamed:
            return
        since = min(each.modified_at for each in unnamed) - BEFORE_ITS_ORDER
        if self._listed_since is None or since < self._listed_since:
            self._listed_since = since
            for _ in self.news(since):
                pass

    def _escrows(self, order_sns: Sequence[str]) -> tuple[dict[str, EscrowRow], set[str]]:
        """Escrow details by order, and the orders over which the answer makes no sense.

        Those that the store has none for yet, or does not want to tell about, are absent.
        """
        halving = Halving(self._some_escrows)
        found = halving.about(self._batches(order_sns), self._client.overlap)
        halving.check()
        refused = halving.refused.items()
        return found, {sn for sn, fault in refused if isinstance(fault, Senseless)}

    def _batches(self, order_sns: Sequence[str]) -> Iterator[Sequence[str]]:
        """Batches as large as the store is known to take by then."""
        left = list(dict.fromkeys(order_sns))
        while left:
            some, left = left[: self._batch], left[self._batch :]
            yield some

    def _some_escrows(self, order_sns: Sequence[str]) -> dict[str, EscrowRow]:
        try:
            reply = self._client.post(
                "payment/get_escrow_detail_batch",
                {"order_sn_list": list(order_sns)},
                is_reading=True,
            )
        except QuestionRefused as refused:
            if refused.error == TOO_MANY:
                self._batch = ADVISED_ESCROWS
            raise
        asked = set(order_sns)
        return {sn: row for sn, row in escrow_rows(reply).items() if sn in asked}

    def _return_sns(self, order_sn: str, escrow: EscrowRow | None) -> list[str]:
        """The returns of an order that its escrow names, or that the list told of."""
        return sorted({*_named(escrow), *self._heard.get(order_sn, ())})[:MOST_RETURNS]

    def _returns(self, wanted: tuple[str, Sequence[str]]) -> list[Row] | None:
        """The returns of one order; None where the store answers something that makes no sense."""
        order_sn, return_sns = wanted
        found: list[Row] = []
        try:
            for return_sn in return_sns:
                try:
                    reply = self._client.get("returns/get_return_detail", {"return_sn": return_sn})
                except (NotFound, QuestionRefused):
                    continue  # the list of returns tells of it again when it changes
                row = reply.object()
                if as_sn(row.get("return_sn")) != return_sn:
                    return None  # it showed another return than was asked for
                found.append(row)
        except (Senseless, RecursionError):
            return None
        return [row for row in found if text(row, "order_sn") in ("", order_sn)]


def _whole(
    order: FetchedOrder, escrow: EscrowRow | None, returns: list[Row] | None
) -> FetchedOrder:
    if returns is None:
        return _with_document(order, SENSELESS)
    if escrow is None and not returns:
        return _with_details(order, (), b"")
    try:
        told = _encoder.encode(returns)
    except RecursionError:
        return _with_document(order, SENSELESS)
    body = b"null" if escrow is None else escrow.body
    return _with_document(order, b'{"escrow":%b,"returns":%b}' % (body, told))


def _with_document(order: FetchedOrder, document: bytes) -> FetchedOrder:
    return _with_details(order, (document,), sha256(document).digest())


def _with_details(order: FetchedOrder, details: tuple[bytes, ...], digest: bytes) -> FetchedOrder:
    # `replace` looks at every field by its name, for every order.
    return FetchedOrder(
        remote_id=order.remote_id,
        modified_at=order.modified_at,
        digest=order.digest,
        body=order.body,
        has_details=order.has_details,
        details=details,
        details_digest=digest,
    )


def _named(escrow: EscrowRow | None) -> tuple[str, ...]:
    return () if escrow is None else escrow.return_sns
