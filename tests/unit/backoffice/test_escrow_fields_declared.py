"""A field that a marketplace adds: what a person may decide about it, and what is refused."""

from typing import Any

import pytest

from webapp.backoffice.setup.declaration_fields import Faults
from webapp.backoffice.setup.escrow_decisions import escrow_fields
from webapp.backoffice.sites.settings import EscrowField, kept_posting, read_posting

KNOWN = frozenset({"commission_fee"})
LEVY = {"role": "platform_fees", "sign": -1}


def read(value: Any, known: frozenset[str] = KNOWN) -> tuple[Any, dict[str, str]]:
    faults = Faults()
    made = escrow_fields(known)(value, "posting.escrow_fields", faults)
    return made, {
        each.key.removeprefix("posting.escrow_fields"): each.message for each in faults.found
    }


def test_a_role_and_a_sign_make_a_decision() -> None:
    assert read({"new_levy": LEVY}) == ({"new_levy": LEVY}, {})


@pytest.mark.parametrize("nothing", [{}, None])
def test_no_decision_is_taken_everywhere(nothing: Any) -> None:
    assert read(nothing) == ({}, {})
    assert read(nothing, frozenset()) == ({}, {})


def test_a_platform_without_an_escrow_has_nothing_to_decide() -> None:
    assert "has no escrow" in read({"new_levy": LEVY}, frozenset())[1][""]


def test_a_field_that_has_its_meaning_cannot_get_another() -> None:
    assert "cannot be changed" in read({"commission_fee": LEVY})[1][".commission_fee"]


@pytest.mark.parametrize("role", ["bank", "customer_payment", "rounding", "inventory", "", None, 3])
def test_only_roles_of_a_sale_its_fees_and_its_refunds_are_taken(role: Any) -> None:
    faults = read({"new_levy": {"role": role, "sign": 1}})[1]

    assert (
        "platform_fees, delivery, discount, sales_revenue, tax, refunds" in faults[".new_levy.role"]
    )


@pytest.mark.parametrize("sign", [0, 2, "1", True, None])
def test_a_sign_is_one_or_minus_one(sign: Any) -> None:
    assert ".new_levy.sign" in read({"new_levy": {"role": "tax", "sign": sign}})[1]


def test_anything_else_is_named_where_it_stands() -> None:
    assert ".new_levy" in read({"new_levy": -1})[1]
    assert ".new_levy.why" in read({"new_levy": {**LEVY, "why": "new"}})[1]
    assert ".new levy" in read({"new levy": LEVY})[1]
    assert "" in read([LEVY])[1]


def test_decisions_are_read_in_one_order_however_they_are_stored() -> None:
    one = read_posting({"escrow_fields": {"b": LEVY, "a": LEVY}})
    other = read_posting({"escrow_fields": {"a": LEVY, "b": LEVY}})

    assert one == other
    assert one.escrow_fields[0] == EscrowField(field="a", role="platform_fees", sign=-1)


def test_settings_kept_by_an_earlier_release_are_read_with_what_came_later_left_out() -> None:
    kept = kept_posting(
        {
            "tax_collected_by": "seller",
            "restock_on_refund": True,
            "closed_period": "block",
            "fee_fields": ["_fee"],
            "child_orders": None,
        }
    )

    assert (kept.closed_period, kept.fee_fields) == ("block", ("_fee",))
    assert (kept.included_tax_rate, kept.refund_words, kept.escrow_fields) == ("0", (), ())
