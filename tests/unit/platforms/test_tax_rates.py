"""Tax by rate: a code names one rate, also where the store gives two rates the same one."""

from decimal import Decimal
from typing import Any

import pytest

from platforms.base import StoreTerms
from platforms.woocommerce.orders import read_order


def order(*rates: tuple[int, str, str], refunds: list[dict[str, Any]] | None = None) -> Any:
    """An order with these tax lines: rate id, code, amount."""
    row = {
        "id": 1,
        "total": "12.60",
        "total_tax": "2.60",
        "currency": "EUR",
        "status": "processing",
        "date_created_gmt": "2026-03-05T04:00:00",
        "tax_lines": [
            {"id": 90 + rate, "rate_id": rate, "rate_code": code, "tax_total": amount}
            for rate, code, amount in rates
        ],
    }
    return read_order(row, refunds or [], StoreTerms())


@pytest.mark.parametrize(
    ("rates", "codes"),
    [
        ([(1, "DE-VAT-1", "2.60")], ["DE-VAT-1"]),
        ([(1, "DE-VAT-1", "1.90"), (2, "DE-VAT-2", "0.70")], ["DE-VAT-1", "DE-VAT-2"]),
        ([(1, "DE-VAT-1", "1.90"), (2, "DE-VAT-1", "0.70")], ["DE-VAT-1 #1", "DE-VAT-1 #2"]),
        ([(7, "", "2.60")], ["7"]),
        ([], []),
    ],
)
def test_each_rate_has_a_code_of_its_own(
    rates: list[tuple[int, str, str]], codes: list[str]
) -> None:
    assert [each.code for each in order(*rates).taxes] == codes


def test_what_is_given_back_names_the_same_rates() -> None:
    given_back = {
        "id": 5,
        "amount": "1.07",
        "date_created_gmt": "2026-03-06T04:00:00",
        "line_items": [
            {
                "id": 6,
                "quantity": -1,
                "total": "-1.00",
                "total_tax": "-0.07",
                "taxes": [{"id": 2, "total": "-0.07"}],
            }
        ],
    }

    (refund,) = order(
        (1, "DE-VAT-1", "1.90"), (2, "DE-VAT-1", "0.70"), refunds=[given_back]
    ).refunds

    assert refund.lines[0].taxes == (("DE-VAT-1 #2", Decimal("0.07")),)
