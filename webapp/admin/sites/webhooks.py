"""The button that has a site's webhooks set up, or put right.

The store is not asked within the person's request: what they want is written down, and the next
work on the site does it.
"""

from typing import Any

from flask import abort, redirect, url_for
from flask_admin import expose

from platforms import registry
from webapp.admin.frame.base import Screen, actor, back_to, complain, needs, toast
from webapp.admin.frame.rights import Right
from webapp.admin.frame.session import backing, saving
from webapp.admin.frame.site_facts import known_site
from webapp.admin.sites.webhook_facts import GIVE_ADDRESS
from webapp.backoffice.people.audit import record_change
from webapp.backoffice.sites.subscriptions import notice_address, request_subscription
from webapp.database import utc_now


class WebhooksScreen(Screen):
    under = "sites"

    def is_visible(self) -> bool:
        return False

    @expose("/")
    def index(self) -> Any:
        return redirect(url_for("sites.index"))

    @expose("/<id:site_id>/set-up", methods=("POST",))
    @needs(Right.SET_UP_WEBHOOKS)
    def set_up(self, site_id: int) -> Any:
        """Have the store asked for its notices, or what stops them put right."""
        site = known_site(site_id)
        platform = registry.get(site.platform)
        if platform.notices is None:
            abort(404)
        if not notice_address(backing().config.public_url, platform, site_id):
            complain(f"Nothing was changed. {GIVE_ADDRESS}")
            return back_to("integration.index", site_id=site_id)
        now = utc_now()
        with saving() as session:
            request_subscription(session, site_id, now)
            record_change(
                session,
                now=now,
                actor=actor(),
                action="set_up_webhooks",
                subject="site",
                subject_id=site_id,
                label=site.name,
            )
        toast(f"The store of {site.name} is asked for its webhooks with the next work on the site.")
        return back_to("integration.index", site_id=site_id)
