"""What a shop sells: items without models, and the models of the others, each a listing.

Source: GET /product/get_item_list, GET /product/get_item_base_info (fifty at once) and
GET /product/get_model_list (one item a call). Deep offsets are refused; then the list is read
in windows of the items' update times.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from platforms.base import RemoteListing, StockKeeping
from platforms.errors import BadResponse, NotFound
from platforms.payload_fields import (
    MOST_PIECES,
    Row,
    as_amount,
    as_id,
    is_number,
    objects,
    text,
)
from platforms.shopee.answers import QuestionRefused, Senseless
from platforms.shopee.client import Client, Reply, batches
from platforms.shopee.fields import as_instant, listed
from platforms.shopee.paging import Progress

log = logging.getLogger(__name__)

# Deleted items can neither be sold nor set, and come back no more.
STATUSES = ("NORMAL", "UNLIST", "BANNED", "REVIEWING")
PAGE = 100
ITEMS_AT_ONCE = 50
# No item is older than the marketplace.
BEGINNING = datetime(2015, 1, 1, tzinfo=UTC)
MOST_PAGES = 10_000
# With more, it is the store and not its items.
MOST_SENSELESS = 10


def catalogue(client: Client) -> Iterator[tuple[RemoteListing, ...]]:
    """Every listing, page by page, whatever its status but deleted.

    A listing's key is "<item>" or "<item>:<model>", its name the item's with the model's
    options. Items that move while we page may be seen twice, and are told once.

    BadResponse: an answer about an item made no sense. It is raised after all others were told,
    so that this one is not taken for gone.
    """
    seen: set[str] = set()
    senseless: list[str] = []
    for ids in _pages_of_ids(client):
        new = [item_id for item_id in ids if item_id not in seen]
        seen.update(new)
        for some in batches(new, ITEMS_AT_ONCE):
            listings = [
                listing
                for item in _readable_items(client, some, senseless)
                for listing in _listings(client, item, senseless)
            ]
            if listings:
                yield tuple(listings)
    if senseless:
        raise BadResponse(
            "The store's answer about an item makes no sense; the others were read.",
            said=f"item {senseless[0]}",
        )


def items(client: Client, item_ids: Sequence[str]) -> list[Row]:
    """These items as they are now; those that are gone are absent."""
    try:
        reply = client.get("product/get_item_base_info", {"item_id_list": item_ids})
    except NotFound:
        if len(item_ids) == 1:
            return []
        half = len(item_ids) // 2
        return items(client, item_ids[:half]) + items(client, item_ids[half:])
    return listed(reply.object(), "item_list")


def _readable_items(client: Client, item_ids: Sequence[str], senseless: list[str]) -> list[Row]:
    """As `items`; one whose answer cannot be read is noted, and the others are asked for again."""
    try:
        return items(client, item_ids)
    except Senseless:
        if len(item_ids) == 1:
            senseless += item_ids
            if len(senseless) > MOST_SENSELESS:
                raise
            return []
    half = len(item_ids) // 2
    return [
        row
        for some in (item_ids[:half], item_ids[half:])
        for row in _readable_items(client, some, senseless)
    ]


def models(client: Client, item_id: str) -> tuple[list[Row], Row]:
    """An item's models, and the answer that holds the names of their options."""
    found = client.get("product/get_model_list", {"item_id": item_id}).object()
    return listed(found, "model"), found


def _pages_of_ids(client: Client) -> Iterator[list[str]]:
    """Ids of the shop's items by pages; once more where the list moved under our feet."""
    for _ in range(2):
        counted: set[str] = set()
        total = 0
        try:
            for reply in _pages(client, {}):
                ids = _ids(reply)
                counted.update(ids)
                total = _total(reply)
                yield ids
        except QuestionRefused as refused:
            if "offset" not in refused.said:
                raise
            for reply in _windows(client, BEGINNING, None, most=max(len(counted), 1)):
                yield _ids(reply)
            return
        if len(counted) >= total:
            return


def _windows(
    client: Client, begin: datetime, end: datetime | None, *, most: int
) -> Iterator[Reply]:
    """Pages of the items updated from begin to end, in windows of at most `most` items.

    `end` None is the latest window: an item that is changed meanwhile moves into it.
    """
    query = {"update_time_from": int(begin.timestamp())}
    if end is not None:
        query["update_time_to"] = int(end.timestamp())
    pages = _pages(client, query)
    first = next(pages)
    middle = begin + ((end or first.clock()) - begin) / 2
    if _total(first) <= most or int(middle.timestamp()) <= query["update_time_from"]:
        yield first
        yield from pages
        return
    yield from _windows(client, begin, middle, most=most)
    yield from _windows(client, middle, end, most=most)


def _pages(client: Client, query: Mapping[str, int]) -> Iterator[Reply]:
    offset = 0
    progress = Progress("items")
    for _ in range(MOST_PAGES):
        reply = client.get(
            "product/get_item_list",
            {"offset": offset, "page_size": PAGE, **query},
            repeated={"item_status": STATUSES},
        )
        yield reply
        found = reply.object()
        if not progress.goes_on(_ids(reply), has_more=bool(found.get("has_next_page"))):
            return
        following = found.get("next_offset")
        if type(following) is not int or following <= offset:
            raise BadResponse("The store's list of items breaks off: it tells no next page.")
        offset = following
    raise BadResponse("The store's list of items does not end.")


def _total(reply: Reply) -> int:
    total = reply.object().get("total_count")
    return total if type(total) is int else 0


def _ids(reply: Reply) -> list[str]:
    """Ids of a page's items. What has none is nothing that could be sold."""
    found = [as_id(row.get("item_id")) or "" for row in listed(reply.object(), "item")]
    return [item_id for item_id in found if is_number(item_id)]


def _listings(client: Client, item: Row, senseless: list[str]) -> Iterator[RemoteListing]:
    item_id = as_id(item.get("item_id")) or ""
    if not is_number(item_id):
        log.warning("the store listed an item that makes no sense; it was left out")
        return
    name = text(item, "item_name") or item_id
    if not item.get("has_model"):
        yield _listing(item, item, key=item_id, name=name, sku=text(item, "item_sku"))
        return
    try:
        found, whole = models(client, item_id)
    except NotFound:
        return  # deleted since its page was read
    except Senseless:
        senseless.append(item_id)
        if len(senseless) > MOST_SENSELESS:
            raise
        return
    for model in found:
        model_id = as_id(model.get("model_id")) or ""
        if is_number(model_id):
            options = model_name(model, whole) or model_id
            yield _listing(
                item,
                model,
                key=f"{item_id}:{model_id}",
                name=f"{name}, {options}",
                sku=text(model, "model_sku"),
            )


def model_name(model: Row, whole: Row) -> str:
    """A model's options, as "Red, S"; "" where the answer does not name them."""
    tiers = [
        [text(option, "option") for option in objects(tier, "option_list")]
        for tier in objects(whole, "tier_variation")
    ] or [
        [text(option, "variation_option_name") for option in objects(tier, "variation_option_list")]
        for tier in objects(whole, "standardise_tier_variation")
    ]
    chosen = model.get("tier_index")
    if not isinstance(chosen, list) or len(chosen) != len(tiers):
        return text(model, "model_name")
    names = [
        options[at]
        for options, at in zip(tiers, chosen, strict=True)
        if type(at) is int and 0 <= at < len(options)
    ]
    return ", ".join(names) or text(model, "model_name")


def _listing(item: Row, sold: Row, *, key: str, name: str, sku: str) -> RemoteListing:
    """`sold`: what holds price and stock, the item itself or one of its models."""
    keeping = stock_keeping(item, sold)
    return RemoteListing(
        key=key,
        parent_key=key.partition(":")[0] if ":" in key else None,
        name=name,
        sku=sku,
        status=text(item, "item_status"),
        price=_price(sold),
        stock_keeping=keeping,
        quantity=seller_pieces(sold) if keeping is StockKeeping.OWN else None,
        modified_at=as_instant(item.get("update_time")),
    )


def _price(sold: Row) -> Decimal | None:
    """What a buyer pays now; None where the answer does not say."""
    for info in objects(sold, "price_info"):
        if info.get("current_price") is not None:
            return as_amount(info["current_price"])
    return None


def stock_keeping(item: Row, sold: Row) -> StockKeeping:
    """Shopee's own warehouses keep the stock of what they ship: a seller cannot set that."""
    if item.get("is_fulfillment_by_shopee") is True or sold.get("is_fulfillment_by_shopee") is True:
        return StockKeeping.NONE
    stock = _stock(sold)
    if objects(stock, "shopee_stock") and not objects(stock, "seller_stock"):
        return StockKeeping.NONE
    return StockKeeping.OWN


def seller_pieces(sold: Row) -> int:
    """The pieces that the seller keeps, over all places from which they are sold."""
    return sum(
        pieces_in(row)
        for row in objects(_stock(sold), "seller_stock")
        if row.get("if_saleable") is not False
    )


def pieces_in(row: Row) -> int:
    """The pieces of one place; what is no whole number counts as none."""
    stock = row.get("stock")
    return stock if type(stock) is int and abs(stock) < MOST_PIECES else 0


def _stock(sold: Row) -> Row:
    found = sold.get("stock_info_v2")
    return found if isinstance(found, dict) else {}
