"""Questions to one store that are on their way at once: few at a time, answered in order.

Only reading overlaps, and only questions that need nothing of each other's answers. What is
asked first is answered first: an error comes up where it would have come up one by one, and
what was asked after it is called off. Threads never outlive the block that began them.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from queue import SimpleQueue
from threading import Lock, local
from typing import Any, Generic, TypeVar

from platforms.errors import PlatformError
from platforms.lines import CalledOff, Lines

Question = TypeVar("Question")
Found = TypeVar("Found")

_here = local()


def _begin_reading() -> None:
    _here.is_reading = True


def _is_reading() -> bool:
    return getattr(_here, "is_reading", False)


class Overlap:
    """The overlap of one store's questions, as wide as its lines. With one line there are no threads.

    An errand is what a reading thread may not do itself, since it touches the database: it is
    done by the thread that waits for the answers.
    """

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._told = Lock()
        self._is_off = False
        self._errands: SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = SimpleQueue()

    def map(self, ask: Callable[[Question], Found], questions: Iterable[Question]) -> list[Found]:
        """The answers, in the order of the questions.

        The first error in that order is raised; what was not asked by then is not asked.
        """
        if self._lines.at_once == 1:
            return [ask(question) for question in questions]
        found: list[Found] = []
        under_way: deque[Future[Found]] = deque()
        crew = _crew(self._lines.at_once)
        is_done = False
        try:
            for question in questions:
                while len(under_way) >= self._lines.at_once:
                    found.append(self.answer_to(under_way.popleft()))
                if any(_has_failed(each) for each in under_way):
                    break
                under_way.append(crew.submit(copy_context().run, ask, question))
            while under_way:
                found.append(self.answer_to(under_way.popleft()))
            is_done = True
        finally:
            if is_done:
                crew.shutdown()
            else:
                self._call_off(crew)
        return found

    @contextmanager
    def ahead(self, pages: Iterator[Found]) -> Iterator["Ahead[Found]"]:
        """These pages, each of which can be asked for before the one at hand is worked off."""
        crew = _crew(1)
        try:
            yield Ahead(self, crew, pages)
        finally:
            self._call_off(crew)

    def at_home(self, do: Callable[[], Found]) -> Found:
        """What `do` gives, done by the thread that waits for answers, one errand at a time."""
        if not _is_reading():
            return do()
        errand: Future[Found] = Future()
        with self._told:
            if self._is_off:
                raise CalledOff
            self._errands.put((do, errand))
        return errand.result()

    def may_ask_ahead(self) -> bool:
        return self._lines.at_once > 1

    def answer_to(self, asked: Future[Found]) -> Found:
        """The answer, waited for; errands are run meanwhile."""
        if not _is_reading():
            asked.add_done_callback(lambda _: self._errands.put(None))
            while not asked.done():
                self._run_errand()
        return asked.result()

    def _run_errand(self) -> None:
        waiting = self._errands.get()
        if waiting is None:  # an answer came, not always the one that is waited for
            return
        do, errand = waiting
        try:
            errand.set_result(do())
        except PlatformError as fault:
            errand.set_exception(fault)
        finally:
            if not errand.done():
                errand.set_exception(CalledOff())

    def _call_off(self, crew: ThreadPoolExecutor) -> None:
        """End these threads now. Only who began the first of them may hang up on the store."""
        if _is_reading():
            crew.shutdown(cancel_futures=True)
            return
        with self._told:
            self._is_off = True
            while not self._errands.empty():
                waiting = self._errands.get()
                if waiting is not None:
                    waiting[1].set_exception(CalledOff())
        try:
            with self._lines.called_off():
                crew.shutdown(cancel_futures=True)
        finally:
            self._is_off = False


class Ahead(Generic[Found]):
    """Pages that are read one ahead, when the caller says so; see `Overlap.ahead`."""

    def __init__(self, overlap: Overlap, crew: ThreadPoolExecutor, pages: Iterator[Found]) -> None:
        self._overlap = overlap
        self._crew = crew
        self._pages = pages
        self._asked: Future[Found | None] | None = None

    def __iter__(self) -> Iterator[Found]:
        while True:
            asked, self._asked = self._asked, None
            page = self._next() if asked is None else self._overlap.answer_to(asked)
            if page is None:
                return
            yield page

    def _next(self) -> Found | None:
        return next(self._pages, None)

    def begin(self) -> None:
        """Ask for the next page now. Until it is taken, the caller asks the store nothing else."""
        if self._asked is None and self._overlap.may_ask_ahead():
            self._asked = self._crew.submit(copy_context().run, self._next)


def _crew(size: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(size, "reading", initializer=_begin_reading)


def _has_failed(asked: Future[Any]) -> bool:
    return asked.done() and asked.exception() is not None
