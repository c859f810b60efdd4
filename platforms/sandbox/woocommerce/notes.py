"""Order notes and the Shipment Tracking extension: what a shop is told about a parcel.

Source: /wc/v3/orders/<id>/notes; Shipment Tracking extension,
/wc-shipment-tracking/v3/orders/<id>/shipment-trackings.
"""

import hashlib
from typing import Any

from platforms.sandbox.woocommerce.arguments import Arg
from platforms.sandbox.woocommerce.dates import gmt
from platforms.sandbox.woocommerce.errors import RestError, force_required, invalid_id
from platforms.sandbox.woocommerce.exchange import Answer, Call
from platforms.sandbox.woocommerce.links import rest
from platforms.sandbox.woocommerce.order_json import note_object
from platforms.sandbox.woocommerce.records import Note, Order
from platforms.sandbox.woocommerce.world import WooStore

NOTE_LIST_ARGS = {"type": Arg(default="any", enum=("any", "customer", "internal"))}
NOTE_WRITE_ARGS = {
    "note": Arg(required=True),
    "customer_note": Arg(type="boolean", default=False),
    "added_by_user": Arg(type="boolean", default=False),
}
TRACKING_ARGS = {
    "tracking_number": Arg(required=True),
    "tracking_provider": Arg(),
    "custom_tracking_provider": Arg(),
    "custom_tracking_link": Arg(),
    "date_shipped": Arg(),
}
PROVIDERS = {
    "Malaysia": {
        "Pos Malaysia": "https://track.pos.com.my/postal-services/quick-access/?track-trace=%1$s",
        "J&T Express": "https://www.jtexpress.my/tracking/%1$s",
    },
    "Singapore": {"Ninja Van": "https://www.ninjavan.co/en-sg/tracking?id=%1$s"},
}


class NoteRoutes:
    """Handlers of notes and trackings; the caller holds the store's lock."""

    def __init__(self, store: WooStore) -> None:
        self._store = store

    def listing(self, call: Call) -> Answer:
        """Newest first, all of them: this list has no pages."""
        order = self._order(call.ids[0])
        kind = call.params["type"]
        notes = [
            note_object(self._store, order, note)
            for note in reversed(order.notes)
            if kind == "any" or note.for_customer == (kind == "customer")
        ]
        return Answer(notes)

    def get(self, call: Call) -> Answer:
        order = self._order(call.ids[0])
        return Answer(note_object(self._store, order, self._note(order, call.ids[1])))

    def create(self, call: Call) -> Answer:
        order = self._order(call.ids[0])
        author = "admin" if call.params["added_by_user"] else "WooCommerce"
        note = self._store.note(order, str(call.params["note"]), author=author)
        note.for_customer = bool(call.params["customer_note"])
        location = f"{rest(self._store.home)}/orders/{order.id}/notes/{note.id}"
        return Answer(note_object(self._store, order, note), status=201, location=location)

    def delete(self, call: Call) -> Answer:
        order = self._order(call.ids[0])
        note = self._note(order, call.ids[1])
        if str(call.params.get("force", "")).lower() not in ("1", "true"):
            raise force_required("Order notes")
        order.notes.remove(note)
        return Answer(note_object(self._store, order, note))

    def trackings(self, call: Call) -> Answer:
        return Answer(list(self._order(call.ids[0]).trackings))

    def get_tracking(self, call: Call) -> Answer:
        return Answer(self._tracking(self._order(call.ids[0]), call.params["tracking"]))

    def delete_tracking(self, call: Call) -> Answer:
        order = self._order(call.ids[0])
        tracking = self._tracking(order, call.params["tracking"])
        order.trackings.remove(tracking)
        self._keep_trackings(order)
        return Answer(tracking)

    def create_tracking(self, call: Call) -> Answer:
        order, params = self._order(call.ids[0]), call.params
        number = str(params["tracking_number"])
        provider = params.get("tracking_provider") or params.get("custom_tracking_provider") or ""
        known = {name: link for region in PROVIDERS.values() for name, link in region.items()}
        link = known.get(provider) or params.get("custom_tracking_link") or ""
        tracking = {
            "tracking_id": hashlib.md5(
                f"{order.id}-{provider}-{number}-{len(order.trackings)}".encode(),
                usedforsecurity=False,
            ).hexdigest(),
            "tracking_provider": provider,
            "tracking_link": link.replace("%1$s", number),
            "tracking_number": number,
            "date_shipped": params.get("date_shipped") or str(gmt(self._store.now()))[:10],
        }
        order.trackings.append(tracking)
        self._keep_trackings(order)
        location = (
            f"{self._store.home}/wp-json/wc-shipment-tracking/v3/orders/{order.id}"
            f"/shipment-trackings/{tracking['tracking_id']}"
        )
        return Answer(tracking, status=201, location=location)

    def providers(self, call: Call) -> Answer:
        return Answer(PROVIDERS)

    def _keep_trackings(self, order: Order) -> None:
        items: list[Any] = [dict(entry) for entry in order.trackings]
        self._store.set_meta(order.id, "_wc_shipment_tracking_items", items)

    def _tracking(self, order: Order, tracking_id: str) -> dict[str, str]:
        for tracking in order.trackings:
            if tracking["tracking_id"] == tracking_id:
                return tracking
        message = "Invalid shipment tracking ID."
        raise RestError("woocommerce_rest_order_shipment_tracking_invalid_id", message, 404)

    def _order(self, order_id: int) -> Order:
        order = self._store.orders.get(order_id)
        if order is None:
            raise RestError("woocommerce_rest_order_invalid_id", "Invalid order ID.", 404)
        return order

    def _note(self, order: Order, note_id: int) -> Note:
        for note in order.notes:
            if note.id == note_id:
                return note
        raise invalid_id("order_note", 404, "Invalid resource ID.")
