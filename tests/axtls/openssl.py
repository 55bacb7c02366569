"""OpenSSL on the other side, in memory, by way of Python's ssl module."""

from __future__ import annotations

import random
import ssl
from dataclasses import dataclass, field
from typing import Optional

from tests.axtls.native import Engine

SUITES = {
    0xCCA9: "ECDHE-ECDSA-CHACHA20-POLY1305",
    0xCCA8: "ECDHE-RSA-CHACHA20-POLY1305",
    0xC02B: "ECDHE-ECDSA-AES128-GCM-SHA256",
    0xC02F: "ECDHE-RSA-AES128-GCM-SHA256",
    0xC02C: "ECDHE-ECDSA-AES256-GCM-SHA384",
    0xC030: "ECDHE-RSA-AES256-GCM-SHA384",
    0xC023: "ECDHE-ECDSA-AES128-SHA256",
    0xC027: "ECDHE-RSA-AES128-SHA256",
    0xC024: "ECDHE-ECDSA-AES256-SHA384",
    0xC028: "ECDHE-RSA-AES256-SHA384",
    0xC009: "ECDHE-ECDSA-AES128-SHA",
    0xC013: "ECDHE-RSA-AES128-SHA",
    0xC00A: "ECDHE-ECDSA-AES256-SHA",
    0xC014: "ECDHE-RSA-AES256-SHA",
    0x009C: "AES128-GCM-SHA256",
    0x009D: "AES256-GCM-SHA384",
    0x003C: "AES128-SHA256",
    0x003D: "AES256-SHA256",
    0x002F: "AES128-SHA",
    0x0035: "AES256-SHA",
}


def is_ecdsa(suite: int) -> bool:
    return "ECDSA" in SUITES[suite]


@dataclass
class Pair:
    """An engine and OpenSSL, and the wire between them."""

    engine: Engine
    context: ssl.SSLContext
    server_side: bool
    server_name: Optional[str] = None
    session: Optional[ssl.SSLSession] = None
    #: Cut what passes into random pieces.
    shuffle: Optional[random.Random] = None
    to_engine: bytearray = field(default_factory=bytearray)
    #: Everything the engine and OpenSSL sent.
    sent: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)
    plain_in: bytearray = field(default_factory=bytearray)
    plain_out: bytearray = field(default_factory=bytearray)
    error: Optional[ssl.SSLError] = None
    done: bool = False
    eof: bool = False

    def __post_init__(self) -> None:
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.peer = self.context.wrap_bio(
            self.incoming, self.outgoing, self.server_side, self.server_name, session=self.session
        )

    def peer_step(self) -> None:
        try:
            if not self.done:
                self.peer.do_handshake()
                self.done = True
            while data := self.peer.read(65536):
                self.plain_out += data
            self.eof = True
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            self.eof = True
        except ssl.SSLError as error:
            self.error = self.error or error

    def _piece(self, waiting: int) -> int:
        if self.shuffle is None:
            return waiting
        return min(waiting, self.shuffle.choice((1, 2, 3, 5, 7, 17, 100, 700, 3000)))

    def pump(self) -> None:
        """Pass bytes both ways until nothing moves any more."""
        moved = True
        while moved:
            moved = False
            out = self.engine.output()
            if out:
                moved = True
                self.sent += out
                at = 0
                while at < len(out):
                    size = self._piece(len(out) - at)
                    self.incoming.write(out[at : at + size])
                    at += size
                    self.peer_step()
            self.peer_step()
            self.to_engine += self.outgoing.read()
            while self.to_engine:
                size = self._piece(len(self.to_engine))
                used = self.engine.feed(bytes(self.to_engine[:size]))
                self.received += self.to_engine[:used]
                del self.to_engine[:used]
                plain = self.engine.input()
                self.plain_in += plain
                if used:
                    moved = True
                elif not plain:
                    break
            plain = self.engine.input()
            self.plain_in += plain

    def engine_sends(self, data: bytes) -> None:
        while data:
            count = self.engine.write(data)
            self.engine.flush()
            self.pump()
            assert count > 0
            data = data[count:]

    def peer_sends(self, data: bytes) -> None:
        self.peer.write(data)
        self.pump()


#: SSL_OP_NO_ENCRYPT_THEN_MAC, which Python has no name for.
NO_ENCRYPT_THEN_MAC = 1 << 19
CBC_SUITES = [
    suite for suite, name in SUITES.items() if name.endswith(("-SHA", "SHA256", "SHA384")) and "GCM" not in name
]


def peer_context(server_side: bool, suite: Optional[int] = None) -> ssl.SSLContext:
    """TLS 1.2 only, with all suites of ours allowed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server_side else ssl.PROTOCOL_TLS_CLIENT)
    context.maximum_version = context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers((SUITES[suite] if suite else ":".join(SUITES.values())) + ":@SECLEVEL=1")
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def records(data: bytes) -> list[tuple[int, bytes]]:
    """Type and fragment of each record."""
    found = []
    while data:
        length = int.from_bytes(data[3:5], "big")
        found.append((data[0], bytes(data[5 : 5 + length])))
        data = data[5 + length :]
    return found


def up(pair: Pair) -> Pair:
    pair.pump()
    assert pair.error is None, (pair.error, pair.engine.state)
    assert pair.engine.state.connected, pair.engine.state
    pair.peer_sends(b"ping")
    pair.engine_sends(b"pong")
    assert pair.plain_in == b"ping" and pair.plain_out == b"pong"
    return pair


def finish(pair: Pair) -> None:
    pair.engine.close()
    pair.pump()
    pair.engine.free()
