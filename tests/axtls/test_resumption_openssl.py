"""Sessions that OpenSSL and the engine take up again; what must not be is in test_resumption.py, too."""

from __future__ import annotations

import random
import ssl

import pytest

from tests.axtls.conftest import NAME, World
from tests.axtls.native import Settings
from tests.axtls.openssl import Pair, finish, peer_context, up


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
