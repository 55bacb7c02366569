"""A TLS session of the device's code over a blocking socket."""

from __future__ import annotations

import io
import socket
from typing import Any, Optional

from sming_host.errors import UserError
from sming_host.tls.errors import TlsError
from sming_host.tls.facts import State
from sming_host.tls.session import Session

CHUNK = 16384 + 512
"""Bytes asked of a socket at once: a full TLS record."""


class Connection:
    """A session and the socket under it. Closes both at the end of its ``with`` block."""

    def __init__(self, sock: socket.socket, session: Session) -> None:
        self.socket = sock
        self.session = session

    def handshake(self) -> None:
        """Complete the handshake, or raise the `TlsError` that ended it."""
        self._send()
        while not self.session.handshake_done:
            self._receive()

    def sendall(self, data: bytes) -> None:
        """Send plaintext."""
        self.session.write(data)
        self._send()

    def recv(self, limit: int) -> bytes:
        """Wait for plaintext and return at most `limit` bytes of it; empty when the peer said goodbye."""
        while True:
            data = self.session.read(limit)
            if data or self.session.state is not State.ESTABLISHED:
                return data
            self._receive()

    def makefile(self, mode: str = "rb") -> io.BufferedReader:
        """A file to read from, as the standard library's HTTP client wants one."""
        if mode != "rb":
            raise ValueError(f"mode {mode!r} is not supported")
        return io.BufferedReader(_Reader(self))

    def close(self) -> None:
        """Say goodbye, as far as the peer still listens, and close the socket."""
        try:
            self.session.close()
            self._send()
        except OSError:
            # The peer has gone already; there is nobody to say goodbye to.
            pass
        finally:
            self.session.free()
            self.socket.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _send(self) -> None:
        data = self.session.drain()
        if data:
            self.socket.sendall(data)

    def _receive(self) -> None:
        data = self.socket.recv(CHUNK)
        try:
            if data:
                self.session.feed(data)
            else:
                self.session.feed_eof()
        except TlsError:
            # The peer is to hear why.
            self._send()
            raise
        self._send()


class _Reader(io.RawIOBase):
    """A connection as a file of plaintext."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._connection.recv(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def connect(
    host: str, port: int = 443, *, address: Optional[tuple[str, int]] = None, timeout: float = 30.0, **options: Any
) -> Connection:
    """Connect to a TLS server and complete the handshake.

    `address` is where to connect to instead of `host` and `port`. The other options are those of `Session`.
    """
    host_name, port_number = address or (host, port)
    try:
        sock = socket.create_connection((host_name, port_number), timeout=timeout)
    except (OSError, UnicodeError) as error:
        raise UserError(f"{host_name}:{port_number}: {error}") from error
    try:
        connection = Connection(sock, Session("client", host_name=host, **options))
    except BaseException:
        sock.close()
        raise
    try:
        connection.handshake()
    except OSError as error:
        connection.close()
        raise UserError(f"{host_name}:{port_number}: {error}") from error
    except BaseException:
        connection.close()
        raise
    return connection
