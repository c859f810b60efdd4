"""What an address of the books asks for: a site, days, a ledger, a chapter, a currency, a text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.admin.frame.days import read_day
from webapp.admin.frame.site_facts import SiteFacts, site_by_name
from webapp.backoffice.books.effects import Chapter
from webapp.backoffice.reports.journal_list import JournalFilter
from webapp.models.ledgers import Ledger

AMOUNT = re.compile(r"\d{1,3}(?:,\d{3})*\.\d{1,4}|\d{1,12}\.\d{1,4}")
CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The filter as people see it. `faults`: a sentence for each part that makes no sense."""

    site: SiteFacts | None = None
    ledger: Ledger | None = None
    chapter: Chapter | None = None
    currency: str | None = None
    since: date | None = None
    until: date | None = None
    is_moved: bool = False
    text: str = ""
    page: int = 1
    faults: tuple[str, ...] = ()

    def address(self, **changes: Any) -> dict[str, str]:
        """The filter as the query of an address, with some of it changed; None takes one out."""
        asked: dict[str, Any] = {
            "site": self.site.name if self.site else None,
            "ledger": self.ledger.code if self.ledger else None,
            "chapter": self.chapter,
            "currency": self.currency,
            "from": self.since,
            "to": self.until,
            "moved": "yes" if self.is_moved else None,
            "q": self.text or None,
            **changes,
        }
        return {key: str(value) for key, value in asked.items() if value is not None}

    @property
    def filter(self) -> JournalFilter:
        is_amount = AMOUNT.fullmatch(self.text) is not None
        return JournalFilter(
            site_id=self.site.id if self.site else None,
            ledger_id=self.ledger.id if self.ledger else None,
            chapter=self.chapter,
            currency=self.currency,
            posted_from=self.since,
            posted_to=self.until,
            is_moved=self.is_moved,
            found=self.text if self.text and not is_amount else None,
            amount=Decimal(self.text.replace(",", "")) if is_amount else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A span of days that people often ask for."""

    name: str
    since: date
    until: date


def read_asked(session: Session, args: Mapping[str, str]) -> Asked:
    """The filter of an address."""
    faults: list[str] = []
    site = site_by_name(args["site"]) if args.get("site") else None
    if args.get("site") and site is None:
        faults.append(f"There is no site “{args['site']}”.")
    ledger = None
    if args.get("ledger"):
        ledger = session.scalar(select(Ledger).where(Ledger.code == args["ledger"]))
        if ledger is None:
            faults.append(f"There is no ledger “{args['ledger']}”.")
    chapter = None
    if args.get("chapter"):
        chapter = next((each for each in Chapter if each == args["chapter"]), None)
        if chapter is None:
            known = ", ".join(Chapter)
            faults.append(f"There is no chapter “{args['chapter']}”; there is: {known}.")
    currency = args.get("currency") or None
    if currency and not CURRENCY.fullmatch(currency):
        faults.append(f"“{currency}” is not a currency; write MYR.")
        currency = None
    page = args.get("page", "1")
    return Asked(
        site=site,
        ledger=ledger,
        chapter=chapter,
        currency=currency,
        since=read_day(args.get("from"), faults),
        until=read_day(args.get("to"), faults),
        is_moved=args.get("moved") == "yes",
        text=args.get("q", "").strip()[:80],
        page=int(page) if page.isdecimal() and 0 < len(page) < 6 else 1,
        faults=tuple(faults),
    )


def usual_spans(today: date) -> tuple[Span, ...]:
    """This month so far, the month before, this year so far."""
    first = today.replace(day=1)
    last = first - timedelta(days=1)
    return (
        Span(name=f"{first:%B} so far", since=first, until=today),
        Span(name=f"{last:%B %Y}", since=last.replace(day=1), until=last),
        Span(name=f"{today:%Y} so far", since=today.replace(month=1, day=1), until=today),
    )
