"""Headers that a store writes as it likes."""

import pytest

from platforms.wire_faults import http_date


@pytest.mark.parametrize(
    "text",
    [
        "Fri, 31 Dec 9999 23:59:59 -1200",
        "Mon, 01 Jan 99999 00:00:00 GMT",
        "Mon, 32 Foo 2026 99:99:99 GMT",
        "soon",
        "",
    ],
)
def test_a_date_that_no_calendar_has_is_none(text: str) -> None:
    assert http_date(text) is None
