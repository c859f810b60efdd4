"""The form of a site's channel ledgers and posting rules, and the declaration that it makes.

Each role offers the ledgers of the types that it takes. What was forged, or has changed its type
since, is refused with the reason, so a field takes whatever code was sent. The declaration holds
only what was chosen otherwise than it stands.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, FormField, SelectField, StringField

from webapp.backoffice.setup.wiring import LedgerFacts, Place, WiringFault, wiring_faults
from webapp.backoffice.sites.settings import (
    DEFAULT_ROLES,
    ESCROW_ROLES,
    METHOD_ROLES,
    REQUIRED_ROLES,
    ROLE_TYPES,
    Role,
)

OPTIONAL_ROLES = (Role.REFUNDS, Role.ROUNDING, Role.BANK)
WIRED_ROLES = (
    Role.CUSTOMER_PAYMENT,
    Role.SALES_REVENUE,
    Role.DELIVERY,
    Role.DISCOUNT,
    Role.TAX,
    Role.PLATFORM_FEES,
    *OPTIONAL_ROLES,
)
HELP = {
    Role.CUSTOMER_PAYMENT: "What the gateway or marketplace owes you. Back at zero when it has paid out.",
    Role.ROUNDING: "Only cents within the tolerance.",
    Role.BANK: "Where a payout lands. Without it payouts wait on the settlement worklist.",
}
CHOSEN_RULES = {
    "tax_collected_by": ("seller", "marketplace"),
    "closed_period": ("next_open_day", "block"),
    "child_orders": ("", "post", "skip"),
    "restock_on_refund": ("yes", "no"),
}
WORDS = re.compile(r"[,\n]")


def offered(ledgers: Mapping[str, LedgerFacts], role: Role, currency: str) -> list[LedgerFacts]:
    """The ledgers that a role takes: active, of its types, in the site's currency or any."""
    return [
        ledger
        for _, ledger in sorted(ledgers.items())
        if ledger.is_active
        and ledger.type in ROLE_TYPES[role]
        and ledger.currency in (None, currency)
    ]


def _ledger_field(role: Role) -> SelectField:
    label = role.replace("_", " ").capitalize()
    return SelectField(label, validate_choice=False, filters=[lambda code: (code or "").strip()])


class MethodForm(Form):
    """The ledgers of one payment method; without a choice it uses those above."""

    method = StringField("Payment method", filters=[lambda text: (text or "").strip()])
    customer_payment = _ledger_field(Role.CUSTOMER_PAYMENT)
    bank = _ledger_field(Role.BANK)


class EscrowFieldForm(Form):
    """What a field that the marketplace added to its escrow is."""

    field = StringField("Field", filters=[lambda text: (text or "").strip()])
    role = SelectField("Goes to", choices=[(role, role.replace("_", " ")) for role in ESCROW_ROLES])
    sign = SelectField("Acts", choices=[("1", "adds to what you get"), ("-1", "is taken from it")])


class LedgersForm(FlaskForm):
    """All of the page. The token is checked before any form is read."""

    class Meta:
        csrf = False

    customer_payment = _ledger_field(Role.CUSTOMER_PAYMENT)
    sales_revenue = _ledger_field(Role.SALES_REVENUE)
    delivery = _ledger_field(Role.DELIVERY)
    discount = _ledger_field(Role.DISCOUNT)
    tax = _ledger_field(Role.TAX)
    platform_fees = _ledger_field(Role.PLATFORM_FEES)
    refunds = _ledger_field(Role.REFUNDS)
    rounding = _ledger_field(Role.ROUNDING)
    bank = _ledger_field(Role.BANK)
    methods = FieldList(FormField(MethodForm), max_entries=200)
    tax_collected_by = SelectField("Tax is collected by", choices=CHOSEN_RULES["tax_collected_by"])
    included_tax_rate = StringField("Tax inside the prices, in percent")
    restock_on_refund = SelectField("Refunded pieces", choices=CHOSEN_RULES["restock_on_refund"])
    closed_period = SelectField("Late changes", choices=CHOSEN_RULES["closed_period"])
    child_orders = SelectField("Child orders", choices=CHOSEN_RULES["child_orders"])
    fee_meta_keys = StringField("Further fee fields")
    refund_words = StringField("Further words for a refund")
    escrow_fields = FieldList(FormField(EscrowFieldForm), max_entries=200)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingLedgers:
    """A site's wiring, ledger codes by place, and its posting settings, as they stand."""

    wired: Mapping[Place, str]
    posting: Mapping[str, Any]

    @property
    def mark(self) -> tuple[Any, ...]:
        return sorted([*place, code] for place, code in self.wired.items()), dict(self.posting)


def form_data(standing: StandingLedgers, methods: Sequence[str]) -> dict[str, Any]:
    """What the form is filled with; `methods`: payment methods to show beside the wired ones."""
    posting = standing.posting
    known = dict.fromkeys([*methods, *(method for _, method in standing.wired if method)])
    return {
        **{role.value: standing.wired.get((role, ""), "") for role in WIRED_ROLES},
        "methods": [
            {
                "method": method,
                **{role.value: standing.wired.get((role, method), "") for role in METHOD_ROLES},
            }
            for method in known
        ],
        **{key: posting[key] for key in ("tax_collected_by", "closed_period", "included_tax_rate")},
        "restock_on_refund": "yes" if posting["restock_on_refund"] else "no",
        "child_orders": posting["child_orders"] or "",
        "fee_meta_keys": ", ".join(posting["fee_meta_keys"]),
        "refund_words": ", ".join(posting["refund_words"]),
        "escrow_fields": [
            {"field": name, "role": given["role"], "sign": str(given["sign"])}
            for name, given in sorted((posting["escrow_fields"] or {}).items())
        ],
    }


def filled_form(data: Mapping[str, Any]) -> LedgersForm:
    """The form as something stands."""
    return LedgersForm(formdata=None, data=dict(data))


def typed_form(typed: MultiDict[str, str]) -> LedgersForm:
    """The form as it was sent."""
    return LedgersForm(formdata=typed)


def with_blank_rows(form: LedgersForm, *, has_escrow: bool) -> None:
    """Let one more payment method, and field of an escrow, be typed: a row at the end is empty."""
    for rows, name in ((form.methods, "method"), (form.escrow_fields, "field")):
        is_wanted = has_escrow or name == "method"
        if is_wanted and not (len(rows) and not rows[-1].form[name].data):
            rows.append_entry()


def wanted_wiring(form: LedgersForm) -> dict[Place, str | None]:
    """The wiring that the form asks for, by place; None unwires."""
    wanted: dict[Place, str | None] = {
        (role.value, ""): form[role.value].data or None for role in WIRED_ROLES
    }
    for each in form.methods:
        method = each.method.data
        if method:
            for role in METHOD_ROLES:
                wanted[(role.value, method)] = each[role.value].data or None
    return wanted


def wanted_posting(form: LedgersForm) -> dict[str, Any]:
    """The posting settings that the form asks for, as a declaration takes them."""
    return {
        "tax_collected_by": form.tax_collected_by.data,
        "included_tax_rate": (form.included_tax_rate.data or "0").strip(),
        "restock_on_refund": form.restock_on_refund.data != "no",
        "closed_period": form.closed_period.data,
        "child_orders": form.child_orders.data or None,
        "fee_meta_keys": _words(form.fee_meta_keys.data),
        "refund_words": _words(form.refund_words.data),
        "escrow_fields": {
            each.field.data: {"role": each.role.data, "sign": int(each.sign.data)}
            for each in form.escrow_fields
            if each.field.data and each.sign.data in ("1", "-1")
        },
    }


def _words(text: str | None) -> list[str]:
    found = (word.strip() for word in WORDS.split(text or ""))
    return list(dict.fromkeys(word for word in found if word))


def declared(form: LedgersForm, standing: StandingLedgers) -> dict[str, Any]:
    """The declaration of what was chosen otherwise than it stands; {}: nothing was."""
    ledgers: dict[str, str | None] = {}
    methods: dict[str, dict[str, str | None]] = {}
    for (role, method), code in wanted_wiring(form).items():
        if code == standing.wired.get((role, method)):
            continue
        if method:
            methods.setdefault(method, {})[role] = code
        else:
            ledgers[role] = code
    posting = {
        key: value
        for key, value in wanted_posting(form).items()
        if value != standing.posting.get(key)
    }
    parts = {"ledgers": ledgers, "payment_methods": methods, "posting": posting}
    return {name: given for name, given in parts.items() if given}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedWiring:
    """The wiring as it would stand: its ledgers, and why a place is refused or odd."""

    ledgers: Mapping[Place, LedgerFacts]
    refused: Mapping[Place, str]
    warnings: tuple[str, ...]


def check_wiring(
    form: LedgersForm,
    standing: StandingLedgers,
    ledgers: Mapping[str, LedgerFacts],
    *,
    currency: str,
    clearing_elsewhere: Mapping[int, str],
) -> CheckedWiring:
    """What is wrong with the wiring that the form asks for, by place, with what would do."""
    codes: dict[Place, str | None] = {**standing.wired, **wanted_wiring(form)}
    found = {place: ledgers[code] for place, code in codes.items() if code and code in ledgers}
    refused: dict[Place, str] = {
        place: f"There is no ledger {code} in the chart of accounts."
        for place, code in codes.items()
        if code and code not in ledgers
    }
    faults = wiring_faults(
        found, site_currency=currency, needs_all=True, clearing_elsewhere=clearing_elsewhere
    )
    for fault in faults:
        place = (fault.role, fault.payment_method)
        if not fault.is_warning and place not in refused:
            refused[place] = _sentence(fault, ledgers, currency)
    warnings = tuple(fault.message for fault in faults if fault.is_warning)
    return CheckedWiring(ledgers=found, refused=refused, warnings=warnings)


def _sentence(fault: WiringFault, ledgers: Mapping[str, LedgerFacts], currency: str) -> str:
    """The fault with a role as people say it, and a ledger that would be taken."""
    message = fault.message
    for role in Role:
        message = message.replace(role.value, role.value.replace("_", " "))
    would_do = offered(ledgers, Role(fault.role), currency)
    if fault.reason.value == "same_as_bank" or not would_do:
        return message
    return f"{message} {would_do[0].code} {would_do[0].name} would do."


def falls_to(role: Role) -> str:
    """What a role without a ledger of its own does, as a choice of its list."""
    if role in DEFAULT_ROLES:
        return f"same as {DEFAULT_ROLES[role].replace('_', ' ')}"
    return "choose a ledger" if role in REQUIRED_ROLES else "none"
