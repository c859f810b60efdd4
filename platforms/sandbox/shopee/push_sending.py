"""One push on the wire: signed over its raw bytes and sent over a real connection.

Source: the push mechanism page (`Authorization` is the lower-case hex HMAC-SHA256 of
`<callback url>|<raw body>` under the partner key; success is 2xx with an empty body).
"""

import hashlib
import hmac
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import NamedTuple
from urllib.parse import urlsplit

ANSWER_SECONDS = 3.0


class Answer(NamedTuple):
    """`status` 0: there was no answer in time."""

    status: int
    body: bytes

    @property
    def is_2xx(self) -> bool:
        return 200 <= self.status <= 299

    @property
    def is_success(self) -> bool:
        return self.is_2xx and not self.body


NO_ANSWER = Answer(0, b"")


def signature(partner_key: str, callback_url: str, body: bytes) -> str:
    """What the `Authorization` header of a push must be. `callback_url` as registered."""
    base = callback_url.encode() + b"|" + body
    return hmac.new(partner_key.encode(), base, hashlib.sha256).hexdigest()


def send(partner_key: str, callback_url: str, body: bytes) -> Answer:
    """Post it; no redirect is followed."""
    parts = urlsplit(callback_url)
    connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = connect(parts.hostname or "", parts.port, timeout=ANSWER_SECONDS)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "Authorization": signature(partner_key, callback_url, body),
        "Content-Type": "application/json",
        "User-Agent": "Shopee-Open-Platform",
        "Connection": "close",
    }
    try:
        connection.request("POST", target, body, headers)
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(64))
    except (OSError, HTTPException):
        return NO_ANSWER
    finally:
        connection.close()
