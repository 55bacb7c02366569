"""Handshakes of the TLS harnesses with OpenSSL, recorded: what the peer said is a seed."""

from __future__ import annotations

import contextlib
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.support.pki import Authority, Identity

# As in tests/fuzz/tls/TlsInput.h
CLIENT_AUTHENTICATION, FULL_SUITES, RSA_KEY, VERIFY_LATER, SESSION_RESUME, FREE_KEY, CLOSE, EXHAUSTED = (
    1 << bit for bit in range(8)
)
LEGACY_VERSIONS, ALPN, TWICE = 8, 16, 32
ESTABLISHED, CLOSED = 2, 4


@dataclass(frozen=True)
class Settings:
    """What stands in front of the peer's bytes."""

    flags: int = 0
    max_buffer_size: int = 0
    fragment: int = 0
    fail_allocation: int = 0
    authority: bytes = b""
    more_flags: int = 0
    time: int = 0

    def header(self) -> bytes:
        numbers = bytes([self.flags, self.max_buffer_size | self.more_flags, self.fragment, self.fail_allocation])
        now = self.time or int(time.time())
        return numbers + now.to_bytes(4, "big") + len(self.authority).to_bytes(2, "big") + self.authority


class Harness:
    """The session of a harness that talks to a real peer."""

    def __init__(self, program: Path, header: bytes) -> None:
        self._process = subprocess.Popen([str(program), "record"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.state = 0
        self.heard = bytearray()
        self.said = self._exchange(header)

    def feed(self, data: bytes) -> bytes:
        """Give bytes of the peer's; returns the answer."""
        self.heard += data
        return self._exchange(data)

    def end(self) -> None:
        """The connection ends."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        status = self._process.wait(60)
        self._process.stdout.close()
        if status:
            raise RuntimeError(f"the harness ended with status {status} while a seed was recorded")

    def _exchange(self, data: bytes) -> bytes:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(len(data).to_bytes(4, "big") + data)
        self._process.stdin.flush()
        length = int.from_bytes(self._process.stdout.read(4), "big")
        if length == 0:
            raise RuntimeError("the harness ended while a seed was recorded")
        answer = self._process.stdout.read(length)
        self.state = answer[0]
        return answer[1:]


class Peer:
    """OpenSSL in memory, either side. Says `text` once the handshake is over, and goodbye after the echo."""

    def __init__(
        self, context: ssl.SSLContext, server: bool, text: bytes, session: Optional[ssl.SSLSession] = None
    ) -> None:
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        name = None if server else "device.local"
        given = None if server else session
        self._tls = context.wrap_bio(self._in, self._out, server_side=server, server_hostname=name, session=given)
        self._text = text
        self._received = 0
        self._done = self._said = False

    @property
    def session(self) -> Optional[ssl.SSLSession]:
        return self._tls.session

    @property
    def resumed(self) -> bool:
        return bool(self._tls.session_reused)

    def talk(self, data: bytes) -> bytes:
        """Take what the harness said, and give the answer."""
        self._in.write(data)
        with contextlib.suppress(ssl.SSLError):
            if not self._done:
                self._tls.do_handshake()
                self._done = True
            if not self._said:
                self._said = True
                self._tls.write(self._text)
            while self._received < len(self._text):
                self._received += len(self._tls.read(65536))
            self._tls.unwrap()
        return self._out.read()


def converse(program: Path, settings: Settings, peer: Peer, expected: int) -> bytes:
    """Let the two talk until both are silent; returns the seed. `expected` is a state the harness must come to."""
    harness = Harness(program, settings.header())
    heard = _talk(harness, peer, harness.said, expected)
    harness.end()
    return settings.header() + heard


def converse_twice(program: Path, settings: Settings, context: ssl.SSLContext, server: bool) -> bytes:
    """Two connections; on the second, OpenSSL resumes the session of the first or we do."""
    harness = Harness(program, settings.header())
    first = Peer(context, server, GET)
    heard = _talk(harness, first, harness.said, CLOSED)
    second = Peer(context, server, GET, first.session)
    heard_again = _talk(harness, second, harness.feed(b""), CLOSED)
    harness.end()
    if not second.resumed:
        raise RuntimeError(f"a recording with {settings} did not resume the session")
    return settings.header() + len(heard).to_bytes(2, "big") + heard + heard_again


def _talk(harness: Harness, peer: Peer, answer: bytes, expected: int) -> bytes:
    harness.heard.clear()
    best = harness.state
    while True:
        said = peer.talk(answer)
        if not said:
            break
        answer = harness.feed(said)
        best = max(best, harness.state)
    if best != expected:
        raise RuntimeError(f"a recording came to state {best} instead of {expected}")
    return bytes(harness.heard)


def _context(server: bool, ciphers: str = "", identity: Optional[Identity] = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
    if not server:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    if ciphers:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    if identity:
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = identity.write(Path(folder), "peer")
            context.load_cert_chain(certificate, key)
    return context


GET = b"GET / HTTP/1.1\r\nHost: device.local\r\n\r\n"

# Name, flags, ciphers in OpenSSL's words, further settings
_SERVER: list[tuple[str, int, str, dict[str, Any]]] = [
    ("default", 0, "", {}),
    ("gcm", CLOSE, "ECDHE-ECDSA-AES128-GCM-SHA256", {}),
    ("chacha20", FREE_KEY, "ECDHE-ECDSA-CHACHA20-POLY1305", {}),
    ("cbc", FULL_SUITES, "ECDHE-ECDSA-AES128-SHA256", {}),
    ("gcm256", FULL_SUITES | SESSION_RESUME, "ECDHE-ECDSA-AES256-GCM-SHA384", {}),
    ("rsa", RSA_KEY, "ECDHE-RSA-AES128-GCM-SHA256", {}),
    ("rsa-key-exchange", RSA_KEY | FULL_SUITES, "AES128-SHA256", {}),
    ("small-buffers", 0, "", {"max_buffer_size": 1, "fragment": 7}),
    ("large-buffers", CLOSE, "", {"max_buffer_size": 6, "fragment": 100}),
    ("alpn", 0, "", {"more_flags": ALPN}),
]


def server_seeds(program: Path) -> Iterator[tuple[str, bytes]]:
    """OpenSSL clients that talk to our server."""
    for name, flags, ciphers, more in _SERVER:
        settings = Settings(flags, **more)
        yield name, converse(program, settings, Peer(_context(False, ciphers), False, GET), CLOSED)
    again = Settings(SESSION_RESUME, more_flags=TWICE)
    yield "resumed", converse_twice(program, again, _context(False, "ECDHE-ECDSA-AES128-GCM-SHA256"), False)
    authority = Authority("Fuzzing CA")
    settings = Settings(CLIENT_AUTHENTICATION, authority=authority.der)
    for name, key_type in (("client-ec", "ec256"), ("client-rsa", "rsa2048")):
        identity = authority.issue("client", key_type=key_type, usages=(ExtendedKeyUsageOID.CLIENT_AUTH,))
        yield name, converse(program, settings, Peer(_context(False, "", identity), False, GET), CLOSED)
    seed = settings.header() + converse(program, Settings(), Peer(_context(False), False, GET), CLOSED)[10:]
    yield "client-without-certificate", seed


_CLIENT: list[tuple[str, int, str, str, dict[str, Any]]] = [
    ("default", 0, "", "ec256", {}),
    ("gcm", CLOSE, "ECDHE-ECDSA-AES128-GCM-SHA256", "ec256", {}),
    ("chacha20", SESSION_RESUME, "ECDHE-ECDSA-CHACHA20-POLY1305", "ec384", {}),
    ("cbc", FULL_SUITES, "ECDHE-ECDSA-AES128-SHA256", "ec256", {}),
    ("rsa", 0, "ECDHE-RSA-AES128-GCM-SHA256", "rsa2048", {}),
    ("rsa-key-exchange", FULL_SUITES, "AES128-SHA256", "rsa2048", {}),
    ("small-buffers", 0, "", "ec256", {"max_buffer_size": 1, "fragment": 7}),
    ("large-buffers", 0, "", "ec256", {"max_buffer_size": 6, "fragment": 100}),
    ("alpn", 0, "", "ec256", {"more_flags": ALPN}),
]


def client_seeds(program: Path) -> Iterator[tuple[str, bytes]]:
    """OpenSSL servers that talk to our client."""
    root = Authority("Fuzzing CA")
    issuing = Authority("Fuzzing CA 2", parent=root)
    for name, flags, ciphers, key_type, more in _CLIENT:
        for issuer, suffix in ((root, ""), (issuing, "-chain")):
            identity = issuer.issue("device.local", "*.example.org", "192.0.2.1", key_type=key_type)
            settings = Settings(flags, authority=root.der, **more)
            yield name + suffix, converse(program, settings, Peer(_context(True, ciphers, identity), True, GET), CLOSED)
    identity = root.issue("device.local")
    asking = _context(True, "", identity)
    asking.verify_mode = ssl.CERT_OPTIONAL
    asking.load_verify_locations(cadata=root.pem.decode())
    yield "asked", converse(program, Settings(authority=root.der), Peer(asking, True, GET), CLOSED)
    again = Settings(SESSION_RESUME, authority=root.der, more_flags=TWICE)
    keeping = _context(True, "ECDHE-ECDSA-AES128-GCM-SHA256", identity)
    keeping.options |= ssl.OP_NO_TICKET
    yield "resumed", converse_twice(program, again, keeping, True)
    unverified = Settings(VERIFY_LATER)
    yield "unverified", converse(program, unverified, Peer(_context(True, "", identity), True, GET), CLOSED)
