"""What a peer may try that no honest one does: each was a hole once, or would be one without a check."""

from __future__ import annotations

import pytest

from sming_host.tls import Session, State, TlsError
from tests.ssl.conftest import World
from tests.ssl.test_alerts import HELLO
from tests.ssl.test_server import exchange
from tests.ssl.wire import ALERT, Record, handshake, records

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
