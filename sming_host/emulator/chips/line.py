"""A chip's end of the serial line: a socket."""

from __future__ import annotations

import select
import socket
import time
from typing import Callable, Optional

# How long a program that polls an empty receiver is put to sleep: it would only keep a processor busy.
_NAP_S = 0.001
# Looks at an empty receiver before that.
_PATIENCE = 4
_BATCH = 4096
# Of the transmitter.
_FIFO = 127


class Line:
    """Bytes to and from the socket, without a thread: the program's own polling drives it."""

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._link.setblocking(False)
        self._received = bytearray()
        self._sent = bytearray()
        # Of them, those that the transmitter has not sent yet: its status was not read since.
        self._queued = 0
        self._empty_looks = 0
        self.gone = False
        # Called when the other end is found to be gone.
        self.on_lost: Optional[Callable[[], object]] = None
        # Nanoseconds that the program was made to wait.
        self.waited_ns = 0
        # Instructions so far, where they are counted: then only a loop that does nothing but look is made to wait, and
        # no look that a busy program takes in passing.
        self.executed: Optional[Callable[[], int]] = None
        self._last_look = self._last_interval = 0

    def available(self) -> int:
        """Return the number of bytes that were received; sends what waits first."""
        self.flush()
        if not self._received and not self._fill():
            self._empty_looks += 1
            if self._empty_looks > _PATIENCE and self._is_loop():
                before = time.monotonic_ns()
                select.select([self._link], [], [], _NAP_S)
                self.waited_ns += time.monotonic_ns() - before
                self._fill()
        if self._received:
            self._empty_looks = 0
        return len(self._received)

    def _is_loop(self) -> bool:
        """Tell whether no more was done between the last two looks than between those before."""
        if self.executed is None:
            return True
        now = self.executed()
        interval = now - self._last_look
        last, self._last_interval, self._last_look = self._last_interval, interval, now
        return interval <= last

    def _fill(self) -> bool:
        try:
            data = self._link.recv(_BATCH)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        if not data:
            self._lose()
        self._received += data
        return bool(data)

    def take(self) -> int:
        """Return the next byte that was received, 0 if there is none."""
        return self._received.pop(0) if self._received else 0

    def put(self, byte: int) -> None:
        """Send a byte."""
        self._sent.append(byte & 0xFF)
        self._queued = min(self._queued + 1, _FIFO)
        self._empty_looks = 0
        if len(self._sent) >= _BATCH:
            self.flush()

    def sending(self) -> int:
        """Return how many bytes the transmitter still has; whoever asks again finds them sent."""
        return self._queued

    def reset(self) -> None:
        """Lose what the transmitter has not sent: the chip was reset."""
        del self._sent[len(self._sent) - self._queued :]
        self._queued = 0

    def flush(self) -> None:
        """Hand everything over, waiting for room: a transmitter that is read slowly is a slow transmitter."""
        self._queued = 0
        while self._sent and not self.gone:
            try:
                count = self._link.send(self._sent)
                del self._sent[:count]
            except BlockingIOError:
                select.select([], [self._link], [], 1.0)
            except OSError:
                self._lose()

    def _lose(self) -> None:
        self.gone = True
        if self.on_lost is not None:
            self.on_lost()
