"""Notices that somebody wants the training to stop: a signal, or the program that started it is gone."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class Interruption:
    """Once asked, always asked. The training looks at it between two updates, saves, and ends."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._parent = os.getppid()
        self._last_words: Callable[[], None] | None = None
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self._on_signal)

    def __call__(self) -> bool:
        """Whether to stop."""
        return self._asked.is_set() or os.getppid() != self._parent

    @contextmanager
    def at_once(self, last_words: Callable[[], None]) -> Iterator[None]:
        """In here nothing needs to be saved: who asks gets `last_words` and the end of the process."""
        self._last_words = last_words
        try:
            if self():
                self._end()
            yield
        finally:
            self._last_words = None

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._asked.set()
        self._end()

    def _end(self) -> None:
        if self._last_words is not None:
            self._last_words()
            os._exit(0)  # threads that draw would otherwise be waited for
