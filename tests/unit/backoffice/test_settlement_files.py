"""Settlement files as lines: the generic sheet, Stripe's reports, PayPal's activity."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tests.settlements import GENERIC, csv_of, generic_line
from webapp.backoffice.books.settlement_files import (
    FileLine,
    Format,
    SettlementFile,
    read_settlement,
)
from webapp.backoffice.files.sheet_formats import xlsx_bytes
from webapp.backoffice.files.sheets import SheetUnreadable

ZONE = ZoneInfo("Asia/Kuala_Lumpur")
TODAY = date(2026, 11, 24)

STRIPE = (
    "balance_transaction_id",
    "created_utc",
    "created",
    "available_on_utc",
    "available_on",
    "currency",
    "gross",
    "fee",
    "net",
    "reporting_category",
    "source_id",
    "description",
    "customer_facing_amount",
    "customer_facing_currency",
    "automatic_payout_id",
    "automatic_payout_effective_at_utc",
    "automatic_payout_effective_at",
    "customer_email",
    "customer_name",
    "charge_id",
    "payment_intent_id",
    "payment_metadata[order_id]",
    "payment_metadata[order_key]",
)
PAYPAL = (
    "Date",
    "Time",
    "TimeZone",
    "Name",
    "Type",
    "Status",
    "Currency",
    "Gross",
    "Fee",
    "Net",
    "From Email Address",
    "To Email Address",
    "Transaction ID",
    "Shipping Address",
    "Item Title",
    "Reference Txn ID",
    "Invoice Number",
    "Custom Number",
    "Receipt ID",
    "Balance",
    "Address Line 1",
    "Country",
    "Subject",
    "Note",
    "Balance Impact",
)


def stripe_row(**given: str) -> dict[str, str]:
    return {
        "balance_transaction_id": "txn_1AbC",
        "created_utc": "2026-03-05 04:00:03",
        "available_on_utc": "2026-03-07 16:00:00",
        "available_on": "2026-03-08 00:00:00",
        "currency": "myr",
        "gross": "103.88",
        "fee": "3.60",
        "net": "100.28",
        "reporting_category": "charge",
        "source_id": "ch_3XyZ",
        "description": "The Shop - Order 5001 for Siti Ahmad",
        "automatic_payout_effective_at_utc": "2026-03-08 16:00:00",
        "automatic_payout_effective_at": "2026-03-09 00:00:00",
        "customer_email": "siti@example.com",
        "payment_intent_id": "pi_3XyZ",
        "payment_metadata[order_id]": "5001",
        "payment_metadata[order_key]": "wc_order_k3y",
        **given,
    }


def paypal_row(**given: str) -> dict[str, str]:
    return {
        "Date": "03/25/2026",
        "Time": "20:15:00",
        "TimeZone": "PDT",
        "Name": "Siti Ahmad",
        "Type": "Express Checkout Payment",
        "Status": "Completed",
        "Currency": "MYR",
        "Gross": "1,103.88",
        "Fee": "-3.60",
        "Net": "1,100.28",
        "From Email Address": "siti@example.com",
        "Transaction ID": "9AB12345CD678901E",
        "Invoice Number": "WC-5001",
        "Shipping Address": "Siti Ahmad, 1 Jalan Besar",
        "Balance Impact": "Credit",
        **given,
    }


def read(content: bytes, *, format: Format | None = None) -> SettlementFile:
    return read_settlement(content, ZONE, TODAY, format=format)


def generic(**given: object) -> SettlementFile:
    return read(csv_of(GENERIC, [generic_line(**given)]))


def one(file: SettlementFile) -> FileLine:
    assert file.problems == ()
    (line,) = file.lines
    return line


def stripe(**given: str) -> SettlementFile:
    return read(csv_of(STRIPE, [stripe_row(**given)]))


def paypal(**given: str) -> SettlementFile:
    return read(csv_of(PAYPAL, [paypal_row(**given)]))


# --- generic ------------------------------------------------------------------------------------


def test_a_generic_row_becomes_a_line() -> None:
    line = one(generic())

    assert (line.key, line.kind, line.settled_on) == ("csv:txn_1", "charge", date(2026, 3, 9))
    assert (line.gross, line.fee, line.net) == (
        Decimal("103.88"),
        Decimal("3.60"),
        Decimal("100.28"),
    )
    assert line.clues == (("number", "5001"),)


@pytest.mark.parametrize(("gross", "kind"), [("103.88", "charge"), ("-20.00", "refund")])
def test_a_blank_type_is_told_by_the_sign(gross: str, kind: str) -> None:
    assert one(generic(type="", gross=gross)).kind == kind


def test_a_row_without_a_reference_is_known_by_its_values_and_its_turn() -> None:
    row = generic_line(reference="")
    first, second = read(csv_of(GENERIC, [row, row])).lines

    assert first.key != second.key
    assert read(csv_of(GENERIC, [{**row, "fee": "3.6"}])).lines[0].key == first.key


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("gross", "lots", "“lots” is not an amount such as 103.88."),
        ("gross", "1,234", "“1,234” could be a fraction or thousands: write it with a point."),
        ("fee", "3.605", "“3.605” is finer than MYR has it (2 decimals)."),
        ("net", "", "The net is missing."),
        ("currency", "RM", "“RM” is not a currency such as MYR."),
        ("date", "9 March", "“9 March” is not a date such as 2026-03-09."),
        ("date", "", "The date is missing."),
        ("type", "payout", "“payout” is neither charge nor refund; left blank, the sign of gross tells."),
        ("reference", "x" * 101, "It is longer than 100 characters."),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_and_nothing_of_the_file_is_used(
    column: str, cell: str, says: str
) -> None:
    rows = [generic_line(reference="good"), generic_line(**{column: cell})]
    file = read(csv_of(GENERIC, rows))

    assert file.lines == ()
    assert [(each.row, each.column, each.message) for each in file.problems] == [(3, column, says)]


def test_a_reference_that_comes_twice_must_say_the_same_twice() -> None:
    same = read(csv_of(GENERIC, [generic_line(), generic_line()]))
    other = read(csv_of(GENERIC, [generic_line(), generic_line(fee="3.50", net="100.38")]))

    assert (len(same.lines), same.ignored) == (1, 1)
    (problem,) = other.problems
    assert (problem.row, problem.message) == (3, "“txn_1” stands in row 2 with other values.")


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1.234,50", "1234.50"), ("1,234.50", "1234.50"), ("103,88", "103.88"), ("1 234.5", "1234.50")],
)  # fmt: skip
def test_amounts_are_read_as_they_are_written(text: str, amount: str) -> None:
    assert one(generic(gross=text)).gross == Decimal(amount)


def test_a_spreadsheet_with_date_cells_is_read() -> None:
    row = generic_line(gross=Decimal("103.88"))
    sheet = xlsx_bytes(GENERIC, [[row[column] for column in GENERIC[:-1]] + [""]])
    dated = with_a_date_cell(sheet)

    assert one(read(dated)).settled_on == date(2026, 3, 9)


def with_a_date_cell(sheet: bytes) -> bytes:
    import io

    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(sheet))
    book.active.cell(row=2, column=len(GENERIC)).value = date(2026, 3, 9)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_an_instant_becomes_the_sites_date() -> None:
    assert one(generic(date="2026-03-08T17:30:00Z")).settled_on == date(2026, 3, 9)


def test_a_file_of_another_kind_is_told_which_columns_are_missing() -> None:
    with pytest.raises(SheetUnreadable) as caught:
        read(b"name,colour\nTee,red\n")

    assert "“order_number”" in caught.value.problems[0].message


# --- Stripe -------------------------------------------------------------------------------------


def test_a_stripe_charge_becomes_a_line_dated_by_its_payout() -> None:
    file = stripe()
    line = one(file)

    assert file.format is Format.STRIPE
    assert (line.key, line.kind, line.currency) == ("stripe:txn_1AbC", "charge", "MYR")
    assert line.settled_on == date(2026, 3, 9)
    assert line.clues == (
        ("number", "5001"),
        ("transaction", "ch_3XyZ"),
        ("transaction", "pi_3XyZ"),
    )


def test_a_stripe_line_outside_a_payout_is_dated_by_when_it_is_available() -> None:
    blank = {"automatic_payout_effective_at": "", "automatic_payout_effective_at_utc": ""}

    assert one(stripe(**blank)).settled_on == date(2026, 3, 8)


def test_stripes_utc_columns_become_the_sites_date() -> None:
    columns = [name for name in STRIPE if name.endswith("_utc") or "_at" not in name]
    columns.remove("available_on")

    line = one(read(csv_of(columns, [stripe_row()])))

    assert line.settled_on == date(2026, 3, 9)


def test_the_order_in_a_description_is_the_last_clue_and_all_that_is_kept_of_it() -> None:
    line = one(stripe(**{"payment_metadata[order_id]": ""}))

    assert line.clues[-1] == ("number", "5001")
    assert "Siti" not in repr(line)


def test_stripes_own_payouts_are_no_settlement_and_disputes_no_order_lines() -> None:
    rows = [
        stripe_row(balance_transaction_id="txn_2", reporting_category="payout", gross="-100.28"),
        stripe_row(balance_transaction_id="txn_3", reporting_category="dispute", gross="-103.88"),
    ]
    file = read(csv_of(STRIPE, rows))

    assert file.ignored == 1
    assert one(file).kind == "other"


def test_a_stripe_report_without_any_date_column_is_refused() -> None:
    columns = ("balance_transaction_id", "reporting_category", "gross", "fee", "net", "currency")

    with pytest.raises(SheetUnreadable, match="automatic_payout_effective_at"):
        read(csv_of(columns, [stripe_row()]))


# --- PayPal -------------------------------------------------------------------------------------


def test_a_paypal_payment_becomes_a_line_on_the_sites_date() -> None:
    file = paypal()
    line = one(file)

    assert file.format is Format.PAYPAL
    assert (line.key, line.kind) == ("paypal:9AB12345CD678901E", "charge")
    assert (line.gross, line.fee, line.net) == (
        Decimal("1103.88"),
        Decimal("3.60"),
        Decimal("1100.28"),
    )
    assert line.settled_on == date(2026, 3, 26)
    assert line.clues == (
        ("transaction", "9AB12345CD678901E"),
        ("number", "WC-5001"),
        ("number", "5001"),
    )
    assert "Siti" not in repr(line)


def test_a_paypal_refund_is_found_by_the_payment_it_refers_to() -> None:
    line = one(
        paypal(
            Type="Payment Refund",
            Gross="-20.00",
            Fee="0.70",
            Net="-19.30",
            **{"Reference Txn ID": "9AB", "Invoice Number": ""},
        )
    )

    assert (line.kind, line.fee) == ("refund", Decimal("-0.70"))
    assert line.clues[-1] == ("transaction", "9AB")


@pytest.mark.parametrize(
    "given",
    [
        {"Status": "Pending"},
        {"Status": "Denied"},
        {"Type": "General Withdrawal"},
        {"Type": "User Initiated Withdrawal"},
        {"Balance Impact": "Memo"},
    ],
)
def test_what_is_not_completed_or_only_moves_to_the_bank_is_ignored(given: dict[str, str]) -> None:
    file = paypal(**given)

    assert (file.lines, file.ignored, file.problems) == ((), 1, ())


@pytest.mark.parametrize("said", ["Chargeback", "Chargeback Fee", "General Currency Conversion"])
def test_what_is_neither_payment_nor_refund_is_no_order_line(said: str) -> None:
    assert one(paypal(Type=said)).kind == "other"


def dates(*written: str) -> list[date]:
    rows: list[Mapping[str, object]] = [
        paypal_row(Date=text, **{"Transaction ID": f"T{at}", "TimeZone": "GMT+08:00"})
        for at, text in enumerate(written)
    ]
    return [line.settled_on for line in read(csv_of(PAYPAL, rows)).lines]


def test_days_and_months_are_told_apart_by_the_whole_report() -> None:
    assert dates("03/04/2026", "03/25/2026") == [date(2026, 3, 4), date(2026, 3, 25)]
    assert dates("03/04/2026", "25/04/2026") == [date(2026, 4, 3), date(2026, 4, 25)]
    assert dates("09.03.2026") == [date(2026, 3, 9)]
    assert dates("2026-03-09") == [date(2026, 3, 9)]


def test_a_reading_that_lies_in_the_future_does_not_count() -> None:
    assert dates("11/12/2026") == [date(2026, 11, 12)]


def test_dates_that_could_be_either_are_not_guessed() -> None:
    with pytest.raises(SheetUnreadable, match="begin with the day or the month"):
        dates("03/04/2026")


def test_an_unknown_time_zone_is_a_wrong_cell() -> None:
    (problem,) = paypal(TimeZone="Moon").problems

    assert (problem.row, problem.column) == (2, "timezone")
    assert problem.message == "The time zone “Moon” is not known."


def test_the_format_can_be_said_where_the_heading_does_not_tell() -> None:
    with pytest.raises(SheetUnreadable, match="transaction_id"):
        read(csv_of(GENERIC, [generic_line()]), format=Format.PAYPAL)
