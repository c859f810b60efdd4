"""What the address of the list of orders asks for, and the same as an address again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from webapp.admin.frame.base import may
from webapp.admin.frame.days import read_day
from webapp.admin.frame.rights import Right
from webapp.admin.frame.site_facts import SiteFacts, site_by_name
from webapp.backoffice.errors import Code
from webapp.backoffice.reports.order_list import OrderFilter
from webapp.backoffice.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for. None: not asked. Dates are days in the site's zone, else in UTC."""

    site: SiteFacts | None = None
    state: State | None = None
    code: Code | None = None
    status: str | None = None
    text: str | None = None
    placed_from: date | None = None
    placed_to: date | None = None

    def address(self, **changes: Any) -> dict[str, str]:
        """The query of an address, with some of it changed; None takes one out."""
        asked: dict[str, Any] = {
            "site": self.site.name if self.site else None,
            "state": self.state,
            "code": self.code,
            "status": self.status,
            "q": self.text,
            "from": self.placed_from,
            "to": self.placed_to,
            **changes,
        }
        return {key: str(value) for key, value in asked.items() if value is not None}

    def wanted(self) -> OrderFilter:
        """The same for the database; buyers are looked into for those who may see them."""
        zone = ZoneInfo(self.site.timezone if self.site else "UTC")
        day = timedelta(days=1)
        return OrderFilter(
            site_id=self.site.id if self.site else None,
            state=self.state,
            code=self.code,
            status=self.status,
            text=self.text or "",
            sees_buyers=bool(self.text) and may(Right.SEE_BUYERS),
            ordered_from=_midnight(self.placed_from, zone) if self.placed_from else None,
            ordered_before=_midnight(self.placed_to + day, zone) if self.placed_to else None,
        )


def read_asked(args: Mapping[str, str]) -> tuple[Asked, list[str]]:
    """What an address asks for, and a sentence for each part of it that makes no sense."""
    faults: list[str] = []
    site = site_by_name(args["site"]) if args.get("site") else None
    if args.get("site") and site is None:
        faults.append(f"There is no site “{args['site']}”.")
    return (
        Asked(
            site=site,
            state=_one_of(State, args.get("state"), "state", faults),
            code=_one_of(Code, args.get("code"), "cause", faults),
            status=_plain(args.get("status")),
            text=_plain(args.get("q", "").strip().lstrip("#")),
            placed_from=read_day(args.get("from"), faults),
            placed_to=read_day(args.get("to"), faults),
        ),
        faults,
    )


def _plain(text: str | None) -> str | None:
    """What was typed, without what no database column can hold."""
    return (text or "").replace("\0", "").strip()[:80] or None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _one_of(kind: Any, text: str | None, what: str, faults: list[str]) -> Any:
    if not text:
        return None
    try:
        return kind(text)
    except ValueError:
        faults.append(f"There is no {what} “{text}”; there is: {', '.join(kind)}.")
        return None
