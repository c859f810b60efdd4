"""The first page while nothing is started: how far the newest store is on its way."""

from collections.abc import Sequence
from typing import Any

from webapp.admin.frame.session import reading
from webapp.admin.frame.site_facts import SiteFacts
from webapp.admin.frame.workers import nobody_at_work
from webapp.admin.sites.steps import steps_of


def values(sites: Sequence[SiteFacts]) -> dict[str, Any]:
    """What the page shows of sites that were all not started; of none, the steps alone."""
    if not sites:
        return {"site": None, "others": ()}
    newest = sites[-1]
    return {
        "site": newest,
        "others": sites[:-1],
        "steps": steps_of(reading(), newest),
        "nobody": nobody_at_work(),
    }
