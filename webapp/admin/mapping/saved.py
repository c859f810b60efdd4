"""How a change of mappings is told: what became of it, and the way back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import flash, render_template, request
from markupsafe import Markup

from jobs.enqueue import request_processing
from webapp.admin.frame.base import actor
from webapp.admin.frame.formatters import plural
from webapp.admin.frame.session import backing
from webapp.admin.mapping.held_up import forget_held_up
from webapp.backoffice.goods.grid_batch import Saved


def is_scripted() -> bool:
    """Whether the grid asks, which wants JSON, and not a page."""
    return request.accept_mimetypes.best == "application/json"


def let_go(site_id: int, requeued: int, now: datetime) -> dict[str, int]:
    """Process what a change let go, as far as that is done at once: outcomes by state."""
    forget_held_up()
    if not requeued:
        return {}
    return request_processing(backing().engine, site_id, actor=actor(), now=now)


def what_became(subject: str, saved: Saved, done: Mapping[str, int]) -> str:
    """“Kettle” is saved. 2 orders went on: 2 synced."""
    if not saved.changed:
        return f"{subject} stands for that already."
    said = f"{subject} {'is' if saved.changed == 1 else 'are'} saved."
    return f"{said} {orders_went_on(saved.requeued, done)}"


def orders_went_on(requeued: int, done: Mapping[str, int]) -> str:
    if not requeued:
        return "No order waited for it."
    parts = [f"{number} {state}" for state, number in done.items()]
    left = requeued - sum(done.values())
    if parts and left > 0:
        parts.append(f"{left:,} with the next pull")
    waits = f": {', '.join(parts)}" if parts else " and wait for the next pull"
    return f"{plural(requeued, 'order')} went on{waits}."


def toast_with_undo(said: str, undo: str | None) -> None:
    """Say after a redirect what was done, with the way to take it back."""
    flash(Markup(render_template("mapping/_toast.html", said=said, undo=undo)), "done")  # noqa: S704


def answer(said: str, undo: str | None, **more: Any) -> dict[str, Any]:
    """The same for the grid."""
    return {"said": said, "undo": undo, **more}
