"""The form of Automation: as a site stands, as it was typed, and the declaration that it makes.

A declaration holds only what was typed otherwise than it stands, so that nothing else is saved
with it. All values are kept as they were typed: a form that is refused is shown again.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from webapp.admin.sites.declaring import instant_typed, local_text, whole_typed
from webapp.backoffice.setup.declaration_fields import DeclarationFault
from webapp.backoffice.sites.settings import Automation
from webapp.models.sites import Site

TESTS = {"is": "is", "over": "is over", "contains": "contains"}
FIELDS = {
    "total": "its total",
    "payment_method": "its payment method",
    "country": "the country it goes to",
    "buyer_note": "the buyer's note",
    "sku": "the SKU of one of its lines",
    "quantity": "the pieces of one of its lines",
}
RULE_KEY = re.compile(r"automation\.hold_when\[(\d+)\](?:\.(\w+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """A hold rule as it was typed, with what is wrong in it, by part: field, value, say."""

    field: str = "total"
    test: str = "over"
    value: str = ""
    say: str = ""
    errors: tuple[tuple[str, str], ...] = ()

    @property
    def is_blank(self) -> bool:
        return not self.value and not self.say

    @property
    def error(self) -> str:
        return " ".join(message for _, message in self.errors)


@dataclass(slots=True, kw_only=True)
class AutomationForm:
    statuses: list[str] = field(default_factory=list)
    other_status: str = ""
    orders_from: str = ""
    stock_from: str = ""
    stock_leaves_on: str = "paid"
    cancel_restocks: bool = True
    stock_buffer: str = "0"
    tells: str = ""
    handover: str = ""
    status_as: list[tuple[str, str]] = field(default_factory=list)
    rules: list[RuleRow] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        return not self.errors and not any(rule.errors for rule in self.rules)

    @property
    def first_error(self) -> str:
        found = [*self.errors.values(), *(rule.error for rule in self.rules if rule.errors)]
        return found[0] if found else ""


def standing_form(site: Site, automation: Automation) -> AutomationForm:
    """The form as the site stands."""
    zone = site.timezone
    return AutomationForm(
        statuses=sorted(automation.import_statuses),
        orders_from=local_text(site.orders_from, zone),
        stock_from=local_text(site.stock_from, zone),
        stock_leaves_on=automation.stock_leaves_on,
        cancel_restocks=automation.cancel_restocks,
        stock_buffer=str(automation.stock_buffer),
        tells=automation.on_shipped_set_status or "",
        handover=automation.handover or "",
        status_as=sorted(automation.status_as.items()),
        rules=[
            RuleRow(field=rule.field, test=rule.test, value=rule.value, say=rule.say)
            for rule in automation.hold_when
        ],
    )


def typed_form(typed: MultiDict[str, str]) -> AutomationForm:
    """The form as it was typed; rows left blank are gone."""
    rules = [
        RuleRow(field=field_, test=test, value=value.strip(), say=say.strip())
        for field_, test, value, say in zip(
            typed.getlist("hold_field"),
            typed.getlist("hold_test"),
            typed.getlist("hold_value"),
            typed.getlist("hold_say"),
            strict=False,
        )
    ]
    pairs = zip(typed.getlist("own_status"), typed.getlist("read_as"), strict=False)
    other = typed.get("other_status", "").strip()
    return AutomationForm(
        statuses=sorted({each for each in [*typed.getlist("status"), other] if each}),
        orders_from=typed.get("orders_from", "").strip(),
        stock_from=typed.get("stock_from", "").strip(),
        stock_leaves_on=typed.get("stock_leaves_on", ""),
        cancel_restocks=typed.get("cancel_restocks") == "yes",
        stock_buffer=typed.get("stock_buffer", "").strip(),
        tells=typed.get("tells", "").strip(),
        handover=typed.get("handover", ""),
        status_as=sorted({(own.strip(), known.strip()) for own, known in pairs if own.strip()}),
        rules=[rule for rule in rules if not rule.is_blank],
    )


def declared(form: AutomationForm, standing: AutomationForm, zone: str) -> dict[str, Any]:
    """The declaration of what was typed otherwise than it stands; {}: nothing was.

    What cannot be put into a declaration is added to the form's errors.
    """
    told = {"automation": _automation(form, standing), "integration": {}}
    for name in ("orders_from", "stock_from"):
        text = getattr(form, name)
        if text == getattr(standing, name):
            continue
        at = instant_typed(text, zone)
        if at is None and (text or name == "orders_from"):
            form.errors[name] = "A day and a time are needed here, as 2026-01-31T08:00."
        else:
            told["integration"][name] = at
    return {part: given for part, given in told.items() if given}


def _automation(form: AutomationForm, standing: AutomationForm) -> dict[str, Any]:
    stands = _values(standing)
    given = {key: value for key, value in _values(form).items() if value != stands[key]}
    if form.stock_buffer != standing.stock_buffer:
        pieces = whole_typed(form.stock_buffer)
        if pieces is None:
            form.errors["stock_buffer"] = "A whole number of pieces from 0 is needed here."
        else:
            given["stock_buffer"] = pieces
    return given


def _values(form: AutomationForm) -> dict[str, Any]:
    return {
        "import_statuses": form.statuses,
        "stock_leaves_on": form.stock_leaves_on,
        "cancel_restocks": form.cancel_restocks,
        "on_shipped_set_status": form.tells or None,
        "handover": form.handover or None,
        "status_as": dict(form.status_as),
        "hold_when": [
            {"field": rule.field, rule.test: rule.value, "say": rule.say} for rule in form.rules
        ],
    }


def settings_named(raw: dict[str, Any]) -> tuple[str, ...]:
    """The dotted names of what a declaration gives."""
    return tuple(f"{part}.{key}" for part, given in raw.items() for key in given)


def show_faults(form: AutomationForm, faults: Iterable[DeclarationFault]) -> None:
    """Put each fault of a declaration beside the field that it came from."""
    places = {"import_statuses": "statuses", "on_shipped_set_status": "tells"}
    of_rules: dict[int, list[tuple[str, str]]] = {}
    for fault in faults:
        of_rule = RULE_KEY.fullmatch(fault.key)
        if of_rule:
            part = of_rule[2] if of_rule[2] in ("field", "say") else "value"
            of_rules.setdefault(int(of_rule[1]), []).append((part, fault.message))
            continue
        name = fault.key.split(".")[1] if "." in fault.key else fault.key
        form.errors.setdefault(places.get(name, name), fault.message)
    form.rules = [
        RuleRow(
            field=rule.field,
            test=rule.test,
            value=rule.value,
            say=rule.say,
            errors=tuple(of_rules.get(place, ())),
        )
        for place, rule in enumerate(form.rules)
    ]
