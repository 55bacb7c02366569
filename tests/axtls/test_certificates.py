"""Certificates of both sides: asked for, shown, refused."""

from __future__ import annotations

import ssl
import time

import pytest

from tests.axtls.conftest import NAME, World
from tests.axtls.native import Settings
from tests.axtls.openssl import Pair, finish, peer_context, up


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
            settings.clock(int(time.time()))
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
        settings.clock(int(time.time()))
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
            settings.clock(int(time.time()))
        pair = Pair(settings.client(name), context, True)
        pair.pump()
        state = pair.engine.state
        assert (state.error, state.alert_sent) == ("CERTIFICATE", alert)
        assert state.certificate_error >= 64
        pair.engine.free()
