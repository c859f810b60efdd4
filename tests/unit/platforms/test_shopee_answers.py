"""What Shopee's refusals mean, by code and message together."""

from datetime import UTC, datetime
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
from platforms.money import encode_json
from platforms.shopee.answers import (
    ClockRefused,
    CodeRefused,
    QuestionRefused,
    StaleToken,
    bare,
    error_of,
    fields_in,
)
from platforms.shopee.refusals import NotAllowed
from platforms.transport import Answer

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)  # 23:00 in UTC+8


def answer(body: bytes, status: int = 200, **headers: str) -> Answer:
    return Answer(
        status=status,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=body,
        url_without_query="https://partner.shopeemobile.com/api/v2/x",
        store_time=NOW,
    )


def told(
    code: str,
    message: str = "",
    *,
    status: int = 200,
    path: str = "order/get_order_list",
    is_reading: bool = True,
    **headers: str,
) -> PlatformError | None:
    body = encode_json({"error": code, "message": message, "request_id": "r"})
    got = answer(body, status, **headers)
    return error_of(got, fields_in(body), path=path, is_reading=is_reading)


def raw(body: bytes, status: int = 200, *, is_reading: bool = True) -> PlatformError | None:
    return error_of(answer(body, status), fields_in(body), path="x/y", is_reading=is_reading)


@pytest.mark.parametrize("code", ["", "-", " "])
def test_no_error_is_success_whatever_stands_in_its_place(code: str) -> None:
    assert told(code, "") is None


def test_one_module_is_taken_off_a_code_and_a_typo_is_not() -> None:
    assert bare("product.error_param") == "error_param"
    assert bare("error.param") == "error.param"
    assert bare("common.batch_api_all_failed") == "batch_api_all_failed"
    assert bare("error_auth") == "error_auth"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("invalid_acceess_token", "Invalid access_token, please have a check."),
        ("error_auth", "Invalid access_token."),
        ("invalid_access_token", ""),
        ("error_param", "access_token is expired."),
    ],
)
def test_a_stale_token_is_told_by_code_or_message(code: str, message: str) -> None:
    assert isinstance(told(code, message, status=403), StaleToken)


def test_a_stock_rule_is_not_a_stale_token_though_its_code_is_the_same() -> None:
    found = told(
        "error_auth",
        "Total stock must be more than reserved stock.",
        path="product/update_stock",
        is_reading=False,
    )

    assert type(found) is Refused
    assert found.said == "error_auth: Total stock must be more than reserved stock."
    assert found.details == {"error": "error_auth"}


def test_a_refusal_of_the_time_brings_the_stores_own() -> None:
    found = told("error_param", "Timestamp is expired.", status=403)

    assert isinstance(found, ClockRefused)
    assert found.store_time == NOW


def test_calling_too_often_waits_as_long_as_the_store_asks() -> None:
    found = told("error_rate_limit", "Too many requests", Retry_After="9")

    assert isinstance(found, TryAgain)
    assert (found.code, found.retry_after) == ("store_rate_limited", 9)


def test_a_used_up_day_waits_until_midnight_in_singapore() -> None:
    found = told("error_limit", "Your app has reached its daily limit")

    assert isinstance(found, TryAgain)
    assert found.code == "store_rate_limited"
    assert found.retry_after is not None
    assert 3600 <= found.retry_after <= 3601


def test_a_modules_limit_is_about_the_order_and_not_the_day() -> None:
    found = told("order.error_limit", "Can not cancel this order", is_reading=False)

    assert type(found) is Refused


@pytest.mark.parametrize(
    ("code", "message", "fix"),
    [
        ("error_partner_key_expired", "Your partner key has expired.", "reset it"),
        ("source_ip_undeclared", "Source IP 203.0.113.9 is undeclared", "whitelist"),
        ("error_api_permission", "No permission", "API permissions"),
        ("error_auth", "No permission to current api", "API permissions"),
        ("shop_banned", "Shop is banned", "Account Health"),
        ("api_suspended", "", "host alone"),
        ("error_param", "The api is offline or the request path is incorrect", "host alone"),
    ],
)
def test_what_may_pass_by_itself_is_looked_at_again(code: str, message: str, fix: str) -> None:
    found = told(code, message, status=403)

    assert isinstance(found, SiteRefused)
    assert fix in found.fix
    assert found.retry_after


@pytest.mark.parametrize(
    ("code", "message", "fix"),
    [
        ("error_sign", "Wrong sign.", "same environment"),
        ("invalid_partner_id", "Invalid partner_id, please have a check.", "partner id"),
        ("error_auth", "partner_id is invalid", "partner id"),
        ("error_param", "There is no sign in query.", "partner id"),
        ("partner_shop_no_link", "", "Authorise the shop again"),
        ("shop_no_linked", "Partner and shop has no linked.", "Authorise the shop again"),
        ("shop_access_expired", "", "Authorise the shop again"),
    ],
)
def test_what_a_person_must_mend_stops_the_site(code: str, message: str, fix: str) -> None:
    found = told(code, message, status=403)

    assert isinstance(found, SiteRefused)
    assert found.code == "store_refused_credentials"
    assert fix in found.fix
    assert found.retry_after is None


def test_a_call_that_is_not_open_is_told_from_a_site_that_is_closed() -> None:
    assert isinstance(told("error_api_permission", "No permission"), NotAllowed)
    assert not isinstance(told("shop_banned", "Shop is banned"), NotAllowed)


@pytest.mark.parametrize(
    "code", ["error_server", "error_network", "error_system_busy", "error_inner"]
)
def test_a_system_error_passes(code: str) -> None:
    assert type(told(code, "Please try later.")) is TryAgain


def test_a_system_error_after_a_write_leaves_its_outcome_unknown() -> None:
    assert type(told("error_server", "", is_reading=False)) is OutcomeUnknown
    assert type(told("error_system_busy", "", is_reading=False)) is TryAgain


def test_a_wrong_place_is_no_passing_fault_though_its_code_is_the_same() -> None:
    assert type(told("error_inner", "Invalid stock location ID", is_reading=False)) is Refused


def test_a_code_of_the_consent_that_was_used_is_refused() -> None:
    assert isinstance(told("invalid_code", "", path="auth/token/get"), CodeRefused)
    assert isinstance(told("error_auth", "Invalid code", path="auth/token/get"), CodeRefused)


def test_a_refresh_token_that_is_refused_asks_for_a_new_consent() -> None:
    found = told("error_auth", "Invalid refresh_token.", path="auth/access_token/get")

    assert isinstance(found, SiteRefused)
    assert not isinstance(found, StaleToken)
    assert "Authorise the shop again" in found.fix


def test_an_order_that_is_not_there_is_not_found() -> None:
    found = told("order.error_not_found", "Wrong parameters, detail: the order is not found.")

    assert isinstance(found, NotFound)


def test_an_unknown_code_of_a_question_keeps_the_stores_words() -> None:
    found = told("order.order_list_invalid_time", "The time range is too long.")

    assert isinstance(found, QuestionRefused)
    assert found.error == "order_list_invalid_time"
    assert found.said == "order.order_list_invalid_time: The time range is too long."


def test_the_stores_words_show_no_secret() -> None:
    secret = "5a6b7c8d" * 4
    found = told("error_sign", f"Wrong sign for access_token=abc123&sign={secret} {secret}")

    assert found is not None
    assert secret not in found.said
    assert "abc123" not in found.said


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"blocked by gateway: invalid cid", 500, TryAgain),
        (b"<html>403 Forbidden</html>", 403, SiteRefused),
        (b"<html>Not Found</html>", 404, SiteRefused),
        (b"<html>welcome</html>", 200, BadResponse),
        (b'{"error":"","response":{"more":fal', 200, TryAgain),
        (b"", 200, TryAgain),
        (b"[1]", 200, TryAgain),
    ],
)
def test_what_is_no_answer_is_survived(body: bytes, status: int, kind: type[Any]) -> None:
    assert isinstance(raw(body, status), kind)


@pytest.mark.parametrize("body", [b"<html>hello</html>", b'{"error":"', b""])
def test_a_write_answered_by_no_answer_may_have_been_done(body: bytes) -> None:
    assert type(raw(body, is_reading=False)) is OutcomeUnknown


def test_noise_before_an_answer_is_stepped_over() -> None:
    body = b"\xef\xbb\xbfNotice: x in [0]\n" + b'{"error":"","message":"","response":{"a":1}}'

    assert raw(body) is None
    fields = fields_in(body)
    assert fields is not None
    assert bytes(fields["response"]) == b'{"a":1}'
