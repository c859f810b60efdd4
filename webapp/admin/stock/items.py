"""Stock: the list of items, and one item with what is there, promised, shown and moved."""

from dataclasses import dataclass
from typing import Any

from flask import Response, abort, request
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.admin.frame.base import Screen
from webapp.admin.frame.formatters import CAP
from webapp.admin.frame.known_items import known_items
from webapp.admin.frame.paging import PAGE_SIZE, Page, within_cap
from webapp.admin.frame.session import reading
from webapp.admin.frame.site_facts import SiteFacts, all_sites
from webapp.backoffice.files.sheet_formats import csv_bytes
from webapp.backoffice.files.sheets import Cell
from webapp.backoffice.goods.availability import ListingQuantity, quantities_of_item
from webapp.backoffice.goods.drift import Drift, drift_of
from webapp.backoffice.reports.stock_list import (
    MoveRow,
    Show,
    count_items,
    find_items,
    holders,
    item_moves,
    oversells,
)
from webapp.models.orders import OrderNeed
from webapp.models.stock import StockItem
from webapp.models.types import instant_text

COLUMNS = ("sku", "name", "on_hand", "cost")
FOUND_BY_NAME = 200
MOVES_A_PAGE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A listing of an item: what it should show and why, what it shows."""

    site: SiteFacts
    listing: ListingQuantity
    drift: Drift | None


class StockScreen(Screen):
    @expose("/")
    def index(self) -> Any:
        session = reading()
        show = next((each for each in Show if each == request.args.get("show")), Show.ALL)
        text = request.args.get("q", "").strip()[:80]
        asked = request.args.get("page", "1")
        number = within_cap(int(asked) if asked.isdecimal() and len(asked) < 6 else 1)
        found = [item.id for item in known_items().find(text, FOUND_BY_NAME)] if text else []
        rows = find_items(
            session,
            show=show,
            text=text,
            found=found,
            offset=(number - 1) * PAGE_SIZE,
            limit=PAGE_SIZE,
        )
        total = count_items(session, show=show, text=text, found=found, most=CAP + 1)
        return self.render(
            "stock/list.html",
            page=Page(rows=rows, number=number, total=total),
            show=show,
            text=text,
            counts={each: count_items(session, show=each, most=CAP + 1) for each in Show},
            oversold=_oversold(session) if show is Show.OVERSOLD else [],
            site_of={site.id: site for site in all_sites()},
        )

    @expose("/items.csv")
    def sheet(self) -> Response:
        """Every item as the sheet that an upload of counts takes back."""
        rows = reading().execute(
            select(
                StockItem.sku,
                StockItem.name,
                StockItem.on_hand,
                StockItem.cost,
                StockItem.counted_at,
            ).order_by(StockItem.sku)
        )
        cells: list[list[Cell]] = [
            [sku, name, None if counted_at is None else on_hand, cost]
            for sku, name, on_hand, cost, counted_at in rows
        ]
        return _download(csv_bytes(COLUMNS, cells), "stock.csv")

    @expose("/<id:item_id>")
    def item(self, item_id: int) -> Any:
        session = reading()
        item = known_item(item_id)
        asked = request.args.get("page", "1")
        page = int(asked) if asked.isdecimal() and 0 < len(asked) < 6 else 1
        start = (max(page, 1) - 1) * MOVES_A_PAGE
        moves = item_moves(session, item, offset=start, limit=MOVES_A_PAGE + 1)
        return self.render(
            "stock/item.html",
            item=item,
            shown=_shown(session, item),
            holders=holders(session, item.id),
            oversells=[holder for _, holder in oversells(session, item.id)],
            moves=moves[:MOVES_A_PAGE],
            has_more=len(moves) > MOVES_A_PAGE,
            number=max(page, 1),
            site_of={site.id: site for site in all_sites()},
            waiting=_sold_unmapped(session),
        )

    @expose("/<id:item_id>/moves.csv")
    def moves(self, item_id: int) -> Response:
        """All moves of an item, the newest first."""
        session = reading()
        item = known_item(item_id)
        columns = ("at", "quantity", "after", "reason", "order", "note", "actor")
        every = item_moves(session, item, offset=0, limit=1_000_000)
        return _download(csv_bytes(columns, map(_move_cells, every)), "moves.csv")


def known_item(item_id: int) -> StockItem:
    item = reading().get(StockItem, item_id)
    if item is None:
        abort(404)
    return item


def _shown(session: Session, item: StockItem) -> list[Shown]:
    sites = {site.name: site for site in all_sites()}
    found = quantities_of_item(session, item.id)
    drifts = {
        each.listing.listing_id: each for each in drift_of(session, [row for _, row in found])
    }
    return [
        Shown(site=sites[name], listing=listing, drift=drifts.get(listing.listing_id))
        for name, listing in found
        if name in sites
    ]


def _oversold(session: Session) -> list[tuple[StockItem, Any]]:
    return [(session.get_one(StockItem, item_id), each) for item_id, each in oversells(session)]


def _sold_unmapped(session: Session) -> bool:
    """Whether any order waits for a listing that stands for nothing yet."""
    return session.scalar(select(OrderNeed.channel_order_id).limit(1)) is not None


def _move_cells(move: MoveRow) -> list[Cell]:
    return [
        instant_text(move.at),
        move.quantity,
        move.after,
        move.reason,
        move.order_number or "",
        move.note or "",
        move.actor or "",
    ]


def _download(content: bytes, name: str) -> Response:
    disposition = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(content, mimetype="text/csv", headers=disposition)
