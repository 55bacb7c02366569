"""An OpenSSL peer in memory (Python's `ssl` over `MemoryBIO`), and the two ends talking to each other."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from sming_host.tls import Session, TlsError
from tests.support.pki import Authority, Identity

Split = Callable[[bytes], Iterator[bytes]]
"""Cuts a stream into the pieces that arrive one by one."""


def whole(data: bytes) -> Iterator[bytes]:
    """All at once."""
    if data:
        yield data


def every(size: int) -> Split:
    """Pieces of `size` bytes."""

    def split(data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), size):
            yield data[start : start + size]

    return split


class Server:
    """A TLS 1.2 server of OpenSSL. Echoes what it receives."""

    def __init__(self, context: ssl.SSLContext, echo: bool = True) -> None:
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_side=True)
        self._echo = echo
        self.handshake_done = False
        self.received = bytearray()
        self.reason: Optional[str] = None
        """OpenSSL's reason when it failed: "TLSV1_ALERT_UNKNOWN_CA"."""
        self.closed = False

    def feed(self, data: bytes) -> None:
        """Take bytes from the client and work on them."""
        self._in.write(data)
        try:
            if not self.handshake_done:
                self._tls.do_handshake()
                self.handshake_done = True
            while True:
                part = self._tls.read(65536)
                if not part:
                    self.closed = True
                    return
                self.received += part
                if self._echo:
                    self._tls.write(part)
        except ssl.SSLWantReadError:
            return
        except ssl.SSLZeroReturnError:
            self.closed = True
        except ssl.SSLError as error:
            self.reason = self.reason or error.reason or str(error)

    def drain(self) -> bytes:
        return self._out.read()

    def write(self, data: bytes) -> None:
        self._tls.write(data)

    def close(self) -> None:
        """Send close_notify."""
        with contextlib.suppress(ssl.SSLWantReadError):
            self._tls.unwrap()

    @property
    def cipher(self) -> str:
        return (self._tls.cipher() or ("",))[0]


@dataclass
class Transcript:
    """What went over the wire."""

    to_server: bytearray = field(default_factory=bytearray)
    to_client: bytearray = field(default_factory=bytearray)


def converse(client: Session, server: Server, split: Split = whole, transcript: Optional[Transcript] = None) -> None:
    """Carry bytes between the two until both are silent. An error of the client's reaches the server first."""
    raised: Optional[TlsError] = None
    while True:
        outgoing = client.drain()
        if transcript is not None:
            transcript.to_server += outgoing
        for part in split(outgoing):
            server.feed(part)
        if raised is not None:
            raise raised
        incoming = server.drain()
        if transcript is not None:
            transcript.to_client += incoming
        if not outgoing and not incoming:
            return
        try:
            for part in split(incoming):
                client.feed(part)
        except TlsError as error:
            raised = error


class World:
    """An authority, servers that it vouches for, and OpenSSL contexts for them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self.authority = Authority("Test CA")
        self.other_authority = Authority("Other CA")
        self.good = self.authority.issue("device.local", "127.0.0.1")
        self.good_rsa = self.authority.issue("device.local", key_type="rsa2048")

    def context(self, identity: Identity, ciphers: str = "") -> ssl.SSLContext:
        """A server context for an identity."""
        self._count += 1
        certificate, key = identity.write(self._folder, f"server{self._count}")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(certificate, key)
        if ciphers:
            context.set_ciphers(ciphers)
        return context

    def server(self, identity: Optional[Identity] = None, ciphers: str = "", echo: bool = True) -> Server:
        return Server(self.context(identity or self.good, ciphers), echo)


def client(world: World, **options: Any) -> Session:
    """A client that trusts the world's authority and talks to device.local, unless told otherwise."""
    chosen: dict[str, Any] = {"host_name": "device.local", "trust": [world.authority.der], **options}
    return Session("client", **chosen)


class Client:
    """A TLS 1.2 client of OpenSSL that verifies the server."""

    def __init__(self, world: World, host_name: str = "device.local", ciphers: str = "") -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.load_verify_locations(cadata=world.authority.pem.decode())
        if ciphers:
            context.set_ciphers(ciphers)
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_hostname=host_name)
        self.received = bytearray()
        self.closed = False

    def talk(self, server: Session, data: bytes = b"", split: Split = whole) -> None:
        """Shake hands, send `data`, and take what the server answers, until both are silent."""
        while True:
            moved = False
            try:
                self._tls.do_handshake()
                if data:
                    self._tls.write(data)
                    data = b""
                while True:
                    part = self._tls.read(65536)
                    if not part:
                        self.closed = True
                        break
                    self.received += part
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLZeroReturnError:
                self.closed = True
            for part in split(self._out.read()):
                server.feed(part)
                moved = True
            answer = server.drain()
            if answer:
                self._in.write(answer)
                moved = True
            if not moved:
                return

    def drain(self) -> bytes:
        return self._out.read()

    def close(self) -> None:
        """Queue close_notify; `talk` carries it over."""
        with contextlib.suppress(ssl.SSLWantReadError):
            self._tls.unwrap()

    @property
    def cipher(self) -> str:
        return (self._tls.cipher() or ("",))[0]
