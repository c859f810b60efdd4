"""What the transport does when a store is slow, gone, or asks to wait."""

import gzip
import logging
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from platforms.errors import BadResponse, OutcomeUnknown, SiteRefused, TryAgain
from platforms.outgoing import Signature
from platforms.transport import LARGEST_ANSWER, TookTooLong, Transport
from tests.platforms.scripted import Asked, in_turn, response, scripted

GOOD = response("[]", Date="Tue, 24 Nov 2026 20:46:03 GMT")


def transport() -> Transport:
    return Transport(allow_private=True, pause=lambda seconds: None)


def test_an_answer_tells_status_body_and_the_stores_own_clock() -> None:
    with scripted(in_turn(response("{}", 404, Date="Tue, 24 Nov 2026 20:46:03 GMT"))) as server:
        answer = transport().send("GET", f"{server.url}/a", query={"b": "c d"})

    assert (answer.status, answer.body) == (404, b"{}")
    assert answer.store_time == datetime(2026, 11, 24, 20, 46, 3, tzinfo=UTC)
    assert answer.url_without_query == f"{server.url}/a"
    assert server.asked[0].target == "/a?b=c%20d"
    assert server.asked[0].headers["user-agent"].startswith("Tillbridge/")
    assert server.asked[0].headers["accept"] == "application/json"


def test_a_connection_is_kept_for_the_next_request() -> None:
    opened: set[int] = set()

    with scripted(in_turn(GOOD)) as server:
        asking = transport()
        for _ in range(3):
            asking.send("GET", server.url)
        opened = {id(thread) for thread in server._threads[1:]}

    assert len(server.asked) == 3
    assert len(opened) == 1
    assert asking.requests == 3


@pytest.mark.parametrize("status", [502, 503, 504])
def test_reading_is_tried_again_when_a_store_stumbles(status: int) -> None:
    script = in_turn(response("", status), response("", status), GOOD)

    with scripted(script) as server:
        asking = transport()
        answer = asking.send("GET", server.url)

    assert answer.status == 200
    assert asking.requests == 3


def test_a_store_that_keeps_stumbling_is_believed_after_three_retries() -> None:
    with scripted(in_turn(response("", 503))) as server:
        asking = transport()
        answer = asking.send("GET", server.url)

    assert answer.status == 503
    assert asking.requests == 4


@pytest.mark.parametrize("status", [500, 404, 401])
def test_other_errors_are_not_asked_for_again(status: int) -> None:
    with scripted(in_turn(response("", status), GOOD)) as server:
        answer = transport().send("GET", server.url)

    assert answer.status == status
    assert len(server.asked) == 1


def test_a_write_is_sent_once_whatever_happens() -> None:
    with scripted(in_turn(response("", 503), GOOD)) as server:
        answer = transport().send("POST", server.url, body=b"{}")

    assert answer.status == 503
    assert len(server.asked) == 1


def test_pauses_between_retries_grow_and_vary() -> None:
    pauses: list[float] = []

    with scripted(in_turn(response("", 502))) as server:
        Transport(allow_private=True, pause=pauses.append).send("GET", server.url)

    assert len(pauses) == 3
    for pause, longest in zip(pauses, (0.3, 0.6, 1.2), strict=True):
        assert longest / 2 <= pause <= longest


def test_too_many_requests_is_told_with_the_seconds_to_wait() -> None:
    with (
        scripted(in_turn(response("", 429, Retry_After="17"))) as server,
        pytest.raises(TryAgain) as caught,
    ):
        transport().send("GET", server.url)

    assert caught.value.code == "store_rate_limited"
    assert caught.value.retry_after == 17
    assert len(server.asked) == 1


def test_too_many_requests_without_a_time_still_says_rate_limited() -> None:
    with (
        scripted(in_turn(response("", 429))) as server,
        pytest.raises(TryAgain) as caught,
    ):
        transport().send("POST", server.url, body=b"{}")

    assert caught.value.code == "store_rate_limited"
    assert caught.value.retry_after is None
    assert not isinstance(caught.value, OutcomeUnknown)


def test_a_date_to_wait_for_is_counted_by_the_stores_clock() -> None:
    answer = response(
        "",
        503,
        Date="Tue, 24 Nov 2026 20:46:03 GMT",
        Retry_After="Tue, 24 Nov 2026 20:56:03 GMT",
    )

    with scripted(in_turn(answer)) as server, pytest.raises(TryAgain) as caught:
        transport().send("GET", server.url)

    assert caught.value.code == "store_unreachable"
    assert caught.value.retry_after == 600
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("asked", "wait"), [("never", None), ("-5", None), ("9" * 30, 86_400), ("0", 0)]
)
def test_an_odd_time_to_wait_does_no_harm(asked: str, wait: int | None) -> None:
    with (
        scripted(in_turn(response("", 429, Retry_After=asked))) as server,
        pytest.raises(TryAgain) as caught,
    ):
        transport().send("GET", server.url)

    assert caught.value.retry_after == wait


def test_a_connection_cut_before_the_answer_is_tried_again_for_reading() -> None:
    with scripted(in_turn(None, GOOD)) as server:
        answer = transport().send("GET", server.url)

    assert answer.status == 200


def test_a_write_without_an_answer_has_an_unknown_outcome() -> None:
    with scripted(in_turn(None)) as server, pytest.raises(OutcomeUnknown) as caught:
        transport().send("POST", server.url, body=b"{}")

    assert len(server.asked) == 1
    assert "may have been done" in caught.value.sentence


def test_a_write_whose_answer_breaks_off_has_an_unknown_outcome() -> None:
    short = response(b"{}", Content_Length="50", Connection="close")

    with scripted(in_turn(short)) as server, pytest.raises(OutcomeUnknown):
        transport().send("PUT", server.url, body=b"{}")


def test_an_answer_that_breaks_off_is_no_answer() -> None:
    short = response(b"[1,", Content_Length="50", Connection="close")

    with scripted(in_turn(short)) as server, pytest.raises(TryAgain) as caught:
        transport().send("GET", server.url)

    assert "ended the connection" in caught.value.sentence


def test_a_write_to_a_closed_port_was_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(TryAgain) as caught:
        transport().send("POST", f"http://127.0.0.1:{port}/", body=b"{}")

    assert not isinstance(caught.value, OutcomeUnknown)
    assert "refused the connection" in caught.value.sentence


def test_an_unknown_name_is_said_so() -> None:
    with pytest.raises(TryAgain) as caught:
        transport().send("GET", "http://no-such-shop.invalid/", retries=0)

    assert "no-such-shop.invalid is not known" in caught.value.sentence


def test_an_address_that_is_none_refuses_the_site() -> None:
    with pytest.raises(SiteRefused):
        transport().send("GET", "shop")


def test_a_store_without_tls_is_said_to_have_no_certificate() -> None:
    with scripted(in_turn(response("Bad Request", 400))) as server, pytest.raises(TryAgain) as got:
        transport().send("GET", server.url.replace("http:", "https:"), retries=0)

    assert "certificate" in got.value.sentence


def test_a_slow_answer_ends_with_the_read_timeout() -> None:
    def slow(asked: Asked) -> bytes:
        time.sleep(0.6)
        return GOOD

    with scripted(slow) as server, pytest.raises(TookTooLong) as caught:
        transport().send("GET", server.url, read_seconds=0.2)

    assert "took too long" in caught.value.sentence
    assert len(server.asked) == 1


def test_a_body_that_drips_ends_with_the_deadline() -> None:
    def drip(asked: Asked) -> Iterator[bytes]:
        yield response(b"", Content_Length="1000")
        for _ in range(60):
            time.sleep(0.05)
            yield b" "

    began = time.monotonic()

    with scripted(drip) as server, pytest.raises(TookTooLong):
        transport().send("GET", server.url, read_seconds=5, deadline=0.4)

    assert time.monotonic() - began < 4


def test_a_head_that_drips_ends_with_the_deadline() -> None:
    def drip(asked: Asked) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n"
        for number in range(60):
            time.sleep(0.05)
            yield f"X-{number}: y\r\n".encode()

    began = time.monotonic()

    with scripted(drip) as server, pytest.raises(TookTooLong):
        transport().send("GET", server.url, read_seconds=5, deadline=0.4)

    assert time.monotonic() - began < 4


def test_a_large_answer_is_not_swallowed() -> None:
    def large(asked: Asked) -> Iterator[bytes]:
        yield response(b"", Content_Length=str(LARGEST_ANSWER * 4))
        for _ in range(LARGEST_ANSWER * 4 // (1 << 20)):
            yield b" " * (1 << 20)

    with scripted(large) as server, pytest.raises(BadResponse) as caught:
        transport().send("GET", server.url)

    assert "more than" in caught.value.sentence


def test_a_gzip_bomb_is_stopped_at_the_same_size() -> None:
    bomb = gzip.compress(b" " * (LARGEST_ANSWER * 4))
    assert len(bomb) < 100_000

    with (
        scripted(in_turn(response(bomb, Content_Encoding="gzip"))) as server,
        pytest.raises(BadResponse),
    ):
        transport().send("GET", server.url)


def test_a_packed_answer_is_unpacked() -> None:
    with scripted(in_turn(response(gzip.compress(b"[1]"), Content_Encoding="gzip"))) as server:
        answer = transport().send("GET", server.url)

    assert answer.body == b"[1]"


def test_an_answer_that_cannot_be_unpacked_is_a_passing_fault() -> None:
    with (
        scripted(in_turn(response(b"nonsense", Content_Encoding="gzip"))) as server,
        pytest.raises(TryAgain) as caught,
    ):
        transport().send("GET", server.url)

    assert "cannot be unpacked" in caught.value.sentence


def test_secrets_are_in_no_message_log_or_repr(caplog: pytest.LogCaptureFixture) -> None:
    secret = "cs_0123456789"

    def sign(method: str, url: str, query: object) -> Signature:
        return Signature(query={"signature": secret}, headers={"Authorization": secret})

    caplog.set_level(logging.DEBUG)
    with scripted(in_turn(response(secret, Link=secret), None)) as server:
        asking = transport()
        shown = [repr(asking.send("GET", f"{server.url}/x", sign=sign)), repr(sign("", "", {}))]
        with pytest.raises(TryAgain) as caught:
            asking.send("GET", f"{server.url}/x", sign=sign)
    with pytest.raises(TryAgain) as refused:
        asking.send("GET", f"{server.url}/x", sign=sign, retries=0)

    for error in (caught.value, refused.value):
        assert error.__cause__ is None
        assert error.__context__ is None
        shown += [str(error), repr(error), error.sentence]
    assert server.asked[0].query["signature"] == secret
    assert secret not in " ".join([*shown, caplog.text])
    assert "GET /x 200" in caplog.text
    assert "signature" not in caplog.text
