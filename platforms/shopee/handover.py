"""How a parcel may leave: the ways that the store allows it, and the one that is taken.

Source: GET /logistics/get_shipping_parameter: `info_needed` names a way for each key, and for
each what has to be told with it; POST /logistics/ship_order takes exactly one of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from platforms.errors import Refused
from platforms.payload_fields import Row, objects, text

PICKUP = "pickup"
DROPOFF = "dropoff"
NON_INTEGRATED = "non_integrated"
HANDOVERS = (PICKUP, DROPOFF, NON_INTEGRATED)

# Where the courier comes, in the order of preference.
PICKUP_FLAGS = ("pickup_address", "default_address")

Told = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """One way, and what is told with it."""

    way: str
    told: Mapping[str, Any]


class _Lacking(Exception):
    """A way that wants something we do not know; its text says what."""


def choose(parameter: Row, *, wanted: str, tracking: str) -> Handover:
    """The wanted way where the store allows it, else the first that it does.

    Refused: each way wants something that is not known here.
    """
    found = parameter.get("info_needed")
    needed: Row = found if isinstance(found, dict) else {}
    allowed = [way for way in HANDOVERS if way in needed]
    lacking = []
    for way in sorted(allowed, key=lambda each: each != wanted):
        needs = needed[way] if isinstance(needed[way], list) else []
        try:
            told = TOLD[way](parameter, [str(each) for each in needs], tracking)
        except _Lacking as lack:
            lacking.append(f"{way}: {lack}")
            continue
        return Handover(way=way, told=told)
    reasons = "; ".join(lacking) or "the store allows no way for it now"
    raise Refused(f"The parcel could not be arranged: {reasons}.", said=reasons)


def _pickup(parameter: Row, needs: list[str], tracking: str) -> Told:
    told: Told = {}
    if "address_id" in needs or "pickup_time_id" in needs:
        told = _place_and_time(parameter, with_time="pickup_time_id" in needs)
    if "tracking_no" in needs:
        told["tracking_number"] = _known(tracking, "it wants a tracking number")
    return told


def _place_and_time(parameter: Row, *, with_time: bool) -> Told:
    addresses = sorted(objects(_part(parameter, PICKUP), "address_list"), key=_preference)
    for address in addresses:
        told: Told = {"address_id": address.get("address_id")}
        slots = objects(address, "time_slot_list")
        if not with_time:
            return told
        if slots:
            return told | {"pickup_time_id": text(slots[0], "pickup_time_id")}
    raise _Lacking("no address offers a time" if addresses else "the shop has no address for it")


def _preference(address: Row) -> int:
    flags = address.get("address_flag")
    known = flags if isinstance(flags, list) else []
    return next((at for at, flag in enumerate(PICKUP_FLAGS) if flag in known), len(PICKUP_FLAGS))


def _dropoff(parameter: Row, needs: list[str], tracking: str) -> Told:
    told: Told = {}
    offered = _part(parameter, DROPOFF)
    if "branch_id" in needs:
        branches = objects(offered, "branch_list")
        told["branch_id"] = _known(
            branches[0].get("branch_id") if branches else None, "there is no branch to choose"
        )
    if "slug" in needs:
        slugs = objects(offered, "slug_list")
        told["slug"] = _known(text(slugs[0], "slug") if slugs else "", "there is no kind to choose")
    if "sender_real_name" in needs:
        raise _Lacking("it wants the sender's real name; arrange it in Seller Centre")
    if "tracking_no" in needs:
        told["tracking_number"] = _known(tracking, "it wants a tracking number")
    return told


def _non_integrated(parameter: Row, needs: list[str], tracking: str) -> Told:
    if "tracking_no" in needs or tracking:
        return {"tracking_number": _known(tracking, "it wants a tracking number")}
    return {}


def _known(value: Any, otherwise: str) -> Any:
    if value in (None, ""):
        raise _Lacking(otherwise)
    return value


def _part(parameter: Row, key: str) -> Row:
    found = parameter.get(key)
    return found if isinstance(found, dict) else {}


TOLD: Mapping[str, Callable[[Row, list[str], str], Told]] = {
    PICKUP: _pickup,
    DROPOFF: _dropoff,
    NON_INTEGRATED: _non_integrated,
}
