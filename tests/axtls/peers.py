"""The peers of tls12.py: a client and a server that say whatever a test wants, to an engine in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional, Union

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.axtls.native import Engine
from tests.axtls.peer import Peer
from tests.axtls.tls12 import (
    CERTIFICATE,
    CLIENT_HELLO,
    CLIENT_KEY_EXCHANGE,
    EMS,
    ETM,
    FINISHED,
    GOOD_EXTENSIONS,
    RENEGOTIATION,
    SERVER_HELLO,
    SERVER_HELLO_DONE,
    SERVER_KEY_EXCHANGE,
    SUITES,
    TLS12,
    X25519,
    message,
    numbers,
    sign,
    u8,
    u16,
    vec8,
    vec16,
    vec24,
    verify,
)


class Client(Peer):
    """Talks to an engine that is a server."""

    def __init__(self, engine: Engine, suite: int = 0xC02F) -> None:
        super().__init__(engine, suite)
        self.certificate: Optional[x509.Certificate] = None
        self.group = 0
        self.offered_id = b""
        self.server_point = b""
        self.server_suite = 0
        self.server_extensions: dict[int, bytes] = {}

    def hello_body(
        self,
        *,
        version: int = TLS12,
        suites: Sequence[int] = (),
        compressions: bytes = b"\0",
        extensions: Optional[Sequence[bytes]] = GOOD_EXTENSIONS,
        session_id: bytes = b"",
    ) -> bytes:
        body = u16(version) + self.client_random + vec8(session_id)
        body += vec16(numbers(suites or (self.suite,))) + vec8(compressions)
        if extensions is not None:
            body += vec16(b"".join(extensions))
        return body

    def hello(self, **fields: Any) -> None:
        body = self.hello_body(**fields)
        self.offered_id = body[35 : 35 + body[34]]
        self.say(CLIENT_HELLO, body)

    def hear(self, kind: int, body: bytes) -> None:
        if kind == SERVER_HELLO:
            self.server_random = body[2:34]
            at = 35 + body[34]
            self.session_id = body[35:at]
            self.server_suite = int.from_bytes(body[at : at + 2], "big")
            rest = body[at + 5 :]
            while rest:
                size = int.from_bytes(rest[2:4], "big")
                self.server_extensions[int.from_bytes(rest[:2], "big")] = rest[4 : 4 + size]
                rest = rest[4 + size :]
            self.ems = 23 in self.server_extensions
            self.etm = 22 in self.server_extensions
            if self.session_master and self.session_id == self.offered_id:
                self.master = self.session_master
                self.make_keys()
        elif kind == CERTIFICATE:
            self.certificate = x509.load_der_x509_certificate(body[6 : 6 + int.from_bytes(body[3:6], "big")])
        elif kind == SERVER_KEY_EXCHANGE:
            self.group = int.from_bytes(body[1:3], "big")
            self.server_point = body[4 : 4 + body[3]]
            self._check_signature(body)

    def _check_signature(self, body: bytes) -> None:
        at = 4 + body[3]
        signed = self.client_random + self.server_random + body[:at]
        scheme = int.from_bytes(body[at : at + 2], "big")
        signature = body[at + 4 :]
        assert self.certificate is not None
        verify(self.certificate.public_key(), scheme, signature, signed)

    def share(self) -> bytes:
        """Our point; the premaster secret is computed."""
        if self.group == X25519:
            private = X25519PrivateKey.generate()
            self.premaster = private.exchange(X25519PublicKey.from_public_bytes(self.server_point))
            return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        curve = ec.SECP256R1()
        key = ec.generate_private_key(curve)
        self.premaster = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(curve, self.server_point))
        return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def encrypt_premaster(self, version: int = TLS12) -> bytes:
        self.premaster = u16(version) + bytes(46)
        assert self.certificate is not None
        public = self.certificate.public_key()
        assert isinstance(public, rsa.RSAPublicKey)
        return public.encrypt(self.premaster, padding.PKCS1v15())

    def key_exchange_body(self) -> bytes:
        if SUITES[self.suite][0] == "rsa":
            return vec16(self.encrypt_premaster())
        return vec8(self.share())

    def key_exchange(self, body: Optional[bytes] = None) -> None:
        self.say(CLIENT_KEY_EXCHANGE, self.key_exchange_body() if body is None else body)
        self.make_master()

    def until_hello_done(self, **fields: Any) -> None:
        self.hello(**fields)
        self.take()
        assert self.received.kinds()[-1] == SERVER_HELLO_DONE

    def until_keys(self, **fields: Any) -> None:
        self.until_hello_done(**fields)
        self.key_exchange()

    def until_ccs(self, **fields: Any) -> None:
        self.until_keys(**fields)
        self.change_cipher_spec()

    def handshake(self, **fields: Any) -> None:
        self.until_ccs(**fields)
        self.finished()
        self.take()
        self.check_server_finished()
        assert self.engine.state.connected

    def check_server_finished(self) -> None:
        assert self.received.messages[-1][0] == FINISHED
        whole = message(*self.received.messages[-1])
        assert self.transcript.endswith(whole)
        kept, self.transcript = self.transcript, self.transcript[: -len(whole)]
        assert self.received.messages[-1][1] == self.verify_data(False)
        self.transcript = kept


class Server(Peer):
    """Talks to an engine that is a client."""

    is_client = False

    def __init__(self, engine: Engine, chain: Sequence[bytes], key: object, suite: int = 0xC02F) -> None:
        super().__init__(engine, suite)
        self.chain, self.key = list(chain), key
        self.client_extensions: dict[int, bytes] = {}
        self.client_suites: list[int] = []
        self.offered_id = b""
        self.private: Union[X25519PrivateKey, ec.EllipticCurvePrivateKey, None] = None
        self.group = X25519

    def hear(self, kind: int, body: bytes) -> None:
        if kind == CLIENT_HELLO:
            self.client_random = body[2:34]
            at = 35 + body[34]
            self.offered_id = body[35:at]
            size = int.from_bytes(body[at : at + 2], "big")
            suites = body[at + 2 : at + 2 + size]
            self.client_suites = [int.from_bytes(suites[i : i + 2], "big") for i in range(0, size, 2)]
            at += 2 + size
            at += 1 + body[at]
            rest = body[at + 2 :]
            while rest:
                size = int.from_bytes(rest[2:4], "big")
                self.client_extensions[int.from_bytes(rest[:2], "big")] = rest[4 : 4 + size]
                rest = rest[4 + size :]
        elif kind == CLIENT_KEY_EXCHANGE:
            if SUITES[self.suite][0] == "rsa":
                assert isinstance(self.key, rsa.RSAPrivateKey)
                self.premaster = self.key.decrypt(body[2:], padding.PKCS1v15())
            elif isinstance(self.private, X25519PrivateKey):
                self.premaster = self.private.exchange(X25519PublicKey.from_public_bytes(body[1:]))
            elif self.private is not None:
                point = ec.EllipticCurvePublicKey.from_encoded_point(self.private.curve, body[1:])
                self.premaster = self.private.exchange(ec.ECDH(), point)
            # The keys depend on the transcript with this message in it
            kept = self.transcript
            self.transcript += message(kind, body)
            self.make_master()
            self.transcript = kept

    def good_extensions(self) -> list[bytes]:
        return [RENEGOTIATION, EMS] + ([ETM] if self.etm else [])

    def hello_body(
        self,
        *,
        version: int = TLS12,
        suite: int = -1,
        compression: int = 0,
        session_id: bytes = b"",
        extensions: Optional[Sequence[bytes]] = None,
    ) -> bytes:
        body = u16(version) + self.server_random + vec8(session_id)
        body += u16(self.suite if suite < 0 else suite) + u8(compression)
        return body + vec16(b"".join(self.good_extensions() if extensions is None else extensions))

    def hello(self, **fields: Any) -> None:
        if not self.client_suites:
            self.take()
        body = self.hello_body(**fields)
        self.ems = EMS in body
        self.say(SERVER_HELLO, body)

    def certificate_body(self) -> bytes:
        return vec24(b"".join(vec24(c) for c in self.chain))

    def certificate(self, body: Optional[bytes] = None) -> None:
        self.say(CERTIFICATE, self.certificate_body() if body is None else body)

    def parameters(self) -> bytes:
        if self.group == X25519:
            self.private = X25519PrivateKey.generate()
            point = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        else:
            self.private = ec.generate_private_key(ec.SECP256R1())
            point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return b"\3" + u16(self.group) + vec8(point)

    @property
    def scheme(self) -> int:
        return 0x0403 if isinstance(self.key, ec.EllipticCurvePrivateKey) else 0x0804

    def key_exchange_body(self, parameters: Optional[bytes] = None, scheme: int = 0) -> bytes:
        parameters = self.parameters() if parameters is None else parameters
        signature = sign(self.key, scheme or self.scheme, self.client_random + self.server_random + parameters)
        return parameters + u16(scheme or self.scheme) + vec16(signature)

    def key_exchange(self, body: Optional[bytes] = None) -> None:
        self.say(SERVER_KEY_EXCHANGE, self.key_exchange_body() if body is None else body)

    def hello_done(self) -> None:
        self.say(SERVER_HELLO_DONE, b"")

    def until_certificate(self, **fields: Any) -> None:
        self.hello(**fields)
        self.certificate()

    def until_key_exchange(self, **fields: Any) -> None:
        self.until_certificate(**fields)
        if SUITES[self.suite][0] == "ecdhe":
            self.key_exchange()

    def until_client_finished(self, **fields: Any) -> None:
        self.until_key_exchange(**fields)
        self.hello_done()
        self.take()
        assert self.received.kinds()[-1] == FINISHED, self.engine.state

    def until_ccs(self, **fields: Any) -> None:
        self.until_client_finished(**fields)
        self.change_cipher_spec()

    def handshake(self, **fields: Any) -> None:
        self.until_ccs(**fields)
        self.finished()
        assert self.engine.state.connected
