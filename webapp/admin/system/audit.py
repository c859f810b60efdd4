"""The audit trail as a list: who changed what, from what to what. Flask-Admin's own list view."""

from typing import Any, ClassVar

from flask_admin.contrib.sqla import ModelView
from flask_admin.model.template import macro
from sqlalchemy import func, select
from sqlalchemy.orm import Query

from webapp.admin.frame.base import Guarded
from webapp.admin.frame.formatters import CAP
from webapp.admin.frame.rights import Right
from webapp.admin.frame.session import db
from webapp.models.audit import AuditEntry


class AuditScreen(Guarded, ModelView):
    right = Right.READ_AUDIT
    can_create = can_edit = can_delete = False
    list_template = "audit/list.html"
    column_list = ("at", "actor", "action", "label", "before", "after")
    column_labels: ClassVar = {
        "at": "When",
        "actor": "Who",
        "action": "Did",
        "label": "To what",
        "before": "From",
        "after": "To",
    }
    column_default_sort = ("id", True)
    column_sortable_list = ()
    column_formatters: ClassVar = {
        "at": macro("when"),
        "actor": macro("who"),
        "action": macro("action"),
        "before": macro("told"),
        "after": macro("told"),
    }
    column_display_actions = False
    page_size = 50
    can_set_page_size = False

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(AuditEntry, db, **kwargs)

    def _get_list_extra_args(self) -> Any:
        """The list's address, its page within what is shown: a database counts no further."""
        asked = super()._get_list_extra_args()
        asked.page = min(max(asked.page or 0, 0), CAP // self.page_size)
        return asked

    def get_count_query(self) -> Query[Any]:
        """Counts no further than the cap: the trail only grows."""
        capped = select(AuditEntry.id).limit(CAP + 1).subquery()
        return db.session.query(func.count()).select_from(capped)
