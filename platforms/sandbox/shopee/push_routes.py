"""The routes of the push mechanism; all are signed by the app alone.

Source: GET /api/v2/push/get_app_push_config, POST set_app_push_config,
GET get_lost_push_message, POST confirm_consumed_lost_push_message.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from platforms.sandbox.shopee.errors import ShopeeError, wrong_parameters
from platforms.sandbox.shopee.exchange import Call, Family, Kind, Param, Reply, Route
from platforms.sandbox.shopee.push_shapes import ALL_CODES, WITHOUT_SHOP
from platforms.sandbox.shopee.pushes import Lost
from platforms.sandbox.shopee.world import ShopeeStore

LOST_PAGE = 100
LOST_SECONDS = 3 * 86_400
MOST_BLOCKED = 500

_SILENT = (
    "Shopee have sent a test push to this call back url, but we didn't get any response in 3 "
    "seconds with 2xx code, please check your service. "
)
_NOT_2XX = (
    "Shopee have sent a test push to this call back url, the response code we get from this "
    "callback_url is not 2xx code, please check your service. "
)
_NO_URL = (
    "Your app's callback_url is empty, please input a callback_url before you turn on push config."
)


def get_app_push_config(store: ShopeeStore, call: Call) -> Reply:
    """`suspended_time` only while the pushes are suspended."""
    pushes = store.pushes
    response: dict[str, Any] = {
        "callback_url": pushes.callback_url,
        "live_push_status": "Suspended" if pushes.suspended_at else "Normal",
        "blocked_shop_id": list(pushes.blocked_shops),
        "push_config_on_list": [code for code in ALL_CODES if code in pushes.is_on],
        "push_config_off_list": [code for code in ALL_CODES if code not in pushes.is_on],
    }
    if pushes.suspended_at:
        response["suspended_time"] = pushes.suspended_at
    return Reply(response=response)


def set_app_push_config(store: ShopeeStore, call: Call) -> Reply:
    """A new URL is tried at once, and refused when it does not answer the test push."""
    pushes, args = store.pushes, call.args
    turned_on, turned_off = _codes(args["set_push_config_on"]), _codes(args["set_push_config_off"])
    blocked = _numbers(args["blocked_shop_id_list"])
    if len(blocked) > MOST_BLOCKED:
        raise wrong_parameters("blocked_shop_id_list must be 500 or less.")
    url = args["callback_url"]
    if url:
        _try(store, url)
        pushes.register(url)
    elif turned_on and not pushes.callback_url:
        raise ShopeeError("error_param", _NO_URL)
    pushes.is_on = (pushes.is_on | turned_on) - turned_off
    if args["blocked_shop_id_list"] is not None:
        pushes.blocked_shops = blocked
    return Reply(response={"result": "success"})


def get_lost_push_message(store: ShopeeStore, call: Call) -> Reply:
    """The oldest hundred of three days; `data` is the whole push as a string."""
    earliest = int(store.clock()) - LOST_SECONDS
    waiting = [lost for lost in store.pushes.lost if lost.at >= earliest]
    page = waiting[:LOST_PAGE]
    return Reply(
        response={
            "push_message_list": [_message(store, lost) for lost in page],
            "has_next_page": len(waiting) > LOST_PAGE,
            "last_message_id": page[-1].message_id if page else 0,
        }
    )


def confirm_consumed_lost_push_message(store: ShopeeStore, call: Call) -> Reply:
    """Everything up to that message is not shown again."""
    last = call.args["last_message_id"]
    pushes = store.pushes
    if not any(lost.message_id == last for lost in pushes.lost):
        raise wrong_parameters("last_message_id is not found.")
    pushes.lost = [lost for lost in pushes.lost if lost.message_id > last]
    return Reply()


def _message(store: ShopeeStore, lost: Lost) -> dict[str, Any]:
    shown: dict[str, Any] = {"code": lost.code, "timestamp": lost.at, "data": lost.text}
    if lost.code not in WITHOUT_SHOP:
        shown["shop_id"] = store.settings.shop_id
    return shown


def _try(store: ShopeeStore, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ShopeeError(
            "error_param", "this callback_url is invalid, please check your callback_url."
        )
    answer = store.pushes.test(url)
    if not answer.status:
        raise ShopeeError("error_param", _SILENT)
    if not answer.is_2xx:
        raise ShopeeError("error_param", _NOT_2XX)


def _codes(sent: Any) -> set[int]:
    codes = set(_numbers(sent))
    if not codes <= set(ALL_CODES):
        raise wrong_parameters("the push config is not known.")
    return codes


def _numbers(sent: Any) -> list[int]:
    if sent is None:
        return []
    if not isinstance(sent, list) or not all(type(number) is int for number in sent):
        raise wrong_parameters("a list of integers is expected.")
    return sent


_LIST = Param(kind=Kind.JSON)

ROUTES: Mapping[str, Route] = {
    "/push/get_app_push_config": Route(
        method="GET", handler=get_app_push_config, family=Family.PUBLIC
    ),
    "/push/set_app_push_config": Route(
        method="POST",
        handler=set_app_push_config,
        family=Family.PUBLIC,
        params={
            "callback_url": Param(),
            "set_push_config_on": _LIST,
            "set_push_config_off": _LIST,
            "blocked_shop_id_list": _LIST,
        },
    ),
    "/push/get_lost_push_message": Route(
        method="GET", handler=get_lost_push_message, family=Family.PUBLIC
    ),
    "/push/confirm_consumed_lost_push_message": Route(
        method="POST",
        handler=confirm_consumed_lost_push_message,
        family=Family.PUBLIC,
        params={"last_message_id": Param(kind=Kind.INT, is_required=True)},
    ),
}
