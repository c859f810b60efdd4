"""The answers to what no default can know, as a declaration takes them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from webapp.admin.frame.site_facts import SiteFacts
from webapp.admin.sites.declaring import TypedForm, instant_typed, local_text
from webapp.backoffice.setup.site_settings import told
from webapp.models.sites import Site

DATE_NEEDED = "A day and a time are needed here, as 2026-01-01 00:00."


class Shelf(StrEnum):
    """How the stock begins: a count of the shelf, the store's own numbers, or nothing at all."""

    COUNTED = "counted"
    ADOPT = "adopt"
    ALL = "all"


def dates_given(form: TypedForm, site: SiteFacts, stands: Site, now: datetime) -> dict[str, Any]:
    """From when the books and the stock are; what makes no sense is in the form's errors.

    A store whose own numbers are taken over was counted now: they are what it shows now.
    """
    typed = form.values
    orders_from = _instant(form, "orders_from", stands.orders_from, site)
    stock_from: str | None = None
    match typed.get("shelf"):
        case Shelf.COUNTED:
            stock_from = _instant(form, "stock_from", stands.stock_from, site)
        case Shelf.ADOPT:
            stock_from = str(told(now))
        case Shelf.ALL:
            stock_from = None
        case _:
            form.errors["shelf"] = "Choose how the stock begins."
    return {"integration": {"orders_from": orders_from, "stock_from": stock_from}}


def tax_given(form: TypedForm, site: SiteFacts) -> dict[str, Any]:
    """Who owes the tax in the prices, and its percent of them where the store tells none."""
    by = form.values.get("tax_collected_by", "")
    posting = {"tax_collected_by": by}
    if by not in ("seller", "marketplace"):
        form.errors["tax_collected_by"] = "Choose one of the two."
    rate = form.values.get("included_tax_rate", "").strip().rstrip("% ").replace(",", ".")
    if site.has_payouts:
        posting["included_tax_rate"] = rate or "0"
    return {"posting": posting}


def _instant(form: TypedForm, name: str, stands: datetime | None, site: SiteFacts) -> str | None:
    """A field of the form as an instant; as it was drawn it stands to the second."""
    typed = form.values.get(name, "").strip()
    if stands is not None and typed == local_text(stands, site.timezone):
        return str(told(stands))
    found = instant_typed(typed, site.timezone)
    if found is None:
        form.errors[f"integration.{name}"] = DATE_NEEDED
    return found
