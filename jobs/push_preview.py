"""The dry run of a push, for a person who looks at it later: nothing goes out, nothing is let go."""

from jobs.pull import pull_under
from jobs.push import PushReport
from jobs.running import running
from jobs.runtime import Runtime, SiteLease
from webapp.backoffice.goods.availability import site_quantities
from webapp.backoffice.goods.push_previews import keep_preview
from webapp.backoffice.goods.pushing import plan_push
from webapp.backoffice.sites import runs
from webapp.database import reading
from webapp.models.sites import Site


def preview_under(runtime: Runtime, lease: SiteLease, *, actor: str | None = None) -> PushReport:
    """Pull the site's new orders, then keep what a push would send (`push_previews.read_preview`).

    Unlike a dry run at the command line, where the person sees it at once, it does not open the
    way for the site's first push. PlatformError: the store refused or could not be reached. A
    report that `is_unfinished` kept nothing: the pull before gave way.
    """
    report = PushReport()
    with running(
        runtime,
        lease,
        report,
        kind="dry_run",
        direction="push",
        when_done=runs.note_answer,
        actor=actor,
    ):
        pulled = pull_under(runtime, lease, actor=actor)
        report.pulled = pulled.new + pulled.changed
        report.is_unfinished = pulled.is_unfinished
        if not pulled.is_unfinished:
            _keep(runtime, lease, report, actor)
    return report


def _keep(runtime: Runtime, lease: SiteLease, report: PushReport, actor: str | None) -> None:
    with reading(runtime.engine) as session:
        plan = plan_push(
            site_quantities(session, session.get_one(Site, lease.site_id)), send_all=False
        )
    report.listings, report.changed = plan.listings, plan.changed
    report.failures, report.would_send = plan.failures, plan.would_send()
    with lease.writing() as session:
        keep_preview(
            session,
            lease.site_id,
            plan,
            run_id=report.run,
            pulled=report.pulled,
            actor=actor,
            now=runtime.now(),
        )
