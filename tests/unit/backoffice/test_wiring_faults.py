"""Which ledgers a role takes, and what the form says of those it does not."""

import pytest

from webapp.backoffice.setup.wiring import LedgerFacts, Reason, WiringFault, wiring_faults
from webapp.backoffice.sites.settings import REQUIRED_ROLES

TYPES = {
    "customer_payment": "asset",
    "sales_revenue": "income",
    "delivery": "income",
    "discount": "income",
    "tax": "liability",
    "platform_fees": "expense",
}
IDS = {role: number for number, role in enumerate(TYPES, start=1)}


def ledger(number: int, type_: str, **given: object) -> LedgerFacts:
    values = {"currency": None, "is_active": True, **given}
    return LedgerFacts(number, str(number), f"Ledger {number}", type_, **values)  # type: ignore[arg-type]


def wired(**given: LedgerFacts | None) -> dict[tuple[str, str], LedgerFacts]:
    """All required roles on ledgers of their type; `cod__bank` is the bank of cod."""
    places = {(role, ""): ledger(IDS[role], type_) for role, type_ in TYPES.items()}
    for name, value in given.items():
        method, _, role = name.rpartition("__")
        if value is None:
            del places[(role, method)]
        else:
            places[(role, method)] = value
    return places


def faults(places: dict[tuple[str, str], LedgerFacts], **given: object) -> tuple[WiringFault, ...]:
    return wiring_faults(places, **{"site_currency": "MYR", "needs_all": True, **given})  # type: ignore[arg-type]


def told(found: tuple[WiringFault, ...]) -> list[tuple[str, str, str]]:
    return [(each.role, each.payment_method, each.reason.value) for each in found]


def test_a_full_wiring_of_right_types_has_no_fault() -> None:
    assert faults(wired(bank=ledger(50, "asset"))) == ()


@pytest.mark.parametrize("role", list(TYPES))
def test_a_ledger_of_the_wrong_type_is_refused(role: str) -> None:
    found = faults(wired(**{role: ledger(99, "equity")}))

    assert told(found) == [(role, "", "wrong_type")]
    assert "99 Ledger 99 is of type equity" in found[0].message


def test_revenue_does_not_go_to_an_expense_account() -> None:
    [fault] = faults(wired(sales_revenue=ledger(99, "expense")))

    assert fault.message == "sales_revenue takes an income ledger; 99 Ledger 99 is of type expense."


def test_discounts_may_be_contra_income_or_expense() -> None:
    assert faults(wired(discount=ledger(99, "expense"))) == ()


def test_each_required_role_is_needed_by_the_form() -> None:
    assert told(faults({})) == [(role.value, "", "missing") for role in REQUIRED_ROLES]
    assert faults({}, needs_all=False) == ()


def test_an_inactive_ledger_and_one_of_another_currency_are_refused() -> None:
    found = faults(
        wired(
            tax=ledger(98, "liability", is_active=False),
            delivery=ledger(99, "income", currency="SGD"),
        )
    )

    assert told(found) == [("delivery", "", "wrong_currency"), ("tax", "", "inactive_ledger")]
    assert faults(wired(delivery=ledger(99, "income", currency="MYR"))) == ()


def test_clearing_and_bank_on_one_ledger_would_let_a_payout_vanish() -> None:
    same = ledger(IDS["customer_payment"], "asset")

    assert told(faults(wired(bank=same))) == [("bank", "", "same_as_bank")]


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        (
            {"cod__bank": ledger(IDS["customer_payment"], "asset")},
            [("bank", "cod", "same_as_bank")],
        ),
        (
            {"bank": ledger(50, "asset"), "cod__customer_payment": ledger(50, "asset")},
            [("customer_payment", "cod", "same_as_bank")],
        ),
        (
            {
                "bank": ledger(50, "asset"),
                "cod__customer_payment": ledger(51, "asset"),
                "cod__bank": ledger(52, "asset"),
            },
            [],
        ),
    ],
)
def test_each_payment_method_is_looked_at_as_it_resolves(
    places: dict[str, LedgerFacts], expected: list[tuple[str, str, str]]
) -> None:
    assert told(faults(wired(**places))) == expected


def test_odd_wirings_are_warned_of_and_not_refused() -> None:
    found = faults(
        wired(
            delivery=ledger(IDS["sales_revenue"], "income"),
            discount=ledger(IDS["platform_fees"], "expense"),
        ),
        clearing_elsewhere={IDS["customer_payment"]: "other shop"},
    )

    assert [each.reason for each in found] == [
        Reason.SAME_AS_SALES,
        Reason.SAME_AS_FEES,
        Reason.SHARED_CLEARING,
    ]
    assert all(each.is_warning for each in found)
    assert "other shop" in found[2].message
