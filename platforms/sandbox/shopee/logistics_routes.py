"""The routes by which a seller hands parcels to couriers and follows them.

Source: GET /api/v2/logistics/get_shipping_parameter, POST ship_order, POST
update_shipping_order, GET get_tracking_number, GET get_tracking_info.
"""

from collections.abc import Mapping
from typing import Any

from platforms.sandbox.shopee.channels import ADDRESSES, BRANCHES, pickup_times, shipping_parameter
from platforms.sandbox.shopee.errors import ShopeeError, wrong_parameters
from platforms.sandbox.shopee.exchange import Call, Kind, Param, Reply, Route
from platforms.sandbox.shopee.parcels import LogisticsStatus, Parcel
from platforms.sandbox.shopee.records import Order, Status
from platforms.sandbox.shopee.world import ShopeeStore

MODES = ("pickup", "dropoff", "non_integrated")

_SAID = {
    LogisticsStatus.NOT_START: "Order is placed",
    LogisticsStatus.READY: "Order is ready to be shipped",
    LogisticsStatus.REQUEST_CREATED: "Sender is preparing to ship your parcel",
    LogisticsStatus.PICKUP_DONE: "Parcel has been picked up by the courier",
    LogisticsStatus.PICKUP_RETRY: "Courier could not pick up the parcel",
    LogisticsStatus.DELIVERY_DONE: "Parcel has been delivered",
    LogisticsStatus.DELIVERY_FAILED: "Delivery attempt was unsuccessful",
}


def get_shipping_parameter(store: ShopeeStore, call: Call) -> Reply:
    """Only while a package waits for its shipment to be arranged."""
    order, parcel = _package(store, call)
    if order.status is Status.CANCELLED:
        raise ShopeeError("error_status", "The order has been cancelled.")
    if not parcel.can_be_arranged:
        raise ShopeeError(
            "error_param",
            "Shipping parameters can only be obtained when package is ready to be shipped",
        )
    shown = shipping_parameter(parcel.channel, int(store.clock()), store.settings.region)
    return Reply(response=shown)


def ship_order(store: ShopeeStore, call: Call) -> Reply:
    """Arrange the shipment of one package. The reply has no `response`."""
    order, parcel = _package(store, call)
    if parcel.is_arranged and order.status is not Status.CANCELLED:
        raise ShopeeError(
            "logistics.package_already_shipped", "The shipment of this package is already arranged."
        )
    if not parcel.can_be_arranged or order.status not in (Status.READY_TO_SHIP, Status.RETRY_SHIP):
        raise ShopeeError("logistics.error_param", "The order status is not ready to ship.")
    sent = call.body or {}
    chosen = [mode for mode in MODES if sent.get(mode) is not None]
    if len(chosen) != 1:
        raise wrong_parameters(
            "exactly one of pickup, dropoff and non_integrated is needed.", module="logistics"
        )
    mode = chosen[0]
    if mode not in parcel.channel.needs:
        raise ShopeeError("logistics.error_unsupported", "Operation is not supported.")
    if not isinstance(sent[mode], dict):
        raise wrong_parameters(f"{mode} must be an object.", module="logistics")
    _check_inputs(store, parcel.channel.needs[mode], sent[mode])
    _arrange(store, order, parcel)
    if mode == "non_integrated":
        store.parcels.assign_tracking(order.order_sn, str(sent[mode]["tracking_number"]))
    return Reply()


def update_shipping_order(store: ShopeeStore, call: Call) -> Reply:
    """Another pickup after the courier did not get the parcel."""
    order, parcel = _package(store, call)
    if parcel.status is not LogisticsStatus.PICKUP_RETRY:
        raise ShopeeError(
            "logistics.error_status",
            "Operation is not supported with current logistics record status.",
        )
    pickup = call.args["pickup"]
    if not isinstance(pickup, dict):
        raise wrong_parameters("pickup must be an object.", module="logistics")
    _check_inputs(store, ("address_id", "pickup_time_id"), pickup)
    _arrange(store, order, parcel)
    return Reply()


def get_tracking_number(store: ShopeeStore, call: Call) -> Reply:
    """ "" until the courier has given one."""
    order, parcel = _package(store, call)
    if parcel.status in (LogisticsStatus.NOT_START, LogisticsStatus.READY):
        raise ShopeeError("logistics.error_param", "The order is not ready to get tracking number.")
    number = store.parcels.tracking_number(order, parcel)
    shown: dict[str, Any] = {"tracking_number": number, "hint": ""}
    for name in call.args["response_optional_fields"] or ():
        shown[name] = ""
    return Reply(response=shown)


def get_tracking_info(store: ShopeeStore, call: Call) -> Reply:
    """What became of a package, the newest first."""
    order, parcel = _package(store, call)
    return Reply(
        response={
            "order_sn": order.order_sn,
            "package_number": parcel.number,
            "logistics_status": str(parcel.status),
            "tracking_info": [
                {
                    "update_time": at,
                    "description": _SAID.get(status, "Parcel status has changed"),
                    "logistics_status": str(status),
                }
                for at, status in reversed(parcel.history)
            ],
        }
    )


def _package(store: ShopeeStore, call: Call) -> tuple[Order, Parcel]:
    """The order and the package that a call means; a split order needs the number."""
    order = store.find_order(call.args["order_sn"])
    number = call.args["package_number"]
    if "" in (*call.params.get("package_number", []), (call.body or {}).get("package_number")):
        raise wrong_parameters("package_number must not be empty.", module="logistics")
    parcels = store.parcels.of(order.order_sn)
    if number is None:
        if len(parcels) == 1:
            return order, parcels[0]
        raise ShopeeError(
            "logistics.package_number_not_exist",
            "Please request with package_number for this split order.",
        )
    for parcel in parcels:
        if parcel.number == number:
            return order, parcel
    raise wrong_parameters("the package_number is not found.", module="logistics")


def _check_inputs(store: ShopeeStore, needs: tuple[str, ...], sent: dict[str, Any]) -> None:
    """The inputs that `info_needed` named; each has its own refusal."""
    if "address_id" in needs and sent.get("address_id") not in [a[0] for a in ADDRESSES]:
        raise ShopeeError("logistics.address_not_found", "Address is not found.")
    if "pickup_time_id" in needs:
        offered = [time_id for time_id, _, _ in pickup_times(int(store.clock()))]
        if sent.get("pickup_time_id") not in offered:
            raise ShopeeError(
                "logistics.error_pickup_time",
                "Pickup time is invalid. Please check the pick up time.",
            )
    if "branch_id" in needs and sent.get("branch_id") not in [b[0] for b in BRANCHES]:
        raise wrong_parameters("branch_id is invalid.", module="logistics")
    if "sender_real_name" in needs and not sent.get("sender_real_name"):
        raise wrong_parameters("sender_real_name is required.", module="logistics")
    if "tracking_no" in needs and not sent.get("tracking_number"):
        raise ShopeeError("logistics.error_traceno_required", "Trace number is required.")


def _arrange(store: ShopeeStore, order: Order, parcel: Parcel) -> None:
    """The order is processed once no package of it waits any more."""
    store.parcels.move(order, parcel, LogisticsStatus.REQUEST_CREATED)
    if all(other.is_arranged for other in store.parcels.of(order.order_sn)):
        store.arranged(order.order_sn)
    else:
        store.touched(order)


_ORDER = {"order_sn": Param(is_required=True), "package_number": Param()}
_OBJECT = Param(kind=Kind.JSON)

ROUTES: Mapping[str, Route] = {
    "/logistics/get_shipping_parameter": Route(
        method="GET", handler=get_shipping_parameter, params=_ORDER
    ),
    "/logistics/ship_order": Route(
        method="POST",
        handler=ship_order,
        params={**_ORDER, **dict.fromkeys(MODES, _OBJECT)},
    ),
    "/logistics/update_shipping_order": Route(
        method="POST",
        handler=update_shipping_order,
        params={**_ORDER, "pickup": Param(kind=Kind.JSON, is_required=True)},
    ),
    "/logistics/get_tracking_number": Route(
        method="GET",
        handler=get_tracking_number,
        params={
            **_ORDER,
            "response_optional_fields": Param(
                kind=Kind.COMMA,
                choices=(
                    "plp_number",
                    "first_mile_tracking_number",
                    "last_mile_tracking_number",
                ),
            ),
        },
    ),
    "/logistics/get_tracking_info": Route(method="GET", handler=get_tracking_info, params=_ORDER),
}
