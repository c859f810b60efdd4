"""A connection to a sandbox store, as tests want it."""

from platforms import registry
from platforms.base import Store, StoreAccess, StoreFacts
from platforms.sandbox.woocommerce import Sandbox


def connected(
    sandbox: Sandbox, facts: StoreFacts | None = None, credentials: dict[str, str] | None = None
) -> Store:
    return registry.get("woocommerce").connect(
        StoreAccess(
            url=sandbox.url,
            credentials=credentials or sandbox.credentials,
            facts=facts or StoreFacts(),
            allow_private=True,
            ca_file=sandbox.ca_file if sandbox.https else "",
        )
    )


def connect_to(url: str, facts: StoreFacts | None = None) -> Store:
    """A connection to a scripted server, which looks at no key."""
    return registry.get("woocommerce").connect(
        StoreAccess(
            url=url,
            credentials={"consumer_key": "ck_1", "consumer_secret": "cs_1"},
            facts=facts or StoreFacts(),
            allow_private=True,
        )
    )
