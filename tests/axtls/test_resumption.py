"""Sessions that are taken up again, or must not be: conversations with two connections."""

from __future__ import annotations

from typing import Callable

import pytest

from tests.axtls.conftest import NAME, World
from tests.axtls.conversations import CONNECTED, Case, crafted, settings_for, verdict
from tests.axtls.native import Settings
from tests.axtls.peers import Client, Server
from tests.axtls.tls12 import (
    CLIENT_KEY_EXCHANGE,
    EMS,
    FINISHED,
    GOOD_EXTENSIONS,
    HANDSHAKE,
    NEW_TICKET,
    RENEGOTIATION,
    SERVER_HELLO,
    TICKET,
    extension,
    vec8,
)


def by_id(settings: Settings) -> None:
    settings.cache(4)


def by_ticket(settings: Settings) -> None:
    settings.tickets()


class Again:
    """What a client has from its first connection."""

    def __init__(self, settings: Settings, way: str, suite: int = 0xC02B) -> None:
        self.way, self.suite, self.settings = way, suite, settings
        first = Client(settings.server(), suite)
        first.handshake(extensions=(*GOOD_EXTENSIONS, TICKET) if way == "ticket" else GOOD_EXTENSIONS)
        self.id, self.master = first.session_id, first.master
        self.ticket = first.received.body(NEW_TICKET)[6:] if way == "ticket" else b""
        assert self.ticket or len(self.id) == 32
        if way == "ticket":
            self.id = b"an id of the client's own choice"
        first.engine.free()

    def client(self) -> Client:
        client = Client(self.settings.server(), self.suite)
        client.session_master = self.master
        return client

    def extensions(self, *without: bytes, ticket: bytes = b"") -> list[bytes]:
        kept = [e for e in GOOD_EXTENSIONS if e not in without]
        return [*kept, extension(35, ticket or self.ticket)] if self.way == "ticket" else kept

    def hello(self, client: Client) -> None:
        client.hello(session_id=self.id, extensions=self.extensions())
        client.take()
        assert client.received.kinds()[0] == SERVER_HELLO and client.received.kinds()[-1] == FINISHED

    def is_full(self, **fields: object) -> bool:
        """Whether the server makes a full handshake of this hello, and it succeeds."""
        client = Client(self.settings.server(), self.suite)
        client.handshake(**fields)
        resumed = client.engine.state.resumed
        client.engine.free()
        return not resumed


@pytest.fixture(params=("id", "ticket"))
def again(request: pytest.FixtureRequest, world: World) -> Again:
    prepare = by_id if request.param == "id" else by_ticket
    settings = settings_for(world, "server", Case("", lambda: None, "", prepare=prepare))
    return Again(settings, request.param)


def ends(client: Client, expected: str, again: Again) -> None:
    assert verdict(client, expected) is None, client.engine.state
    client.engine.free()
    again.settings.free()


def good(again: Again, client: Client) -> None:
    again.hello(client)
    client.change_cipher_spec()
    client.finished()


def wrong_finished(again: Again, client: Client) -> None:
    again.hello(client)
    client.change_cipher_spec()
    client.finished(5)


def no_ccs(again: Again, client: Client) -> None:
    again.hello(client)
    client.finished()


def key_exchange(again: Again, client: Client) -> None:
    again.hello(client)
    client.say(CLIENT_KEY_EXCHANGE, vec8(bytes(32)))


def data_early(again: Again, client: Client) -> None:
    again.hello(client)
    client.change_cipher_spec()
    client.send(23, b"too early")


def other_keys(again: Again, client: Client) -> None:
    again.hello(client)
    client.master = bytes(48)
    client.make_keys()
    client.change_cipher_spec()
    client.finished()


def without_ems(again: Again, client: Client) -> None:
    client.hello(session_id=again.id, extensions=again.extensions(EMS))


@pytest.mark.parametrize(
    ("act", "expected"),
    (
        (good, CONNECTED),
        (wrong_finished, "decrypt_error"),
        (no_ccs, "unexpected_message"),
        (key_exchange, "unexpected_message"),
        (data_early, "unexpected_message"),
        (other_keys, "bad_record_mac"),
        (without_ems, "handshake_failure"),
    ),
)
def test_server(again: Again, act: Callable[[Again, Client], None], expected: str) -> None:
    client = again.client()
    act(again, client)
    if expected == CONNECTED:
        assert client.engine.state.resumed
    ends(client, expected, again)


def test_every_byte_of_a_ticket_counts(again: Again) -> None:
    for at in range(len(again.ticket)):
        spoiled = bytearray(again.ticket)
        spoiled[at] ^= 1 << at % 8
        assert again.is_full(session_id=again.id, extensions=again.extensions(ticket=bytes(spoiled))), at
    again.settings.free()


def test_ids_that_are_almost_right(again: Again) -> None:
    if again.way == "id":
        for wrong in (again.id[:-1], again.id[:1], bytes(32), again.id[:-1] + bytes([again.id[-1] ^ 1])):
            assert again.is_full(session_id=wrong, extensions=again.extensions())
    again.settings.free()


def test_session_of_another_suite(again: Again) -> None:
    again.suite = 0xCCA9
    assert again.is_full(session_id=again.id, extensions=again.extensions())
    again.settings.free()


def test_without_extended_master_secret_nothing_is_kept(world: World) -> None:
    for way in (by_id, by_ticket):
        settings = settings_for(world, "server", Case("", lambda: None, "", prepare=way))
        client = Client(settings.server(), 0xC02B)
        client.handshake(extensions=[e for e in (*GOOD_EXTENSIONS, TICKET) if e != EMS])
        assert client.session_id == b"" and NEW_TICKET not in client.received.kinds()
        client.engine.free()
        settings.free()


# --- A client that resumes with a server of ours that misbehaves ---


class Revisit:
    """A client's second visit to a server."""

    def __init__(self, world: World, settings: Settings, suite: int = 0xC02B) -> None:
        first = crafted(world, "client", settings, suite)
        assert isinstance(first, Server)
        self.id = bytes(range(32))
        first.handshake(session_id=self.id)
        self.master, session = first.master, first.engine.session()
        first.engine.free()
        self.server = Server(settings.client(NAME, session), first.chain, first.key, suite)
        self.server.master = self.master
        self.server.take()
        assert self.server.offered_id == self.id

    def hello(self, **fields: object) -> None:
        self.server.hello(session_id=self.id, **fields)
        self.server.make_keys()

    def finish(self) -> None:
        self.server.change_cipher_spec()
        self.server.finished()


def resumes(v: Revisit) -> None:
    v.hello()
    v.finish()


def loses_ems(v: Revisit) -> None:
    v.hello(extensions=[RENEGOTIATION])


def other_suite(v: Revisit) -> None:
    v.server.hello(session_id=v.id, suite=0xCCA9)


def sends_certificate(v: Revisit) -> None:
    v.hello()
    v.server.certificate()


def forgets_ccs(v: Revisit) -> None:
    v.hello()
    v.server.finished()


def forgets_ticket(v: Revisit) -> None:
    v.hello(extensions=[RENEGOTIATION, EMS, TICKET])
    v.server.change_cipher_spec()


def gives_ticket(v: Revisit) -> None:
    v.hello(extensions=[RENEGOTIATION, EMS, TICKET])
    v.server.say(NEW_TICKET, bytes(4) + b"\0\4abcd")
    v.finish()


def wrong_verify_data(v: Revisit) -> None:
    v.hello()
    v.server.change_cipher_spec()
    v.server.finished(40)


def other_secret(v: Revisit) -> None:
    v.server.master = bytes(48)
    v.hello()
    v.finish()


def more_after_finished(v: Revisit) -> None:
    v.hello()
    v.server.change_cipher_spec()
    v.server.send(HANDSHAKE, b"\x14\0\0\x0c" + v.server.verify_data(False) + b"\0")


def makes_full_handshake(v: Revisit) -> None:
    v.server.handshake(session_id=bytes(32))


@pytest.mark.parametrize(
    ("act", "expected"),
    (
        (resumes, CONNECTED),
        (makes_full_handshake, CONNECTED),
        (gives_ticket, CONNECTED),
        (loses_ems, "handshake_failure"),
        (other_suite, "illegal_parameter"),
        (sends_certificate, "unexpected_message"),
        (forgets_ccs, "unexpected_message"),
        (forgets_ticket, "unexpected_message"),
        (wrong_verify_data, "decrypt_error"),
        (other_secret, "bad_record_mac"),
        (more_after_finished, "unexpected_message"),
    ),
)
def test_client(world: World, act: Callable[[Revisit], None], expected: str) -> None:
    settings = settings_for(world, "client", Case("", lambda: None, ""))
    visit = Revisit(world, settings)
    act(visit)
    assert verdict(visit.server, expected) is None, visit.server.engine.state
    assert visit.server.engine.state.resumed == (act in (resumes, gives_ticket)) or expected != CONNECTED
    visit.server.engine.free()
    settings.free()
