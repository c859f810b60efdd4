"""The shop's balance: what came in and went out, newest first.

Source: GET /api/v2/payment/get_wallet_transaction_list.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from platforms.sandbox.shopee.money_actions import MoneyBook
from platforms.sandbox.shopee.records import ZERO, Order

TYPES = {
    101: "ESCROW_VERIFIED_ADD",
    102: "ESCROW_VERIFIED_MINUS",
    202: "WITHDRAWAL_COMPLETED",
    401: "ADJUSTMENT_ADD",
    402: "ADJUSTMENT_MINUS",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One row; `amount` is signed, `balance` is what there was after it."""

    code: int
    amount: Decimal
    at: int
    order_sn: str = ""
    refund_sn: str = ""
    withdrawal_id: int = 0
    buyer: str = ""
    reason: str = ""
    balance: Decimal = ZERO


class Wallet:
    """The balance of one store; rows are kept until more money moves. Its lock is held."""

    def __init__(self, store: MoneyBook) -> None:
        self._store = store
        self._epoch = -1
        self._rows: list[Movement] = []

    def movements(self) -> list[Movement]:
        """Every row, newest first, each with the balance after it.

        An adjustment up to the release is part of what is released; a later one is a row.
        """
        if self._epoch != self._store.money_epoch:
            rows = [*_of_orders(self._store), *_of_withdrawals(self._store)]
            rows.sort(key=lambda row: (row.at, row.code, row.order_sn))
            self._rows, balance = [], ZERO
            for row in rows:
                balance += row.amount
                self._rows.append(replace(row, balance=balance))
            self._rows.reverse()
            self._epoch = self._store.money_epoch
        return self._rows


def _of_orders(store: MoneyBook) -> Iterator[Movement]:
    for order in store.orders.values():
        for release in order.releases:
            code = 101 if release.amount >= 0 else 102
            yield Movement(
                code=code,
                amount=release.amount,
                at=release.at,
                order_sn=order.order_sn,
                buyer=order.recipient.username,
            )
        if order.adjustments and order.releases:
            yield from _later_adjustments(order)


def _later_adjustments(order: Order) -> Iterator[Movement]:
    released = max(release.at for release in order.releases)
    for adjustment in order.adjustments:
        if adjustment.date > released:
            yield Movement(
                code=401 if adjustment.amount >= 0 else 402,
                amount=adjustment.amount,
                at=adjustment.date,
                order_sn=order.order_sn,
                refund_sn=order.return_sns[-1] if order.return_sns else "",
                buyer=order.recipient.username,
                reason=adjustment.reason,
            )


def _of_withdrawals(store: MoneyBook) -> Iterator[Movement]:
    for withdrawal in store.withdrawals:
        yield Movement(
            code=202,
            amount=-withdrawal.amount,
            at=withdrawal.at,
            withdrawal_id=withdrawal.withdrawal_id,
        )
