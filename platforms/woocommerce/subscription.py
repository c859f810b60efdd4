"""A shop's webhooks to us: looked at, made, and woken when the shop has given them up.

A shop disables a webhook after some deliveries in a row that were not taken, and tells nobody.
Source: /wc/v3/webhooks of the WooCommerce REST API reference. It never shows a secret again, so
each repair sends ours anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from platforms.base import Subscription, SubscriptionState
from platforms.errors import BadResponse
from platforms.payload_fields import Row, as_id, is_number, text
from platforms.woocommerce.client import LARGEST_PAGE, Client

TOPICS = ("order.created", "order.updated", "order.deleted", "order.restored")
NAME = "Tillbridge"
# No shop has more than a thousand webhooks.
MOST_PAGES = 10

PLACE = "WooCommerce > Settings > Advanced > Webhooks"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hook:
    id: str
    topic: str
    status: str


def subscription(client: Client, url: str) -> Subscription:
    """How the webhooks to this address stand, the worst of them first."""
    return _state_of(_ours(client, url))


def subscribe(client: Client, url: str, secret: str) -> Subscription:
    """Make what is missing, put right what is ours: active, and signed with this secret."""
    ours = _ours(client, url)
    for hook in ours:
        client.write(
            "PUT",
            f"webhooks/{hook.id}",
            {"status": "active", "secret": secret, "delivery_url": url},
        )
    for topic in TOPICS:
        if topic not in {hook.topic for hook in ours}:
            client.write(
                "POST",
                "webhooks",
                {
                    "name": f"{NAME}: {topic}",
                    "topic": topic,
                    "delivery_url": url,
                    "secret": secret,
                    "status": "active",
                },
            )
    return subscription(client, url)


def _ours(client: Client, url: str) -> list[_Hook]:
    """The webhooks that deliver orders to this very address; those of others are none of ours."""
    found: dict[str, _Hook] = {}
    for page in range(1, MOST_PAGES + 1):
        query = {
            "per_page": str(LARGEST_PAGE),
            "page": str(page),
            "orderby": "id",
            "order": "asc",
            "status": "all",
        }
        rows = client.get("webhooks", query).objects("webhooks")
        for row in rows:
            if text(row, "delivery_url") == url and text(row, "topic") in TOPICS:
                hook = _hook(row)
                found[hook.id] = hook
        if len(rows) < LARGEST_PAGE:
            break
    return list(found.values())


def _hook(row: Row) -> _Hook:
    found = as_id(row.get("id"))
    if found is None or not is_number(found):
        raise BadResponse("The store names a webhook without an id.")
    return _Hook(id=found, topic=text(row, "topic"), status=text(row, "status"))


def _state_of(ours: Sequence[_Hook]) -> Subscription:
    disabled = [hook.topic for hook in ours if hook.status == "disabled"]
    paused = [hook.topic for hook in ours if hook.status not in ("active", "disabled")]
    missing = [topic for topic in TOPICS if topic not in {hook.topic for hook in ours}]
    if disabled:
        return Subscription(
            state=SubscriptionState.DISABLED,
            said=f"The store has disabled {_named(disabled)}, as it does when several deliveries "
            "in a row were not taken.",
        )
    if missing:
        said = "The store has no webhook to this address."
        if ours:
            said = f"The store has no webhook for {_named(missing)}."
        return Subscription(state=SubscriptionState.MISSING, said=said)
    if paused:
        return Subscription(
            state=SubscriptionState.PAUSED,
            said=f"Somebody has paused {_named(paused)} in the store ({PLACE}).",
        )
    return Subscription(state=SubscriptionState.ACTIVE)


def _named(topics: Sequence[str]) -> str:
    return ", ".join(sorted(set(topics)))
