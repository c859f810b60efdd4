"""The chart of accounts: a small default one, and sheets of ledgers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from babel.core import get_global
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from webapp.backoffice.files.sheets import Sheet, SheetProblem, SheetRow, unseen
from webapp.backoffice.people.audit import record_change
from webapp.backoffice.sites.settings import ROLE_TYPES, Role
from webapp.models.journal import JournalEntry, JournalLine
from webapp.models.ledgers import Ledger, LedgerType
from webapp.models.sites import Site, SiteWiring

COLUMNS = ("code", "name", "type", "currency")
TEXTS = ("code", "name")
NEEDED = ("code", "name", "type")
_CODE = re.compile(r"[^\s:/\\]{1,40}")

# The codes of the site declaration in the command line's reference, and ledgers beside them.
DEFAULT_CHART: tuple[tuple[str, str, LedgerType], ...] = (
    ("1000", "Bank", LedgerType.ASSET),
    ("1010", "Bank, cash on delivery", LedgerType.ASSET),
    ("1020", "Marketplace balance", LedgerType.ASSET),
    ("1150", "Customer payments (clearing)", LedgerType.ASSET),
    ("1160", "Courier cash on delivery (clearing)", LedgerType.ASSET),
    ("1400", "Inventory", LedgerType.ASSET),
    ("2200", "Sales tax", LedgerType.LIABILITY),
    ("2300", "Store credit and gift cards", LedgerType.LIABILITY),
    ("4000", "Sales revenue", LedgerType.INCOME),
    ("4100", "Refunds", LedgerType.INCOME),
    ("4200", "Delivery income", LedgerType.INCOME),
    ("4900", "Discounts", LedgerType.INCOME),
    ("5000", "Cost of goods sold", LedgerType.EXPENSE),
    ("6100", "Platform fees", LedgerType.EXPENSE),
    ("6900", "Rounding", LedgerType.EXPENSE),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerImport:
    """With `errors` nothing was saved."""

    created: int
    changed: int
    unchanged: int
    errors: tuple[SheetProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedLedger:
    """`currency` None: the ledger takes any."""

    code: str
    name: str
    type: str
    currency: str | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class _Wanted:
    row: int
    code: str
    name: str
    type: str
    currency: str | None


def make_default_chart(session: Session) -> int:
    """Make the default ledgers when there is no ledger yet; how many were made."""
    if session.scalar(select(Ledger.id).limit(1)) is not None:
        return 0
    session.execute(
        insert(Ledger),
        [
            {"code": code, "name": name, "type": type_.value, "currency": None, "is_active": True}
            for code, name, type_ in DEFAULT_CHART
        ],
    )
    return len(DEFAULT_CHART)


def list_ledgers(session: Session) -> list[ListedLedger]:
    """All ledgers by code."""
    rows = session.execute(
        select(Ledger.code, Ledger.name, Ledger.type, Ledger.currency, Ledger.is_active).order_by(
            Ledger.code
        )
    )
    return [
        ListedLedger(code=code, name=name, type=type_, currency=currency, is_active=active)
        for code, name, type_, currency, active in rows
    ]


def import_ledgers(
    session: Session, sheet: Sheet, *, now: datetime, actor: str | None
) -> LedgerImport:
    """Make and change ledgers as the sheet says; all rows or none. Others stay as they are.

    Refused: the type of a ledger that has journal lines, or that a site has wired to a role of
    another type; a currency that its journal lines or its site do not have.
    """
    wanted, problems = _read(sheet)
    standing = {
        row.code: row
        for row in session.execute(
            select(Ledger.id, Ledger.code, Ledger.name, Ledger.type, Ledger.currency)
            .order_by(Ledger.id)
            .with_for_update()
        )
    }
    changed = []
    for each in wanted:
        row = standing.get(each.code)
        if row is None or (each.name, each.type, each.currency) == (
            row.name,
            row.type,
            row.currency,
        ):
            continue
        changed.append((row, each))
        problems += _refusals(session, row.id, row.type, row.currency, each)
    if problems:
        problems.sort(key=lambda problem: problem.row)
        return LedgerImport(created=0, changed=0, unchanged=0, errors=tuple(problems))
    new = [each for each in wanted if each.code not in standing]
    if new:
        session.execute(
            insert(Ledger),
            [{**_values(each), "code": each.code, "is_active": True} for each in new],
        )
    for each in new:
        record_change(
            session,
            now=now,
            actor=actor,
            action="make_ledger",
            subject="ledger",
            label=f"{each.code} {each.name}",
            after=dict(_values(each)),
        )
    for row, each in changed:
        session.execute(update(Ledger).where(Ledger.id == row.id).values(**_values(each)))
        record_change(
            session,
            now=now,
            actor=actor,
            action="change_ledger",
            subject="ledger",
            subject_id=row.id,
            label=f"{each.code} {each.name}",
            before={"name": row.name, "type": row.type, "currency": row.currency},
            after=dict(_values(each)),
        )
    return LedgerImport(
        created=len(new),
        changed=len(changed),
        unchanged=len(wanted) - len(new) - len(changed),
    )


def one_ledger(*, code: str, name: str, type_: str, currency: str) -> Sheet:
    """A ledger as the sheet that `import_ledgers` takes: a form and a file are read alike."""
    cells = {"code": code, "name": name, "type": type_, "currency": currency}
    return Sheet(columns=COLUMNS, rows=(SheetRow(number=1, cells=cells),), problems=())


def is_currency(code: str) -> bool:
    """Whether ISO 4217 knows this code."""
    return code in get_global("all_currencies")


def _values(wanted: _Wanted) -> Mapping[str, str | None]:
    return {"name": wanted.name, "type": wanted.type, "currency": wanted.currency}


def _read(sheet: Sheet) -> tuple[list[_Wanted], list[SheetProblem]]:
    problems = list(sheet.problems)
    wanted = []
    seen: dict[str, int] = {}
    for row in sheet.rows:
        faults = _faults(row)
        code = row.text("code")
        first = seen.setdefault(code, row.number)
        if first != row.number:
            faults.append(("code", f"The ledger {code} stands on row {first} already."))
        problems += [
            SheetProblem(row=row.number, column=column, message=message)
            for column, message in faults
        ]
        wanted.append(
            _Wanted(
                row.number,
                code,
                row.text("name"),
                row.text("type").casefold(),
                row.text("currency").upper() or None,
            )
        )
    return wanted, problems


def _faults(row: SheetRow) -> list[tuple[str, str]]:
    faults = []
    code, name, type_ = row.text("code"), row.text("name"), row.text("type")
    if not _CODE.fullmatch(code):
        message = "A ledger's code has 1 to 40 characters, without blanks, colons and slashes."
        faults.append(("code", message))
    if not 1 <= len(name) <= 200:
        faults.append(("name", "A ledger's name has 1 to 200 characters."))
    if type_.casefold() not in set(LedgerType):
        known = ", ".join(LedgerType)
        faults.append(("type", f"“{type_}” is not a type of ledger; there are: {known}."))
    currency = row.text("currency").upper()
    if currency and not is_currency(currency):
        faults.append(("currency", f"There is no currency {currency}."))
    faults += [(column, unseen(row.text(column))) for column in TEXTS if unseen(row.text(column))]
    return faults


def _refusals(
    session: Session, ledger_id: int, type_: str, currency: str | None, wanted: _Wanted
) -> list[SheetProblem]:
    faults: list[tuple[str, str]] = []
    used = session.scalars(
        select(JournalEntry.currency)
        .join(JournalLine, JournalLine.entry_id == JournalEntry.id)
        .where(JournalLine.ledger_id == ledger_id)
        .distinct()
    ).all()
    if wanted.type != type_ and wanted.type in set(LedgerType):
        if used:
            message = (
                f"{wanted.code} has journal lines as {type_}: make a new ledger for {wanted.type}."
            )
            faults.append(("type", message))
        roles = session.scalars(
            select(SiteWiring.role).where(SiteWiring.ledger_id == ledger_id).distinct()
        ).all()
        wrong = [role for role in roles if wanted.type not in ROLE_TYPES[Role(role)]]
        if wrong:
            message = (
                f"{wanted.code} is wired as {', '.join(wrong)}, which takes no {wanted.type} "
                "ledger: wire another one there first."
            )
            faults.append(("type", message))
    if wanted.currency is not None and wanted.currency != currency:
        others = {code for code in used if code != wanted.currency}
        if others:
            message = f"{wanted.code} has journal lines in {', '.join(sorted(others))}."
            faults.append(("currency", message))
        sites = session.scalars(
            select(Site.name)
            .join(SiteWiring, SiteWiring.site_id == Site.id)
            .where(SiteWiring.ledger_id == ledger_id, Site.currency != wanted.currency)
            .order_by(Site.name)
        ).all()
        if sites:
            message = f"{wanted.code} is wired to {sites[0]}, whose books are in another currency."
            faults.append(("currency", message))
    return [
        SheetProblem(row=wanted.row, column=column, message=message) for column, message in faults
    ]
