"""TLS sessions of the device's code over blocking sockets, as client and as server."""

from __future__ import annotations

import contextlib
import io
import socket
import time
from typing import Any, Optional

from sming_host.errors import UserError
from sming_host.tls.errors import TlsError
from sming_host.tls.facts import State
from sming_host.tls.session import Session

CHUNK = 16384 + 512
"""Bytes asked of a socket at once: a full TLS record."""

_LINGER_S = 1.0


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

    def goodbye(self) -> None:
        """Say goodbye and wait until the peer has done so, too: nothing was cut off on either way.

        Plaintext that still arrives is in `session.read()`. `close` does not wait.
        """
        self.session.close()
        self._send()
        while self.session.state is State.CLOSING:
            self._receive()

    def close(self) -> None:
        """Say goodbye, as far as the peer still listens, and close the socket. A second call does nothing."""
        if self.socket.fileno() < 0:
            return
        try:
            self.session.close()
            self._send()
        except OSError:
            # The peer has gone already; there is nobody to say goodbye to.
            pass
        finally:
            error = self.session.error
            if error is not None and error.alert is not None and not error.alert_received:
                self._linger()
            self.session.free()
            self.socket.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _linger(self) -> None:
        """Let the peer read our alert. Closing a socket over unread data resets the connection, and loses it."""
        deadline = time.monotonic() + _LINGER_S
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)
            while (left := deadline - time.monotonic()) > 0:
                self.socket.settimeout(left)
                if not self.socket.recv(CHUNK):
                    return

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
            # The peer is to hear why, if it is still there.
            with contextlib.suppress(OSError):
                self._send()
            raise
        try:
            self._send()
        except OSError:
            # A peer that has said goodbye need not wait for ours (RFC 5246 §7.2.1).
            if self.session.state is not State.CLOSED:
                raise


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


class Listener:
    """A listening socket; each connection to it is a server's session, set up anew."""

    def __init__(self, sock: socket.socket, timeout: float, options: dict[str, Any]) -> None:
        self.socket = sock
        self.timeout = timeout
        """Seconds that a connection waits for its peer."""
        self.options = options
        """Of the sessions to come. May be changed: a renewed certificate needs no restart."""

    @property
    def port(self) -> int:
        """Port that it listens on."""
        return int(self.socket.getsockname()[1])

    def accept(self) -> Connection:
        """Wait for a connection. Its `Connection.handshake` is still to come. `OSError` once closed."""
        sock, _ = self.socket.accept()
        try:
            sock.settimeout(self.timeout)
            return Connection(sock, Session("server", **self.options))
        except BaseException:
            sock.close()
            raise

    def close(self) -> None:
        """Stop listening. An `accept` that waits on another thread ends."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def listen(port: int = 0, host: str = "127.0.0.1", *, timeout: float = 30.0, **options: Any) -> Listener:
    """Listen for TLS clients; port 0 takes a free one.

    The options are those of `Session`, at least `certificate` and `key`. They are tried out at once, so that a key
    that does not fit is known before the first client comes.
    """
    Session("server", **options).free()
    try:
        return Listener(socket.create_server((host, port)), timeout, options)
    except (OSError, UnicodeError) as error:
        raise UserError(f"{host}:{port}: {error}") from error
