"""The home page: what needs a person now, by the money that waits; before the first store, what to do."""

from typing import Any

from flask_admin import AdminIndexView, expose

from webapp.admin.frame.base import Guarded
from webapp.admin.frame.session import reading
from webapp.admin.frame.site_facts import all_sites, listing_counts, state_counts
from webapp.admin.sites.site import missing_roles
from webapp.admin.today import dashboard, first_run
from webapp.backoffice.errors import Code
from webapp.backoffice.reports.order_causes import NEED_A_PERSON, by_money, causes
from webapp.backoffice.states import State
from webapp.database import utc_now


class TodayScreen(Guarded, AdminIndexView):
    @expose("/")
    def index(self) -> Any:
        sites = all_sites()
        if not any(site.is_started for site in sites):
            return self.render("today/first_run.html", **first_run.values(sites))
        session = reading()
        ids = [site.id for site in sites]
        states = state_counts(session, ids)
        totals = {state: sum(each[state] for each in states.values()) for state in State}
        waiting = by_money(causes(session, sites=ids, states=NEED_A_PERSON))
        told = {(cause.site_id, cause.code) for cause in waiting}
        listings = {site.id: listing_counts(session, site.id) for site in sites}
        return self.render(
            "today/index.html",
            sites=sites,
            site_of={site.id: site for site in sites},
            states=states,
            totals=totals,
            causes=waiting,
            unmapped=[
                (site, listings[site.id]["unmapped"])
                for site in sites
                if listings[site.id]["unmapped"] and (site.id, Code.UNMAPPED_LISTING) not in told
            ],
            unwired=[
                (site, roles)
                for site in sites
                if (site.id, Code.LEDGER_NOT_WIRED) not in told
                and (roles := missing_roles(session, site.id))
            ],
            unseen=[
                site for site in sites if site.push_seen_at is None and site.push_every is not None
            ],
            **dashboard.values(session, sites, utc_now()),
        )
