"""What instant a date filter means, the trap of offset and flag included."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from platforms.sandbox.woocommerce.dates import filter_bound, gmt, is_date, local

CHICAGO = ZoneInfo("America/Chicago")
KOLKATA = ZoneInfo("Asia/Kolkata")


def _utc(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("text", "flag", "wanted"),
    [
        ("2026-11-24T06:00:00", False, _utc(2026, 11, 24, 12)),
        ("2026-11-24T06:00:00", True, _utc(2026, 11, 24, 6)),
        ("2026-11-24T12:00:00Z", False, _utc(2026, 11, 24, 12)),
        ("2026-11-24T17:30:00+05:30", False, _utc(2026, 11, 24, 12)),
        ("2026-11-24T12:00:00.750Z", False, _utc(2026, 11, 24, 12)),
    ],
)
def test_a_filter_means_the_instant_that_the_shop_documents(
    text: str, flag: bool, wanted: int
) -> None:
    assert filter_bound(text, CHICAGO, dates_are_gmt=flag) == wanted


def test_offset_and_flag_together_open_too_early_a_window_west_of_utc() -> None:
    bound = filter_bound("2026-11-24T12:00:00Z", CHICAGO, dates_are_gmt=True)

    assert bound == _utc(2026, 11, 24, 6)


def test_offset_and_flag_together_miss_hours_east_of_utc() -> None:
    bound = filter_bound("2026-11-24T12:00:00Z", KOLKATA, dates_are_gmt=True)

    assert bound == _utc(2026, 11, 24, 17, 30)


@pytest.mark.parametrize("text", ["2026-01-01", "yesterday", "1700000000", "2026-13-01T00:00:00"])
def test_what_is_no_date_time_is_refused(text: str) -> None:
    assert not is_date(text)
    with pytest.raises(ValueError, match="not a date-time"):
        filter_bound(text, CHICAGO, dates_are_gmt=True)


def test_an_instant_is_printed_in_utc_and_on_the_sites_clock_without_offset() -> None:
    at = _utc(2026, 11, 24, 20, 43, 43)

    assert gmt(at) == "2026-11-24T20:43:43"
    assert local(at, CHICAGO) == "2026-11-24T14:43:43"
    assert gmt(None) is None
