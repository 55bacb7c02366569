"""What goes over the wire: records, alerts, and handshakes between two ends in memory, with a hand in between."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Optional

from sming_host.tls import Session, TlsError

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA = 20, 21, 22, 23


@dataclass(frozen=True)
class Record:
    """A TLS record as it is sent (RFC 5246 §6.2.1)."""

    kind: int
    body: bytes
    version: int = 0x0303

    def __bytes__(self) -> bytes:
        head = bytes([self.kind]) + self.version.to_bytes(2, "big")
        return head + len(self.body).to_bytes(2, "big") + self.body


def records(data: bytes) -> Iterator[Record]:
    """Split whole records; what is left over is a mistake of the sender."""
    while data:
        length = int.from_bytes(data[3:5], "big")
        assert len(data) >= 5 + length, "half a record"
        yield Record(data[0], data[5 : 5 + length], int.from_bytes(data[1:3], "big"))
        data = data[5 + length :]


def message(kind: int, body: bytes) -> bytes:
    """A handshake message (RFC 5246 §7.4)."""
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def handshake(kind: int, body: bytes) -> bytes:
    """A handshake message in a record of its own."""
    return bytes(Record(HANDSHAKE, message(kind, body)))


class Peer:
    """OpenSSL's client or server over memory. Keeps what it received, and its own reason for giving up."""

    def __init__(
        self,
        context: ssl.SSLContext,
        server_side: bool,
        host_name: Optional[str] = None,
        session: Optional[ssl.SSLSession] = None,
    ) -> None:
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(
            self._in, self._out, server_side=server_side, server_hostname=host_name, session=session
        )
        self.done = False
        self.closed = False
        self.received = bytearray()
        self.reason: Optional[str] = None
        self.feed(b"")

    def feed(self, data: bytes) -> None:
        self._in.write(data)
        try:
            if not self.done:
                self.tls.do_handshake()
                self.done = True
            while True:
                part = self.tls.read(65536)
                if not part:
                    self.closed = True
                    return
                self.received += part
        except ssl.SSLWantReadError:
            return
        except ssl.SSLZeroReturnError:
            self.closed = True
        except ssl.SSLError as error:
            self.reason = self.reason or error.reason or str(error)

    def drain(self) -> bytes:
        return self._out.read()


Hand = Callable[[Record], Iterator[bytes]]


def untouched(record: Record) -> Iterator[bytes]:
    yield bytes(record)


def talk(
    device: Session, peer: Peer, to_device: Hand = untouched, to_peer: Hand = untouched
) -> tuple[Optional[TlsError], list[Record]]:
    """Carry records between both until they fall silent or the device ends with an error.

    Returns the error, and every record that the device sent.
    """
    error: Optional[TlsError] = None
    sent: list[Record] = []
    while True:
        outgoing = list(records(device.drain()))
        sent += outgoing
        for record in outgoing:
            for part in to_peer(record):
                peer.feed(part)
        if error is not None:
            return error, sent
        incoming = list(records(peer.drain()))
        if not outgoing and not incoming:
            return None, sent
        for record in incoming:
            for part in to_device(record):
                try:
                    device.feed(part)
                except TlsError as failure:
                    error = error or failure
