"""One order: its six tabs, and what people do to it."""

from collections.abc import Callable
from typing import Any

from flask import abort, request
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.enqueue import request_processing, request_retries, request_retry, request_telling
from platforms import registry
from webapp.admin.frame.base import Screen, actor, back_to, complain, may, needs, toast
from webapp.admin.frame.meanwhile import changed_meanwhile, mark
from webapp.admin.frame.rights import Right
from webapp.admin.frame.session import backing, reading, saving
from webapp.admin.frame.site_facts import known_site
from webapp.admin.frame.workers import hand_to_workers, nobody_at_work
from webapp.admin.orders import facts, payloads
from webapp.admin.orders.shipping_form import Typed, read_typed
from webapp.admin.orders.ways_out import ASKS_STORE, asked_for, ways_out
from webapp.backoffice.errors import MONEY_CODES
from webapp.backoffice.orders.decisions import (
    DecisionFault,
    DeletionChoice,
    decide_deletion,
    keep_books_elsewhere,
    release_hold,
)
from webapp.backoffice.orders.parcels import goods_of
from webapp.backoffice.orders.shipping import CannotShip, ship
from webapp.backoffice.people.buyers import export_buyer
from webapp.backoffice.reports.arithmetic import arithmetic_of
from webapp.backoffice.reports.order_view import OrderView, view_order
from webapp.backoffice.sites.asked import AskedKind
from webapp.backoffice.sites.asked_news import news_of
from webapp.backoffice.states import HELD_UP, State
from webapp.database import utc_now
from webapp.models.orders import ChannelOrder, Delivery, PaymentReceipt
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
        return self._tab("processing", _view(order_id), **self._progress(order_id))

    @expose("/processing/now")
    def progress(self, order_id: int) -> Any:
        """The timeline and what to do, asked for again while the outcome has not landed."""
        return self._now(order_id)

    @expose("/delivery")
    def delivery(self, order_id: int) -> Any:
        return self._delivery(order_id, Typed())

    @expose("/delivery/now")
    def parcels(self, order_id: int) -> Any:
        """The shipments, asked for again while the store is being told."""
        view = _view(order_id)
        return self.render("order/_shipments.html", **_shipments(view), **_frame(view))

    @expose("/journal")
    def journal(self, order_id: int) -> Any:
        view = _view(order_id)
        session = reading()
        order = _order(order_id)
        return self._tab(
            "journal",
            view,
            clearing=facts.clearing(view),
            sums=arithmetic_of(view.entries, payloads.behind(session, view), view.digits),
            empty_chapters=facts.empty_chapters(
                view, facts.sale_in_store(session, order_id), order.books_elsewhere
            ),
        )

    @expose("/history")
    def history(self, order_id: int) -> Any:
        view = _view(order_id)
        versions = payloads.stored_versions(reading(), order_id)
        return self._tab("history", view, happenings=facts.history(reading(), view, versions))

    @expose("/data")
    def data(self, order_id: int) -> Any:
        """One version as it was stored, or what it has otherwise than another one."""
        view = _view(order_id)
        versions = payloads.stored_versions(reading(), order_id)
        shown = payloads.chosen("version", versions, _order(order_id).version)
        other = payloads.chosen("against", versions, None)
        values: dict[str, Any] = {"versions": versions, "shown": shown, "other": other}
        if shown is not None and other is not None and shown != other:
            values["changes"] = payloads.compared(reading(), order_id, other, shown)
        elif shown is not None:
            values["pieces"] = payloads.marked(reading(), view, shown)
        return self._tab("data", view, **values)

    # --- what people do --------------------------------------------------------------------------

    @expose("/retry", methods=("POST",))
    @needs(Right.RETRY)
    def retry(self, order_id: int) -> Any:
        """Try it at once, as far as the database goes; what needs the store goes to the workers."""
        order = _order(order_id)
        code, remote_id, site_id = order.code, order.remote_id, order.site_id
        done = request_retry(backing().engine, site_id, [order_id], actor=actor(), now=utc_now())
        _look_anew()
        state = next(iter(done.states), None)
        if done.requested and code in ASKS_STORE and state != State.SYNCED:
            hand_to_workers(
                lambda connection: request_retries(
                    backing().engine,
                    connection,
                    site_id,
                    now=utc_now(),
                    actor=actor(),
                    order=remote_id,
                )
            )
            state = None
        if not done.requested:
            said = "This order is synced: there is nothing to retry."
        elif state:
            said = f"Retried: the order is {state}."
        else:
            said = "Retry is under way: the workers take it up."
        if request.headers.get("HX-Request"):
            return self._now(order_id, said=said)
        (toast if done.requested else complain)(said)
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
        """Record a shipment, of all that is left or of the pieces given; workers tell the store."""
        typed = read_typed(request.form, goods_of(reading(), order_id))
        if typed.pieces is not None and changed_meanwhile(*_left(order_id)):
            typed.error = "Somebody shipped meanwhile: below is what is still left."
            return self._delivery(order_id, typed), 409
        if typed.error:
            return self._delivery(order_id, typed), 422
        site_id = _order(order_id).site_id
        try:
            with saving() as session:
                ship(
                    session,
                    session.get_one(Site, site_id),
                    order_id,
                    carrier=typed.carrier,
                    tracking=typed.tracking,
                    pieces=typed.pieces,
                    actor=actor(),
                    now=utc_now(),
                )
        except CannotShip as fault:
            complain(f"{fault} {fault.next_step}")
            return back_to(".delivery", order_id=order_id)
        request_processing(backing().engine, site_id, [order_id], actor=actor(), now=utc_now())
        _look_anew()
        toast(_tell_store(order_id))
        return back_to(".delivery", order_id=order_id)

    def _handle_view(self, name: str, **kwargs: Any) -> Any:
        refused = super()._handle_view(name, **kwargs)
        if refused is None and reading().get(ChannelOrder, kwargs["order_id"]) is None:
            abort(404)
        return refused

    def _tab(self, tab: str, view: OrderView, **values: Any) -> Any:
        return self.render(f"order/{tab}.html", tab=tab, **_frame(view), **values)

    def _progress(self, order_id: int, said: str = "") -> dict[str, Any]:
        view = _view(order_id)
        waits = view.state == State.PENDING or asked_for(reading(), view)
        return {
            **facts.unmapped(reading(), view),
            "ways": ways_out(view),
            "waits": waits,
            "nobody": nobody_at_work() if waits else None,
            "said": said,
        }

    def _now(self, order_id: int, said: str = "") -> Any:
        view = _view(order_id)
        progress = self._progress(order_id, said)
        return self.render("order/_now.html", **_frame(view), **progress)

    def _delivery(self, order_id: int, typed: Typed) -> Any:
        view = _view(order_id)
        goods = goods_of(reading(), order_id)
        return self._tab(
            "delivery",
            view,
            goods=goods,
            left=sum(each.left for each in goods),
            typed=typed,
            left_mark=mark(*_left(order_id)),
            remote=facts.sale_in_store(reading(), order_id),
            **_shipments(view),
        )

    def _decide(self, order_id: int, act: Callable[[Session], None], said: str, tab: str) -> Any:
        """Save what a person decided, have the order planned again, and say so."""
        try:
            with saving() as session:
                act(session)
        except DecisionFault as fault:
            complain(str(fault))
            return back_to(tab, order_id=order_id)
        site_id = _order(order_id).site_id
        request_processing(backing().engine, site_id, [order_id], actor=actor(), now=utc_now())
        toast(said)
        return back_to(tab, order_id=order_id)


def _frame(view: OrderView) -> dict[str, Any]:
    """What stands around every tab, and in its fragments."""
    return {
        "view": view,
        "order": _order(view.id),
        "site": known_site(view.site_id),
        "buyer": export_buyer(reading(), view.id) if may(Right.SEE_BUYERS) else None,
        "can_retry": may(Right.RETRY) and view.state != State.SYNCED,
        "can_keep_elsewhere": may(Right.DECIDE_BOOKS)
        and view.state in HELD_UP
        and view.code in MONEY_CODES
        and not view.entries,
    }


def _shipments(view: OrderView) -> dict[str, Any]:
    is_waiting = any(each.told == "waiting" for each in view.deliveries)
    told = news_of(reading(), view.site_id, [AskedKind.TELL]).get(AskedKind.TELL)
    is_asked = is_waiting and told is not None and told.is_open
    return {"telling": told if is_asked else None, "nobody": nobody_at_work() if is_asked else None}


def _left(order_id: int) -> list[tuple[str, int]]:
    return [(each.remote_line_id, each.left) for each in goods_of(reading(), order_id)]


def _tell_store(order_id: int) -> str:
    """Hand the telling to the workers, where the site wants it; what the person is told."""
    site = known_site(_order(order_id).site_id)
    waiting = select(Delivery.id).where(
        Delivery.channel_order_id == order_id, Delivery.told == "waiting"
    )
    if reading().scalar(waiting.limit(1)) is None:
        return "Shipped. The site's Automation tells the store nothing."
    if not site.enabled:
        return "Shipped. The site is paused: the store is told with its next push."
    hand_to_workers(
        lambda connection: request_telling(
            backing().engine, connection, site.id, now=utc_now(), actor=actor()
        )
    )
    return "Shipped. The workers tell the store now."


def _look_anew() -> None:
    """What this request wrote is not in what it has read: let go of that."""
    reading().rollback()


def _order(order_id: int) -> ChannelOrder:
    return reading().get_one(ChannelOrder, order_id)


def _view(order_id: int) -> OrderView:
    return view_order(reading(), order_id, platforms=registry.get)
