"""What tls12.py's client and server have in common: records, the transcript, keys."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Optional

from tests.axtls.native import Engine
from tests.axtls.tls12 import (
    ALERT,
    ALERTS,
    CCS,
    DATA,
    FINISHED,
    HANDSHAKE,
    HELLO_REQUEST,
    SUITES,
    TLS12,
    Cipher12,
    message,
    p_hash,
    record,
)


@dataclass
class Received:
    """What came out of the engine."""

    messages: list[tuple[int, bytes]] = field(default_factory=list)
    alerts: list[tuple[int, str]] = field(default_factory=list)
    data: bytes = b""
    ccs: int = 0
    #: ContentType of every record, in order
    types: list[int] = field(default_factory=list)

    def body(self, kind: int) -> bytes:
        return next(body for k, body in self.messages if k == kind)

    def kinds(self) -> list[int]:
        return [kind for kind, _ in self.messages]


class Peer:
    """One end of a connection; the engine is the other. Methods return self where a chain reads well."""

    is_client = True

    def __init__(self, engine: Engine, suite: int = 0xC02F) -> None:
        self.engine = engine
        self.suite = suite
        self.etm = False
        self.ems = True
        self.transcript = b""
        self.client_random = bytes(range(32))
        self.server_random = bytes(range(32, 64))
        self.session_id = b""
        self.premaster = b""
        self.master = b""
        self.seal: Optional[Cipher12] = None
        self.open: Optional[Cipher12] = None
        self._next: tuple[Cipher12, Cipher12]
        self._partial = b""
        self.version = TLS12
        #: Master secret of the session that is to be resumed.
        self.session_master = b""
        self.received = Received()

    # Sending

    def raw(self, data: bytes) -> None:
        while data:
            used = self.engine.feed(data)
            data = data[used:]
            if not used:
                before = len(self.received.types)
                self.take()
                if not self.engine.input() and len(self.received.types) == before:
                    raise AssertionError("the engine takes nothing and gives nothing")

    def fragment(self, kind: int, data: bytes) -> bytes:
        return self.seal.seal(kind, data) if self.seal else data

    def send(self, kind: int, data: bytes, version: int = 0) -> None:
        self.raw(record(kind, self.fragment(kind, data), version or self.version))

    def say(self, kind: int, body: bytes, *, pieces: Sequence[int] = ()) -> None:
        """A handshake message, also noted in the transcript; cut into records of the given sizes."""
        whole = message(kind, body)
        if kind != HELLO_REQUEST:
            self.transcript += whole
        at = 0
        sizes = iter(pieces)
        while at < len(whole):
            size = next(sizes, 16384)
            self.send(HANDSHAKE, whole[at : at + size])
            at += size

    def change_cipher_spec(self, body: bytes = b"\1") -> None:
        self.send(CCS, body)
        if hasattr(self, "_next"):
            self.seal = self._next[0]

    def verify_data(self, client: bool) -> bytes:
        digest = hashlib.new(self.prf_name, self.transcript).digest()
        return self.prf(self.master, b"client finished" if client else b"server finished", digest, 12)

    def finished(self, spoil: int = -1) -> None:
        data = bytearray(self.verify_data(self.is_client))
        if spoil >= 0:
            data[spoil // 8] ^= 1 << spoil % 8
        self.say(FINISHED, bytes(data))

    # Receiving

    def take(self) -> Received:
        """Everything the engine has to say; returns what is new, and remembers all."""
        out = self.engine.output()
        new = Received()
        while out:
            kind, length = out[0], int.from_bytes(out[3:5], "big")
            assert out[1:3] == b"\3\3" and len(out) >= 5 + length
            body, out = out[5 : 5 + length], out[5 + length :]
            new.types.append(kind)
            if self.open:
                body = self.open.open(kind, body)
            if kind == CCS:
                assert body == b"\1"
                new.ccs += 1
                self.open = self._next[1]
            elif kind == ALERT:
                assert len(body) == 2
                new.alerts.append((body[0], ALERTS[body[1]]))
            elif kind == DATA:
                new.data += body
            else:
                self._partial += body
                while len(self._partial) >= 4 and len(self._partial) >= 4 + int.from_bytes(self._partial[1:4], "big"):
                    size = 4 + int.from_bytes(self._partial[1:4], "big")
                    whole, self._partial = self._partial[:size], self._partial[size:]
                    self.hear(whole[0], whole[4:])
                    if whole[0] != HELLO_REQUEST:
                        self.transcript += whole
                    new.messages.append((whole[0], whole[4:]))
        self.received.messages += new.messages
        self.received.alerts += new.alerts
        self.received.types += new.types
        self.received.data += new.data
        self.received.ccs += new.ccs
        return new

    def hear(self, kind: int, body: bytes) -> None:
        """A message came; it is not in the transcript yet."""

    # Keys

    @property
    def prf_name(self) -> str:
        return SUITES[self.suite][4]

    def prf(self, secret: bytes, label: bytes, seed: bytes, length: int) -> bytes:
        return p_hash(self.prf_name, secret, label + seed, length)

    def make_master(self) -> None:
        if self.ems:
            digest = hashlib.new(self.prf_name, self.transcript).digest()
            self.master = self.prf(self.premaster, b"extended master secret", digest, 48)
        else:
            self.master = self.prf(self.premaster, b"master secret", self.client_random + self.server_random, 48)
        self.make_keys()

    def make_keys(self) -> None:
        _, kind, key_length, mac_name, _ = SUITES[self.suite]
        mac_length = hashlib.new(mac_name).digest_size if mac_name else 0
        iv_length = {"gcm": 4, "chacha": 12, "cbc": 0}[kind]
        block = self.prf(
            self.master, b"key expansion", self.server_random + self.client_random,
            2 * (mac_length + key_length + iv_length),
        )  # fmt: skip
        parts = []
        for length in (mac_length, key_length, iv_length):
            parts.append((block[:length], block[length : 2 * length]))
            block = block[2 * length :]
        (mac_c, mac_s), (key_c, key_s), (iv_c, iv_s) = parts
        client = Cipher12(self.suite, self.etm, key_c, iv_c, mac_c)
        server = Cipher12(self.suite, self.etm, key_s, iv_s, mac_s)
        self._next = (client, server) if self.is_client else (server, client)
