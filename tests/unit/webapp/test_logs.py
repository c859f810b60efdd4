"""A log line: what it is about, one JSON object where that is asked for, never a secret."""

import logging
from collections.abc import Iterator

import msgspec
import pytest

from webapp.logs import VARIABLE, LogHandler, about, set_up_logs

KEY = "ck_0123456789abcdef0123456789abcdef01234567"
log = logging.getLogger("tests.logs")


@pytest.fixture(autouse=True)
def without_our_handler() -> Iterator[None]:
    yield
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, LogHandler)]:
        root.removeHandler(handler)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [msgspec.json.decode(line) for line in capsys.readouterr().err.splitlines()]


def test_a_json_line_says_what_it_is_about(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs({VARIABLE: "json"})

    with about(site="main", run=7), about(order="1001"):
        log.warning("took %d s", 3)
    log.error("afterwards", extra={"order": "1002"})

    first, second = lines(capsys)
    assert first["message"] == "took 3 s"
    assert (first["site"], first["run"], first["order"]) == ("main", 7, "1001")
    assert (first["level"], first["logger"]) == ("warning", "tests.logs")
    assert str(first["at"]).endswith("Z")
    assert second["order"] == "1002"
    assert "site" not in second


@pytest.mark.parametrize("form", ["json", ""])
def test_no_form_writes_a_secret_not_even_in_a_trace(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs({VARIABLE: form})

    with about(site=f"shop {KEY}"):
        try:
            raise ValueError(f"GET /orders?consumer_key={KEY}")
        except ValueError:
            log.exception("the store refused %s", KEY)

    said = capsys.readouterr().err
    assert KEY not in said
    assert "ValueError" in said
    assert "the store refused" in said


def test_setting_up_twice_writes_a_line_once(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs({})
    set_up_logs({VARIABLE: "json"})

    log.warning("once")

    assert [line["message"] for line in lines(capsys)] == ["once"]


def test_text_for_people_names_what_it_is_about(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs({})

    with about(site="main", run=7):
        log.warning("took long")

    assert capsys.readouterr().err.rstrip().endswith("tests.logs: took long [site=main run=7]")
