"""What a peer may try that no honest one does: each was a hole once, or would be one without a check."""

from __future__ import annotations

import pytest

from sming_host.tls import Session, State, TlsError
from tests.ssl.conftest import World
from tests.ssl.test_alerts import EXTENSIONS, HELLO, alerts
from tests.ssl.test_server import exchange
from tests.ssl.wire import ALERT, HANDSHAKE, Record, handshake, records, talk

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


def test_close_notify_with_more_behind_it(world: World) -> None:
    """The original spun for ever. What comes behind is dropped (RFC 5246 §7.2.1)."""
    for first, second in (connected(world), reversed(connected(world))):
        second.write(b"last words")
        second.close()
        data = second.drain()
        first.feed(data + b"\x17\x03\x03\0\x20" + bytes(32) + b"?" * 1000)
        assert first.read() == b"last words"
        first.feed(b"?" * 100)
        assert len(alerts(drained(first))) == 1
        assert first.error is None and first.state in (State.CLOSING, State.CLOSED)


def test_fatal_certificate_unknown_ends_the_connection(world: World) -> None:
    for device in (world.client(), world.server()):
        device.drain()
        with pytest.raises(TlsError) as caught:
            device.feed(bytes(Record(ALERT, b"\2\x2e")) + b"more")
        assert caught.value.code == "alertReceived" and caught.value.alert == "certificate_unknown"
        assert device.state is State.FAILED and device.drain() == b""


def hello_with(extensions: bytes) -> bytes:
    return handshake(1, HELLO + len(extensions).to_bytes(2, "big") + extensions)


def test_sixty_repeated_signature_algorithms(world: World) -> None:
    """They crashed the original's server before anybody was authenticated."""
    pairs = b"\4\3" * 60
    signatures = b"\0\x0d" + (len(pairs) + 2).to_bytes(2, "big") + len(pairs).to_bytes(2, "big") + pairs
    device = world.server()
    device.feed(hello_with(signatures + EXTENSIONS[2 + 8 :]))
    first, *_ = drained(device)
    assert first.kind == HANDSHAKE and first.body[0] == 2


@pytest.mark.parametrize(
    ("identity", "suites", "number", "answer"),
    [
        ("ec", "basic", b"\xc0\x2b", ALERT),  # without them a client is taken to know only SHA-1 (RFC 5246 §7.4.1.4.1)
        ("rsa", "full", b"\x00\x9c", HANDSHAKE),
    ],
)
def test_hello_without_extensions(world: World, identity: str, suites: str, number: bytes, answer: int) -> None:
    device = world.server(getattr(world, identity), cipher_suites=suites)
    hello = handshake(1, HELLO.replace(b"\xc0\x2b", number))
    if answer == ALERT:
        with pytest.raises(TlsError) as caught:
            device.feed(hello)
        assert caught.value.code == "handshakeFailure"
    else:
        device.feed(hello)
    assert drained(device)[0].kind == answer


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


def test_failed_handshakes_do_no_harm(world: World) -> None:
    """After eight the original's network was dead."""
    for number in range(20):
        device = world.server()
        with pytest.raises(TlsError):
            device.feed((OLD_HELLO, b"GET / HTTP/1.0\r\n\r\n", handshake(1, HELLO[:20]))[number % 3])
        client = world.client(host_name="other.local")
        server = world.server()
        with pytest.raises(TlsError):
            exchange(client, server)
    connected(world)
    assert talk(world.client(), world.openssl_server())[0] is None
