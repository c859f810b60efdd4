"""Quantities, set in the shop, and what the shop made of them.

Source: POST /product/update_stock: one item a call, at most fifty of its models, absolute
numbers. Some rows may fail while `error` is empty; when all do, `error` is set and the rows are
told all the same: so both lists are read. After a call without an answer the shop is asked what
it has.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from platforms.base import PushResult, StockLevel, StockOutcome
from platforms.errors import NotFound, OutcomeUnknown, PlatformError, Refused
from platforms.payload_fields import Row, as_id, is_number, objects, text
from platforms.shopee.answers import QuestionRefused, clean
from platforms.shopee.catalogue import items, models, seller_pieces
from platforms.shopee.client import Client, Reply, batches

LARGEST_BATCH = 50
NO_MODEL = "0"
ALL_FAILED = "error_busi_update_stock_failed"
# Multi-warehouse shops: a number without a place, or in the wrong one, is refused.
PLACE_MISSING = "error_busi"
# Refusals of the item or the shop; any other may be of one model among many.
OF_THE_WHOLE = frozenset(
    {
        "error_item_not_found",
        "error_item_not_belong_shop",
        "error_item_uneditable",
        "error_holiday_mode_change_stock",
        "error_wms_shop_block_upate_stock",
        "error_seller_under_penalty",
    }
)

Outcomes = tuple[StockOutcome, ...]


def set_stock(client: Client, levels: Sequence[StockLevel]) -> Iterator[Outcomes]:
    """Set quantities; one outcome for each level, item by item.

    TryAgain, SiteRefused: what was not yet yielded was not sent.
    """
    wrong = tuple(level for level in levels if not _makes_sense(level))
    if wrong:
        said = "neither the key nor the quantity of a Shopee listing"
        yield tuple(_refused(level, said) for level in wrong)
    setting = _Setting(client)
    for item_id, of_item in _by_item(levels).items():
        for some in batches(of_item, LARGEST_BATCH):
            yield from setting.outcomes(item_id, some)


def _makes_sense(level: StockLevel) -> bool:
    numbers = level.listing_key.split(":")
    is_whole = type(level.quantity) is int and level.quantity >= 0
    return is_whole and len(numbers) < 3 and all(map(is_number, numbers))


def _by_item(levels: Sequence[StockLevel]) -> dict[str, list[StockLevel]]:
    by_item: dict[str, list[StockLevel]] = {}
    for level in levels:
        if _makes_sense(level):
            by_item.setdefault(level.listing_key.partition(":")[0], []).append(level)
    return by_item


def _model_id(level: StockLevel) -> str:
    return level.listing_key.partition(":")[2] or NO_MODEL


class _Setting:
    """One run of `set_stock`: it remembers the place that the shop keeps its stock in."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._place: str | None = None

    def outcomes(self, item_id: str, levels: Sequence[StockLevel]) -> Iterator[Outcomes]:
        """Outcomes of one call; where one model spoils it for the others, of a call for each."""
        try:
            yield self._sent(item_id, levels)
        except OutcomeUnknown:
            found, fault = self._read_back(item_id, levels)
            yield found
            if fault is not None:
                raise fault from None
        except Refused as refused:
            if len(levels) == 1 or refused.details.get("error") in OF_THE_WHOLE:
                yield tuple(_refused(level, refused.said) for level in levels)
                return
            for level in levels:
                yield from self.outcomes(item_id, [level])

    def _sent(self, item_id: str, levels: Sequence[StockLevel]) -> Outcomes:
        try:
            reply = self._update(item_id, levels)
        except Refused as refused:
            if self._place is not None or refused.details.get("error") != PLACE_MISSING:
                raise
            self._place = self._first_place()
            if not self._place:
                raise
            reply = self._update(item_id, levels)
        answer = reply.object()
        shown = _shown(answer)
        failed = {
            _row_model(row): clean(text(row, "failed_reason"))
            for row in objects(answer, "failure_list")
        }
        if not shown and not failed:
            raise OutcomeUnknown("The store's answer does not tell what it did.")
        return tuple(
            _refused(level, failed[_model_id(level)])
            if _model_id(level) in failed
            else _compared(level, shown.get(_model_id(level)))
            for level in levels
        )

    def _update(self, item_id: str, levels: Sequence[StockLevel]) -> Reply:
        rows = [
            {"model_id": int(_model_id(level)), "seller_stock": [self._pieces(level)]}
            for level in levels
        ]
        return self._client.post(
            "product/update_stock",
            {"item_id": int(item_id), "stock_list": rows},
            despite=frozenset({ALL_FAILED}),
        )

    def _pieces(self, level: StockLevel) -> dict[str, Any]:
        place = {"location_id": self._place} if self._place else {}
        return {**place, "stock": level.quantity}

    def _first_place(self) -> str:
        """The first of the shop's warehouses; "" where it has none to tell.

        Source: GET /shop/get_warehouse_detail, whose `response` is a list.
        """
        try:
            found = self._client.get("shop/get_warehouse_detail").value()
        except QuestionRefused:
            return ""
        rows = found if isinstance(found, list) else ()
        places = [row for row in rows if isinstance(row, dict)]
        return next((text(row, "location_id") for row in places if row.get("location_id")), "")

    def _read_back(
        self, item_id: str, levels: Sequence[StockLevel]
    ) -> tuple[Outcomes, PlatformError | None]:
        """What the shop has after a call without an answer, and the fault if it does not tell.

        Another quantity than ours may be a sale since, or a call still at work: so it is unknown.
        """
        shown: dict[str, int] = {}
        fault: PlatformError | None = None
        try:
            if any(_model_id(level) != NO_MODEL for level in levels):
                found, _ = models(self._client, item_id)
                shown = {as_id(row.get("model_id")) or "": seller_pieces(row) for row in found}
            else:
                for row in items(self._client, [item_id]):
                    shown[NO_MODEL] = seller_pieces(row)
        except NotFound:
            pass
        except PlatformError as broke:
            fault = broke
        return tuple(_as_read(level, shown.get(_model_id(level))) for level in levels), fault


def _row_model(row: Row) -> str:
    return as_id(row.get("model_id")) or NO_MODEL


def _shown(answer: Row) -> dict[str, int]:
    """By model: the pieces that the answer shows, over all places that it names."""
    shown: dict[str, int] = {}
    for row in objects(answer, "success_list"):
        stock = row.get("stock")
        if type(stock) is int:
            shown[_row_model(row)] = shown.get(_row_model(row), 0) + stock
    return shown


def _compared(level: StockLevel, shown: int | None) -> StockOutcome:
    if shown is None:
        return _outcome(level, PushResult.UNKNOWN, None, "store_bad_response")
    if shown == level.quantity:
        return _outcome(level, PushResult.CONFIRMED, shown)
    return _outcome(level, PushResult.NOT_CONFIRMED, shown, "store_bad_response")


def _as_read(level: StockLevel, shown: int | None) -> StockOutcome:
    if shown == level.quantity:
        return _outcome(level, PushResult.CONFIRMED, shown)
    return _outcome(level, PushResult.UNKNOWN, shown, "store_unreachable")


def _outcome(
    level: StockLevel, result: PushResult, shown: int | None, code: str = ""
) -> StockOutcome:
    return StockOutcome(listing_key=level.listing_key, result=result, shown=shown, code=code)


def _refused(level: StockLevel, said: str) -> StockOutcome:
    return StockOutcome(
        listing_key=level.listing_key,
        result=PushResult.REFUSED,
        shown=None,
        code="store_refused",
        said=said,
    )
