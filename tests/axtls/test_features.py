"""What the hellos negotiate beside suites, and what comes of it."""

from __future__ import annotations

import random
import ssl

import pytest

from tests.axtls.conftest import NAME, World
from tests.axtls.native import Engine, RefusedError, Settings
from tests.axtls.openssl import Pair, peer_context, records


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


# --- Session resumption ---


def client_twice(settings: Settings, context: ssl.SSLContext, name: str = NAME) -> tuple[bool, Pair]:
    """OpenSSL connects twice with the same session; says whether it was taken up."""
    first = up(Pair(settings.server(), context, False, name))
    session = first.peer.session
    finish(first)
    second = up(Pair(settings.server(), context, False, name, session=session))
    assert second.peer.session_reused == second.engine.state.resumed
    return second.engine.state.resumed, second


@pytest.mark.parametrize("way", ("id", "ticket"))
def test_server_resumes(world: World, way: str) -> None:
    with world.server_settings() as settings:
        context = peer_context(False)
        if way == "id":
            settings.cache(4)
            context.options |= ssl.OP_NO_TICKET
        else:
            settings.tickets()
        resumed, pair = client_twice(settings, context)
        assert resumed
        # Abbreviated: the server sends no certificate
        assert len(pair.sent) < 500
        finish(pair)


@pytest.mark.parametrize("way", ("id", "ticket"))
def test_server_forgets(world: World, way: str) -> None:
    """Sessions that are too old, for another name, or of another server are not taken up."""
    with world.server_settings() as settings:
        context = peer_context(False)
        if way == "id":
            settings.cache(1, 100)
            context.options |= ssl.OP_NO_TICKET
        else:
            settings.tickets(100)
        settings.time(1000)
        first = up(Pair(settings.server(), context, False, NAME))
        session = first.peer.session
        finish(first)
        for seconds, name, expected in ((1099, NAME, True), (1050, "other.example", False), (1201, NAME, False)):
            settings.time(seconds)
            pair = up(Pair(settings.server(), context, False, name, session=session))
            assert pair.engine.state.resumed == expected, (seconds, name)
            finish(pair)


def test_ticket_keys_turn_over(world: World) -> None:
    """A ticket of the previous key is still good, and a new one comes with it."""
    with world.server_settings() as settings:
        context = peer_context(False)
        settings.tickets(100)
        first = up(Pair(settings.server(), context, False, NAME))
        session = first.peer.session
        finish(first)
        settings.time(150)
        second = up(Pair(settings.server(), context, False, NAME, session=session))
        assert second.engine.state.resumed
        renewed = second.peer.session
        finish(second)
        settings.time(240)
        for kept, expected in ((renewed, True), (session, False)):
            pair = up(Pair(settings.server(), context, False, NAME, session=kept))
            assert pair.engine.state.resumed == expected
            finish(pair)


def test_cache_is_bounded(world: World) -> None:
    with world.server_settings() as settings:
        settings.cache(2)
        context = peer_context(False)
        context.options |= ssl.OP_NO_TICKET
        sessions = []
        for _ in range(3):
            pair = up(Pair(settings.server(), context, False, NAME))
            sessions.append(pair.peer.session)
            finish(pair)
        for session, expected in zip(sessions, (False, True, True)):
            pair = Pair(settings.server(), context, False, NAME, session=session)
            # The ClientHello is enough to see; a full handshake would push out another one
            pair.peer_step()
            pair.engine.feed(pair.outgoing.read())
            assert pair.engine.state.resumed == expected
            pair.engine.free()


@pytest.mark.parametrize("way", ("id", "ticket"))
@pytest.mark.parametrize("pieces", ("whole", "split"))
def test_client_resumes(world: World, way: str, pieces: str) -> None:
    context = peer_context(True)
    context.load_cert_chain(*world.server_path("rsa2048"))
    if way == "id":
        context.options |= ssl.OP_NO_TICKET
    shuffle = random.Random(1) if pieces == "split" else None
    with world.client_settings() as settings:
        first = up(Pair(settings.client(), context, True, shuffle=shuffle))
        session, ticket = first.engine.session(), first.engine.ticket()
        assert session and bool(ticket) == (way == "ticket")
        finish(first)
        second = up(Pair(settings.client(NAME, session, ticket), context, True, shuffle=shuffle))
        assert second.engine.state.resumed and second.peer.session_reused
        assert not second.engine.state.peer_authenticated
        finish(second)


def test_client_keeps_sessions_apart(world: World) -> None:
    """A session with one server is not offered to another, whose certificate nobody has seen."""
    context = peer_context(True)
    context.load_cert_chain(*world.server_path("ec256"))
    with world.client_settings() as settings:
        first = up(Pair(settings.client(), context, True))
        session, ticket = first.engine.session(), first.engine.ticket()
        finish(first)
        second = Pair(settings.client("other.example", session, ticket), context, True)
        second.pump()
        assert second.engine.state.error == "CERTIFICATE" and not second.peer.session_reused
        second.engine.free()


def test_write_collects(world: World) -> None:
    """Records are made by flush() or when they are full, not by looking at the output."""
    with world.server_settings() as settings:
        pair = up(Pair(settings.server(), peer_context(False), False, NAME))
        assert pair.engine.write(b"a") == 1
        assert pair.engine.output() == b""
        assert pair.engine.write(b"b") == 1
        pair.engine.flush()
        assert [kind for kind, _ in records(pair.engine.output())] == [23]
        finish(pair)


def test_client_session_refused(world: World) -> None:
    """A server that does not know the session makes a full handshake."""
    with world.client_settings() as settings:
        sessions: list[tuple[bytes, bytes]] = []
        for _ in range(2):
            context = peer_context(True)
            context.load_cert_chain(*world.server_path("ec256"))
            session, ticket = sessions[0] if sessions else (b"", b"")
            pair = up(Pair(settings.client(NAME, session, ticket), context, True))
            assert not pair.engine.state.resumed
            sessions.append((pair.engine.session(), pair.engine.ticket()))
            finish(pair)


# --- Sizes of records ---


@pytest.mark.parametrize("size", (512, 1024, 2048, 4096))
def test_client_asks_for_small_records(world: World, size: int) -> None:
    """OpenSSL 3.0 knows max_fragment_length but no record_size_limit."""
    context = peer_context(True)
    context.load_cert_chain(*world.server_path("ec256"))
    with world.client_settings() as settings:
        settings.fragments(size, 4096)
        pair = up(Pair(settings.client(), context, True))
        before = len(pair.received)
        pair.peer_sends(bytes(9000))
        sizes = [len(body) for _, body in records(bytes(pair.received[before:]))]
        assert max(sizes) <= size + 32 and sum(sizes) > 9000
        assert pair.engine.state.output_fragment == size
        finish(pair)


def test_output_fragment(world: World) -> None:
    with world.server_settings() as settings:
        settings.fragments(16384, 600)
        pair = up(Pair(settings.server(), peer_context(False), False, NAME))
        before = len(pair.sent)
        pair.engine_sends(bytes(5000))
        sizes = [len(body) for _, body in records(bytes(pair.sent[before:]))]
        assert max(sizes) <= 600 + 24 and len(sizes) == 9
        finish(pair)


# --- ALPN ---


@pytest.mark.parametrize(
    ("own", "peers", "expected"),
    (
        (["h2", "http/1.1"], ["http/1.1", "h2"], "h2"),
        (["http/1.1"], ["h2", "http/1.1"], "http/1.1"),
        ([], ["h2"], None),
        (["mqtt"], [], None),
    ),
)
def test_alpn_server(world: World, own: list[str], peers: list[str], expected: str) -> None:
    context = peer_context(False)
    if peers:
        context.set_alpn_protocols(peers)
    with world.server_settings() as settings:
        settings.protocol(*own)
        pair = up(Pair(settings.server(), context, False, NAME))
        assert pair.engine.state.protocol == expected == pair.peer.selected_alpn_protocol()
        finish(pair)


def test_alpn_nothing_in_common(world: World) -> None:
    context = peer_context(False)
    context.set_alpn_protocols(["h2"])
    with world.server_settings() as settings:
        settings.protocol("mqtt")
        pair = Pair(settings.server(), context, False, NAME)
        pair.pump()
        assert pair.engine.state.alert_sent == "no_application_protocol"
        pair.engine.free()


def test_alpn_client(world: World) -> None:
    context = peer_context(True)
    context.load_cert_chain(*world.server_path("ec256"))
    context.set_alpn_protocols(["mqtt", "h2"])
    with world.client_settings() as settings:
        settings.protocol("h2", "mqtt")
        pair = up(Pair(settings.client(), context, True))
        assert pair.engine.state.protocol == "mqtt"
        finish(pair)


# --- Server name ---


def test_server_name_is_refused(world: World) -> None:
    with world.server_settings() as settings:
        settings.served_name(NAME)
        pair = Pair(settings.server(), peer_context(False), False, "other.example")
        pair.pump()
        assert pair.engine.state.alert_sent == "unrecognized_name"
        pair.engine.free()


@pytest.mark.parametrize("name", ("", "192.0.2.1", "2001:db8::1"))
def test_no_server_name_for_addresses(world: World, name: str) -> None:
    names: list[object] = []
    context = peer_context(True)
    context.load_cert_chain(*world.server_path("ec256"))
    context.set_servername_callback(lambda _socket, sent, _context: names.append(sent))
    with world.client_settings() as settings:
        pair = Pair(settings.client(name), context, True)
        pair.pump()
        assert names == [None]
        pair.engine.free()


# --- Certificates ---


@pytest.mark.parametrize("kind", ("ec256", "ec384", "rsa2048"))
@pytest.mark.parametrize("side", ("server", "client"))
@pytest.mark.parametrize("suite", (0xC02F, 0x009C), ids=("ECDHE", "RSA"))
def test_client_certificate(world: World, kind: str, side: str, suite: int) -> None:
    context = peer_context(side == "client")
    if side == "server":
        context.load_cert_chain(*world.client_path(kind))
        with world.server_settings("rsa2048") as settings:
            settings.suites([suite])
            settings.client_auth(2)
            settings.anchor(world.authority.der)
            settings.authority(world.authority.certificate.subject.public_bytes())
            settings.clock(_now())
            pair = up(Pair(settings.server(), context, False, NAME))
            assert pair.engine.state.peer_authenticated
            finish(pair)
        return
    context.load_cert_chain(*world.server_path("rsa2048"))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=world.authority.pem.decode())
    with world.client_settings() as settings:
        settings.suites([suite])
        world.add_identity(settings, world.clients[kind])
        pair = up(Pair(settings.client(), context, True))
        assert pair.peer.getpeercert(True) == world.clients[kind].der
        finish(pair)


@pytest.mark.parametrize("mode", (1, 2))
def test_no_client_certificate(world: World, mode: int) -> None:
    with world.server_settings() as settings:
        settings.client_auth(mode)
        settings.anchor(world.authority.der)
        settings.clock(_now())
        pair = Pair(settings.server(), peer_context(False), False, NAME)
        pair.pump()
        state = pair.engine.state
        assert state.connected == (mode == 1)
        assert not state.peer_authenticated
        assert state.alert_sent == ("" if mode == 1 else "handshake_failure")
        pair.engine.free()


def test_client_has_no_certificate(world: World) -> None:
    context = peer_context(True)
    context.load_cert_chain(*world.server_path("rsa2048"))
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(cadata=world.authority.pem.decode())
    with world.client_settings() as settings:
        pair = up(Pair(settings.client(), context, True))
        assert pair.peer.getpeercert(True) is None
        finish(pair)


@pytest.mark.parametrize(
    ("name", "anchored", "clock", "alert"),
    (
        ("other.example", True, True, "bad_certificate"),
        (NAME, False, True, "unknown_ca"),
        (NAME, True, False, "internal_error"),
    ),
)
def test_client_refuses_certificate(world: World, name: str, anchored: bool, clock: bool, alert: str) -> None:
    context = peer_context(True)
    context.load_cert_chain(*world.server_path("ec256"))
    with Settings() as settings:
        if anchored:
            settings.anchor(world.authority.der)
        if clock:
            settings.clock(_now())
        pair = Pair(settings.client(name), context, True)
        pair.pump()
        state = pair.engine.state
        assert (state.error, state.alert_sent) == ("CERTIFICATE", alert)
        assert state.certificate_error >= 64
        pair.engine.free()


# --- Settings ---


@pytest.mark.parametrize(
    ("missing", "suite"),
    (
        (("chacha20",), 0xC02B),
        (("aes_ctr",), 0xCCA9),
        (("chacha20", "aes_ctr"), 0xC023),
        (("chacha20", "aes_ctr", "cbc"), None),
        (("ec",), 0x009C),
        (("sha384", "sha512"), 0xCCA9),
        (("x25519",), 0xCCA9),
        (("x25519", "p256"), 0xCCA8),
        (("rsa_private",), 0xCCA9),
    ),
)
def test_missing_primitives(world: World, missing: tuple[str, ...], suite: int) -> None:
    """What is not there is not chosen; what is left works. Between two engines of ours, both lacking it."""
    from tests.axtls.openssl import SUITES

    with world.server_settings() as server, world.client_settings() as client:
        for settings in (server, client):
            settings.suites(list(SUITES))
            settings.remove(*missing)
        if suite is None:
            with pytest.raises(RefusedError):
                client.client()
            return
        near, far = client.client(), server.server()
        both(near, far)
        assert near.state.connected and far.state.connected, (near.state, far.state)
        assert near.state.suite == suite
        near.free()
        far.free()


def test_record_size_limit(world: World) -> None:
    """RFC 8449, which OpenSSL 3.0 does not know: each direction has its own limit."""
    with world.server_settings() as server, world.client_settings() as client:
        client.fragments(700, 16384)
        server.fragments(900, 16384)
        near, far = client.client(), server.server()
        both(near, far)
        assert far.state.output_fragment == 700 and near.state.output_fragment == 900
        assert far.write(bytes(3000)) == 700 and near.write(bytes(3000)) == 900
        both(near, far)
        near.free()
        far.free()


@pytest.mark.parametrize("suite", (0xC013, 0xC027, 0xC028, 0xC02F, 0xCCA8, 0x0035))
def test_both_ours(world: World, suite: int) -> None:
    with world.server_settings() as server, world.client_settings() as client:
        server.suites([suite])
        client.suites([suite])
        server.tickets()
        session = ticket = b""
        for round in range(2):
            near, far = client.client(NAME, session, ticket), server.server()
            both(near, far)
            assert near.state.connected and far.state.connected
            assert near.state.resumed == (round == 1)
            session, ticket = near.session(), near.ticket() or ticket
            assert near.write(b"question") == 8
            near.flush()
            assert both(near, far) == (b"", b"question")
            near.free()
            far.free()


def both(near: Engine, far: Engine) -> tuple[bytes, bytes]:
    """Pass everything between two engines; what each has received."""
    plain = [b"", b""]
    moved = True
    while moved:
        moved = False
        for index, (sender, receiver) in enumerate(((far, near), (near, far))):
            data = sender.output()
            while data:
                moved = True
                used = receiver.feed(data)
                data = data[used:]
                got = receiver.input()
                plain[index] += got
                assert used or got or receiver.output() == b""
    return plain[0], plain[1]


def _now() -> int:
    import time

    return int(time.time())
