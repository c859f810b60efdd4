"""Finding out what is wrong with a key, from the codes that a shop gives.

WooCommerce says "cannot view" when it has not seen a key at all, and "authentication error"
when it has seen one and refuses it, for whatever reason. Two harmless questions tell the
reasons apart: a list of one order, and an empty batch, which changes nothing.
Source: the authentication page of the WooCommerce REST API reference.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from platforms.connection_steps import StepFailed
from platforms.errors import PlatformError
from platforms.json_body import json_part
from platforms.woocommerce.answers import AUTHENTICATION, code_of, error_of
from platforms.woocommerce.client import API, Client, Patience

FIREWALL_FIX = "Ask the shop's host to let Tillbridge's address through to /wp-json/."
KEYS_PAGE = "WooCommerce > Settings > Advanced > REST API"
NEW_KEY_FIX = f"{KEYS_PAGE}: add a key with Read/Write, and enter both of its parts here."
ONE_ORDER = {"per_page": "1", "_fields": "id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What the shop answered to one question."""

    status: int
    code: str
    fault: PlatformError | None

    @property
    def key_was_refused(self) -> bool:
        return self.code.startswith(AUTHENTICATION)

    @property
    def key_was_not_seen(self) -> bool:
        return self.status == 401 and not self.key_was_refused and bool(self.code)

    @property
    def user_was_refused(self) -> bool:
        return self.status == 403 and bool(self.code)

    @property
    def tells_about_the_key(self) -> bool:
        return self.fault is None or (self.status in (401, 403) and bool(self.code))


class KeyCheck:
    """The steps that concern the key. Each question is asked once."""

    def __init__(self, client: Client, patience: Callable[[], Patience]) -> None:
        self._client = client
        self._patience = patience

    def is_known(self, index: dict[str, Any]) -> str:
        """Whether the shop sees the key and knows it."""
        seen = self._reading
        if not seen.tells_about_the_key and seen.fault is not None:
            raise seen.fault
        if not seen.key_was_not_seen:
            return "The store sees the key."
        if self._client.scheme == "http":
            raise StepFailed("The store does not see the key.", fix=NEW_KEY_FIX)
        self._explain_unseen(index)
        raise StepFailed("The store does not know this consumer key.", fix=NEW_KEY_FIX)

    def _explain_unseen(self, index: dict[str, Any]) -> None:
        """Over HTTPS: a shop that does not know that it is, or a server that drops the header.

        A shop tries OAuth after everything else, and signs with what it believes its address
        to be: the signature that passes tells what it believes.
        """
        route = urlsplit(f"{self._client.root}/{API}/orders")
        home = urlsplit(str(index.get("home") or ""))
        here = f"{route.netloc}{route.path}"
        for believed in (f"http://{here}", f"http://{home.netloc}{route.path}"):
            if self._passes_as(believed):
                raise StepFailed(
                    "The store does not know that it is reached over HTTPS, and then WooCommerce "
                    "ignores the key.",
                    fix="Ask the shop's host to pass X-Forwarded-Proto on and to set HTTPS in "
                    "wp-config.php; WordPress: Settings > General: both addresses with https.",
                )
        if self._passes_as(f"https://{here}"):
            raise StepFailed(
                "The shop's web server drops the Authorization header, and with it the key.",
                fix="Ask the shop's host to pass the Authorization header on to PHP (Apache: "
                "CGIPassAuth On).",
            )

    def has_right_secret(self, index: dict[str, Any]) -> str:
        """Whether the secret belongs to the key; over plain HTTP also whether the key exists."""
        if not (self._reading.key_was_refused and self._writing.key_was_refused):
            return "The secret is right."
        if self._client.scheme == "https":
            raise StepFailed("The consumer secret is not the one of this key.", fix=NEW_KEY_FIX)
        home = str(index.get("home") or "")
        if home and urlsplit(home).netloc != urlsplit(self._client.root).netloc:
            raise StepFailed(
                f"The store calls itself {home}, and over plain HTTP it takes keys only there.",
                fix=f"Enter {home} as the address of the site.",
            )
        raise StepFailed("The store refuses the consumer key or its secret.", fix=NEW_KEY_FIX)

    def may_read(self) -> str:
        """Whether the key may read."""
        if self._reading.key_was_refused:
            raise StepFailed("The key may write, but not read.", fix=self._permission_fix())
        return "The key may read."

    def may_write(self) -> str:
        """Whether the key may write."""
        seen = self._writing
        if seen.key_was_refused or seen.key_was_not_seen:
            raise StepFailed("The key may read, but not write.", fix=self._permission_fix())
        if not seen.tells_about_the_key and seen.fault is not None:
            raise seen.fault
        return "The key may write."

    def user_has_rights(self) -> str:
        """Whether the WordPress user whose key it is may see and change orders."""
        if self._reading.user_was_refused or self._writing.user_was_refused:
            raise StepFailed(
                "The WordPress user of this key may not work with orders.",
                fix=f"{KEYS_PAGE}: add a key whose User is an administrator or a shop manager.",
            )
        return "The user of the key may work with orders."

    def _permission_fix(self) -> str:
        return f"{KEYS_PAGE}: open the key, set Permissions to Read/Write, and save."

    @cached_property
    def _reading(self) -> _Seen:
        return self._ask("orders", ONE_ORDER)

    @cached_property
    def _writing(self) -> _Seen:
        return self._ask("orders/batch", {}, body=b"{}")

    def _passes_as(self, believed: str) -> bool:
        try:
            return self._ask("orders", ONE_ORDER, oauth_as=believed).fault is None
        except PlatformError:
            return False

    def _ask(
        self,
        path: str,
        query: dict[str, str],
        *,
        body: bytes | None = None,
        oauth_as: str | None = None,
    ) -> _Seen:
        answer = self._client.raw(
            f"{self._client.root}/{API}/{path}",
            query,
            body=body,
            sign=self._client.signer(oauth_as=oauth_as),
            patience=self._patience(),
        )
        found = json_part(answer.body)
        fault = error_of(answer, found, is_reading=body is None)
        return _Seen(
            status=answer.status, code=code_of(found) if fault is not None else "", fault=fault
        )
