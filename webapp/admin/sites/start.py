"""A new site's start: what no default can know, the dry run of the first push, and one button."""

from typing import Any

from flask import request
from flask_admin import expose
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jobs.enqueue import request_catalogue, request_dry_run, request_push
from platforms import registry
from webapp.admin.frame.base import Screen, actor, back_to, complain, needs, toast
from webapp.admin.frame.formatters import plural
from webapp.admin.frame.rights import Right
from webapp.admin.frame.session import backing, reading, saving
from webapp.admin.frame.site_facts import SiteFacts, all_sites, known_site, state_counts
from webapp.admin.frame.workers import hand_to_workers, nobody_at_work
from webapp.admin.sites.declaring import TypedForm, declare, local_text
from webapp.admin.sites.start_answers import Shelf, dates_given, tax_given
from webapp.admin.sites.steps import steps_of
from webapp.backoffice.goods.adopting import StockAdoption, adopt_stock
from webapp.backoffice.goods.push_previews import let_pushes_go, read_preview
from webapp.backoffice.setup.declarations import DeclarationRefused
from webapp.backoffice.setup.starting import Said, open_orders, record_said, start_site
from webapp.backoffice.sites.settings import read_posting
from webapp.database import utc_now
from webapp.models.sites import Site
from webapp.models.stock import StockItem

SHOWN = 50


class StartScreen(Screen):
    under = "sites"

    def is_visible(self) -> bool:
        return False

    @expose("/")
    def index(self, site_id: int) -> Any:
        return self._page(site_id)

    @expose("/steps")
    def steps(self, site_id: int) -> Any:
        """The steps alone, which a page asks for again while workers have something of them."""
        site = known_site(site_id)
        return self.render(
            "sites/_steps.html",
            site=site,
            steps=steps_of(reading(), site),
            nobody=nobody_at_work(),
        )

    @expose("/look")
    def look(self, site_id: int) -> Any:
        """What the dry run has brought, asked for again while it is under way."""
        return self.render("sites/_look.html", **_look(known_site(site_id)))

    @expose("/catalogue", methods=("POST",))
    @needs(Right.ASK_STORE)
    def catalogue(self, site_id: int) -> Any:
        known_site(site_id)
        hand_to_workers(
            lambda connection: request_catalogue(
                backing().engine, connection, site_id, now=utc_now(), actor=actor()
            )
        )
        return _where_from(site_id)

    @expose("/look", methods=("POST",))
    @needs(Right.ASK_STORE)
    def ask_look(self, site_id: int) -> Any:
        """Have the workers bring in the orders and see what a push would set."""
        site = known_site(site_id)
        if not site.is_started and not steps_of(reading(), site).progress.is_dated:
            complain("Nothing was asked of the store. Say from when the books and the stock are.")
            return back_to(".index", site_id=site_id)
        _ask_dry_run(site_id)
        return back_to(".index", site_id=site_id, _anchor="look")

    @expose("/dates", methods=("POST",))
    @needs(Right.CONNECT)
    def dates(self, site_id: int) -> Any:
        """From when the books are, and when the shelf was counted."""
        site = known_site(site_id)
        form = TypedForm(values=dict(request.form.items()))
        given = dates_given(form, site, _site(site_id), utc_now())
        if form.errors or not _declared(site, given, form):
            return self._page(site_id, dates=form), 422
        with saving() as session:
            row = session.get_one(Site, site_id)
            after = {**given["integration"], "shelf": form.values["shelf"]}
            record_said(session, row, now=utc_now(), actor=actor(), after=after)
        toast("Written down. It can be changed on the Store tab.")
        return back_to(".index", site_id=site_id)

    @expose("/tax", methods=("POST",))
    @needs(Right.WIRE)
    def tax(self, site_id: int) -> Any:
        """Who owes the tax in the prices, and how much of them it is."""
        site = known_site(site_id)
        form = TypedForm(values=dict(request.form.items()))
        given = tax_given(form, site)
        if form.errors or not _declared(site, given, form):
            return self._page(site_id, tax=form), 422
        toast("Written down. Orders that have posted keep the rule of their first entry.")
        return back_to(".index", site_id=site_id)

    @expose("/adopt", methods=("POST",))
    @needs(Right.COUNT)
    def adopt(self, site_id: int) -> Any:
        """Take over the store's own numbers, so that available equals them."""
        known_site(site_id)
        with saving() as session:
            site = session.get_one(Site, site_id)
            done = adopt_stock(session, site, now=utc_now(), actor=actor())
        _ask_dry_run(site_id)
        toast(f"{plural(done.moved, 'stock item')} moved. The first push is looked at anew.")
        return back_to(".index", site_id=site_id, _anchor="look")

    @expose("/go", methods=("POST",))
    @needs(Right.CONNECT)
    def go(self, site_id: int) -> Any:
        """The one button: from now on the site is pulled and pushed by itself."""
        facts = known_site(site_id)
        preview = read_preview(reading(), site_id)
        seen = request.form.get("run")
        if preview is None or seen != str(preview.run) or _is_stale(facts):
            complain(
                "Nothing was started. Look at the dry run of the first push first."
                if preview is None or not seen
                else "Nothing was started: what was looked at is no longer how it is. Look anew."
            )
            return back_to(".index", site_id=site_id, _anchor="look")
        with saving() as session:
            site = session.get_one(Site, site_id)
            if facts.is_started:
                let_pushes_go(session, site, now=utc_now(), actor=actor())
            else:
                start_site(session, site, now=utc_now(), actor=actor())
        if not facts.is_started:
            toast(f"{facts.name} is pulled and pushed by itself from now on.")
            return back_to("today.index")
        if facts.push_held_at is not None:
            # What was held back goes out as a person's push; only that lets the next ones go.
            hand_to_workers(
                lambda connection: request_push(
                    backing().engine, connection, site_id, now=utc_now(), actor=actor()
                )
            )
        toast(
            f"The push of {facts.name} is handed to the workers, and further ones go by themselves."
        )
        return back_to("sites.store", site_id=site_id)

    def _page(
        self, site_id: int, *, dates: TypedForm | None = None, tax: TypedForm | None = None
    ) -> Any:
        facts = known_site(site_id)
        site = _site(site_id)
        look = _look(facts)
        shows_adoption = request.args.get("adopt") == "show"
        return self.render(
            "sites/start.html",
            dates=dates or _standing_dates(site, look["steps"].progress.said),
            tax=tax or _standing_tax(site),
            platform=registry.get(facts.platform),
            counted=_counted(reading()),
            adoption=_adoption(site_id) if shows_adoption else None,
            **look,
        )


def _look(site: SiteFacts) -> dict[str, Any]:
    """What the part of the page shows that workers fill in."""
    session = reading()
    return {
        "site": site,
        "steps": steps_of(session, site),
        "preview": read_preview(session, site.id),
        "shown": SHOWN,
        "states": state_counts(session, [site.id])[site.id],
        "open": open_orders(session, site.id),
        "nobody": nobody_at_work(),
    }


def _is_stale(site: SiteFacts) -> bool:
    """Whether the dry run tells nothing any more: the dates were changed since."""
    return not site.is_started and steps_of(reading(), site).progress.is_stale


def _site(site_id: int) -> Site:
    return reading().get_one(Site, site_id)


def _where_from(site_id: int) -> Any:
    """Back to the first page while nothing is started at all, else to the site."""
    if not any(site.is_started for site in all_sites()):
        return back_to("today.index")
    return back_to("sites.store", site_id=site_id)


def _ask_dry_run(site_id: int) -> None:
    hand_to_workers(
        lambda connection: request_dry_run(
            backing().engine, connection, site_id, now=utc_now(), actor=actor()
        )
    )


def _declared(site: SiteFacts, given: dict[str, Any], form: TypedForm) -> bool:
    try:
        declare(site, given)
    except DeclarationRefused as refused:
        form.take(refused.faults)
        return False
    return True


def _standing_dates(site: Site, said: Said | None) -> TypedForm:
    stands = Shelf.ALL if site.stock_from is None else Shelf.COUNTED
    return TypedForm(
        values={
            "orders_from": local_text(site.orders_from, site.timezone),
            "shelf": (said.shelf if said else "") or stands,
            "stock_from": local_text(site.stock_from, site.timezone),
        }
    )


def _standing_tax(site: Site) -> TypedForm:
    posting = read_posting(site.posting)
    return TypedForm(
        values={
            "tax_collected_by": posting.tax_collected_by,
            "included_tax_rate": posting.included_tax_rate,
        }
    )


def _counted(session: Session) -> tuple[int, int]:
    """Stock items there are, and those of them that were counted or received."""
    row = session.execute(select(func.count(), func.count(StockItem.counted_at))).one()
    return int(row[0]), int(row[1])


def _adoption(site_id: int) -> StockAdoption:
    """What taking over the store's numbers would do; nothing is changed."""
    with saving() as session:
        site = session.get_one(Site, site_id)
        return adopt_stock(session, site, now=utc_now(), actor=None, dry_run=True)
