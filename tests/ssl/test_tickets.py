"""Clients that resume by a ticket (RFC 5077) where their engine has them, and by a session id where it has not."""

from __future__ import annotations

import contextlib
import gc
import ssl
from dataclasses import dataclass
from typing import Any, Optional

import pytest

from sming_host.tls import Resumption, Session, TlsError
from tests.ssl.conftest import World
from tests.ssl.wire import Peer, handshake, records, talk
from tests.support.adapters import Traits
from tests.support.pki import Authority

TICKET = 35
SERVER_HELLO = 2


@dataclass(frozen=True)
class Hello:
    """What a ClientHello says of earlier sessions."""

    session_id: bytes
    ticket: Optional[bytes]
    """None: tickets are not wanted."""

    @classmethod
    def of(cls, sent: bytes) -> Hello:
        body = next(records(sent)).body
        at = 4 + 2 + 32
        session_id = body[at + 1 : at + 1 + body[at]]
        at += 1 + len(session_id)
        at += 2 + int.from_bytes(body[at : at + 2], "big")
        at += 1 + body[at]
        rest, ticket = body[at + 2 :], None
        while rest:
            kind, length = int.from_bytes(rest[:2], "big"), int.from_bytes(rest[2:4], "big")
            if kind == TICKET:
                ticket = rest[4 : 4 + length]
            rest = rest[4 + length :]
        return cls(session_id, ticket)


class Visits:
    """A client that goes on from one connection's session to the next, and what its last ClientHello said."""

    def __init__(self, world: World, context: Optional[ssl.SSLContext] = None, **options: Any) -> None:
        self.world = world
        self.context = context or world.openssl_server().tls.context
        self.options = {"resume": True, "port": 443, **options}
        self.kept: Optional[Resumption] = None
        self.hello = Hello(b"", None)

    def device(self, **options: Any) -> Session:
        session = self.world.client(**{**self.options, "resumption": self.kept, **options})
        self.kept = None
        return session

    def connect(self, context: Optional[ssl.SSLContext] = None, **options: Any) -> Session:
        device, peer = self.device(**options), Peer(context or self.context, True)
        sent = device.drain()
        self.hello = Hello.of(sent)
        peer.feed(sent)
        assert talk(device, peer)[0] is None and peer.done and device.verified
        assert device.resumed == bool(peer.tls.session_reused)
        device.write(b"ping")
        peer.tls.write(b"pong")
        talk(device, peer)
        assert peer.received == b"ping" and device.read() == b"pong"
        # OpenSSL forgets the id, but cannot forget a ticket, of a session that does not end in order
        device.close()
        peer.feed(device.drain())
        with contextlib.suppress(ssl.SSLError):
            peer.tls.unwrap()
        self.kept = device.take_resumption()
        return device


@pytest.mark.parametrize("identity", ["ec", "rsa"])
def test_again_and_again(world: World, traits: Traits, identity: str) -> None:
    visits = Visits(world, world.openssl_server(getattr(world, identity)).tls.context)
    first = visits.connect()
    assert not first.resumed and visits.hello == Hello(b"", b"" if traits.tickets else None)
    seen, ticket = set(), b""
    for number in range(3):
        again = visits.connect()
        assert again.resumed and again.verified
        assert again.peer_certificate == first.peer_certificate and again.session_id == first.session_id
        if traits.tickets:
            assert visits.hello.ticket and visits.hello.ticket == (ticket if number else visits.hello.ticket)
            ticket = visits.hello.ticket
        else:
            assert visits.hello == Hello(first.session_id, None)
        seen.add(visits.hello.session_id)
    # RFC 5077 §3.4: the id beside a ticket is the client's own, another one each time
    assert all(len(one) == 32 for one in seen) and len(seen) == (3 if traits.tickets else 1)


def test_asked_for_only_by_who_resumes(world: World, traits: Traits) -> None:
    person = Authority("People").issue("person", usages=())
    for options, wanted in (
        ({"resume": True}, traits.tickets),
        ({"resume": False}, False),
        ({"resume": True, "certificate": person.chain_pem, "key": person.key_pem}, False),
    ):
        assert Hello.of(world.client(**options).drain()) == Hello(b"", b"" if wanted else None)


@pytest.mark.parametrize(
    "change",
    [{"port": 8443}, {"host_name": "other.local"}, {"cipher_suites": [0xCCA8]}, {"resume": False}, {"trust": []}],
    ids=["other port", "other name", "other suites", "switched off", "nothing to check it by"],
)
def test_offered_to_nobody_else(world: World, traits: Traits, change: dict[str, Any]) -> None:
    """Neither ticket nor id leave the device when the session is not for this server, or not for this trust."""
    visits = Visits(world)
    visits.connect()
    assert visits.kept is not None
    options = {**change, "pins": ["pki-sha256:" + "00" * 32]} if "trust" in change else change
    sent = Hello.of(visits.device(**options).drain())
    assert sent == Hello(b"", b"" if traits.tickets and options.get("resume", True) else None)


def test_server_with_other_keys(world: World, traits: Traits) -> None:
    """It cannot read the ticket: a full handshake, whose own ticket counts from then on."""
    visits = Visits(world)
    visits.connect()
    other = world.openssl_server().tls.context
    assert not visits.connect(other).resumed and bool(visits.hello.ticket) == traits.tickets
    old = visits.hello.ticket
    assert visits.connect(other).resumed and (not traits.tickets or visits.hello.ticket != old)
    assert not visits.connect().resumed


def test_server_that_gives_up_tickets(world: World, traits: Traits) -> None:
    visits = Visits(world)
    visits.connect()
    plain = world.openssl_server().tls.context
    plain.options |= ssl.OP_NO_TICKET
    assert not visits.connect(plain).resumed
    assert visits.connect(plain).resumed and visits.hello == Hello(visits.hello.session_id, visits.hello.ticket)
    assert visits.hello.ticket == (b"" if traits.tickets else None) and len(visits.hello.session_id) == 32


def test_changed_on_its_way(world: World) -> None:
    """A ticket that arrives as rubbish: the server shakes hands anew, and both notice that a hello was changed."""
    visits = Visits(world)
    visits.connect()
    device, peer = visits.device(), Peer(visits.context, True)
    sent = bytearray(device.drain())
    sent[-1] ^= 1
    peer.feed(bytes(sent))
    error, _ = talk(device, peer)
    assert error is not None and not device.handshake_done and not device.resumed
    assert device.take_resumption() is None


@pytest.mark.parametrize("when", ["connected", "resuming", "refused"])
def test_fatal_alert_drops_it(world: World, when: str) -> None:
    visits = Visits(world)
    visits.connect()
    device, peer = visits.device(), Peer(visits.context, True)
    if when == "refused":
        device.drain()
        end = b"\x15\x03\x03\0\x02\x02\x28"
    else:
        peer.feed(device.drain())
        if when == "connected":
            assert talk(device, peer)[0] is None and device.resumed
            end = b"\x17\x03\x03\0\x20" + bytes(32)
        else:
            end = handshake(SERVER_HELLO, bytes(4))
    with pytest.raises(TlsError):
        device.feed(end)
    assert device.take_resumption() is None


def test_memory(world: World, traits: Traits) -> None:
    """A ticket is in one block, in the engine and then beside the session; who does not resume has none."""
    library = world.client().library

    def kept() -> tuple[int, int]:
        gc.collect()
        size = library.memory.by_tag["session_cache"]
        return size.current, size.count

    assert kept() == (0, 0)
    context = world.openssl_server().tls.context
    device, peer = world.client(), Peer(context, True)
    assert talk(device, peer)[0] is None and kept() == (0, 0)
    device, peer = world.client(resume=True), Peer(context, True)
    assert talk(device, peer)[0] is None
    ticket, blocks = kept()
    assert blocks == traits.tickets and (100 < ticket < 300 if traits.tickets else ticket == 0)
    resumption = device.take_resumption()
    assert resumption is not None and kept()[1] == blocks + 1
    session = kept()[0] - ticket
    assert session <= 240, "on 64 bits"
    device.free()
    assert kept() == (session + ticket, blocks + 1)
    again, peer = world.client(resume=True, resumption=resumption), Peer(context, True)
    assert talk(again, peer)[0] is None and again.resumed == traits.tickets
    assert kept() == (session + ticket, blocks + 1)
    again.free()
    assert kept() == (0, 0)


def test_any_allocation_may_fail(world: World, traits: Traits) -> None:
    """Of the first connection or the one that resumes it: nothing leaks; without a ticket all else works."""
    context = world.openssl_server().tls.context
    library = world.client().library

    def visits() -> list[Optional[bool]]:
        kept, done = None, []
        for _ in range(2):
            try:
                device = world.client(resume=True, resumption=kept)
                peer = Peer(context, True)
                error = talk(device, peer)[0]
                kept = device.take_resumption()
                done.append(device.resumed if error is None and device.handshake_done else None)
            except TlsError:
                kept = None
                done.append(None)
        return done

    def held() -> tuple[int, int]:
        gc.collect()
        return library.memory.total.current, library.memory.total.count

    visits()
    base, before = held(), library.allocation_attempts
    assert visits() == [False, traits.tickets]
    count, outcomes = library.allocation_attempts - before, []
    for number in range(1, count + 1):
        library.fail_allocation(number)
        try:
            outcomes.append(visits())
        finally:
            library.fail_allocation(0)
        assert held() == base, (number, outcomes[-1])
    # Both connected, but there was nothing to resume by
    assert [False, False] in outcomes and [None, False] in outcomes
    assert [False, traits.tickets] in outcomes
