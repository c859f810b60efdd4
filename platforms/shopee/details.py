"""What Shopee keeps beside an order: its escrow and its returns, read into one document.

Source: POST /api/v2/payment/get_escrow_detail_batch (a POST, whatever its page says),
GET /api/v2/returns/get_return_detail and GET /api/v2/returns/get_return_list. Returns cannot be
asked for by order: an escrow names those of its order, and the list tells of those that changed.
Where an order shows that pieces came back and its escrow names no return, the list is read for it:
a return once known must not be missing from a later reading.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec

from platforms.base import DetailNotice, FetchedOrder
from platforms.errors import BadResponse, NotFound
from platforms.payload_fields import Row, text
from platforms.shopee.answers import QuestionRefused
from platforms.shopee.client import Client, Reply
from platforms.shopee.escrow import PLACE
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
# A return that changes moves its order's date too, as far as is known.
BEFORE_ITS_ORDER = timedelta(days=15)
_SHOWS_RETURN = re.compile(rb'"returned_qty"\s*:\s*[1-9]|"order_status"\s*:\s*"TO_RETURN"')

# Sorted and compact, so that the same details are the same bytes.
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

        One document `{"escrow": …, "returns": […]}` for each order that has any, as sorted
        JSON; () for one that has none, or that is not paid for yet.
        """
        escrows = self._escrows([each.remote_id for each in orders if each.has_details])
        self._hear_of_unnamed(orders, escrows)
        return tuple(self._with(each, escrows.get(each.remote_id)) for each in orders)

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

    def _hear_of_unnamed(self, orders: Sequence[FetchedOrder], escrows: Mapping[str, Row]) -> None:
        """Read the list as far back as orders need it that show a return which nothing names."""
        unnamed = [
            each
            for each in orders
            if each.has_details
            and each.remote_id not in self._heard
            and not escrows.get(each.remote_id, {}).get("return_order_sn_list")
            and _SHOWS_RETURN.search(each.body)
        ]
        if not unnamed:
            return
        since = min(each.modified_at for each in unnamed) - BEFORE_ITS_ORDER
        if self._listed_since is None or since < self._listed_since:
            self._listed_since = since
            for _ in self.news(since):
                pass

    def _with(self, order: FetchedOrder, escrow: Row | None) -> FetchedOrder:
        returns = self._returns(order.remote_id, escrow) if order.has_details else []
        if escrow is None and not returns:
            return replace(order, details=(), details_digest=b"")
        document = _encoder.encode({"escrow": escrow, "returns": returns})
        return replace(order, details=(document,), details_digest=sha256(document).digest())

    def _escrows(self, order_sns: Sequence[str]) -> dict[str, Row]:
        """Escrow details by order; those that the store has none for yet are absent."""
        halving = Halving(self._some_escrows)
        found: dict[str, Row] = {}
        left = list(dict.fromkeys(order_sns))
        while left:
            some, left = left[: self._batch], left[self._batch :]
            found |= halving.about(some)
        halving.check()
        return found

    def _some_escrows(self, order_sns: Sequence[str]) -> dict[str, Row]:
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
        found: dict[str, Row] = {}
        for row in _escrow_rows(reply):
            detail = row.get("escrow_detail")
            if type(detail) is not dict or type(detail.get(PLACE)) is not dict:
                continue  # as the store tells an order without an escrow: "order_not_found"
            order_sn = as_sn(detail.get("order_sn"))
            if order_sn is not None and order_sn in asked:
                found[order_sn] = detail
        return found

    def _returns(self, order_sn: str, escrow: Row | None) -> list[Row]:
        """The returns of an order that its escrow names, or that the list told of."""
        named = [] if escrow is None else escrow.get("return_order_sn_list")
        known = [as_sn(each) for each in named] if isinstance(named, list) else []
        wanted = [each for each in (*known, *self._heard.get(order_sn, ())) if each is not None]
        found: list[Row] = []
        for return_sn in sorted(dict.fromkeys(wanted))[:MOST_RETURNS]:
            try:
                reply = self._client.get("returns/get_return_detail", {"return_sn": return_sn})
            except (NotFound, QuestionRefused):
                continue  # the list of returns tells of it again when it changes
            found.append(reply.object())
        return [row for row in found if text(row, "order_sn") in ("", order_sn)]


def _escrow_rows(reply: Reply) -> list[Row]:
    """The rows of a batch: `response` itself, or, as the reference shows an answer with orders
    that were not found, a list beside it."""
    rows = reply.value() if "response" in reply.fields else reply.whole().get("escrow_detail_list")
    if not isinstance(rows, list):
        raise BadResponse("The store did not answer with a list of escrows.")
    return [row for row in rows if type(row) is dict]
