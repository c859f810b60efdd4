"""A site's Integration tab: how its store is reached, tested, told of, and how often."""

from typing import Any

from flask import request
from flask_admin import expose
from sqlalchemy import select

from platforms import registry
from platforms.base import CredentialField
from webapp.admin.frame.base import Screen, back_to, complain, needs, toast
from webapp.admin.frame.meanwhile import changed_meanwhile, mark
from webapp.admin.frame.rights import Right
from webapp.admin.frame.session import reading, saving
from webapp.admin.frame.site_facts import SiteFacts, known_site
from webapp.admin.sites.access import run_connection_test
from webapp.admin.sites.declaring import TypedForm, declare, whole_typed
from webapp.admin.sites.site import said_of
from webapp.admin.sites.site_trail import keys_given, site_trail
from webapp.admin.sites.webhook_facts import webhook_facts
from webapp.backoffice.setup.declaration_reading import INTEGRATION
from webapp.backoffice.setup.declarations import DeclarationRefused
from webapp.backoffice.sites.connection_tests import forget_test, read_test
from webapp.models.sites import Site

KEYS = "credentials."
CADENCES = ("integration.pull_every", "integration.push_every")
NUMBERS = ("integration.attempt_limit", "integration.buyer_days")
AT_ONCE = "integration.requests_at_once"
BY_HAND = "by hand"
# Seconds to choose from; what else a declaration gave is offered beside them.
CHOICES = (30, 60, 120, 300, 600, 900, 1800, 3600, 4 * 3600, 12 * 3600, 24 * 3600)
WHOLE_NEEDED = "A whole number is needed here."


class IntegrationScreen(Screen):
    under = "sites"

    def is_visible(self) -> bool:
        return False

    @expose("/")
    def index(self, site_id: int) -> Any:
        return self._page(site_id)

    @expose("/test", methods=("POST",))
    @needs(Right.ASK_STORE)
    def test(self, site_id: int) -> Any:
        """The store is asked within the request: the person waits for a yes or no."""
        site = known_site(site_id)
        run_connection_test(site_id)
        if request.headers.get("HX-Request"):
            return self.render("sites/_test.html", site=site, test=read_test(reading(), site_id))
        return back_to(".index", site_id=site_id)

    @expose("/reach", methods=("POST",))
    @needs(Right.CONNECT)
    def reach(self, site_id: int) -> Any:
        """The address, and those keys that were typed anew; an empty field keeps its key."""
        site = known_site(site_id)
        fields = registry.get(site.platform).credential_fields
        form = TypedForm(values={"url": request.form.get("url", "").strip()})
        typed = {each.name: request.form.get(KEYS + each.name, "").strip() for each in fields}
        keys = {name: value for name, value in typed.items() if value}
        if changed_meanwhile(*_reached(site)):
            form.is_late = True
            return self._page(site_id, reach=form), 409
        if not form.values["url"]:
            form.errors["url"] = "The store's address is needed, as https://shop.example.com."
        return self._save(site_id, "reach", form, _reach_given(site, form, keys), fields)

    @expose("/pace", methods=("POST",))
    @needs(Right.CONNECT)
    def pace(self, site_id: int) -> Any:
        """How often each way, and how long one keeps trying."""
        known_site(site_id)
        stands = _paced(site_id)
        form = TypedForm(values={key: request.form.get(key, "").strip() for key in stands})
        if changed_meanwhile(stands):
            form.is_late = True
            return self._page(site_id, pace=form), 409
        integration: dict[str, Any] = {}
        for key, value in form.values.items():
            if value == stands[key]:
                continue
            is_none = value == _none_of(key)
            number = None if is_none else whole_typed(value)
            if number is None and not (is_none and key not in NUMBERS):
                form.errors[key] = WHOLE_NEEDED
            integration[key.partition(".")[2]] = number
        given = {"integration": integration} if integration else {}
        return self._save(site_id, "pace", form, given, ())

    def _save(
        self,
        site_id: int,
        part: str,
        form: TypedForm,
        given: dict[str, Any],
        fields: tuple[CredentialField, ...],
    ) -> Any:
        site = known_site(site_id)
        keys = given.get("credentials", {})
        replaces = any(each.is_renewed and each.name in keys for each in fields)
        applied = None
        if not form.errors:
            try:
                applied = declare(site, given, replace_tokens=replaces)
            except DeclarationRefused as refused:
                form.take(refused.faults)
        if applied is None:
            return self._page(site_id, **{part: form}), 422
        if part == "reach" and applied.changed:
            with saving() as session:
                forget_test(session, site_id)
            complain(f"{site.name} is saved. Test the connection: nobody has since it changed.")
        else:
            toast(said_of(applied))
        return back_to(".index", site_id=site_id)

    def _page(
        self, site_id: int, *, reach: TypedForm | None = None, pace: TypedForm | None = None
    ) -> Any:
        site = known_site(site_id)
        session = reading()
        paced = _paced(site_id)
        every = {int(paced[key]) for key in CADENCES if paced[key] != BY_HAND}
        return self.render(
            "sites/integration.html",
            tab="integration",
            site=site,
            platform=registry.get(site.platform),
            test=read_test(session, site_id),
            reach=reach or TypedForm(values={"url": site.url}),
            reach_mark=mark(*_reached(site)),
            given=keys_given(session, site_id),
            pace=pace or TypedForm(values=dict(paced)),
            paced=paced,
            pace_mark=mark(paced),
            choices=sorted({*CHOICES, *every}),
            webhooks=webhook_facts(site),
            trail=site_trail(session, site_id),
        )


def _reached(site: SiteFacts) -> tuple[str, dict[str, str]]:
    """The address and when each key was given: what the form of them was drawn from."""
    given = keys_given(reading(), site.id)
    return site.url, {name: at.isoformat() for name, at in given.items()}


def _reach_given(site: SiteFacts, form: TypedForm, keys: dict[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = {"credentials": keys} if keys else {}
    if form.values["url"] != site.url:
        given["url"] = form.values["url"]
    return given


def _paced(site_id: int) -> dict[str, str]:
    """The numbers of the form as they stand, as it has them."""
    keys = [*CADENCES, *NUMBERS, *((AT_ONCE,) if AT_ONCE.partition(".")[2] in INTEGRATION else ())]
    columns = [getattr(Site, key.partition(".")[2]) for key in keys]
    row = reading().execute(select(*columns).where(Site.id == site_id)).one()
    return {
        key: _none_of(key) if value is None else str(value)
        for key, value in zip(keys, row, strict=True)
    }


def _none_of(key: str) -> str:
    """How the form has no number at all."""
    return BY_HAND if key in CADENCES else ""
