"""Telling the shop that an order is shipped: its status, its tracking, and at most one note.

Source: PUT /wc/v3/orders/<id>, /wc/v3/orders/<id>/notes, and the shipment-trackings route of
the extensions Shipment Tracking and Advanced Shipment Tracking. Everything is read before it
is written, so that telling twice changes nothing: the API has no keys against repeats.
"""

from html import unescape
from typing import Any

from platforms.base import Shipment, ShipmentTold
from platforms.errors import BadResponse, Refused
from platforms.payload_fields import text
from platforms.woocommerce.client import Client
from platforms.woocommerce.statuses import NOT_SHIPPABLE, plain_status

# Namespaces whose shipment-trackings route is the same.
TRACKING_APIS = ("wc-shipment-tracking/v3", "wc-ast/v3", "wc-ast-pro/v3")


def tell_shipped(client: Client, tracking_api: str, shipment: Shipment) -> ShipmentTold:
    """Set what the shipment says; what was done, as one sentence.

    Tracking comes first, so that the shop's "completed" e-mail can show it.
    NotFound: no such order. Refused: it is cancelled, refunded, failed or in the trash, or the
    shop takes no such status.
    """
    path = f"orders/{shipment.remote_order_id}"
    status = text(client.get(path, {"_fields": "id,status"}).object(), "status")
    if status in NOT_SHIPPABLE:
        raise Refused(
            f"Order {shipment.remote_order_id} is {status} in the store, so the store was not "
            "told that it is shipped.",
            said=status,
        )
    done = []
    if shipment.tracking and tracking_api in TRACKING_APIS:
        done.append(_add_tracking(client, tracking_api, path, shipment))
    elif shipment.tracking or shipment.carrier or shipment.part:
        done.append(_add_note(client, path, shipment))
    if shipment.set_status is not None:
        done.append(_set_status(client, path, status, plain_status(shipment.set_status)))
    told = ", ".join(done) or "there was nothing to tell"
    return ShipmentTold(sentence=f"Order {shipment.remote_order_id} in the store: {told}.")


def _set_status(client: Client, path: str, status: str, wanted: str) -> str:
    if status == wanted:
        return f"it was {wanted} already"
    shown = text(client.write("PUT", path, {"status": wanted}).object(), "status")
    if shown != wanted:
        raise BadResponse(f"The store took the status {wanted} and shows {shown[:40]}.")
    return f"set to {wanted}"


def _add_tracking(client: Client, api: str, path: str, shipment: Shipment) -> str:
    route = f"{path}/shipment-trackings"
    known = client.get(route, api=api).objects("shipment trackings")
    if any(text(each, "tracking_number") == shipment.tracking for each in known):
        return f"tracking {shipment.tracking} was there already"
    body: dict[str, Any] = {
        "tracking_number": shipment.tracking,
        "custom_tracking_provider": shipment.carrier,
    }
    if shipment.shipped_at is not None:
        body["date_shipped"] = shipment.shipped_at.date().isoformat()
    client.write("POST", route, body, api=api)
    return f"tracking {shipment.tracking} added"


def _add_note(client: Client, path: str, shipment: Shipment) -> str:
    """A private note: the buyer is not mailed."""
    note = _note(shipment)
    known = client.get(f"{path}/notes", {"type": "internal"}).objects("notes")
    if any(_same(text(each, "note")) == _same(note) for each in known):
        return "the note was there already"
    client.write("POST", f"{path}/notes", {"note": note, "customer_note": False})
    return "note added"


def _note(shipment: Shipment) -> str:
    shipped = f"Shipped in part ({shipment.part})" if shipment.part else "Shipped"
    carrier = f"{shipped} with {shipment.carrier}" if shipment.carrier else shipped
    tracking = f", tracking number {shipment.tracking}" if shipment.tracking else ""
    return f"{carrier}{tracking}."


def _same(note: str) -> str:
    """A note without what WordPress makes of it: entities, other spaces."""
    return " ".join(unescape(note).split())
