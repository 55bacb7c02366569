"""One call at a time into the device's code, and what Python's garbage collector wants to release."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any, Callable


class CallLock:
    """A lock for ``with``; a thread may take it again.

    Destructors of cffi run wherever Python happens to collect garbage, also in a thread that holds one of cffi's own
    locks. If they waited there for a thread that is about to ask cffi for something, both would wait forever. So
    `release` never waits: what cannot be released now is released when the lock is left.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._pending: deque[tuple[Callable[[Any], object], Any]] = deque()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        try:
            self._drain()
        finally:
            self._lock.release()

    def release(self, function: Callable[[Any], object], handle: Any) -> None:
        """Call `function` with `handle`, at once unless another thread has the lock."""
        self._pending.append((function, handle))
        if self._lock.acquire(blocking=False):
            self.__exit__()

    def _drain(self) -> None:
        while self._pending:
            function, handle = self._pending.popleft()
            function(handle)
