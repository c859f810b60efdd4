"""A local Shopee shop over the socket, and a client of it as the product makes one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from platforms.base import Keyring, StoreAccess
from platforms.keys import KeysInHand
from platforms.sandbox.shopee import open_sandbox
from platforms.shopee.client import Client


@contextmanager
def shop(**settings: Any) -> Iterator[Any]:
    """A sandbox, closed at the end."""
    with open_sandbox(**settings) as sandbox:
        yield sandbox


def access_to(sandbox: Any, *, keyring: Keyring | None = None, **keys: str) -> StoreAccess:
    """How the product reaches it; `keys` in place of the sandbox's own."""
    credentials = {**sandbox.credentials, **keys}
    return StoreAccess(
        url=sandbox.url,
        credentials=credentials,
        allow_private=True,
        keyring=keyring or KeysInHand(credentials),
    )


def client_of(sandbox: Any, *, keyring: Keyring | None = None, **keys: str) -> Client:
    return Client(access_to(sandbox, keyring=keyring, **keys))
