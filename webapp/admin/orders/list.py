"""The list of orders: states with counts, causes with their fix, filters in the address, Retry."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from flask import Response, abort, request
from flask_admin import expose
from sqlalchemy import select

from jobs.enqueue import RetryRequest, request_retry
from webapp.admin.frame.base import Screen, actor, back_to, complain, may, needs, toast
from webapp.admin.frame.formatters import CAP, count, plural
from webapp.admin.frame.paging import PAGE_SIZE, Page, within_cap
from webapp.admin.frame.rights import Right
from webapp.admin.frame.session import backing, reading
from webapp.admin.frame.site_facts import all_sites, state_counts
from webapp.admin.orders.asked import Asked, read_asked
from webapp.backoffice.files.sheet_formats import csv_bytes, xlsx_bytes
from webapp.backoffice.people.buyers import buyer_names
from webapp.backoffice.reports.order_causes import NEED_A_PERSON, by_money, causes
from webapp.backoffice.reports.order_list import (
    CHUNK,
    OrderRow,
    count_orders,
    list_orders,
    order_ids,
    rows_of,
)
from webapp.backoffice.states import State
from webapp.database import utc_now
from webapp.models.orders import ChannelOrder
from webapp.models.types import instant_text

EXPORTED = (
    "site",
    "number",
    "state",
    "code",
    "message",
    "status",
    "currency",
    "total",
    "ordered_at",
)
MOST_EXPORTED = 100_000
SHEETS = {
    "csv": ("text/csv", csv_bytes),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        xlsx_bytes,
    ),
}
ROW_ID = re.compile(r"[0-9]{1,18}")
TABS = (
    State.BLOCKED,
    State.FAILED,
    State.RETRYING,
    State.PENDING,
    State.SYNCED,
    State.SKIPPED,
)
LOOKS = {State.BLOCKED: "alert", State.FAILED: "bad"}


class OrdersScreen(Screen):
    @expose("/")
    def index(self) -> Any:
        asked, faults = read_asked(request.args)
        session = reading()
        sites = all_sites()
        chosen = [asked.site.id] if asked.site else [site.id for site in sites]
        page = _page(asked)
        waiting = []
        if not asked.text and (asked.state is None or asked.state in NEED_A_PERSON):
            shown = NEED_A_PERSON if asked.state is None else (asked.state,)
            waiting = by_money(causes(session, sites=chosen, states=shown))
        names = {}
        if may(Right.SEE_BUYERS):
            names = buyer_names(session, [row.id for row in page.rows])
        return self.render(
            "orders/list.html",
            asked=asked,
            faults=faults,
            page=page,
            sites=sites,
            site_of={site.id: site for site in sites},
            tabs=_tabs(asked, state_counts(session, chosen)),
            causes=waiting,
            buyers=names,
        )

    @expose("/export.<kind>")
    def export(self, kind: str) -> Response:
        """The filtered orders as a sheet that no spreadsheet takes for formulas."""
        if kind not in SHEETS:
            abort(404)
        asked, _ = read_asked(request.args)
        ids = order_ids(reading(), asked.wanted(), at_most=MOST_EXPORTED)
        mimetype, write = SHEETS[kind]
        return Response(
            write(EXPORTED, (_exported(row) for row in _in_chunks(ids))),
            mimetype=mimetype,
            headers={"Content-Disposition": f"attachment; filename=orders.{kind}"},
        )

    @expose("/retry", methods=("POST",))
    @needs(Right.RETRY)
    def retry(self) -> Any:
        """Retry the ticked orders, or all that wait for one cause."""
        asked, faults = read_asked(request.form)
        if request.form.get("by") == "cause" and not faults and asked.code:
            ids = order_ids(reading(), asked.wanted(), at_most=CAP)
        else:
            ids = [int(text) for text in request.form.getlist("order") if ROW_ID.fullmatch(text)]
        _say_what_became(_retry(ids))
        return back_to(".index", **read_asked(request.args)[0].address())


def _retry(order_ids: list[int]) -> list[RetryRequest]:
    by_site: dict[int, list[int]] = defaultdict(list)
    for start in range(0, len(order_ids), 500):
        chunk = order_ids[start : start + 500]
        query = select(ChannelOrder.id, ChannelOrder.site_id).where(ChannelOrder.id.in_(chunk))
        for order_id, site_id in reading().execute(query):
            by_site[site_id].append(order_id)
    return [
        request_retry(backing().engine, site_id, ids, actor=actor(), now=utc_now())
        for site_id, ids in by_site.items()
    ]


def _say_what_became(requests: Iterable[RetryRequest]) -> None:
    done = list(requests)
    total = sum(each.requested for each in done)
    if not total:
        complain("Nothing was retried: tick orders that are not synced.")
        return
    states: dict[str, int] = defaultdict(int)
    for each in done:
        for state, number in each.states.items():
            states[state] += number
    parts = [f"{count(number)} {state}" for state, number in states.items()]
    waiting = sum(each.waiting for each in done)
    if waiting:
        parts.append(f"{count(waiting)} wait for the next pull")
    toast(f"{plural(total, 'order')} retried: {', '.join(parts)}.")


def _tabs(asked: Asked, counts: dict[int, dict[str, int]]) -> list[dict[str, Any]]:
    totals = {state: sum(each[state] for each in counts.values()) for state in State}
    return [
        {
            "name": state.value.capitalize() if state else "All",
            "count": min(totals[state] if state else sum(totals.values()), CAP + 1),
            "state": state,
            "look": LOOKS.get(state, "") if state and totals[state] else "",
            "address": asked.address(state=state),
        }
        for state in (None, *TABS)
    ]


def _page(asked: Asked) -> Page[OrderRow]:
    number = within_cap(_page_number())
    wanted = asked.wanted()
    total = count_orders(reading(), wanted, at_most=CAP + 1)
    rows = list_orders(reading(), wanted, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    return Page(rows=rows, number=number, total=total)


def _in_chunks(ids: list[int]) -> Iterator[OrderRow]:
    for start in range(0, len(ids), CHUNK):
        yield from rows_of(reading(), ids[start : start + CHUNK])


def _exported(row: OrderRow) -> list[str | Decimal]:
    return [
        row.site,
        row.number,
        row.state,
        row.code or "",
        row.message or "",
        row.status,
        row.currency,
        "" if row.total is None else row.total,
        instant_text(row.ordered_at),
    ]


def _page_number() -> int:
    text = request.args.get("page", "1")
    return int(text) if text.isdecimal() and len(text) < 6 else 1
