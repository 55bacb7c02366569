"""Session tickets (RFC 5077): what a client makes of them, and how long a server's are good."""

from __future__ import annotations

import pytest

from tests.axtls.conftest import NAME, World
from tests.axtls.conversations import CONNECTED, Case, crafted, settings_for, verdict
from tests.axtls.native import Heap, Settings, both
from tests.axtls.openssl import Pair, finish, peer_context, up
from tests.axtls.peers import Server
from tests.axtls.test_memory import CACHE, Scene
from tests.axtls.tls12 import EMS, NEW_TICKET, RENEGOTIATION, TICKET, vec16

SUITE = 0xC02B
OLD, NEW = b"the ticket of the full handshake", b"another"


def ticketed(server: Server, ticket: bytes, *, ems: bool = True) -> Server:
    """A full handshake with a server that gives a ticket, and no id."""
    server.until_client_finished(extensions=[RENEGOTIATION, *([EMS] if ems else []), TICKET])
    server.say(NEW_TICKET, bytes(4) + vec16(ticket))
    server.change_cipher_spec()
    server.finished()
    assert verdict(server, CONNECTED) is None, server.engine.state
    return server


class Visitor:
    """A client with what it has from its first visit to a server of the test's making."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.settings = settings_for(world, "client", Case("", lambda: None, ""))
        first = ticketed(self.first(), OLD)
        self.master, self.session = first.master, first.engine.session()
        self.ticket = first.engine.take_ticket()
        self.chain, self.key = first.chain, first.key
        assert self.ticket == OLD and self.session
        first.engine.free()

    def first(self) -> Server:
        server = crafted(self.world, "client", self.settings, SUITE)
        assert isinstance(server, Server)
        return server

    def again(self) -> Server:
        server = Server(self.settings.client(NAME, self.session, self.ticket), self.chain, self.key, SUITE)
        server.master = self.master
        server.take()
        return server

    def resume(self, ticket: bytes = b"") -> Server:
        server = self.again()
        server.hello(session_id=server.offered_id, extensions=[RENEGOTIATION, EMS, *([TICKET] if ticket else [])])
        server.make_keys()
        if ticket:
            server.say(NEW_TICKET, bytes(4) + vec16(ticket))
        server.change_cipher_spec()
        server.finished()
        assert verdict(server, CONNECTED) is None and server.engine.state.resumed
        return server


@pytest.fixture
def visitor(world: World) -> Visitor:
    return Visitor(world)


def end(server: Server, settings: Settings) -> None:
    server.engine.free()
    settings.free()


def test_id_of_its_own_making(visitor: Visitor) -> None:
    """RFC 5077 §3.4: the id beside the ticket is the client's own, a new one each time; the session's stays."""
    one, other = visitor.again(), visitor.again()
    assert len(one.offered_id) == len(other.offered_id) == 32 and one.offered_id != other.offered_id
    other.engine.free()
    one.engine.free()
    resumed = visitor.resume()
    # The server gave no id in the first handshake; the master secret is the same
    assert resumed.engine.session() == visitor.session
    end(resumed, visitor.settings)


def test_taken_ticket_leaves_the_engine(visitor: Visitor) -> None:
    heap = Heap()
    server = ticketed(visitor.first(), OLD)
    held, kept = heap.held(), heap.held(CACHE)
    assert kept == len(OLD)
    assert server.engine.ticket() == OLD and server.engine.take_ticket() == OLD
    assert heap.held() == held - len(OLD) and heap.held(CACHE) == 0
    assert server.engine.take_ticket() == server.engine.ticket() == b""
    assert server.engine.session() == b"", "nothing is left to resume it by"
    end(server, visitor.settings)


def test_no_ticket_before_the_handshake_is_done(visitor: Visitor) -> None:
    server = visitor.first()
    server.until_client_finished(extensions=[RENEGOTIATION, EMS, TICKET])
    server.say(NEW_TICKET, bytes(4) + vec16(OLD))
    assert server.engine.ticket() == server.engine.take_ticket() == b""
    end(server, visitor.settings)


@pytest.mark.parametrize("renewed", (b"", NEW, bytes(1024)))
def test_renewed_ticket(visitor: Visitor, renewed: bytes) -> None:
    """Without a new one the old one goes on; a client can tell which it is."""
    server = visitor.resume(renewed)
    assert server.engine.session() == visitor.session and server.engine.take_ticket() == renewed
    assert server.engine.session() == visitor.session, "the old one is still there, with its owner"
    end(server, visitor.settings)


@pytest.mark.parametrize("length", (0, 1025, 65535))
def test_ticket_that_is_not_kept(visitor: Visitor, length: int) -> None:
    heap = Heap()
    before = heap.held(CACHE)
    server = ticketed(visitor.first(), bytes(length))
    assert heap.held(CACHE) == before and server.engine.ticket() == server.engine.session() == b""
    end(server, visitor.settings)


def test_no_memory_for_what_cannot_be_resumed(visitor: Visitor) -> None:
    """Without extended master secret the session is not taken up again, so its ticket is not kept."""
    heap = Heap()
    before = heap.held(CACHE)
    server = ticketed(visitor.first(), OLD, ems=False)
    assert heap.held(CACHE) == before and server.engine.ticket() == server.engine.session() == b""
    end(server, visitor.settings)


def test_without_memory_for_a_ticket(world: World) -> None:
    """The connection goes on; there is just nothing to resume it by."""
    heap = Heap()
    scene = Scene(world, "ECDHE-ECDSA")
    scene.server.tickets()
    start = heap.allocations()
    scene.free(*scene.run())
    count, outcomes = heap.allocations() - start, []
    for n in range(1, count + 1):
        heap.fail(n)
        near, far = scene.run()
        heap.fail(0)
        states = [engine.state for engine in (near, far) if engine is not None]
        if near is not None and len(states) == 2 and all(s.connected and s.error == "NONE" for s in states):
            assert bool(near.session()) == bool(near.ticket())
            near.write(b"still here")
            near.flush()
            assert far is not None and both(near, far)[1] == b"still here"
            outcomes.append(bool(near.ticket()))
        scene.free(near, far)
    assert False in outcomes, "the allocation for the ticket was not among those that failed"
    scene.close()


def test_ticket_of_a_client_that_wants_none(visitor: Visitor) -> None:
    """Neither the ticket nor an id that would stand for it is offered."""
    visitor.settings.use_tickets(False)
    server = visitor.again()
    assert server.offered_id == b""
    server.handshake(extensions=[RENEGOTIATION, EMS])
    assert verdict(server, CONNECTED) is None and not server.engine.state.resumed
    end(server, visitor.settings)


def test_keys_turn_over(world: World) -> None:
    """A ticket of the previous key is still good, and a new one comes with it, which is good when that key is gone."""
    with world.server_settings() as settings:
        context = peer_context(False)
        settings.tickets(100)
        settings.time(1000)
        finish(up(Pair(settings.server(), context, False, NAME)))  # makes the first key
        settings.time(1090)
        first = up(Pair(settings.server(), context, False, NAME))
        session = first.peer.session
        finish(first)
        settings.time(1110)  # the second key
        second = up(Pair(settings.server(), context, False, NAME, session=session))
        assert second.engine.state.resumed
        renewed = second.peer.session
        finish(second)
        settings.time(1215)  # the third
        for kept, expected in ((renewed, True), (session, False)):
            pair = up(Pair(settings.server(), context, False, NAME, session=kept))
            assert pair.engine.state.resumed == expected
            finish(pair)


@pytest.mark.parametrize("step", (20, 70, 99))
def test_renewed_tickets_do_not_live_on(world: World, step: int) -> None:
    """However often a session's ticket is renewed: two lifetimes after its full handshake it is over."""
    with world.server_settings() as settings:
        context = peer_context(False)
        settings.tickets(100)
        settings.time(5000)
        first = up(Pair(settings.server(), context, False, NAME))
        session = first.peer.session
        finish(first)
        renewals = 0
        for age in (*range(step, 200, step), 199):
            settings.time(5000 + age)
            pair = up(Pair(settings.server(), context, False, NAME, session=session))
            assert pair.engine.state.resumed, age
            renewals += pair.peer.session != session
            session = pair.peer.session
            finish(pair)
        assert renewals > 0
        settings.time(5200)
        pair = up(Pair(settings.server(), context, False, NAME, session=session))
        assert not pair.engine.state.resumed
        # That was a full handshake, and its ticket begins anew
        session = pair.peer.session
        finish(pair)
        settings.time(5300)
        pair = up(Pair(settings.server(), context, False, NAME, session=session))
        assert pair.engine.state.resumed
        finish(pair)
