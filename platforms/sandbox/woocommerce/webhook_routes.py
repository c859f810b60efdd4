"""The webhook routes. Source: /wc/v3/webhooks, /wc/v3/webhooks/<id>."""

from typing import Any

from platforms.sandbox.woocommerce.arguments import Arg
from platforms.sandbox.woocommerce.dates import gmt, local
from platforms.sandbox.woocommerce.errors import RestError, force_required, invalid_id
from platforms.sandbox.woocommerce.exchange import Answer, Call
from platforms.sandbox.woocommerce.links import rest, webhook_links
from platforms.sandbox.woocommerce.paging import PAGE_ARGS, counted, window
from platforms.sandbox.woocommerce.records import Webhook
from platforms.sandbox.woocommerce.webhooks import hooks_of, is_topic
from platforms.sandbox.woocommerce.world import WooStore

LIST_ARGS = {
    **PAGE_ARGS,
    "status": Arg(default="all", enum=("all", "active", "paused", "disabled")),
}
WRITE_ARGS = {"status": Arg(enum=("active", "paused", "disabled")), "secret": Arg()}


class WebhookRoutes:
    """Handlers of the webhook routes; the caller holds the store's lock."""

    def __init__(self, store: WooStore) -> None:
        self._store = store

    def listing(self, call: Call) -> Answer:
        wanted = call.params["status"]
        rows = [h for h in self._store.webhooks.hooks.values() if wanted in ("all", h.status)]
        rows.sort(key=lambda hook: (hook.created, hook.id), reverse=True)
        page = [self._object(hook) for hook in window(rows, call.params)]
        return counted(Answer(page), rows, call.params)

    def get(self, call: Call) -> Answer:
        return Answer(self._object(self._found(call.ids[0])))

    def create(self, call: Call) -> Answer:
        """The secret is never told; without one the store makes up its own."""
        sent = call.sent
        _check(sent, required=True)
        store = self._store
        hook = Webhook(
            id=store.webhooks.next_id(),
            name=str(sent.get("name") or f"Webhook created on {local(store.now(), store.zone)}"),
            topic=str(sent["topic"]),
            delivery_url=str(sent["delivery_url"]),
            secret=str(sent.get("secret") or f"{store.random.getrandbits(200):050x}"),
            status=str(sent.get("status") or "active"),
            created=store.now(),
        )
        store.webhooks.add(hook)
        store.webhooks.ping_soon(hook)
        location = f"{rest(store.home)}/webhooks/{hook.id}"
        return Answer(self._object(hook), status=201, location=location)

    def update(self, call: Call) -> Answer:
        hook, sent = self._found(call.ids[0], status=400), call.sent
        _check(sent, required=False)
        moved = "delivery_url" in sent and sent["delivery_url"] != hook.delivery_url
        for member in ("name", "topic", "delivery_url", "secret", "status"):
            if sent.get(member):
                setattr(hook, member, str(sent[member]))
        if sent.get("status") == "active":
            hook.failures = 0
        hook.modified = self._store.now()
        if moved or not hook.pinged:
            self._store.webhooks.ping_soon(hook)
        return Answer(self._object(hook))

    def delete(self, call: Call) -> Answer:
        hook = self._found(call.ids[0])
        if str(call.params.get("force", "")).lower() not in ("1", "true"):
            raise force_required("Webhooks")
        del self._store.webhooks.hooks[hook.id]
        return Answer(self._object(hook))

    def _found(self, webhook_id: int, *, status: int = 404) -> Webhook:
        hook = self._store.webhooks.hooks.get(webhook_id)
        if hook is None:
            raise invalid_id("shop_webhook", status)
        return hook

    def _object(self, hook: Webhook) -> dict[str, Any]:
        resource, _, event = hook.topic.partition(".")
        return {
            "id": hook.id,
            "name": hook.name,
            "status": hook.status,
            "topic": hook.topic,
            "resource": resource,
            "event": event,
            "hooks": hooks_of(hook.topic),
            "delivery_url": hook.delivery_url,
            "date_created": local(hook.created, self._store.zone),
            "date_created_gmt": gmt(hook.created),
            "date_modified": local(hook.modified, self._store.zone),
            "date_modified_gmt": gmt(hook.modified),
            "_links": webhook_links(self._store.home, hook.id),
        }


def _check(sent: dict[str, Any], *, required: bool) -> None:
    if (required or "topic" in sent) and not is_topic(sent.get("topic")):
        message = "Webhook topic is required and must be valid."
        raise RestError("woocommerce_rest_shop_webhook_invalid_topic", message, 400)
    url = str(sent.get("delivery_url") or "")
    if (required or url) and not url.startswith(("http://", "https://")):
        message = "Webhook delivery URL must be a valid URL starting with http:// or https://."
        raise RestError("woocommerce_rest_shop_webhook_invalid_delivery_url", message, 400)
