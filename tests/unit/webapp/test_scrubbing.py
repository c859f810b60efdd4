"""Secrets of both platforms, and our own, do not reach the log, however they are written down."""

import json
import secrets
from base64 import b64encode
from urllib.parse import quote, urlencode

import pytest
from cryptography.fernet import Fernet

from webapp.scrubbing import GONE, scrubbed

CREDENTIALS = {
    "consumer_key": "ck_" + secrets.token_hex(20),
    "consumer_secret": "cs_" + secrets.token_hex(20),
    "partner_key": secrets.token_hex(32),
    "access_token": secrets.token_hex(16),
    "refresh_token": secrets.token_hex(16),
    "code": secrets.token_hex(16),
    "sign": secrets.token_hex(32),
    "oauth_signature": b64encode(secrets.token_bytes(32)).decode(),
    "secret_key": secrets.token_urlsafe(48),
    "encryption_keys": Fernet.generate_key().decode(),
}
NAMED = list(CREDENTIALS.items())
FORMS = {
    "query": lambda name, value: (
        f"GET https://shop.example/x?a=1&{urlencode({name: value})}&b=2 failed"
    ),
    "json": lambda name, value: f"sent {json.dumps({'partner_id': 1, name: value})}",
    "repr": lambda name, value: f"StoreAccess(credentials={ {name: value}!r})",
    "assignment": lambda name, value: f"{name}={value}",
    "header": lambda name, value: f"{name}: {value}, Accept: */*",
    "environment": lambda name, value: f"TILLBRIDGE_{name.upper()}='{value}'",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("name", "value"), NAMED, ids=[name for name, _ in NAMED])
def test_a_secret_with_its_name_is_taken_out(name: str, value: str, form: str) -> None:
    line = FORMS[form](name, value)

    left = scrubbed(line)

    assert value not in left
    assert quote(value, safe="") not in left
    assert GONE in left


@pytest.mark.parametrize(
    "name", ["consumer_key", "consumer_secret", "partner_key", "access_token", "encryption_keys"]
)
def test_a_secret_without_its_name_is_known_by_its_shape(name: str) -> None:
    value = CREDENTIALS[name]

    assert value not in scrubbed(f"the store answered {value} and nothing else")


def test_headers_addresses_and_sealed_secrets_are_taken_out() -> None:
    basic = b64encode(b"ck_1:cs_2").decode()
    sealed = Fernet(Fernet.generate_key()).encrypt(b"hello").decode()

    for line, value in (
        (f"Authorization: Basic {basic}", basic),
        ("{'Authorization': 'Bearer abc.def-123'}", "abc.def-123"),
        ("postgresql+psycopg://shop:pa55word@db.example/shop is away", "pa55word"),
        (f"stored as {sealed}", sealed),
    ):
        assert value not in scrubbed(line)


@pytest.mark.parametrize(
    "line",
    [
        "pull of site 3: The store does not answer.",
        "order 10534 could not be planned",
        "main 1001: sale order: sales_revenue -1.00",
        "code=store_unreachable, state=retrying, attempts=3",
        "/var/lib/tillbridge/logs/2026-11-25/worker.log",
        "SELECT channel_orders.id FROM channel_orders WHERE channel_orders.site_id = 1",
        "https://shop.example/wp-json/wc/v3/orders?page=2&per_page=100&modified_after=2026-11-25",
    ],
)
def test_what_people_need_to_read_is_left(line: str) -> None:
    assert scrubbed(line) == line
