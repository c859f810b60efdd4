"""Hanging up on a server that takes too long over the head of its answer.

A read timeout is for each read: a server that sends a byte now and then would hold us for hours.
"""

import socket
from threading import Condition, Thread
from time import monotonic


class Watch:
    """Watches one socket at a time, from a thread that sleeps until the deadline.

    Deadlines move on with every request, so the thread is hardly ever woken: it looks again
    when the one that it sleeps for has come, and ends when nobody has asked for it since.
    """

    def __init__(self) -> None:
        self._told = Condition()
        self._sock: socket.socket | None = None
        self._latest: socket.socket | None = None
        self._until = 0.0
        self._wakes_at = 0.0
        self._thread: Thread | None = None

    def begin(self, sock: socket.socket | None, until: float) -> None:
        """Hang up on this socket at a moment of `monotonic`, unless `end` comes first."""
        with self._told:
            self._sock, self._until = sock, until
            self._latest = sock
            if self._thread is None or not self._thread.is_alive():  # as after a fork
                self._wakes_at = until
                self._thread = Thread(target=self._run, name="hanging-up", daemon=True)
                self._thread.start()
            elif until < self._wakes_at:
                self._told.notify()

    def end(self) -> None:
        """The answer is there."""
        with self._told:
            self._sock = None

    def hang_up(self) -> None:
        """Hang up now, also when the head of the answer is there and the rest is not."""
        with self._told:
            _hang_up(self._latest)

    def stop(self) -> None:
        """Let the thread go; the next `begin` starts another."""
        with self._told:
            self._sock = self._latest = None
            self._until = 0.0
            self._told.notify()

    def _run(self) -> None:
        with self._told:
            while (left := self._until - monotonic()) > 0 or self._sock is not None:
                if left > 0:
                    self._wakes_at = self._until
                    self._told.wait(left)
                else:
                    _hang_up(self._sock)
                    self._sock = None
            self._thread = None


def _hang_up(sock: socket.socket | None) -> None:
    if sock is not None:
        try:
            # Not sock.shutdown: on a TLS socket that pulls the session from under the reader.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
        except OSError:
            return  # it is closed already
