"""Bridge: a thread between a serial line and the user-mode network."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import Callable, Optional, Protocol

from sming_host.bridge.frames import BRIDGE, TEXT, Decoder, encode, is_packet
from sming_host.bridge.redirect import Redirect
from sming_host.bridge.slirp import Slirp

_BATCH = 65_536
_LONGEST_WAIT_S = 1.0
_QUESTION = b"time?"


class SerialLine(Protocol):
    """What a bridge needs of a port: pyserial ports and sockets have it."""

    def fileno(self) -> int:
        """Return the descriptor."""
        ...


def free_port() -> int:
    """Return a TCP port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def held_ports(device_ports: Iterable[int]) -> Iterator[dict[int, int]]:
    """Give a free TCP port of this machine for each of the device's.

    Within the block nobody else is given one of them, but the bridge can listen there, which is to be started in it.
    """
    with contextlib.ExitStack() as stack:
        ports = {}
        for device_port in device_ports:
            holder = stack.enter_context(socket.socket())
            # As libslirp does: two sockets may have the same port as long as one of them at most listens
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            holder.bind(("127.0.0.1", 0))
            ports[device_port] = int(holder.getsockname()[1])
        yield ports


class Bridge:
    """Carries packets, text and the time. Starts with the block it is used in and ends with it."""

    def __init__(
        self,
        line: SerialLine,
        *,
        forward: Optional[Mapping[int, int]] = None,
        on_text: Optional[Callable[[str], None]] = None,
        clock: Optional[Callable[[], float]] = time.time,
        udp: Optional[Mapping[int, int]] = None,
    ) -> None:
        """`forward` maps ports of the device to ports of this machine; `on_text` gets the device's console.

        `clock` is what the device is told as the time; None: it is not told. `udp` leads datagrams that the device
        sends to some ports, at any address, to ports of this machine: {53: port} is a name server of one's own.
        """
        self._fd = line.fileno()
        self._forward = dict(forward or {})
        self._on_text = on_text or (lambda _: None)
        self._clock = clock
        self._decoder = Decoder()
        self._out = bytearray()
        self._lock = threading.Lock()
        self._wake_read, self._wake_write = os.pipe()
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="bridge", daemon=True)
        os.set_blocking(self._fd, False)
        self._redirect = Redirect(udp or {})
        self._slirp = Slirp(lambda packet: self._send(self._redirect.incoming(packet)))
        self.packets = 0
        # Set when the other end of the line is gone.
        self.gone = threading.Event()

    def __enter__(self) -> Bridge:
        for device_port, host_port in self._forward.items():
            self._slirp.forward(host_port, device_port)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the thread and all connections. The line stays open."""
        if not self._ending:
            self._ending = True
            os.write(self._wake_write, b"!")
            self._thread.join()
            self._slirp.close()
            os.close(self._wake_read)
            os.close(self._wake_write)

    def type(self, text: str) -> None:
        """Send text to the device's console."""
        self._send(bytes([TEXT]) + text.encode())
        os.write(self._wake_write, b"!")

    def _send(self, frame: bytes) -> None:
        with self._lock:
            self._out += encode(frame)

    def _run(self) -> None:
        while not self._ending:
            wanted = {self._wake_read: select.POLLIN}
            if not self.gone.is_set():
                wanted[self._fd] = select.POLLIN | (select.POLLOUT if self._out else 0)
            happened = self._slirp.wait(wanted, _LONGEST_WAIT_S)
            if happened.get(self._wake_read):
                os.read(self._wake_read, _BATCH)
            if happened.get(self._fd, 0) & ~select.POLLOUT:
                self._receive()
            if self._out and not self.gone.is_set():
                self._transmit()

    def _receive(self) -> None:
        try:
            data = os.read(self._fd, _BATCH)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.gone.set()
            return
        for frame in self._decoder.feed(data):
            if is_packet(frame):
                self.packets += 1
                self._slirp.input(self._redirect.outgoing(frame))
            elif frame[0] == TEXT:
                self._on_text(frame[1:].decode("utf-8", "replace"))
            elif frame[0] == BRIDGE and frame[1:] == _QUESTION and self._clock is not None:
                self._send(bytes([BRIDGE]) + b"time=%d" % self._clock())

    def _transmit(self) -> None:
        with self._lock:
            try:
                del self._out[: os.write(self._fd, self._out)]
            except BlockingIOError:
                return
            except OSError:
                self.gone.set()
