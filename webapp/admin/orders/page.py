"""One order: its six tabs, and what people do to it."""

from collections.abc import Callable
from typing import Any

from flask import abort, request
from flask_admin import expose
from sqlalchemy.orm import Session

from jobs.enqueue import request_processing, request_retry
from platforms import registry
from webapp.admin.frame.base import Screen, actor, back_to, complain, may, needs, toast
from webapp.admin.frame.rights import Right
from webapp.admin.frame.session import backing, reading, saving
from webapp.admin.frame.site_facts import site_by_id
from webapp.admin.orders import facts
from webapp.backoffice.errors import MONEY_CODES
from webapp.backoffice.orders.decisions import (
    DecisionFault,
    DeletionChoice,
    decide_deletion,
    keep_books_elsewhere,
    release_hold,
)
from webapp.backoffice.orders.shipping import CannotShip, ship
from webapp.backoffice.people.buyers import export_buyer
from webapp.backoffice.reports.order_view import OrderView, view_order
from webapp.backoffice.states import HELD_UP, State
from webapp.database import utc_now
from webapp.models.orders import ChannelOrder, PaymentReceipt
from webapp.models.sites import Site


class OrderScreen(Screen):
    under = "orders"

    def is_visible(self) -> bool:
        return False

    # --- the tabs --------------------------------------------------------------------------------

    @expose("/")
    def index(self, order_id: int) -> Any:
        view = _view(order_id)
        session = reading()
        return self._tab(
            "order",
            view,
            remote=facts.sale_in_store(session, order_id),
            receipt=session.get(PaymentReceipt, order_id),
            clearing=facts.clearing(view),
        )

    @expose("/processing")
    def processing(self, order_id: int) -> Any:
        view = _view(order_id)
        unmapped = [
            line for line in view.lines if not line.is_mapped and line.listing_row_id is not None
        ]
        others = 0
        if unmapped and unmapped[0].listing_row_id is not None:
            others = facts.others_waiting(reading(), view, unmapped[0].listing_row_id)
        return self._tab("processing", view, unmapped=unmapped, others=others)

    @expose("/delivery")
    def delivery(self, order_id: int) -> Any:
        return self._tab("delivery", _view(order_id))

    @expose("/journal")
    def journal(self, order_id: int) -> Any:
        view = _view(order_id)
        remote = facts.sale_in_store(reading(), order_id)
        elsewhere = _order(order_id).books_elsewhere
        return self._tab(
            "journal",
            view,
            clearing=facts.clearing(view),
            empty_chapters=facts.empty_chapters(view, remote, elsewhere),
        )

    @expose("/history")
    def history(self, order_id: int) -> Any:
        view = _view(order_id)
        versions = facts.stored_versions(reading(), order_id, shown=0)
        return self._tab("history", view, happenings=facts.history(reading(), view, versions))

    @expose("/data")
    def data(self, order_id: int) -> Any:
        view = _view(order_id)
        asked = request.args.get("version", "")
        shown = int(asked) if asked.isdecimal() and len(asked) < 6 else _order(order_id).version
        versions = facts.stored_versions(reading(), order_id, shown)
        if versions and shown not in {each.version for each in versions}:
            abort(404)
        return self._tab("data", view, versions=versions, shown=shown)

    # --- what people do --------------------------------------------------------------------------

    @expose("/retry", methods=("POST",))
    @needs(Right.RETRY)
    def retry(self, order_id: int) -> Any:
        order = _order(order_id)
        done = request_retry(
            backing().engine, order.site_id, [order_id], actor=actor(), now=utc_now()
        )
        if not done.requested:
            complain("This order is synced: there is nothing to retry.")
        else:
            state = next(iter(done.states), None)
            toast(
                f"Retried: the order is {state}."
                if state
                else "It waits: another process works on this site and takes it up."
            )
        return back_to(".processing", order_id=order_id)

    @expose("/release", methods=("POST",))
    @needs(Right.RELEASE)
    def release(self, order_id: int) -> Any:
        def let_go(session: Session) -> None:
            release_hold(session, order_id, actor=actor(), now=utc_now())

        return self._decide(order_id, let_go, "The order may be packed.", ".index")

    @expose("/deletion", methods=("POST",))
    @needs(Right.DECIDE_BOOKS)
    def deletion(self, order_id: int) -> Any:
        if request.form.get("choice") not in set(DeletionChoice):
            abort(400, "Choose between reversing the order and keeping it.")
        choice = DeletionChoice(request.form["choice"])

        def choose(session: Session) -> None:
            decide_deletion(session, order_id, choice, actor=actor(), now=utc_now())

        is_reversed = choice is DeletionChoice.REVERSE
        said = "It is reversed as cancelled." if is_reversed else "It is kept as it stands."
        return self._decide(order_id, choose, said, ".processing")

    @expose("/books-elsewhere", methods=("POST",))
    @needs(Right.DECIDE_BOOKS)
    def books_elsewhere(self, order_id: int) -> Any:
        reason = request.form.get("reason", "")

        def keep(session: Session) -> None:
            keep_books_elsewhere(session, order_id, reason, actor=actor(), now=utc_now())

        return self._decide(order_id, keep, "Its books are kept elsewhere.", ".processing")

    @expose("/ship", methods=("POST",))
    @needs(Right.SHIP)
    def ship(self, order_id: int) -> Any:
        """Record a shipment; the store hears of it with the next push."""
        carrier = request.form.get("carrier", "").strip()[:80]
        tracking = request.form.get("tracking", "").strip()[:120]

        def record(session: Session) -> None:
            site = session.get_one(Site, _order(order_id).site_id)
            ship(
                session,
                site,
                order_id,
                carrier=carrier,
                tracking=tracking,
                actor=actor(),
                now=utc_now(),
            )

        said = "Shipped. The store is told with the next push."
        return self._decide(order_id, record, said, ".delivery")

    def _handle_view(self, name: str, **kwargs: Any) -> Any:
        refused = super()._handle_view(name, **kwargs)
        if refused is None and reading().get(ChannelOrder, kwargs["order_id"]) is None:
            abort(404)
        return refused

    def _tab(self, tab: str, view: OrderView, **facts: Any) -> Any:
        order = _order(view.id)
        buyer = export_buyer(reading(), view.id) if may(Right.SEE_BUYERS) else None
        return self.render(
            f"order/{tab}.html",
            tab=tab,
            view=view,
            order=order,
            site=site_by_id(view.site_id),
            buyer=buyer,
            can_retry=may(Right.RETRY) and view.state != State.SYNCED,
            can_keep_elsewhere=may(Right.DECIDE_BOOKS)
            and view.state in HELD_UP
            and view.code in MONEY_CODES
            and not view.entries,
            **facts,
        )

    def _decide(self, order_id: int, act: Callable[[Session], None], said: str, tab: str) -> Any:
        """Save what a person decided, have the order planned again, and say so."""
        try:
            with saving() as session:
                act(session)
        except (DecisionFault, CannotShip) as fault:
            complain(str(fault))
            return back_to(tab, order_id=order_id)
        site_id = _order(order_id).site_id
        request_processing(backing().engine, site_id, [order_id], actor=actor(), now=utc_now())
        toast(said)
        return back_to(tab, order_id=order_id)


def _order(order_id: int) -> ChannelOrder:
    return reading().get_one(ChannelOrder, order_id)


def _view(order_id: int) -> OrderView:
    return view_order(reading(), order_id, platforms=registry.get)
