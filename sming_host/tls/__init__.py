"""The device's TLS code, driven from Python: the very same sessions that run on a chip, in memory.

    session = Session("client", host_name="device.local", trust=[Path("out/ssl/ca.crt.pem")])
    transport.send(session.drain())
    session.feed(transport.receive())
    ...
    session.write(b"hello")

`Session` is sans-I/O: it takes bytes and gives bytes, and its clock and random numbers can be given, so that a
handshake can be repeated byte by byte. `connect`, `listen` and `open_connection` put a socket under one.

`UsageError` means that the calling code is wrong; every other error is a `TlsError`, carries the TLS alert that
went over the wire, and can be shown to a user as it is.
"""

from __future__ import annotations

from sming_host.tls.aio import AsyncConnection, open_connection
from sming_host.tls.errors import (
    AlertReceived,
    CertificateError,
    ConfigurationError,
    LibraryError,
    ProtocolError,
    ResourceError,
    TlsError,
    TruncatedError,
    UsageError,
)
from sming_host.tls.facts import Figures, MemoryUse, PeerCertificate, Pin, State, Statistics
from sming_host.tls.library import Library, default_library, engine_library
from sming_host.tls.resumption import Resumption, ServerShare
from sming_host.tls.session import NOW, Session
from sming_host.tls.sockets import Connection, Listener, connect, listen

__all__ = [
    "NOW",
    "AlertReceived",
    "AsyncConnection",
    "CertificateError",
    "ConfigurationError",
    "Connection",
    "Figures",
    "Library",
    "LibraryError",
    "Listener",
    "MemoryUse",
    "PeerCertificate",
    "Pin",
    "ProtocolError",
    "ResourceError",
    "Resumption",
    "ServerShare",
    "Session",
    "State",
    "Statistics",
    "TlsError",
    "TruncatedError",
    "UsageError",
    "connect",
    "default_library",
    "engine_library",
    "listen",
    "open_connection",
]
