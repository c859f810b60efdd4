"""The signature of a push, held against a known one."""

from platforms.sandbox.shopee.push_sending import signature

URL = "http://127.0.0.1:8000/shopee/push"
BODY = (
    b'{"data":{"items":[],"ordersn":"220810QSK8S7BX","status":"PROCESSED",'
    b'"completed_scenario":"","update_time":1660123127},"shop_id":727720655,"code":3,'
    b'"timestamp":1660123127}'
)
SIGNED = "a77c438427b8f947a17b683bc6bc582ba67d740b2b3b52edfe8d3053788b7d37"


def test_a_push_is_signed_over_url_bar_body() -> None:
    assert signature("testpartnerkey", URL, BODY) == SIGNED


def test_another_byte_of_the_body_or_the_url_makes_another_signature() -> None:
    assert signature("testpartnerkey", URL, BODY + b" ") != SIGNED
    assert signature("testpartnerkey", URL + "/", BODY) != SIGNED
