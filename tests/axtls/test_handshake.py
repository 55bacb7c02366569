"""Handshakes with OpenSSL in both roles."""

from __future__ import annotations

import random
import ssl
from typing import Optional

import pytest

from tests.axtls.conftest import NAME, World
from tests.axtls.openssl import CBC_SUITES, NO_ENCRYPT_THEN_MAC, SUITES, Pair, is_ecdsa, peer_context

BIG = bytes(range(256)) * 150  # 38,400 bytes: more than two records


def exchange(pair: Pair) -> None:
    """Data both ways, then close from the engine's side."""
    pair.engine_sends(b"hello from the engine")
    assert pair.plain_out.endswith(b"hello from the engine")
    pair.peer_sends(b"hello from OpenSSL")
    assert pair.plain_in.endswith(b"hello from OpenSSL")
    pair.engine_sends(BIG)
    assert pair.plain_out.endswith(BIG)
    pair.peer_sends(BIG)
    assert pair.plain_in.endswith(BIG)
    pair.engine.close()
    pair.pump()
    assert pair.eof and pair.error is None
    assert pair.engine.state.error == "NONE"


def connected(pair: Pair, suite: int) -> None:
    pair.pump()
    assert pair.error is None, (pair.error, pair.engine.state)
    state = pair.engine.state
    assert state.connected, state
    assert pair.done
    assert state.suite == suite
    cipher = pair.peer.cipher()
    assert cipher is not None and cipher[0] == SUITES[suite]
    assert state.extended_master_secret


@pytest.mark.parametrize("suite", SUITES, ids=SUITES.values())
@pytest.mark.parametrize("pieces", ("whole", "split"))
def test_server(world: World, suite: int, pieces: str) -> None:
    shuffle = random.Random(suite) if pieces == "split" else None
    with world.server_settings() as settings:
        settings.suites([suite])
        pair = Pair(settings.server(), peer_context(False, suite), False, NAME, shuffle=shuffle)
        connected(pair, suite)
        assert pair.engine.state.served_name == NAME
        exchange(pair)
        pair.engine.free()


@pytest.mark.parametrize("suite", SUITES, ids=SUITES.values())
@pytest.mark.parametrize("pieces", ("whole", "split"))
def test_client(world: World, suite: int, pieces: str) -> None:
    shuffle = random.Random(suite) if pieces == "split" else None
    context = peer_context(True, suite)
    context.load_cert_chain(*world.server_path("ec256" if is_ecdsa(suite) else "rsa2048"))
    names: list[Optional[str]] = []
    context.set_servername_callback(lambda _socket, name, _context: names.append(name))
    with world.client_settings() as settings:
        settings.suites([suite])
        pair = Pair(settings.client(NAME), context, True, shuffle=shuffle)
        connected(pair, suite)
        assert names == [NAME]
        assert pair.engine.state.peer_authenticated
        exchange(pair)
        pair.engine.free()


@pytest.mark.parametrize("kind", ("ec256", "ec384", "rsa2048", "rsa4096"))
@pytest.mark.parametrize("side", ("server", "client"))
def test_keys(world: World, kind: str, side: str) -> None:
    suite = 0xC02C if kind.startswith("ec") else 0xC030
    if side == "server":
        with world.server_settings(kind) as settings:
            settings.suites([suite])
            pair = Pair(settings.server(), peer_context(False), False, NAME)
            connected(pair, suite)
            exchange(pair)
            pair.engine.free()
    else:
        context = peer_context(True)
        context.load_cert_chain(*world.server_path(kind))
        with world.client_settings() as settings:
            settings.suites([suite])
            pair = Pair(settings.client(NAME), context, True)
            connected(pair, suite)
            exchange(pair)
            pair.engine.free()


@pytest.mark.parametrize("group", ("prime256v1", "secp384r1"))
@pytest.mark.parametrize("side", ("server", "client"))
def test_groups(world: World, group: str, side: str) -> None:
    """X25519 is what both sides want most, so it is in every other test."""
    context = peer_context(side == "client")
    context.set_ecdh_curve(group)
    if side == "server":
        with world.server_settings("rsa2048") as settings:
            pair = Pair(settings.server(), context, False, NAME)
            pair.pump()
            assert pair.engine.state.connected
            pair.engine.free()
        return
    context.load_cert_chain(*world.server_path("rsa2048"))
    with world.client_settings() as settings:
        pair = Pair(settings.client(NAME), context, True)
        pair.pump()
        assert pair.engine.state.connected
        pair.engine.free()


def test_modern_client_hello(world: World) -> None:
    """A client that would rather speak TLS 1.3."""
    context = peer_context(False)
    context.maximum_version = ssl.TLSVersion.TLSv1_3
    with world.server_settings() as settings:
        pair = Pair(settings.server(), context, False, NAME)
        pair.pump()
        assert pair.engine.state.connected
        assert pair.peer.version() == "TLSv1.2"
        pair.engine.free()


def test_peer_closes(world: World) -> None:
    with world.server_settings() as settings:
        pair = Pair(settings.server(), peer_context(False), False, NAME)
        pair.pump()
        with pytest.raises(ssl.SSLWantReadError):
            pair.peer.unwrap()
        pair.to_engine += pair.outgoing.read() + b"and then some rubbish"
        pair.pump()
        state = pair.engine.state
        assert state.peer_closed and state.closed and state.error == "NONE"
        assert state.alert_sent == "close_notify"
        pair.peer.unwrap()
        pair.engine.free()


@pytest.mark.parametrize("suite", CBC_SUITES, ids=[SUITES[s] for s in CBC_SUITES])
@pytest.mark.parametrize("side", ("server", "client"))
def test_mac_then_encrypt(world: World, suite: int, side: str) -> None:
    """The other tests of CBC suites are with encrypt-then-MAC, as OpenSSL offers it."""
    context = peer_context(side == "client", suite)
    context.options |= NO_ENCRYPT_THEN_MAC
    settings = world.server_settings() if side == "server" else world.client_settings()
    with settings:
        settings.suites([suite])
        if side == "client":
            context.load_cert_chain(*world.server_path("ec256" if is_ecdsa(suite) else "rsa2048"))
        engine = settings.server() if side == "server" else settings.client(NAME)
        pair = Pair(engine, context, side == "client", None if side == "client" else NAME)
        connected(pair, suite)
        for length in (1, 15, 16, 17, 255, 256, 300):
            pair.peer_sends(bytes(length))
            pair.engine_sends(bytes(length))
        exchange(pair)
        pair.engine.free()
