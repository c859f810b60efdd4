"""A process that a supervisor started ends with it, however the supervisor ended."""

import argparse
import os
import signal
import sys
import threading


def declare_supervised(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--supervised", action="store_true", help=argparse.SUPPRESS)


def end_with_supervisor(arguments: argparse.Namespace) -> None:
    """End as on SIGTERM when stdin closes, which the supervisor holds open while it lives."""
    if arguments.supervised:
        threading.Thread(target=_watch, args=(sys.stdin.fileno(),), daemon=True).start()


def _watch(descriptor: int) -> None:
    while os.read(descriptor, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
