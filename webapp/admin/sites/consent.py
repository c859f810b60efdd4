"""A shop's owner lets us in: the way to the store's own page, and back with its answer.

The store is asked within the person's request here, with short timeouts: the answer is good for
minutes only, and the person waits for a yes or no.
"""

from hmac import compare_digest
from secrets import token_urlsafe
from time import time
from typing import Any

from flask import abort, make_response, request, session, url_for
from flask_admin import expose

from platforms import registry
from platforms.base import Consent
from platforms.errors import PlatformError, SiteRefused
from webapp.admin.frame.base import Screen, actor, back_to, complain, needs, toast
from webapp.admin.frame.rights import Right
from webapp.admin.frame.session import saving
from webapp.admin.frame.site_facts import SiteFacts, known_site
from webapp.admin.sites.access import store_access
from webapp.backoffice.people.audit import record_change
from webapp.backoffice.sites.consent import consent_given
from webapp.database import utc_now

# How long a person may take at the store's page.
KEPT_SECONDS = 3600
STATE = "consent_state"
LONGEST_STATE = 200


class ConsentScreen(Screen):
    under = "sites"

    def is_visible(self) -> bool:
        return False

    @expose("/begin", methods=("POST",))
    @needs(Right.AUTHORISE)
    def begin(self, site_id: int) -> Any:
        """Bind a state to this person's session; the next page leads to the store."""
        site, _ = _asked_for(site_id)
        session[STATE] = {"site": site.id, "state": token_urlsafe(32), "at": int(time())}
        return back_to("consent.links", site_id=site_id)

    @expose("/links")
    @needs(Right.AUTHORISE)
    def links(self, site_id: int) -> Any:
        """The store's pages, as plain links: a form may send its sender nowhere else."""
        site, consent = _asked_for(site_id)
        state = _state_of(site_id)
        if state is None:
            return back_to("integration.index", site_id=site_id)
        found = consent.links(
            store_access(site_id),
            redirect=url_for("consent.answer", site_id=site_id, _external=True),
            state=state,
            now=utc_now(),
        )
        return self.render("sites/consent.html", tab="integration", site=site, links=found)

    @expose("/")
    @needs(Right.AUTHORISE)
    def answer(self, site_id: int) -> Any:
        """What the store's page sent back with the person. The state is good once."""
        site, consent = _asked_for(site_id)
        state = _state_of(site_id)
        session.pop(STATE, None)
        given = {name: value for name, value in request.args.items() if name != "state"}
        if not _is_ours(state, request.args.get("state", "")):
            complain(
                f"Nothing was changed: this answer does not belong to an authorisation of "
                f"{site.name} that you have begun here. Press Authorise and try again."
            )
            return _away(site_id)
        try:
            consent.accept(store_access(site_id), given)
        except PlatformError as fault:
            fix = fault.fix if isinstance(fault, SiteRefused) else ""
            said = f"The store said: {fault.said}." if fault.said else ""
            sentences = (fault.sentence, said, fix or "Press Authorise and try again.")
            complain(f"{site.name} is not authorised. {' '.join(filter(None, sentences))}")
            return _away(site_id)
        _note(site)
        toast(f"{site.name} is authorised. What was waiting goes on with the next pull.")
        return _away(site_id)


def _asked_for(site_id: int) -> tuple[SiteFacts, Consent]:
    site = known_site(site_id)
    consent = registry.get(site.platform).consent
    if consent is None:
        abort(404)
    return site, consent


def _state_of(site_id: int) -> str | None:
    """The state of the authorisation of this site that this session has begun, if it has."""
    kept = session.get(STATE)
    if not isinstance(kept, dict) or kept.get("site") != site_id:
        return None
    is_over = int(time()) - int(kept.get("at", 0)) > KEPT_SECONDS
    return None if is_over else str(kept.get("state", "")) or None


def _is_ours(state: str | None, given: str) -> bool:
    if state is None or not given or len(given) > LONGEST_STATE:
        return False
    return compare_digest(state.encode(), given.encode())


def _note(site: SiteFacts) -> None:
    now = utc_now()
    with saving() as writer:
        consent_given(writer, site.id, now)
        record_change(
            writer,
            now=now,
            actor=actor(),
            action="authorise_site",
            subject="site",
            subject_id=site.id,
            label=site.name,
        )


def _away(site_id: int) -> Any:
    """To the site's page, so that the answer's address is left behind and told to nobody."""
    response = make_response(back_to("integration.index", site_id=site_id))
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
