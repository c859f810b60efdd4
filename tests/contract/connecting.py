"""A platform and the local store of the same name, connected: what every test of it begins with."""

from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from typing import Any

from platforms.base import (
    FetchedOrder,
    Keyring,
    OpenedOrder,
    Platform,
    RemoteListing,
    Store,
    StoreAccess,
    StoreTerms,
)
from platforms.sandbox.local_store import LocalStore
from platforms.sandbox.story import Story

ORDERS = 130  # more than a page


def local_store(name: str, *, orders: int) -> LocalStore:
    """A platform's local store, not serving yet."""
    opened: LocalStore = import_module(f"platforms.sandbox.{name}").open_sandbox(orders=orders)
    return opened


def told_story(name: str) -> Story:
    """A platform's local store in which things can happen, whatever the platform calls them."""
    opened: Story = import_module(f"platforms.sandbox.{name}.story").open_story()
    return opened


def keys_of(sandbox: Any) -> dict[str, str]:
    """What a person fills in to connect a local store, as forms and declarations give it."""
    return {name: str(value) for name, value in sandbox.credentials.items()}


def access(
    sandbox: Any,
    *,
    keys: Mapping[str, str] | None = None,
    keyring: Keyring | None = None,
    allow_private: bool = True,
) -> StoreAccess:
    return StoreAccess(
        url=sandbox.url,
        credentials=keys_of(sandbox) if keys is None else keys,
        keyring=keyring,
        allow_private=allow_private,
    )


def connected(platform: Platform, sandbox: Any, **given: Any) -> Store:
    return platform.connect(access(sandbox, **given))


def secrets_of(platform: Platform) -> frozenset[str]:
    return frozenset(field.name for field in platform.credential_fields if field.is_secret)


def renewed_keys(platform: Platform) -> frozenset[str]:
    """Names of the keys that the store renews while we use them."""
    return frozenset(field.name for field in platform.credential_fields if field.is_renewed)


def pulled(store: Store, since: datetime | None = None) -> list[FetchedOrder]:
    return [order for page in store.changed_orders(since=since) for order in page.orders]


def opened(platform: Platform, store: Store) -> list[OpenedOrder]:
    """Every order, its details read."""
    orders = store.with_details(pulled(store))
    return [platform.open_order(order, StoreTerms()) for order in orders]


def listings_of(store: Store) -> list[RemoteListing]:
    return [listing for page in store.catalogue() for listing in page]
