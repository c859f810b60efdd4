"""A store is connected: its platform, then its address and keys, tested at once, and saved.

Secrets are written and never shown again. What is saved stands still until a person starts it.
"""

from typing import Any
from zoneinfo import available_timezones

from flask import abort, request
from flask_admin import expose

from platforms import registry
from platforms.base import Platform
from webapp.admin.frame.base import Screen, actor, back_to, complain, needs, toast
from webapp.admin.frame.rights import Right
from webapp.admin.frame.session import saving
from webapp.admin.sites.access import run_connection_test
from webapp.admin.sites.declaring import TypedForm, all_platforms, found_private
from webapp.backoffice.setup.connecting import connect_store
from webapp.backoffice.setup.declarations import DeclarationRefused
from webapp.backoffice.setup.site_settings import DEFAULT_PLAIN
from webapp.database import utc_now

PLAIN = ("name", "url", "currency", "timezone")
KEYS = "credentials."
NEEDED = {
    "name": "Give the store a name.",
    "url": "The store's address is needed, as https://shop.example.com.",
    "currency": "The currency that the store sells in is needed, as MYR.",
    "timezone": "The store's time zone is needed, as Asia/Kuala_Lumpur.",
}


class ConnectScreen(Screen):
    under = "sites"
    right = Right.CONNECT

    def is_visible(self) -> bool:
        return False

    @expose("/")
    def index(self) -> Any:
        """Which platform the store is on; where there is one only, its form."""
        platforms = all_platforms()
        if len(platforms) == 1:
            return back_to(".form", platform=next(iter(platforms)))
        return self.render("sites/connect.html", platforms=platforms)

    @expose("/<platform>")
    def form(self, platform: str) -> Any:
        on = _known(platform)
        usual = [address for _, address in on.guide.known_addresses[:1]]
        return self._page(on, TypedForm(values={**DEFAULT_PLAIN, "url": "".join(usual)}))

    @expose("/<platform>", methods=("POST",))
    @needs(Right.CONNECT)
    def save(self, platform: str) -> Any:
        on = _known(platform)
        form = TypedForm(values={key: request.form.get(key, "").strip() for key in PLAIN})
        for key, sentence in NEEDED.items():
            if not form.values[key]:
                form.errors[key] = sentence
        keys = {each.name: _typed_key(each.name) for each in on.credential_fields}
        declaration: dict[str, Any] = {
            "platform": on.name,
            **{key: value for key, value in form.values.items() if value},
            "credentials": {name: value for name, value in keys.items() if value},
        }
        site_id = _connect(declaration, form)
        if site_id is None:
            return self._page(on, form), 422
        return _tested(site_id, form.values["name"], on, declaration["credentials"])

    def _page(self, platform: Platform, form: TypedForm) -> Any:
        return self.render(
            "sites/connect_form.html",
            platform=platform,
            form=form,
            has_choice=len(registry.names()) > 1,
            zones=sorted(available_timezones()),
        )


def _known(platform: str) -> Platform:
    if platform not in registry.names():
        abort(404)
    return registry.get(platform)


def _typed_key(name: str) -> str:
    return request.form.get(KEYS + name, "").strip()


def _connect(declaration: dict[str, Any], form: TypedForm) -> int | None:
    """Save the new site; None: something is wrong, and stands in the form's errors."""
    private = found_private(declaration)
    try:
        with saving() as session:
            site_id = connect_store(
                session,
                declaration,
                platforms=all_platforms(),
                now=utc_now(),
                actor=actor(),
                private=private,
            )
            if form.errors:
                raise DeclarationRefused(())
            return site_id
    except DeclarationRefused as refused:
        form.take(refused.faults)
        return None


def _tested(site_id: int, name: str, platform: Platform, keys: dict[str, str]) -> Any:
    """Test what was saved, and lead to what is next."""
    renewed = {each.name for each in platform.credential_fields if each.is_renewed}
    if platform.consent is not None and renewed.isdisjoint(keys):
        toast(f"{name} is saved. Now have the shop's owner authorise it.")
        return back_to("integration.index", site_id=site_id)
    if run_connection_test(site_id):
        toast(f"{name} is connected: every step of the test passed.")
        return back_to("sites.store", site_id=site_id)
    complain(f"{name} is saved, but it does not answer as it should. The test says what to mend.")
    return back_to("integration.index", site_id=site_id)
