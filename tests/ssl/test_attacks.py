"""What a peer may try that no honest one does: each was a hole once, or would be one without a check."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from sming_host.tls import Pin, ServerShare, Session, State, TlsError
from tests.ssl.conftest import World
from tests.ssl.test_alerts import HELLO
from tests.ssl.test_server import exchange
from tests.ssl.wire import ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, Record, handshake, records
from tests.support.pki import now

OLD_HELLO = handshake(1, b"\3\1" + HELLO[2:])


def drained(device: Session) -> list[Record]:
    return list(records(device.drain()))


@pytest.mark.parametrize(
    "more",
    [b"\x99" * 50, bytes(Record(ALERT, b"\2\x28")), OLD_HELLO, b"\x16\x09\x09\0\1\0"],
    ids=["garbage", "alert", "again", "version"],
)
def test_no_second_alert_behind_the_engines_own(world: World, more: bytes) -> None:
    """BearSSL sends some alerts itself and goes on reading until they are out."""
    device = world.server()
    with pytest.raises(TlsError) as caught:
        device.feed(OLD_HELLO + more)
    assert caught.value.code == "protocolVersion" and not caught.value.alert_received
    assert [record.body for record in drained(device)] == [b"\2\x46"]


def test_giving_up_behind_the_engines_own_alert(world: World) -> None:
    device = world.server()
    with pytest.raises(TlsError):
        device.feed(OLD_HELLO)
    device.close()
    assert len(drained(device)) == 1


def connected(world: World) -> tuple[Session, Session]:
    client, server = world.client(), world.server()
    exchange(client, server)
    assert client.state is State.ESTABLISHED is server.state
    return client, server


def test_nothing_follows_close_notify(world: World) -> None:
    """Not even an alert about what the peer sends after it."""
    for device in connected(world):
        device.close()
        (goodbye,) = drained(device)
        assert goodbye.kind == ALERT
        with pytest.raises(TlsError) as caught:
            device.feed(b"\x17\x03\x03\0\x20" + bytes(32))
        assert caught.value.code == "badRecordMac" and caught.value.alert is None
        assert device.drain() == b""


def test_server_without_memory_tells_the_client(world: World) -> None:
    """No context, no buffer, no verifier: the one connection is refused with an alert, and the next one works."""
    library = world.server().library
    outcomes: set[tuple[str, ...]] = set()
    for number in range(1, 40):
        library.fail_allocation(number)
        try:
            world.server()
        except TlsError as error:
            outcomes.add((error.code, str(error.alert)))
        finally:
            library.fail_allocation(0)
    assert ("noMemory", "internal_error") in outcomes
    connected(world)


def changed(data: bytes, start: int) -> Iterator[bytes]:
    """The data with each byte from `start` on changed in three ways."""
    for at in range(start, len(data)):
        for value in {0, 255, data[at] ^ 1} - {data[at]}:
            yield data[:at] + bytes([value]) + data[at + 1 :]


def test_every_byte_of_a_resuming_hello(world: World) -> None:
    """Lengths that lead nowhere, lists cut in the middle: the server looks ahead in a hello that wants to resume."""
    share = ServerShare()
    options: dict[str, Any] = {"resume": True, "alpn": ["mqtt", "http/1.1"]}
    first, server = world.client(**options), world.server(share=share, **options)
    exchange(first, server)
    again = world.client(resumption=first.take_resumption(), **options)
    hello = again.drain()
    resumed = 0
    for data in changed(hello, 5):
        with world.server(share=share, **options) as server:
            with contextlib.suppress(TlsError):
                server.feed(data)
            sent = drained(server)
            assert sum(record.kind == ALERT for record in sent) == (server.error is not None)
            # A short handshake's ServerHello is followed by ChangeCipherSpec at once
            resumed += [record.kind for record in sent[:2]] == [HANDSHAKE, CHANGE_CIPHER_SPEC]
    assert resumed > 100, "changes that do not matter leave it a short one"


def test_every_byte_of_an_answer_to_a_resuming_hello(world: World) -> None:
    """A client takes nothing for its session that does not come under its secret."""
    share = ServerShare()
    first, server = world.client(resume=True), world.server(share=share, resume=True)
    exchange(first, server)

    def resuming() -> Session:
        return world.client(resume=True, resumption=first.take_resumption(), seed=b"always the same hello", time=now())

    client, server = resuming(), world.server(share=share, resume=True)
    server.feed(client.drain())
    answer = server.drain()
    client.feed(answer)
    assert client.resumed and client.verified
    with resuming() as client:
        client.feed(answer)
        assert client.resumed, "it is the same every time"
    for data in changed(answer, 0):
        with resuming() as client:
            with contextlib.suppress(TlsError):
                client.feed(data)
            assert not client.handshake_done and not client.verified


def test_no_plaintext_from_a_peer_that_is_refused(world: World) -> None:
    """Judged only when the handshake is done (verifyLater), with data right behind Finished: none of it comes out."""
    wrong = Pin("pki-sha256", bytes(32))
    client, server = world.client(pins=[wrong], verify_later=True), world.server()
    server.feed(client.drain())
    client.feed(server.drain())
    server.feed(client.drain())
    server.write(b"take this")
    with pytest.raises(TlsError) as caught:
        client.feed(server.drain())
    assert caught.value.code == "pinMismatch" and client.read() == b"" and not client.verified
    assert len(drained(client)) == 1

    person = world.authority.issue("person", usages=())
    own = {"certificate": person.chain_pem, "key": person.key_pem}
    server = world.server(client_authentication=True, pins=[wrong], verify_later=True)
    peer = world.client(**own)
    server.feed(peer.drain())
    peer.feed(server.drain())
    with pytest.raises(TlsError) as caught:
        server.feed(peer.drain())
    assert caught.value.code == "pinMismatch" and server.read() == b""


def test_no_plaintext_before_the_handshake_is_done(world: World) -> None:
    """A record with valid keys but before the peer's Finished would be data of nobody."""
    client, server = world.client(), world.server()
    server.feed(client.drain())
    client.feed(server.drain())
    flight = list(records(client.drain()))
    finished = flight.pop()
    for record in flight:
        server.feed(bytes(record))
    with pytest.raises(TlsError) as caught:
        server.feed(bytes(Record(APPLICATION_DATA, finished.body)))
    assert caught.value.code in ("badRecordMac", "unexpectedMessage") and server.read() == b""


CBC_SUITES = {"SHA256": [0xC023], "SHA384": [0xC024], "SHA1": [0xC009]}


@pytest.mark.parametrize("suites", CBC_SUITES.values(), ids=CBC_SUITES)
@pytest.mark.parametrize("length", [129, 136, 143, 4096 + 1, 16384 + 15])
@pytest.mark.parametrize("role", ["client", "server"])
def test_cbc_record_that_is_no_whole_blocks(world: World, suites: list[int], length: int, role: str) -> None:
    """BearSSL 0.6 decrypts past the end of such a record, and anybody on the way can send one (RFC 5246 §6.2.3.2)."""
    client, server = world.client(cipher_suites=suites), world.server(cipher_suites=suites)
    exchange(client, server)
    device = client if role == "client" else server
    assert device.state is State.ESTABLISHED and "CBC" in str(device.cipher_suite)
    with pytest.raises(TlsError) as caught:
        device.feed(b"\x17\x03\x03" + length.to_bytes(2, "big") + b"\xa5" * length)
    assert caught.value.code == "badRecordMac" and str(caught.value.alert) == "bad_record_mac"
    assert len(drained(device)) == 1
