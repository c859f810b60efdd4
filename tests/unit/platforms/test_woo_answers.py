"""What an answer says: JSON dug out of notices, errors told by code and not by message."""

import json
from typing import Any

import pytest

from platforms.errors import (
    BadResponse,
    NotFound,
    OutcomeUnknown,
    PlatformError,
    Refused,
    SiteRefused,
    TryAgain,
)
from platforms.json_body import json_part
from platforms.transport import Answer
from platforms.woocommerce.answers import (
    BatchTooLarge,
    NoRoute,
    Overloaded,
    QuestionRefused,
    clean,
    error_of,
)
from tests.unit.platforms.woo_payloads import PAYLOADS, index

NOTICE = b"<br />\n<b>Warning</b>:  Undefined array key [0] in {main} <b>x.php</b> on line <b>3</b><br />\n"
BOM = b"\xef\xbb\xbf"
PAGE = b'<!DOCTYPE html><html><script>{"@context": [1, 2]}</script><h1>Shop</h1></html>'


def answer(status: int, body: bytes) -> Answer:
    return Answer(
        status=status, headers={}, body=body, url_without_query="https://x", store_time=None
    )


def error(status: int, body: bytes, *, is_reading: bool = True) -> PlatformError | None:
    return error_of(answer(status, body), json_part(body), is_reading=is_reading)


def envelope(code: object, status: object = None, **data: Any) -> bytes:
    told = {"status": status, **data}
    return json.dumps({"code": code, "message": "Nachricht", "data": told}).encode()


# Every captured answer that is an error, or is not.
CAPTURED = [
    (entry["file"], entry["status"], entry["method"])
    for entry in index()
    if (PAYLOADS / entry["file"]).exists() and (PAYLOADS / entry["file"]).stat().st_size
]
WRITE_KINDS = {
    "woocommerce_rest_authentication_error": SiteRefused,
    "woocommerce_rest_cannot_view": SiteRefused,
    "woocommerce_rest_request_entity_too_large": BatchTooLarge,
    "rest_no_route": NoRoute,
    "woocommerce_rest_shop_order_invalid_id": NotFound,
    "woocommerce_rest_shop_order_refund_invalid_id": NotFound,
}


@pytest.mark.parametrize(("file", "status", "method"), CAPTURED)
def test_every_captured_answer_is_told_by_its_code(file: str, status: int, method: str) -> None:
    body = (PAYLOADS / file).read_bytes()
    is_reading = method == "GET"

    found = error(status, body, is_reading=is_reading)

    if status < 400:
        assert found is None
        return
    otherwise = QuestionRefused if is_reading else Refused
    assert type(found) is WRITE_KINDS.get(json.loads(body)["code"], otherwise)


@pytest.mark.parametrize(
    ("status", "body", "is_reading", "kind"),
    [
        (401, envelope("woocommerce_rest_authentication_error", 401), True, SiteRefused),
        (
            401,
            envelope("woocommerce_rest_authentication_missing_parameter", 401),
            True,
            SiteRefused,
        ),
        (403, envelope("woocommerce_rest_cannot_create", 403), False, SiteRefused),
        (404, envelope("woocommerce_rest_product_invalid_id", 404), True, NotFound),
        (400, envelope("woocommerce_rest_shop_order_invalid_id", 400), False, NotFound),
        (410, envelope("woocommerce_rest_already_trashed", 410), False, NotFound),
        (404, envelope("rest_no_route", 404), True, NoRoute),
        (404, PAGE, True, NoRoute),
        (400, envelope("rest_invalid_param", 400, params={"status": "no"}), False, Refused),
        (
            500,
            b'{"code":"woocommerce_rest_cannot_create_order_refund","message":"x","data":500}',
            False,
            Refused,
        ),
        (500, b'{"code":"woocommerce_rest_x","message":"x","data":null}', True, QuestionRefused),
        (400, b'{"code":7,"message":"x","data":null}', False, Refused),
        (501, envelope("woocommerce_rest_trash_not_supported", 501), False, Refused),
        (500, envelope("internal_server_error", 500), True, Overloaded),
        (500, envelope("internal_server_error", 500), False, OutcomeUnknown),
        (503, envelope("wp_die", 503), True, Overloaded),
        (500, b"", True, Overloaded),
        (500, PAGE, False, OutcomeUnknown),
        (502, b"<html>Bad gateway</html>", True, Overloaded),
        (504, b"", False, OutcomeUnknown),
        (508, PAGE, True, Overloaded),
        (403, b"<html>Forbidden</html>", True, SiteRefused),
        (406, b"<html>Mod_Security</html>", False, SiteRefused),
        (200, b"<html><title>Just a moment...</title></html>", True, SiteRefused),
        (200, PAGE, True, BadResponse),
        (200, PAGE, False, OutcomeUnknown),
        (200, b'[{"id": 1}, {"id"', True, TryAgain),
        (200, b'{"update": [{"id": 1}', False, OutcomeUnknown),
        (200, b"", True, TryAgain),
        (200, b"", False, OutcomeUnknown),
        (200, envelope("woocommerce_rest_cannot_view", 401), True, SiteRefused),
    ],
)
def test_the_class_of_an_error_says_what_to_do_next(
    status: int, body: bytes, is_reading: bool, kind: type[PlatformError]
) -> None:
    found = error(status, body, is_reading=is_reading)

    assert type(found) is kind or (kind is TryAgain and type(found) is TryAgain)


def test_a_deleted_order_is_believed_only_from_the_store_itself() -> None:
    """A page of a web server with 404 says nothing about an order."""
    assert not isinstance(error(404, PAGE), NotFound)
    assert not isinstance(error(404, envelope("rest_no_route", 404)), NotFound)
    assert not isinstance(error(410, PAGE), NotFound)


@pytest.mark.parametrize(
    "body",
    [
        b'[{"id":1}]',
        b'  [{"id":1}]\n',
        BOM + b'[{"id":1}]',
        BOM + BOM + b' [{"id":1}]',
        NOTICE + b'[{"id":1}]',
        NOTICE + NOTICE + b'[{"id":1}]',
        b"Notice: Array [0] and {} in x.php\n" + b'[{"id":1}]',
        b'[{"id":1}]' + NOTICE,
        BOM + NOTICE + b'[{"id":1}]' + NOTICE,
    ],
)
def test_notices_and_marks_around_the_json_are_survived(body: bytes) -> None:
    assert json_part(body) == b'[{"id":1}]'
    assert error(200, body) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        PAGE,
        b"\n <html><body>[1, 2]</body></html>",
        b'<!-- cached --> <!DOCTYPE html><script>{"id": 5}</script>',
        b'[{"id":1},{"id":2',
        b'{"update":[{"id":1},{"id":2}]',
        NOTICE + b'[{"id":1},{"id":2',
        NOTICE + b'[\n  {"id":1},\n  {"id":2',
        b"\xff\xfe[1]",
        b"just words",
        b"[" * 100_000,
    ],
)
def test_what_is_no_whole_json_is_taken_for_none(body: bytes) -> None:
    assert json_part(body) is None


def test_the_stores_words_are_plain_short_and_without_keys() -> None:
    words = "<b>No</b> &quot;x&quot; ck_0123456789abcdef oauth_signature=abc%3D " + "y" * 500

    said = clean(words)

    assert said.startswith('No "x" … … yyy')
    assert len(said) == 200


def test_a_refusal_names_the_fields_that_it_refuses() -> None:
    body = envelope("rest_invalid_param", 400, params={"billing": "Invalid <b>address</b>."})

    found = error(400, body, is_reading=False)

    assert isinstance(found, Refused)
    assert found.details == {"billing": "Invalid address."}
    assert found.said == "Nachricht"


def test_missing_fields_come_as_a_list() -> None:
    found = error(
        400, envelope("rest_missing_callback_param", 400, params=["topic"]), is_reading=False
    )

    assert isinstance(found, Refused)
    assert found.details == {"topic": "missing"}


@pytest.mark.parametrize("steering", ["\x1b[2J", "\0", "\u202e", "&#27;[2J", "&#8238;"])
def test_a_stores_words_do_not_steer_a_terminal(steering: str) -> None:
    said = clean(f"Out{steering} of stock")

    assert said.isprintable()
    assert said.endswith("of stock")
