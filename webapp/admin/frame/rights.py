"""Who may do what: one table, read by the server before every request and by every button."""

from collections.abc import Mapping
from enum import StrEnum

from webapp.models.people import RoleName


class Right(StrEnum):
    """Something a person may do. The value finishes the sentence “… needs the role …”."""

    READ = "Reading this page"
    SEE_BUYERS = "Seeing a buyer's name and address"
    RETRY = "Pressing Retry"
    SHIP = "Shipping an order"
    RELEASE = "Letting a held order go"
    DECIDE_BOOKS = "Deciding on an order's books"
    MAP = "Changing a mapping"
    AUTHORISE = "Authorising a store"
    SET_UP_WEBHOOKS = "Setting up webhooks"
    CONNECT = "Connecting a store and changing how it is reached"
    AUTOMATE = "Changing what happens by itself"
    ASK_STORE = "Pulling, pushing and testing a store"
    WIRE = "Wiring channel ledgers and posting rules"
    CHART = "Changing the chart of accounts"
    COUNT = "Counting and adjusting stock"
    HANDLE_BUYERS = "Exporting or erasing a buyer's data"
    EXPORT_SETTINGS = "Exporting a site's settings"
    MANAGE_PEOPLE = "Managing people"
    READ_AUDIT = "Reading the audit trail"


BOOKKEEPER = RoleName.BOOKKEEPER
MERCHANDISER = RoleName.MERCHANDISER
OPERATOR = RoleName.OPERATOR
ADMIN = RoleName.ADMIN
EVERYONE = frozenset(RoleName)

HOLDERS: Mapping[Right, frozenset[RoleName]] = {
    Right.READ: EVERYONE,
    Right.SEE_BUYERS: frozenset({BOOKKEEPER, OPERATOR, ADMIN}),
    Right.RETRY: frozenset({OPERATOR, ADMIN}),
    Right.SHIP: frozenset({OPERATOR, ADMIN}),
    Right.RELEASE: frozenset({OPERATOR, ADMIN}),
    Right.DECIDE_BOOKS: frozenset({BOOKKEEPER, ADMIN}),
    Right.AUTHORISE: frozenset({OPERATOR, ADMIN}),
    Right.SET_UP_WEBHOOKS: frozenset({OPERATOR, ADMIN}),
    Right.MAP: frozenset({MERCHANDISER, ADMIN}),
    Right.CONNECT: frozenset({OPERATOR, ADMIN}),
    Right.AUTOMATE: frozenset({OPERATOR, ADMIN}),
    Right.ASK_STORE: frozenset({OPERATOR, ADMIN}),
    Right.WIRE: frozenset({BOOKKEEPER, ADMIN}),
    Right.CHART: frozenset({BOOKKEEPER, ADMIN}),
    Right.COUNT: frozenset({MERCHANDISER, ADMIN}),
    Right.HANDLE_BUYERS: frozenset({OPERATOR, ADMIN}),
    Right.EXPORT_SETTINGS: frozenset({OPERATOR, ADMIN}),
    Right.MANAGE_PEOPLE: frozenset({ADMIN}),
    Right.READ_AUDIT: frozenset({ADMIN}),
}


def holds(roles: frozenset[str], right: Right) -> bool:
    return bool(roles & HOLDERS[right])


def needed_roles(right: Right) -> tuple[str, ...]:
    """The roles that hold a right, the humblest first: admin is named last."""
    return tuple(role for role in RoleName if role in HOLDERS[right])
