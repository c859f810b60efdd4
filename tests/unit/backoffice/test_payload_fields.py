"""What a *because* names in a payload, the payload as text, and two versions beside each other."""

from decimal import Decimal

import pytest

from webapp.backoffice.reports.payload_fields import fields_named, parsed
from webapp.backoffice.reports.payload_text import Change, changes, laid_out

ORDER = parsed(
    b"""{"order": {"total": "103.88", "fee": 1.50,
      "line_items": [{"id": 31, "subtotal": "100.00", "total": "90.00"}, {"id": 32, "subtotal": "7"}],
      "tax_lines": [{"rate_code": "SST", "tax_total": "5.88"}, {"rate_code": "GST", "tax_total": "1"}],
      "meta_data": [{"key": "_fee", "value": "3.51"}]},
     "refunds": [{"id": 77, "amount": "20.00"}],
     "escrow": {"order_income": {"voucher": "4.00"}}}"""
)


@pytest.mark.parametrize(
    ("because", "expected"),
    [
        ("order.total", [("order.total", "103.88")]),
        ("order.total less the lines", [("order.total", "103.88")]),
        (
            "order.line_items.subtotal - total",
            [
                ("order.line_items[0].subtotal", "100.00"),
                ("order.line_items[1].subtotal", "7"),
                ("order.line_items[0].total", "-90.00"),
            ],
        ),
        ("order.tax_lines[GST].tax_total", [("order.tax_lines[1].tax_total", "1")]),
        ("order.meta_data._fee", [("order.meta_data[0].value", "3.51")]),
        ("refund[77].amount, its share", [("refunds[0].amount", "20.00")]),
        ("voucher: tax of 6 % inside the price", [("escrow.order_income.voucher", "4.00")]),
        ("no longer in the order", []),
        ("", []),
    ],
)
def test_a_because_names_its_fields(because: str, expected: list[tuple[str, str]]) -> None:
    found = fields_named(ORDER, because)

    assert [(each.path, each.amount) for each in found] == [
        (path, Decimal(amount)) for path, amount in expected
    ]


def test_numbers_are_laid_out_as_the_store_wrote_them() -> None:
    assert [each.text for each in laid_out(ORDER, {"order.fee"}) if each.path] == ["1.50"]


def test_marked_values_stand_alone_and_nothing_is_lost() -> None:
    pieces = laid_out(ORDER, {"order.total", "refunds[0].amount"})

    assert [(each.path, each.text) for each in pieces if each.path] == [
        ("order.total", '"103.88"'),
        ("refunds[0].amount", '"20.00"'),
    ]
    assert parsed("".join(each.text for each in pieces).encode()) == ORDER


def test_rows_of_a_list_are_compared_by_their_id() -> None:
    before = parsed(b'{"lines": [{"id": 1, "n": 2}, {"id": 2, "n": 5}], "gone": true}')
    after = parsed(b'{"lines": [{"id": 2, "n": 6}, {"id": 3, "n": 1}]}')

    assert changes(before, after) == [
        Change(path="lines[#2].n", before="5", after="6"),
        Change(path="lines[#3].id", before=None, after="3"),
        Change(path="lines[#3].n", before=None, after="1"),
        Change(path="lines[#1].id", before="1", after=None),
        Change(path="lines[#1].n", before="2", after=None),
        Change(path="gone", before="true", after=None),
    ]


def test_what_cannot_be_read_has_no_fields() -> None:
    assert parsed(b"not json") is None
    assert fields_named(None, "order.total") == ()
    assert changes(None, None) == []
