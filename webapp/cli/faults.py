"""What goes wrong at the command line, each as a code, a sentence and a way out."""

from collections.abc import Sequence
from typing import Any


class UsageFault(Exception):
    """The command was used wrongly: exit status 2. `usage` is how it is used."""

    def __init__(self, message: str, usage: str = "") -> None:
        super().__init__(message)
        self.usage = usage


class CommandFault(Exception):
    """Something needs attention: exit status 1. `errors` are the faults of a file, all of them."""

    def __init__(
        self,
        code: str,
        message: str,
        next_step: str = "",
        errors: Sequence[dict[str, Any]] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.next_step = next_step
        self.errors = None if errors is None else list(errors)
