"""What people read: tables that line up, amounts, counts, progress when nobody has a terminal."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from webapp.cli import progress
from webapp.cli.output import Answer, fault_lines, instant, plain_data, print_answer
from webapp.cli.tables import count, cut, goes, money, states_text, table


def test_amounts_stand_at_the_right_and_wide_letters_take_two_places() -> None:
    shown = table(("name", "total"), [("茶", "1.00"), ("Mug", "1,234.50")], right=("total",))

    assert shown.splitlines() == [
        "name     total",
        "────  ────────",
        "茶        1.00",
        "Mug   1,234.50",
    ]


def test_a_table_without_rows_is_nothing() -> None:
    assert table(("name",), []) == ""


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (Decimal("1234.5"), "MYR", "1,234.50"),
        (Decimal("3240"), "JPY", "3,240"),
        (Decimal("12.345"), "KWD", "12.345"),
        (Decimal("-0.004"), "MYR", "0.00"),
        (None, "MYR", "–"),
    ],
)
def test_amounts_have_their_currencys_digits(
    amount: Decimal | None, currency: str, shown: str
) -> None:
    assert money(amount, currency) == shown


def test_counts_agree_with_their_noun() -> None:
    assert (count(1, "order"), count(1200, "order")) == ("1 order", "1,200 orders")
    assert (count(1, "entry", "entries"), count(0, "entry", "entries")) == ("1 entry", "0 entries")
    assert (goes(1), goes(2)) == ("1 order goes", "2 orders go")


def test_only_states_that_there_are_are_told() -> None:
    assert states_text({"synced": 1200, "blocked": 0, "failed": 1}) == "1,200 synced, 1 failed"
    assert states_text({"synced": 0}) == "no orders"


def test_a_long_text_is_cut_and_kept_in_one_line() -> None:
    assert cut("one\ntwo  three", 9) == "one two…"


def test_instants_are_utc_with_z() -> None:
    assert instant(datetime(2026, 3, 5, 4, 0, tzinfo=UTC)) == "2026-03-05T04:00:00Z"
    assert instant(None) is None


def test_amounts_in_json_are_strings_and_never_numbers() -> None:
    assert plain_data({"a": Decimal("103.88"), "b": (Decimal("1E+3"),)}) == {
        "a": "103.88",
        "b": ["1000"],
    }


def test_many_faults_are_cut_for_people() -> None:
    faults = [{"row": row, "column": "sku", "message": "wrong"} for row in range(2, 102)]

    lines = fault_lines(faults)

    assert lines[0] == "row 2, sku: wrong"
    assert lines[-1] == "… and 50 more; --json lists them all."


def test_progress_without_a_terminal_is_a_line_every_few_seconds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = iter([0.0, 1.0, 4.0, 5.0, 8.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(now))

    with progress.shown_progress() as tell:
        for done in (100, 400, 500, 800):
            tell(done, 1000, "orders")

    assert capsys.readouterr().err == (
        "orders: 400 of 1,000 (100/s, 6 s left)\norders: 800 of 1,000 (100/s, 2 s left)\n"
    )


@pytest.mark.parametrize("steering", ["\x1b[2J", "\x9b2J", "\u202e", "\r", "\0"])
def test_what_a_store_wrote_does_not_steer_the_terminal(
    capsys: pytest.CaptureFixture[str], steering: str
) -> None:
    name = f"Mug{steering} of tin\n\tnext line"

    print_answer(Answer(data={}, text=name, complaint=name), wants_json=False)

    out, err = capsys.readouterr()
    assert steering not in out + err
    assert out.endswith(" of tin\n\tnext line\n")
