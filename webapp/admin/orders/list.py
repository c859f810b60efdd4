"""The list of orders: states with counts, causes with their fix, filters in the address, Retry."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from flask import Response, request
from flask_admin import expose
from sqlalchemy import select

from jobs.enqueue import RetryRequest, request_retry
from webapp.admin.frame.base import Screen, actor, back_to, complain, may, needs, toast
from webapp.admin.frame.formatters import CAP, count, plural
from webapp.admin.frame.rights import Right
from webapp.admin.frame.session import backing, reading
from webapp.admin.frame.site_facts import all_sites, state_counts
from webapp.admin.orders import search
from webapp.admin.orders.search import NEED_A_PERSON, OrderFilter, read_filter
from webapp.backoffice.files.sheet_formats import csv_bytes
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
        asked, faults = read_filter(request.args)
        session = reading()
        sites = all_sites()
        ids = [site.id for site in sites]
        page = search.find_orders(session, asked, ids, _page_number())
        chosen = [asked.site.id] if asked.site else ids
        shown = [asked.state] if asked.state in NEED_A_PERSON else list(NEED_A_PERSON)
        is_about_causes = asked.state is None or asked.state in NEED_A_PERSON
        names = {}
        if may(Right.SEE_BUYERS):
            names = search.buyer_names(session, [row.id for row in page.rows])
        return self.render(
            "orders/list.html",
            asked=asked,
            faults=faults,
            page=page,
            sites=sites,
            site_of={site.id: site for site in sites},
            tabs=_tabs(asked, state_counts(session, chosen)),
            causes=search.causes(session, chosen, shown) if is_about_causes else [],
            buyers=names,
        )

    @expose("/export.csv")
    def export(self) -> Response:
        """The filtered orders as a sheet that no spreadsheet takes for formulas."""
        asked, _ = read_filter(request.args)
        session = reading()
        sites = {site.id: site.name for site in all_sites()}
        ids = search.order_ids(session, asked, list(sites), MOST_EXPORTED)
        rows = (
            [
                sites[row.site_id],
                row.number,
                row.state,
                row.code or "",
                row.message or "",
                row.status,
                row.currency,
                "" if row.total is None else row.total,
                instant_text(row.ordered_at),
            ]
            for row in _in_chunks(ids)
        )
        return Response(
            csv_bytes(EXPORTED, rows),
            mimetype="text/csv",
            headers={"Content-Disposition": "attachment; filename=orders.csv"},
        )

    @expose("/retry", methods=("POST",))
    @needs(Right.RETRY)
    def retry(self) -> Any:
        """Retry the ticked orders, or all that wait for one cause."""
        asked, faults = read_filter(request.form)
        session = reading()
        if request.form.get("by") == "cause" and not faults and asked.code:
            chosen = [asked.site.id] if asked.site else [site.id for site in all_sites()]
            ids = search.order_ids(session, asked, chosen, CAP)
        else:
            ids = [int(text) for text in request.form.getlist("order") if ROW_ID.fullmatch(text)]
        _say_what_became(_retry(ids))
        return back_to(".index", **read_filter(request.args)[0].address())


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


def _tabs(asked: OrderFilter, counts: dict[int, dict[str, int]]) -> list[dict[str, Any]]:
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


def _in_chunks(ids: list[int]) -> Iterable[Any]:
    for start in range(0, len(ids), 1000):
        yield from reading().execute(
            select(*search.ROW)
            .where(ChannelOrder.id.in_(ids[start : start + 1000]))
            .order_by(ChannelOrder.ordered_at, ChannelOrder.id)
        )


def _page_number() -> int:
    text = request.args.get("page", "1")
    return int(text) if text.isdecimal() and len(text) < 6 else 1
