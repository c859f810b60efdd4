"""Returns: opened before the order is completed, or after; accepted, refused, withdrawn.

Before completion the money shows in the escrow, after it as an adjustment.
Source: "Return" of the guide; GET /api/v2/returns/get_return_detail.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from platforms.sandbox.shopee import escrow
from platforms.sandbox.shopee.money_actions import MoneyBook
from platforms.sandbox.shopee.records import ZERO, Order, Return, ReturnedPiece, Status
from platforms.sandbox.shopee.sale import Given, Money
from platforms.sandbox.shopee.settings import ShopSettings

STATUSES = (
    "REQUESTED",
    "ACCEPTED",
    "CANCELLED",
    "JUDGING",
    "PROCESSING",
    "SELLER_DISPUTE",
    "CLOSED",
)
BEFORE_COMPLETION, AFTER_COMPLETION = "RRBOC", "RRAOC"
GOODS_AND_MONEY, MONEY_ONLY = 0, 1


class ReturnDesk(MoneyBook):
    """The platform's side of returns."""

    def __init__(
        self, settings: ShopSettings, *, seed: int = 1, now: datetime | None = None
    ) -> None:
        super().__init__(settings, seed=seed, now=now)
        self.returns: dict[str, Return] = {}

    def return_before(
        self,
        order_sn: str,
        pieces: Sequence[Given] = (Given(),),
        *,
        amount: Money | None = None,
        solution: int = GOODS_AND_MONEY,
        escrow: dict[str, Money] | None = None,
        accepted: bool = True,
        at: datetime | None = None,
    ) -> str:
        """A return of an order under way: TO_RETURN, and (unless `accepted` is False) decided
        at once. Gives the return_sn.

        `amount`: what the seller loses; None: the pieces at their price. `escrow`: fields of
        `order_income` as they are when it is accepted.
        """
        with self.lock, self.as_of(at):
            order = self.find_order(order_sn)
            opened = self._open(order, pieces, amount, solution, BEFORE_COMPLETION)
            self._move(order, Status.TO_RETURN)
            if accepted:
                self.settle_return(opened.return_sn, escrow=escrow)
            return opened.return_sn

    def settle_return(
        self,
        return_sn: str,
        status: str = "ACCEPTED",
        *,
        escrow: dict[str, Money] | None = None,
        at: datetime | None = None,
    ) -> None:
        """A return is decided, or moves on. ACCEPTED takes its money off the escrow and ends
        an order under way as COMPLETED; CANCELLED and CLOSED put it back on its way.
        """
        if status not in STATUSES:
            raise ValueError(f"a return has no status {status!r}")
        with self.lock, self.as_of(at):
            found = self.returns[return_sn]
            order = self.find_order(found.order_sn)
            self._set_status(found, status)
            is_under_way = order.status is Status.TO_RETURN
            if status == "ACCEPTED":
                self._count(order, found)
                if found.type == BEFORE_COMPLETION:
                    self._take_off(order, found, escrow or {})
                if is_under_way:
                    self._move(order, Status.COMPLETED)
            elif status in ("CANCELLED", "CLOSED") and is_under_way:
                self._move(order, Status.TO_CONFIRM_RECEIVE)
            self.touched(order)

    def return_after(
        self,
        order_sn: str,
        pieces: Sequence[Given] = (Given(),),
        *,
        amount: Money | None = None,
        solution: int = GOODS_AND_MONEY,
        reason: str = "Return Refund deduction",
        at: datetime | None = None,
    ) -> str:
        """A return of a completed order, accepted at once: an adjustment takes the money."""
        with self.lock, self.as_of(at):
            order = self.find_order(order_sn)
            if order.status is not Status.COMPLETED:
                raise ValueError(f"order {order_sn} is not completed")
            opened = self._open(order, pieces, amount, solution, AFTER_COMPLETION)
            order.completed_scenario = AFTER_COMPLETION
            self.settle_return(opened.return_sn)
            self.adjust(order_sn, -opened.refund, reason)
            self._announce(order)
            return opened.return_sn

    def _open(
        self,
        order: Order,
        pieces: Sequence[Given],
        amount: Money | None,
        solution: int,
        kind: str,
    ) -> Return:
        moment = self.now()
        worth = ZERO
        rows = []
        for given in pieces:
            line = order.lines[given.line]
            worth += line.discounted / line.quantity * given.quantity
            rows.append(ReturnedPiece(line_item_id=line.line_item_id, quantity=given.quantity))
        refund = Decimal(amount) if amount is not None else escrow.rounded(worth, order.currency)
        opened = Return(
            return_sn=f"{order.order_sn[:6]}{self.next_id(10**8)}",
            order_sn=order.order_sn,
            status="REQUESTED",
            type=kind,
            solution=solution,
            refund=refund,
            pieces=rows,
            created=moment,
            updated=moment,
        )
        self.returns[opened.return_sn] = opened
        order.return_sns.append(opened.return_sn)
        self.pushes.return_updated(
            order.order_sn, opened.return_sn, [("return_status", "", opened.status)]
        )
        return opened

    def _set_status(self, found: Return, status: str) -> None:
        before, found.status = found.status, status
        found.updated = max(found.updated, self.now())
        self.pushes.return_updated(
            found.order_sn, found.return_sn, [("return_status", before, status)]
        )

    def _count(self, order: Order, found: Return) -> None:
        """The order's lines know what came back; only goods count, not money alone."""
        if found.solution != GOODS_AND_MONEY:
            return
        by_id = {line.line_item_id: line for line in order.lines}
        for piece in found.pieces:
            by_id[piece.line_item_id].returned += piece.quantity

    def _take_off(self, order: Order, found: Return, stated: dict[str, Money]) -> None:
        before = order.income.get("seller_return_refund", ZERO)
        order.income["seller_return_refund"] = before - found.refund
        self._estimate_anew(order)
        if stated:
            self.set_escrow(order.order_sn, **stated)
