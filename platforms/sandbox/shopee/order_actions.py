"""What becomes of orders: placed, paid, shipped, delivered, cancelled.

Each action is under the store's lock; `at` is when it happens, None: now. An action that
cannot follow what the order is raises ValueError, an unknown order ShopeeError.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from platforms.sandbox.shopee import checkout, escrow
from platforms.sandbox.shopee.office import Office
from platforms.sandbox.shopee.records import ZERO, Order, Recipient, Status
from platforms.sandbox.shopee.sale import Given, Money, Sold
from platforms.sandbox.shopee.statuses import PARCEL_STATUS, ROUTE_TO, demand_move

_SN_LETTERS = "0123456789ABCDEFGHJKMNPQRSTUVWXY"
_DAY = 86_400


class OrderBook(Office):
    """The actions of buyers, sellers and couriers."""

    def place_order(
        self,
        *,
        lines: Sequence[Sold],
        status: str = "READY_TO_SHIP",
        paid: datetime | bool | None = None,
        cod: bool = False,
        payment_method: str | None = None,
        recipient: Recipient | None = None,
        message: str = "",
        note: str = "",
        carrier: str = "J&T Express",
        shipping: Money = "4.90",
        courier: Money | None = None,
        escrow: Mapping[str, Money] | None = None,
        exact: bool = False,
        region: str | None = None,
        currency: str | None = None,
        at: datetime | None = None,
    ) -> str:
        """A buyer checks out; gives the order_sn. Stock is taken, also while unpaid.

        `status`: where the order stands in the end, reached step by step at the same moment.
        `paid`: when, or True for the moment of the order; None: as status and COD would have
        it. `shipping`: what the buyer pays for it; `courier`: what it will cost. `escrow`:
        fields of `order_income` as stated; `exact`: every other amount is 0.
        """
        with self.lock, self.as_of(at) as moment:
            order = Order(
                order_sn=self._new_sn(moment),
                status=Status.UNPAID,
                region=region or self.settings.region,
                currency=currency or self.settings.currency,
                cod=cod,
                created=moment,
                updated=moment,
                lines=[],
                recipient=recipient or Recipient(region=region or self.settings.region),
                payment_method=payment_method or ("Cash on Delivery" if cod else "Online Banking"),
                carrier=carrier,
                message=message,
                note=note,
                note_updated=moment if note else 0,
            )
            checkout.fill_lines(self, order, lines)
            checkout.fill_money(
                order, shipping=shipping, courier=courier, stated=escrow or {}, is_exact=exact
            )
            self.orders[order.order_sn] = order
            for line in order.lines:
                self.products.take(line.item_id, line.model_id, line.quantity)
            self.parcels.add(order)
            wanted = Status(status)
            self._pay_on_the_way(order, wanted, paid)
            for step in ROUTE_TO[wanted]:
                self._move(order, step)
            if not ROUTE_TO[wanted]:
                self._announce(order)
            self.touched(order)
            return order.order_sn

    def pay(self, order_sn: str, *, at: datetime | None = None) -> None:
        """The payment arrives: READY_TO_SHIP."""
        with self.lock, self.as_of(at) as moment:
            order = self.find_order(order_sn)
            demand_move(order, Status.READY_TO_SHIP)
            order.paid = moment
            self._move(order, Status.READY_TO_SHIP)

    def screened(self, order_sn: str, *, at: datetime | None = None) -> None:
        """A COD order may be sent, unpaid: READY_TO_SHIP."""
        with self.lock, self.as_of(at):
            self._move(self.find_order(order_sn), Status.READY_TO_SHIP)

    def review(self, order_sn: str, *, at: datetime | None = None) -> None:
        """The platform looks at the order first: PENDING."""
        with self.lock, self.as_of(at):
            self._move(self.find_order(order_sn), Status.PENDING)

    def arrange(self, order_sn: str, *, at: datetime | None = None) -> None:
        """The seller arranges the shipment in Seller Centre."""
        with self.lock, self.as_of(at):
            self.arranged(order_sn)

    def arranged(self, order_sn: str) -> None:
        """READY_TO_SHIP or RETRY_SHIP becomes PROCESSED. For handlers: under the lock."""
        self._move(self.find_order(order_sn), Status.PROCESSED)

    def ship(self, order_sn: str, *, at: datetime | None = None) -> None:
        """The courier has it; an order not arranged yet is arranged first."""
        with self.lock, self.as_of(at):
            order = self.find_order(order_sn)
            if order.status in (Status.READY_TO_SHIP, Status.RETRY_SHIP):
                self._move(order, Status.PROCESSED)
            self._move(order, Status.SHIPPED)

    def fail_pickup(self, order_sn: str, *, at: datetime | None = None) -> None:
        """RETRY_SHIP: to be arranged again."""
        with self.lock, self.as_of(at):
            self._move(self.find_order(order_sn), Status.RETRY_SHIP)

    def deliver(self, order_sn: str, *, at: datetime | None = None) -> None:
        """The buyer has it; COD is paid now."""
        with self.lock, self.as_of(at):
            self._move(self.find_order(order_sn), Status.TO_CONFIRM_RECEIVE)

    def complete(self, order_sn: str, *, at: datetime | None = None) -> None:
        """The buyer confirms, or the time for it is over."""
        with self.lock, self.as_of(at):
            order = self.find_order(order_sn)
            if order.status is Status.SHIPPED:
                self._move(order, Status.TO_CONFIRM_RECEIVE)
            self._move(order, Status.COMPLETED)

    def time_out(self, order_sn: str, *, at: datetime | None = None) -> None:
        """Not paid, or not shipped, in time: cancelled by the system."""
        reason = "System Cancel - Unpaid Order"
        if self.find_order(order_sn).status is not Status.UNPAID:
            reason = "Not shipped on time"
        self.cancel(order_sn, by="system", reason=reason, at=at)

    def cancel(
        self,
        order_sn: str,
        *,
        by: str = "buyer",
        reason: str = "Change of mind",
        at: datetime | None = None,
    ) -> None:
        """Cancelled; every piece goes back to the listing, nobody owes anything."""
        with self.lock, self.as_of(at):
            order = self.find_order(order_sn)
            demand_move(order, Status.CANCELLED)
            order.cancel_by, order.cancel_reason = by, reason
            if by == "buyer":
                order.buyer_cancel_reason = reason
            self._move(order, Status.CANCELLED)

    def request_cancel(
        self, order_sn: str, *, reason: str = "Change of mind", at: datetime | None = None
    ) -> None:
        """The buyer asks; the seller must answer."""
        with self.lock, self.as_of(at):
            order = self.find_order(order_sn)
            demand_move(order, Status.IN_CANCEL)
            order.before_cancel, order.buyer_cancel_reason = order.status, reason
            self._move(order, Status.IN_CANCEL)

    def answer_cancel(
        self, order_sn: str, *, accept: bool = True, at: datetime | None = None
    ) -> None:
        """ACCEPT cancels; REJECT puts the order back where it was."""
        with self.lock, self.as_of(at):
            order = self.find_order(order_sn)
            if order.status is not Status.IN_CANCEL:
                raise ValueError(f"nobody asked to cancel order {order_sn}")
            if accept:
                self.cancel(order_sn, by="buyer", reason=order.buyer_cancel_reason)
            else:
                self._move(order, order.before_cancel or Status.READY_TO_SHIP)

    def cancel_pieces(
        self, order_sn: str, pieces: Sequence[Given], *, at: datetime | None = None
    ) -> None:
        """Part of the order is cancelled before it is shipped: the goods shrink, fees follow."""
        with self.lock, self.as_of(at):
            order = self.find_order(order_sn)
            for given in pieces:
                line = order.lines[given.line]
                if given.quantity > line.quantity - line.cancelled:
                    raise ValueError(f"line {given.line} has fewer pieces left")
                lost = line.discounted / line.quantity * given.quantity
                line.cancelled += given.quantity
                order.income["original_cost_of_goods_sold"] -= lost
                order.income["cost_of_goods_sold"] -= lost
                self.products.give_back(line.item_id, line.model_id, given.quantity)
            self._estimate_anew(order)
            self.touched(order)

    def fail_delivery(
        self, order_sn: str, cost: Money = "0", *, at: datetime | None = None
    ) -> None:
        """The parcel comes back: CANCELLED, and the way back costs the seller `cost`."""
        with self.lock, self.as_of(at):
            order = self.find_order(order_sn)
            self.cancel(order_sn, by="system", reason="Failed delivery")
            order.income["final_return_to_seller_shipping_fee"] = Decimal(cost)
            self.parcels.moved(order, "LOGISTICS_DELIVERY_FAILED")
            order.encoded.clear()

    def set_note(self, order_sn: str, note: str, *, at: datetime | None = None) -> None:
        """The seller's own note; a change of a value like any other."""
        with self.lock, self.as_of(at) as moment:
            order = self.find_order(order_sn)
            order.note, order.note_updated = note, moment
            self.touched(order)

    # -- the steps ------------------------------------------------------------------------

    def _pay_on_the_way(self, order: Order, wanted: Status, paid: datetime | bool | None) -> None:
        if isinstance(paid, datetime):
            order.paid = int(paid.timestamp())
            order.updated = max(order.updated, order.paid)
        elif paid or (
            paid is None
            and not order.cod
            and wanted not in (Status.UNPAID, Status.PENDING, Status.CANCELLED)
        ):
            order.paid = order.created

    def _move(self, order: Order, to: Status) -> None:
        """One step, with what it brings for money, parcels and pushes."""
        demand_move(order, to)
        order.status = to
        moment = self.now()
        match to:
            case Status.READY_TO_SHIP if not order.ship_by:
                order.ship_by = moment + order.days_to_ship * _DAY
            case Status.SHIPPED if not order.pickup_done:
                order.pickup_done = moment
                escrow.land_shipping(order)
            case Status.TO_CONFIRM_RECEIVE if order.cod and not order.paid:
                order.paid = moment
            case Status.COMPLETED:
                order.completed = moment
                order.paid = order.paid or moment
            case Status.CANCELLED:
                self._void(order)
        if to in PARCEL_STATUS:
            self.parcels.moved(order, PARCEL_STATUS[to])
        self.touched(order)
        self._announce(order)

    def _void(self, order: Order) -> None:
        """Nobody owes anything, every piece is back in the listing, no parcel goes."""
        order.income = {name: ZERO for name in order.income}
        order.unknown_fees.clear()
        for line in order.lines:
            left = line.quantity - line.cancelled
            self.products.give_back(line.item_id, line.model_id, left)
        was_arranged = any(parcel.is_arranged for parcel in self.parcels.of(order.order_sn))
        parcel = "LOGISTICS_REQUEST_CANCELED" if was_arranged else "LOGISTICS_INVALID"
        self.parcels.moved(order, parcel)

    def _announce(self, order: Order) -> None:
        self.pushes.order_status(
            order.order_sn, order.status.value, order.updated, order.completed_scenario
        )

    def _estimate_anew(self, order: Order) -> None:
        if not order.is_exact:
            order.income |= escrow.estimated_fees(order)

    def _new_sn(self, moment: int) -> str:
        day = datetime.fromtimestamp(moment, UTC).strftime("%y%m%d")
        while True:
            order_sn = day + "".join(self.random.choices(_SN_LETTERS, k=8))
            if order_sn not in self.orders:
                return order_sn
