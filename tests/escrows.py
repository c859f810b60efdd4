"""Orders whose money a marketplace holds, in neutral values; a test names only what matters."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from platforms.base import EscrowAdjustment, EscrowAmount, EscrowKind, RemoteEscrow, RemoteOrder
from platforms.money import ZERO
from tests import factories as make
from tests.in_memory import Desk
from webapp.backoffice.books.settlement import LineKind, SettledLine, by_age
from webapp.backoffice.orders.planning import Plan

PAID = datetime.fromisoformat("2026-03-05T04:00:00+00:00")
AMOUNTS = {"goods": "80.00", "fee": "-6.90"}


def escrow(
    *,
    unknown: dict[str, str] | None = None,
    adjustments: Iterable[EscrowAdjustment] = (),
    **given: Any,
) -> RemoteEscrow:
    """Goods of 80.00 less a fee of 6.90. Kinds by name, signed as they act on the seller's net.

    Net and adjusted net are what the amounts come to; a field is named after its kind.
    """
    kinds = {kind.value for kind in EscrowKind}
    amounts = {name: given.pop(name) for name in list(given) if name in kinds} or AMOUNTS
    made = tuple(
        EscrowAmount(kind=EscrowKind(name), field=f"{name}_amount", amount=Decimal(amount))
        for name, amount in amounts.items()
    )
    made += tuple(given.pop("more", ()))
    net = sum((each.amount for each in made), Decimal(0))
    adjustments = tuple(adjustments)
    adjusted = sum((each.amount for each in adjustments), Decimal(0))
    values: dict[str, Any] = {
        "net": net,
        "net_field": "net_amount",
        "amounts": made,
        "adjustments": adjustments,
        "adjustments_total": adjusted,
        "net_adjusted": Decimal(given.get("net", net)) + adjusted,
        "unknown": tuple((name, Decimal(each)) for name, each in (unknown or {}).items()),
        "lines": 1,
        **given,
    }
    values["net"] = Decimal(values["net"])
    return RemoteEscrow(**values)


def amount(kind: str, field: str, value: str) -> EscrowAmount:
    return EscrowAmount(kind=EscrowKind(kind), field=field, amount=Decimal(value))


def adjustment(value: str, day: str, reason: str = "Logistics compensation") -> EscrowAdjustment:
    """An adjustment at noon of a day in Kuala Lumpur, or at an instant given whole."""
    at = f"{day}T04:00:00+00:00" if "T" not in day else day
    return EscrowAdjustment(at=datetime.fromisoformat(at), reason=reason, amount=Decimal(value))


def held(statement: RemoteEscrow | None, **given: Any) -> RemoteOrder:
    """A paid order of one piece whose escrow is this, or is not there yet."""
    line = make.remote_line("12", remote_line_id="101", tax=Decimal(0))
    values: dict[str, Any] = {
        "remote_id": "5001",
        "number": "5001",
        "paid_at": PAID,
        "ordered_at": PAID,
        "modified_at": PAID,
        "escrow": statement,
        "has_escrow": True,
        **given,
    }
    return make.remote_order([line], **values)


def release(value: str, at: str = "2026-03-13T04:00:00+00:00", **given: Any) -> SettledLine:
    """That the marketplace paid an order out."""
    moment = datetime.fromisoformat(at)
    values: dict[str, Any] = {
        "id": 1,
        "key": f"release:5001:{at}",
        "kind": LineKind.RELEASE.value,
        "gross": Decimal(value),
        "fee": Decimal(0),
        "net": Decimal(value),
        "currency": "MYR",
        "settled_on": moment.date(),
        "settled_at": moment,
        **given,
    }
    return SettledLine(**values)


@dataclass(slots=True)
class MarketDesk(Desk):
    """One order's versions and payouts as they arrive, in any order, as processing tries them."""

    posted_lines: dict[int, SettledLine] = field(default_factory=dict)
    waiting: dict[int, SettledLine] = field(default_factory=dict)

    def planned_again(self, **given: Any) -> Plan:
        self.standing = replace(self.standing, settled=tuple(by_age(self.posted_lines.values())))
        made = Desk.planned_again(self, **given)
        self._note(made)
        self._try_waiting()
        return made

    def is_paid_out(self, *lines: SettledLine) -> None:
        """The store lists payouts; those that were listed before are none."""
        for line in lines:
            if line.id not in self.posted_lines:
                self.waiting.setdefault(line.id, line)
        if self.newest is not None:
            self._try_waiting()

    def clearing(self) -> Decimal:
        places = self.balances().items()
        return sum((each for (_, _, role), each in places if role == "customer_payment"), ZERO)

    def why(self) -> dict[int, str | None]:
        """Why each waiting payout waits."""
        return {line_id: line.code for line_id, line in self.waiting.items()}

    def _try_waiting(self) -> None:
        for line in by_age(self.waiting.values()):
            settled = tuple(by_age(self.posted_lines.values()))
            self.standing = replace(self.standing, settled=settled, arriving=line)
            self._note(Desk.planned_again(self))
            self.standing = replace(self.standing, arriving=None)

    def _note(self, made: Plan) -> None:
        known = {**self.posted_lines, **self.waiting}
        for line_id, problem in made.outcome.items():
            line = replace(known[line_id], code=problem.code.value if problem else None)
            self.posted_lines.pop(line_id, None)
            self.waiting.pop(line_id, None)
            (self.waiting if problem else self.posted_lines)[line_id] = line
