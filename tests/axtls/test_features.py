"""What the hellos negotiate beside suites, and what comes of it."""

from __future__ import annotations

import pytest

from tests.axtls.conftest import NAME, World
from tests.axtls.native import RefusedError, both
from tests.axtls.openssl import SUITES, Pair, finish, peer_context, records, up

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
