"""Webhooks: who is told of what, the ping, and the signed deliveries in the background.

The payload is the object as it is at the moment of delivery, not of the event; nothing is
sent twice; at the seventh failure in a row the webhook is disabled.
Source: /wc/v3/webhooks; WooCommerce webhooks, delivery headers and signature.
"""

import base64
import hashlib
import hmac
from collections import deque
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Condition, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from platforms.sandbox.woocommerce.errors import invalid_id
from platforms.sandbox.woocommerce.order_json import order_object
from platforms.sandbox.woocommerce.php_json import encoded
from platforms.sandbox.woocommerce.product_json import product_object
from platforms.sandbox.woocommerce.records import Webhook

if TYPE_CHECKING:
    from platforms.sandbox.woocommerce.state import StoreState

FAILURES_UNTIL_DISABLED = 7
ORDER_TOPICS = ("order.created", "order.updated", "order.deleted", "order.restored")
_TIMEOUT = 10.0
_PING = 0


@dataclass(frozen=True, slots=True)
class _Job:
    webhook_id: int
    object_id: int
    due: float


class WebhookDesk:
    """The shop's webhooks and their queue. The thread starts with the first webhook."""

    def __init__(self, store: "StoreState") -> None:
        self._store = store
        self.hooks: dict[int, Webhook] = {}
        self._queue: deque[_Job] = deque()
        self._waiting = Condition()
        self._busy = False
        self._thread: Thread | None = None
        self._last_id = 0
        self._stopped = False

    def add(self, webhook: Webhook) -> None:
        self.hooks[webhook.id] = webhook
        if self._thread is None:
            self._thread = Thread(target=self._work, name="sandbox-webhooks", daemon=True)
            self._thread.start()

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def tell_of_orders(self, url: str, secret: str) -> None:
        """Webhooks for whatever happens to orders, of which the ping was answered already."""
        for topic in ORDER_TOPICS:
            self.add(
                Webhook(
                    id=self.next_id(),
                    name=topic,
                    topic=topic,
                    delivery_url=url,
                    secret=secret,
                    created=self._store.now(),
                    pinged=True,
                )
            )

    def fire(self, topic: str, object_id: int) -> None:
        """Queue an event for every active webhook of the topic, once while it waits."""
        for hook in self.hooks.values():
            if hook.topic != topic or hook.status != "active":
                continue
            due = monotonic() + self._store.settings.webhook_delay
            with self._waiting:
                if any(j.webhook_id == hook.id and j.object_id == object_id for j in self._queue):
                    continue
                self._queue.append(_Job(hook.id, object_id, due))
                self._waiting.notify_all()

    def drain(self, timeout: float = 5.0) -> bool:
        """Wait until everything queued was delivered or failed; False when time ran out."""
        with self._waiting:
            return self._waiting.wait_for(lambda: not self._queue and not self._busy, timeout)

    def stop(self) -> None:
        with self._waiting:
            self._stopped = True
            self._queue.clear()
            self._waiting.notify_all()

    def ping_soon(self, hook: Webhook) -> None:
        """Ping from the background, so that the receiver may call the store meanwhile."""
        with self._waiting:
            self._queue.append(_Job(hook.id, _PING, monotonic()))
            self._waiting.notify_all()

    def ping(self, hook: Webhook) -> None:
        """An unsigned form without the X-WC headers; only exactly 200 counts."""
        body = f"webhook_id={hook.id}".encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        hook.pinged = _post(hook.delivery_url, body, {**kind, **self._agent()}) == 200

    def _work(self) -> None:
        while True:
            with self._waiting:
                self._busy = False
                self._waiting.notify_all()
                while not self._queue and not self._stopped:
                    self._waiting.wait()
                if self._stopped:
                    return
                job = self._queue[0]
                left = job.due - monotonic()
                if left > 0:
                    self._waiting.wait(left)
                    continue
                self._queue.popleft()
                self._busy = True
            self._deliver(job)

    def _deliver(self, job: _Job) -> None:
        hook = self.hooks.get(job.webhook_id)
        if hook is None:
            return
        if job.object_id == _PING:
            self.ping(hook)
            return
        if hook.status != "active":
            return
        if not hook.pinged:
            self.ping(hook)
        with self._store.lock:
            body = self._payload(hook, job.object_id)
            headers = self._headers(hook, body)
        status = _post(hook.delivery_url, body, headers)
        with self._store.lock:
            if 200 <= status <= 302:
                hook.failures = 0
                return
            hook.failures += 1
            if hook.failures >= FAILURES_UNTIL_DISABLED:
                hook.status = "disabled"
                hook.modified = self._store.now()

    def _payload(self, hook: Webhook, object_id: int) -> bytes:
        resource, _, event = hook.topic.partition(".")
        if event == "deleted":
            return encoded({"id": object_id})
        if resource == "product":
            product = self._store.products.get(object_id)
            if product is None:
                return encoded(invalid_id("product", 404).envelope())
            return encoded(product_object(self._store, product))
        order = self._store.orders.get(object_id)
        if order is None:
            return encoded(invalid_id("shop_order", 404).envelope())
        return encoded(order_object(self._store, order, self._store.settings.decimals))

    def _headers(self, hook: Webhook, body: bytes) -> dict[str, str]:
        moment = f"{hook.id}-{self._store.now()}".encode()
        return {
            **self._agent(),
            "X-WC-Webhook-Source": f"{self._store.home}/",
            **signed_headers(hook.secret, hook.topic, body),
            "X-WC-Webhook-ID": str(hook.id),
            "X-WC-Webhook-Delivery-ID": hashlib.md5(moment, usedforsecurity=False).hexdigest(),
        }

    def _agent(self) -> dict[str, str]:
        settings = self._store.settings
        agent = f"WooCommerce/{settings.version} Hookshot (WordPress/{settings.wp_version})"
        return {"User-Agent": agent, "Accept": "*/*", "Connection": "close"}


def signed_headers(secret: str, topic: str, body: bytes) -> dict[str, str]:
    """What a receiver tells a delivery by: its topic, and the signature over its raw body."""
    resource, _, event = topic.partition(".")
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "X-WC-Webhook-Topic": topic,
        "X-WC-Webhook-Resource": resource,
        "X-WC-Webhook-Event": event,
        "X-WC-Webhook-Signature": base64.b64encode(digest).decode(),
    }


def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """The status of the answer; 0 when there was none. Redirects are not followed."""
    parts = urlsplit(url)
    connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = connect(parts.hostname or "", parts.port, timeout=_TIMEOUT)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", target, body, headers)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


def hooks_of(topic: str) -> list[str]:
    """The actions of WordPress behind a topic, as the API lists them."""
    return list(_ACTIONS.get(topic, [topic.removeprefix("action.")]))


def is_topic(topic: Any) -> bool:
    return isinstance(topic, str) and (
        topic in _ACTIONS or topic.startswith(("action.woocommerce_", "action.wc_"))
    )


_ACTIONS = {
    "order.created": ["woocommerce_new_order"],
    "order.updated": ["woocommerce_update_order", "woocommerce_order_refunded"],
    "order.deleted": ["wp_trash_post", "woocommerce_trash_order"],
    "order.restored": ["untrashed_post", "woocommerce_untrash_order"],
    "product.created": ["woocommerce_process_product_meta", "woocommerce_new_product"],
    "product.updated": [
        "woocommerce_process_product_meta",
        "woocommerce_update_product",
        "woocommerce_update_product_variation",
    ],
    "product.deleted": ["wp_trash_post"],
    "product.restored": ["untrashed_post"],
    "customer.created": ["user_register", "woocommerce_created_customer"],
    "customer.updated": ["profile_update", "woocommerce_update_customer"],
    "customer.deleted": ["delete_user"],
    "coupon.created": ["woocommerce_process_shop_coupon_meta", "woocommerce_new_coupon"],
    "coupon.updated": ["woocommerce_process_shop_coupon_meta", "woocommerce_update_coupon"],
    "coupon.deleted": ["wp_trash_post"],
    "coupon.restored": ["untrashed_post"],
}
