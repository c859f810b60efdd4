"""Processes side by side: what dies is started again, and all end together within seconds."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

from webapp.cli.output import complain

LOOKS_EVERY = 0.2
ENDS_WITHIN = 9.0
# One that dies again and again waits longer each time; one that ran for so long begins anew.
FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
RAN_WELL = 30.0


def this_command(*words: str) -> list[str]:
    """A command of ours as a process of its own, which ends when we do."""
    return [sys.executable, "-P", "-m", "webapp.cli", *words, "--supervised"]


@dataclass(slots=True, kw_only=True)
class Part:
    """One process to keep alive. `ends`: it may end by itself, when its work is done.

    `is_quiet`: what it says on stdout is not for the terminal.
    """

    name: str
    command: list[str]
    ends: bool = False
    is_quiet: bool = False
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    wait: float = 0.0
    start_at: float = 0.0
    is_done: bool = False

    def start(self) -> None:
        self.started_at = time.monotonic()
        # A session of its own: Ctrl-C in the terminal is for the supervisor, who ends us in turn.
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL if self.is_quiet else None,
            start_new_session=True,
        )

    def look(self) -> str | None:
        """What to say if it died. It is started again when its wait is over."""
        now = time.monotonic()
        if self.process is None:
            if not self.is_done and now >= self.start_at:
                self.start()
            return None
        status = self.process.poll()
        if status is None:
            return None
        self._close()
        if self.ends and status == 0:
            self.is_done = True
            return None
        ran_well = now - self.started_at > RAN_WELL
        self.wait = FIRST_WAIT if ran_well or not self.wait else min(self.wait * 2, LONGEST_WAIT)
        self.start_at = now + self.wait
        how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        return f"The {self.name} {how}; it is started again."

    def ask_to_end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            with suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGTERM)

    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def kill(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.kill()
            self.process.wait()
            self._close()

    def _close(self) -> None:
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()
        self.process = None


@dataclass(slots=True)
class Supervisor:
    """Runs parts until it is asked to end. `each_time`: what else is looked after; it may say why."""

    parts: Sequence[Part]
    each_time: Callable[[], str | None] | None = None
    _is_ending: bool = field(default=False, init=False)

    def run(self) -> None:
        """Until SIGTERM or Ctrl-C, or until every part that may end by itself has ended."""
        before = {each: signal.signal(each, self._end) for each in (signal.SIGTERM, signal.SIGINT)}
        try:
            for part in self.parts:
                part.start()
            while not self._is_ending and not all(part.is_done for part in self.parts):
                for said in (part.look() for part in self.parts):
                    if said:
                        complain(said)
                other = self.each_time() if self.each_time is not None else None
                if other:
                    complain(other)
                time.sleep(LOOKS_EVERY)
        finally:
            self._end_all()
            for each, handler in before.items():
                signal.signal(each, handler)

    def _end(self, number: int, frame: FrameType | None) -> None:
        self._is_ending = True

    def _end_all(self) -> None:
        deadline = time.monotonic() + ENDS_WITHIN
        for part in self.parts:
            part.ask_to_end()
        while time.monotonic() < deadline and not all(part.has_ended() for part in self.parts):
            time.sleep(0.05)
        for part in self.parts:
            if not part.has_ended():
                complain(f"The {part.name} did not end in time and is killed.")
            part.kill()
