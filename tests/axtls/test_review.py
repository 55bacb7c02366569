"""What an independent review of the engine found, each finding with a test of its own."""

from __future__ import annotations

import contextlib
import hashlib
import socket
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.axtls.conftest import NAME, World
from tests.axtls.conversations import Case, settings_for
from tests.axtls.native import Engine, Settings
from tests.axtls.peers import Client, Server
from tests.axtls.test_api import (
    CACERT,
    CERT,
    IN_PARTS,
    NOT_OK,
    OK,
    PKCS8,
    VERIFY_LATER,
    api,
    context_of,
    extensions,
    load,
)
from tests.axtls.tls12 import (
    CERTIFICATE,
    GOOD_EXTENSIONS,
    GROUPS,
    HANDSHAKE,
    NEW_TICKET,
    SERVER_HELLO_DONE,
    extension,
    u16,
    vec8,
    vec16,
    vec24,
)

TICKET, P521 = 35, 25


def test_chain_of_any_length(world: World) -> None:
    """A certificate may end just where a piece of the flight ends: the next length is written once all the same."""
    identity = world.servers["ec256"]
    for size in range(1, 400):
        chain = [identity.der, bytes(size), bytes(size + 1)]
        settings = Settings()
        settings.identity(chain, identity.key_der)
        client = Client(settings.server(), 0xC02B)
        client.hello()
        client.take()
        assert client.received.body(CERTIFICATE) == vec24(b"".join(vec24(c) for c in chain)), size
        assert client.received.kinds()[-1] == SERVER_HELLO_DONE
        client.engine.free()
        settings.free()


# --- Groups ---


def on_p521(key: ec.EllipticCurvePrivateKey) -> bytes:
    return vec8(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def test_a_client_can_do_what_it_offers(world: World) -> None:
    """P-521 is offered, for certificates; so a server may take it for the key exchange, too."""
    settings = settings_for(world, "client", Case("", lambda: None, ""))
    identity = world.servers["rsa2048"]
    chain = [identity.der, *(c.public_bytes(Encoding.DER) for c in identity.chain)]
    server = Server(settings.client(NAME), chain, identity.key, 0xC02F)
    server.until_certificate()
    assert u16(P521) in [server.client_extensions[10][i : i + 2] for i in range(2, 10, 2)]
    server.private = ec.generate_private_key(ec.SECP521R1())
    server.key_exchange(server.key_exchange_body(b"\3" + u16(P521) + on_p521(server.private)))
    server.hello_done()
    server.take()
    server.change_cipher_spec()
    server.finished()
    assert server.engine.state.connected
    server.engine.free()
    settings.free()


def test_a_server_with_a_client_of_one_large_group(world: World) -> None:
    settings = settings_for(world, "server", Case("", lambda: None, ""))
    client = Client(settings.server(), 0xC02F)
    groups = extension(10, vec16(u16(P521)))
    client.until_hello_done(extensions=[groups if e == GROUPS else e for e in GOOD_EXTENSIONS])
    assert client.group == P521
    key = ec.generate_private_key(ec.SECP521R1())
    point = ec.EllipticCurvePublicKey.from_encoded_point(key.curve, client.server_point)
    client.premaster = key.exchange(ec.ECDH(), point)
    client.key_exchange(on_p521(key))
    client.change_cipher_spec()
    client.finished()
    client.take()
    client.check_server_finished()
    assert client.engine.state.connected
    client.engine.free()
    settings.free()


# --- Sessions ---


def names_alike() -> tuple[str, str]:
    """Two host names, of which the first half of a 64-bit hash is the same."""
    seen: dict[bytes, str] = {}
    for number in range(1 << 20):
        name = f"{number:x}.example"
        digest = hashlib.sha256(name.encode()).digest()
        start = digest[:3] + bytes([digest[3] | 1])
        if start in seen:
            return seen[start], name
        seen[start] = name
    raise AssertionError


def visited(world: World, settings: Settings, name: str) -> bytes:
    """A client's session with a server of this name."""
    identity = world.authority.issue(name, key_type="ec256")
    chain = [identity.der, *(c.public_bytes(Encoding.DER) for c in identity.chain)]
    server = Server(settings.client(name), chain, identity.key, 0xC02B)
    server.handshake(session_id=bytes(range(32)))
    session = server.engine.session()
    server.engine.free()
    assert session
    return session


def offered(settings: Settings, name: str, session: bytes) -> bytes:
    """The session id that a client offers to a server of this name."""
    server = Server(settings.client(name, session), [], None, 0xC02B)
    server.take()
    server.engine.free()
    return server.offered_id


def test_a_session_is_for_one_name(world: World) -> None:
    """Names whose hashes begin alike are easily found; a server that has one of them is not taken for the other."""
    mine, other = names_alike()
    settings = settings_for(world, "client", Case("", lambda: None, ""))
    session = visited(world, settings, mine)
    assert offered(settings, mine, session) == bytes(range(32))
    assert offered(settings, other, session) == b""
    settings.free()


def test_a_session_with_an_impossible_id(world: World) -> None:
    settings = settings_for(world, "client", Case("", lambda: None, ""))
    session = bytearray(visited(world, settings, NAME))
    assert session[32] == 32
    session[32] = 200
    assert offered(settings, NAME, bytes(session)) == b""
    settings.free()


def test_another_session_is_not_forgotten(world: World) -> None:
    """The id beside a ticket is the client's choice: when that connection fails, no session of this id goes with it."""
    settings = settings_for(world, "server", Case("", lambda: None, ""))
    settings.cache(4)
    settings.tickets()
    first = Client(settings.server(), 0xC02B)
    first.handshake()
    victim = first.session_id
    assert len(victim) == 32
    second = Client(settings.server(), 0xC02B)
    second.handshake(extensions=(*GOOD_EXTENSIONS, extension(TICKET)))
    ticket = second.received.body(NEW_TICKET)[6:]
    third = Client(settings.server(), 0xC02B)
    third.session_master = second.master
    third.hello(session_id=victim, extensions=(*GOOD_EXTENSIONS, extension(TICKET, ticket)))
    third.take()
    assert third.session_id == victim
    third.change_cipher_spec()
    third.finished()
    assert third.engine.state.connected and third.engine.state.resumed
    third.send(HANDSHAKE, b"\xff\0\0\0")
    assert third.engine.state.closed
    fourth = Client(settings.server(), 0xC02B)
    fourth.session_master = first.master
    fourth.hello(session_id=victim)
    fourth.take()
    fourth.change_cipher_spec()
    fourth.finished()
    assert fourth.engine.state.connected and fourth.engine.state.resumed
    for client in (first, second, third, fourth):
        client.engine.free()
    settings.free()


@pytest.mark.parametrize("extended", (True, False))
def test_a_cache_with_old_sessions(world: World, extended: bool) -> None:
    """RFC 7627 §5.3: one without an extended master secret is not taken up, wherever the cache has it from."""
    settings = settings_for(world, "server", Case("", lambda: None, ""))
    client_settings = settings_for(world, "client", Case("", lambda: None, ""))
    settings.cache(4)
    session = bytearray(visited(world, client_settings, NAME))
    assert session[33] == 1
    session[33] = extended
    settings.put_session(bytes(session))
    client = Client(settings.server(), 0xC02B)
    client.session_master = bytes(session[48:96])
    client.hello(session_id=bytes(range(32)))
    client.take()
    assert (client.session_id == bytes(range(32))) == extended
    client.engine.free()
    client_settings.free()
    settings.free()


# --- The axTLS API ---


def server_into(context: Any, world: World) -> None:
    for certificate in (world.servers["ec256"].certificate, *world.servers["ec256"].chain):
        assert load(context, CERT, certificate.public_bytes(Encoding.DER)) == OK
    assert load(context, PKCS8, world.servers["ec256"].key_der) == OK


def connected(client_context: Any, server_context: Any, session: bytes = b"") -> bytes:
    """A client and a server of the API talk to each other; the session's id."""
    ffi, lib = api()
    near, far = socket.socketpair()
    near.setblocking(False)
    far.setblocking(False)
    server = lib.ssl_server_new(server_context, far.fileno())
    client = lib.ssl_client_new(client_context, near.fileno(), session or ffi.NULL, len(session), extensions())
    for _ in range(50):
        assert lib.ssl_read(server, ffi.NULL) == OK
        assert lib.ssl_read(client, ffi.NULL) == OK
    assert lib.ssl_handshake_status(client) == lib.ssl_handshake_status(server) == OK
    id_of_session = bytes(ffi.buffer(lib.ssl_get_session_id(client), lib.ssl_get_session_id_size(client)))
    lib.ssl_free(client)
    lib.ssl_free(server)
    near.close()
    far.close()
    return id_of_session


def test_a_client_is_not_led_back_to_its_own_server(world: World) -> None:
    """A context that is client and server serves no session that it has with another server: that would be a mirror."""
    with context_of(IN_PARTS) as both, context_of() as other:
        for context in (both, other):
            server_into(context, world)
        load(both, CACERT, world.authority.der)
        session = connected(both, other)
        assert connected(both, other, session) == session
        assert connected(both, both, session) != session


class Socket:
    """An SSL object of the API, as the crafted peers want to see an engine."""

    def __init__(self, connection: Any, far: socket.socket) -> None:
        self.connection, self.far = connection, far

    def feed(self, data: bytes) -> int:
        ffi, lib = api()
        self.far.sendall(data)
        lib.ssl_read(self.connection, ffi.NULL)
        return len(data)

    def output(self) -> bytes:
        with contextlib.suppress(BlockingIOError):
            return self.far.recv(65536)
        return b""


def test_a_certificate_is_no_proof(world: World) -> None:
    """Anybody can send another's certificate. Until the handshake is done, and if it fails, it verifies nothing."""
    ffi, lib = api()
    identity = world.servers["ec256"]
    with context_of(IN_PARTS | VERIFY_LATER) as context:
        load(context, CACERT, world.authority.der)
        near, far = socket.socketpair()
        near.setblocking(False)
        far.setblocking(False)
        connection = lib.ssl_client_new(context, near.fileno(), ffi.NULL, 0, extensions())
        chain = [identity.der, *(c.public_bytes(Encoding.DER) for c in identity.chain)]
        impostor = Server(cast(Engine, Socket(connection, far)), chain, ec.generate_private_key(ec.SECP256R1()), 0xC02B)

        def refuse() -> None:
            assert lib.ssl_verify_cert(connection) == -268
            assert lib.ssl_match_fingerprint(connection, identity.sha1) == NOT_OK
            assert lib.ssl_match_spki_sha256(connection, identity.spki_sha256) == NOT_OK

        impostor.until_certificate()
        assert lib.ssl_handshake_status(connection) == NOT_OK
        assert ffi.string(lib.ssl_get_cert_dn(connection, 0)) == NAME.encode()
        refuse()
        impostor.key_exchange()
        assert lib.ssl_handshake_status(connection) == -269
        refuse()
        lib.ssl_free(connection)
        near.close()
        far.close()


@pytest.mark.parametrize("number", (1, 3, 4, 9))
def test_alerts_that_would_be_results(number: int) -> None:
    """A fatal alert that TLS does not have ends the connection; it does not say SSL_NOT_OK or SSL_EAGAIN."""
    ffi, lib = api()
    with context_of() as context:
        near, far = socket.socketpair()
        connection = lib.ssl_server_new(context, near.fileno())
        far.sendall(b"\x15\3\3\0\2\2" + bytes([number]))
        assert lib.ssl_read(connection, ffi.NULL) == -261
        assert lib.ssl_handshake_status(connection) == lib.ssl_write(connection, b"x", 1) == -261
        lib.ssl_free(connection)
        near.close()
        far.close()
