"""A connection test's steps, one after the other: the first that fails says what to do."""

from collections.abc import Callable, Sequence
from time import monotonic
from typing import TypeVar

from platforms.connections import Check
from platforms.errors import ForbiddenAddress, PlatformError, TryAgain

Test = TypeVar("Test")

SECONDS_IN_ALL = 60.0
LONGEST_REQUEST = 12.0
PRIVATE_FIX = "Allow private addresses in the settings of this installation, or correct it."


class StepFailed(Exception):
    """One step does not work. `fix` says what to click, and where."""

    def __init__(self, sentence: str, *, fix: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.fix = fix


class TimeLeft:
    """How long the next request may take, so that all of a test together end in time."""

    def __init__(self) -> None:
        self._ends_at = monotonic() + SECONDS_IN_ALL

    def seconds(self) -> float:
        """TryAgain: the store answers too slowly to be tested."""
        left = self._ends_at - monotonic()
        if left <= 0:
            raise TryAgain("The store answers too slowly to be tested.")
        return min(LONGEST_REQUEST, left)


def run_steps(
    steps: Sequence[tuple[str, Callable[[Test], str]]], test: Test, *, usual_fix: str
) -> tuple[Check, ...]:
    """Each step with what it found; those after the first that failed are not tested.

    `usual_fix`: what to do about a fault of the store that says nothing of its own.
    """
    checks: list[Check] = []
    for name, step in steps:
        if checks and not checks[-1].is_ok:
            checks.append(Check(name=name, is_ok=None, message="Not tested."))
        else:
            checks.append(_run(name, step, test, usual_fix))
    return tuple(checks)


def _run(name: str, step: Callable[[Test], str], test: Test, usual_fix: str) -> Check:
    try:
        return Check(name=name, is_ok=True, message=step(test))
    except StepFailed as failed:
        return Check(name=name, is_ok=False, message=failed.sentence, fix=failed.fix)
    except ForbiddenAddress as refused:
        return Check(name=name, is_ok=False, message=refused.sentence, fix=PRIVATE_FIX)
    except PlatformError as broke:
        said = f" It said: {broke.said}" if broke.said else ""
        fix = getattr(broke, "fix", "") or usual_fix
        return Check(name=name, is_ok=False, message=f"{broke.sentence}{said}", fix=fix)
