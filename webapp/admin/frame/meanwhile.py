"""Whether somebody else changed a thing while a form lay open: a mark of how it stood then."""

import json
from hashlib import sha256
from typing import Any

from flask import request

FIELD = "standing"


def mark(*standing: Any) -> str:
    """A short mark of values as they stand, for a form's hidden field `standing`.

    Equal values have equal marks, whatever the order of their keys.
    """
    text = json.dumps(standing, sort_keys=True, default=str)
    return sha256(text.encode()).hexdigest()[:16]


def changed_meanwhile(*standing: Any) -> bool:
    """Whether the form that was sent was drawn from other values than those that stand now.

    A form without the field was drawn by no page of ours: that counts as changed.
    """
    return request.form.get(FIELD) != mark(*standing)
