"""What becomes of the money: corrected, adjusted later, paid out, held back.

No date of the order tells of any of it. Each action is under the store's lock.
"""

from datetime import datetime
from decimal import Decimal

from platforms.sandbox.shopee import escrow
from platforms.sandbox.shopee.order_actions import OrderBook
from platforms.sandbox.shopee.records import Adjustment, Release, Withdrawal
from platforms.sandbox.shopee.sale import Money
from platforms.sandbox.shopee.settings import ShopSettings

_FIRST_WITHDRAWAL = 7_700_000


class MoneyBook(OrderBook):
    """The platform's side of the money."""

    def __init__(
        self, settings: ShopSettings, *, seed: int = 1, now: datetime | None = None
    ) -> None:
        super().__init__(settings, seed=seed, now=now)
        self.withdrawals: list[Withdrawal] = []
        self.money_epoch = 0
        """Grows with every release, adjustment and withdrawal."""
        self._released: list[Release] = []
        self._released_epoch = 0

    def set_escrow(self, order_sn: str, **fields: Money) -> None:
        """Fields of `order_income` change; the escrow amount follows by the formula.

        ValueError for a field that the reference does not have.
        """
        with self.lock:
            order = self.find_order(order_sn)
            unknown = sorted(set(fields) - escrow.FIELDS)
            if unknown:
                raise ValueError(f"order_income has no {', '.join(unknown)}")
            order.income |= {name: Decimal(amount) for name, amount in fields.items()}
            self.touched(order, is_value=False)

    def add_unknown_fee(self, order_sn: str, field: str, amount: Money) -> None:
        """A fee that no page knows yet: the escrow is lower, a new field says by how much."""
        with self.lock:
            order = self.find_order(order_sn)
            if field in escrow.FIELDS:
                raise ValueError(f"{field} is known")
            order.unknown_fees[field] = Decimal(amount)
            self.touched(order, is_value=False)

    def adjust(
        self,
        order_sn: str,
        amount: Money,
        reason: str = "Logistics Related Compensation",
        *,
        at: datetime | None = None,
    ) -> None:
        """A later correction, in the seller's favour when positive."""
        with self.lock, self.as_of(at) as moment:
            order = self.find_order(order_sn)
            order.adjustments.append(Adjustment(amount=Decimal(amount), date=moment, reason=reason))
            self.money_epoch += 1
            self.touched(order, is_value=False)

    def release(
        self, order_sn: str, *, amount: Money | None = None, at: datetime | None = None
    ) -> None:
        """The order's money goes to the shop's balance; `amount` None: all that is owed then."""
        with self.lock, self.as_of(at) as moment:
            order = self.find_order(order_sn)
            owed = escrow.after_adjustment(order, until=moment)
            paid = owed if amount is None else Decimal(amount)
            order.releases.append(Release(order_sn=order_sn, amount=paid, at=moment))
            self.money_epoch += 1
            self.touched(order, is_value=False)

    def released(self) -> list[Release]:
        """Every release, oldest first. The caller holds the lock."""
        if self._released_epoch != self.money_epoch:
            rows = [row for order in self.orders.values() for row in order.releases]
            self._released = sorted(rows, key=lambda row: (row.at, row.order_sn))
            self._released_epoch = self.money_epoch
        return self._released

    def withdraw(self, amount: Money, *, at: datetime | None = None) -> int:
        """From the balance to the seller's bank; gives the withdrawal's id."""
        with self.lock, self.as_of(at) as moment:
            number = self.next_id(_FIRST_WITHDRAWAL)
            self.withdrawals.append(
                Withdrawal(withdrawal_id=number, amount=Decimal(amount), at=moment)
            )
            self.money_epoch += 1
            return number

    def hold_escrow(self, order_sn: str) -> None:
        """The escrow cannot be read yet, though the order is paid."""
        with self.lock:
            self.find_order(order_sn).is_escrow_held = True

    def hide_returns(self, order_sn: str) -> None:
        """The order's escrow names none of its returns, as some are met."""
        with self.lock:
            order = self.find_order(order_sn)
            order.hides_returns = True
            order.encoded.pop("escrow", None)

    def free_escrow(self, order_sn: str) -> None:
        with self.lock:
            self.find_order(order_sn).is_escrow_held = False
