"""Notices that somebody wants the training to stop: a signal, or the program that started it is gone."""

import os
import signal
import threading
from types import FrameType


class Interruption:
    """Once asked, always asked. The training looks at it between two updates, saves, and ends."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._parent = os.getppid()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self._on_signal)

    def __call__(self) -> bool:
        """Whether to stop."""
        return self._asked.is_set() or os.getppid() != self._parent

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._asked.set()
