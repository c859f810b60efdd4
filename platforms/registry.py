"""Which platforms there are: every folder beside this file that declares one.

A platform is a package with an attribute `platform` (see `platforms.base.Platform`). There is
no list to edit: a new folder is enough. The sandbox, the other end for tests, is not one.
"""

import pkgutil
from functools import cache
from importlib import import_module
from pathlib import Path

from platforms.base import Platform

NOT_PLATFORMS = frozenset({"sandbox"})


@cache
def _found() -> dict[str, Platform]:
    here = str(Path(__file__).parent)
    found: dict[str, Platform] = {}
    for module in pkgutil.iter_modules([here]):
        if module.ispkg and module.name not in NOT_PLATFORMS:
            declared = getattr(import_module(f"platforms.{module.name}"), "platform", None)
            if declared is not None:
                found[declared.name] = declared
    return dict(sorted(found.items()))


def names() -> tuple[str, ...]:
    """Names of the platforms that there are, sorted."""
    return tuple(_found())


def get(name: str) -> Platform:
    """The platform of this name. KeyError with a sentence: there is none."""
    try:
        return _found()[name]
    except KeyError:
        known = ", ".join(names())
        raise KeyError(f"There is no platform {name!r}; there is: {known}.") from None
