"""Quantities, set in the shop, and what the shop made of them.

Source: POST /wc/v3/products/batch and POST /wc/v3/products/<id>/variations/batch, at most 100
items each. Batch items skip WooCommerce's validation, and a quantity sent to a product whose
stock is not managed is taken with 200 and ignored: so each answer is compared with what was
sent. A batch is no transaction; after one without an answer the shop is asked what it has.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from platforms.base import PushResult, StockKeeping, StockLevel, StockOutcome
from platforms.errors import OutcomeUnknown, PlatformError, Refused
from platforms.payload_fields import as_id
from platforms.woocommerce.answers import BatchTooLarge, said_of
from platforms.woocommerce.catalogue import shown_quantity, stock_keeping
from platforms.woocommerce.client import BATCH, LARGEST_PAGE, Client, batches, comma_list

LARGEST_BATCH = 100
# A batch that got no answer is halved for what follows, down to this.
SMALLEST_BATCH = 10

Outcomes = tuple[StockOutcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Levels that go through one address: all simple products, or the variations of one."""

    path: str
    levels: tuple[StockLevel, ...]


def set_stock(client: Client, levels: Sequence[StockLevel]) -> Iterator[Outcomes]:
    """Set quantities; one outcome for each level, batch by batch.

    TryAgain, SiteRefused: what was not yet yielded was not sent.
    """
    wrong = tuple(level for level in levels if not _makes_sense(level))
    if wrong:
        said = "neither the key nor the quantity of a WooCommerce listing"
        yield tuple(_refused(level, said) for level in wrong)
    size = LARGEST_BATCH
    for group in _groups([level for level in levels if _makes_sense(level)]):
        done = 0
        while done < len(group.levels):
            some = group.levels[done : done + size]
            try:
                outcomes = _sent(client, group.path, some)
            except BatchTooLarge as refused:
                if len(some) > 1:
                    size = len(some) // 2
                    continue
                outcomes = tuple(_refused(level, refused.said) for level in some)
            except OutcomeUnknown:
                size = max(SMALLEST_BATCH, len(some) // 2)
                outcomes, fault = _read_back(client, group.path, some)
                if fault is not None:
                    yield outcomes
                    raise fault from None
            yield outcomes
            done += len(some)


def _makes_sense(level: StockLevel) -> bool:
    numbers = level.listing_key.split(":")
    # The shop would take a fraction, cut it, and say nothing.
    return type(level.quantity) is int and len(numbers) < 3 and all(map(_is_number, numbers))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _groups(levels: Sequence[StockLevel]) -> list[_Group]:
    """Simple products together, variations by their parent: one call takes one parent's only."""
    by_path: dict[str, list[StockLevel]] = {}
    for level in levels:
        parent, _, variation = level.listing_key.partition(":")
        path = f"products/{parent}/variations" if variation else "products"
        by_path.setdefault(path, []).append(level)
    return [_Group(path=path, levels=tuple(found)) for path, found in by_path.items()]


def _remote_id(level: StockLevel) -> int:
    return int(level.listing_key.rpartition(":")[2])


def _sent(client: Client, path: str, levels: Sequence[StockLevel]) -> Outcomes:
    """Send one batch and compare what came back."""
    update = [{"id": _remote_id(level), "stock_quantity": level.quantity} for level in levels]
    try:
        reply = client.write("POST", f"{path}/batch", {"update": update}, patience=BATCH)
    except BatchTooLarge:
        raise
    except Refused as refused:
        return tuple(_refused(level, refused.said) for level in levels)
    rows = reply.object().get("update")
    if not isinstance(rows, list):
        raise OutcomeUnknown("The store's answer to the batch does not tell what it did.")
    by_id = {as_id(row.get("id")): row for row in rows if isinstance(row, dict)}
    return tuple(_compared(level, by_id.get(str(_remote_id(level)))) for level in levels)


def _compared(level: StockLevel, row: dict[str, Any] | None) -> StockOutcome:
    """What one item of the answer says about one level."""
    if row is None:
        return _outcome(level, PushResult.UNKNOWN, None, "store_bad_response")
    error = row.get("error")
    if error is not None:
        return _refused(level, said_of(error) if isinstance(error, dict) else "")
    return _shown(level, row, otherwise=PushResult.NOT_CONFIRMED, code="store_bad_response")


def _shown(
    level: StockLevel, row: dict[str, Any], *, otherwise: PushResult, code: str
) -> StockOutcome:
    shown = shown_quantity(row)
    if stock_keeping(row) is not StockKeeping.OWN:
        return _outcome(level, PushResult.NOT_CONFIRMED, shown, "stock_not_managed")
    if shown == level.quantity:
        return _outcome(level, PushResult.CONFIRMED, shown)
    return _outcome(level, otherwise, shown, code)


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


def _read_back(
    client: Client, path: str, levels: Sequence[StockLevel]
) -> tuple[Outcomes, PlatformError | None]:
    """What the shop has after a batch without an answer, and the fault if it does not tell.

    Another quantity than ours may be a sale since, or a batch still at work: so it is unknown.
    """
    found: dict[str | None, dict[str, Any]] = {}
    fault: PlatformError | None = None
    try:
        for some in batches(levels, LARGEST_PAGE):
            query = {
                "include": comma_list(str(_remote_id(level)) for level in some),
                "per_page": str(LARGEST_PAGE),
                "_fields": "id,manage_stock,stock_quantity",
            }
            rows = client.get(path, query).objects(path)
            found.update((as_id(row.get("id")), row) for row in rows)
    except PlatformError as broke:
        fault = broke
    return tuple(_as_read(level, found.get(str(_remote_id(level)))) for level in levels), fault


def _as_read(level: StockLevel, row: dict[str, Any] | None) -> StockOutcome:
    if row is None:
        return _outcome(level, PushResult.UNKNOWN, None, "store_unreachable")
    return _shown(level, row, otherwise=PushResult.UNKNOWN, code="store_unreachable")
