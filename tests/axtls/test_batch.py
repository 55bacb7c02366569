"""Records of application data that are gathered and leave together (`output_batch`)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.axtls.conftest import NAME, World
from tests.axtls.native import Engine, Heap, both
from tests.axtls.openssl import records

RECORD = 1
FRAGMENT = 1000
THREE = 3500
"""Room for three such records with all that protection may add, not for four."""
Ends = tuple[Engine, Engine]


@pytest.fixture(params=(0xC02B, 0xCCA9, 0xC023), ids=("GCM", "ChaCha20", "CBC"))
def ends(world: World, request: pytest.FixtureRequest) -> Iterator[Ends]:
    """Two engines that are connected; the first one gathers."""
    with world.server_settings() as server, world.client_settings() as client:
        server.suites([request.param])
        client.suites([request.param])
        server.fragments(16384, FRAGMENT)
        server.batch(THREE)
        near, far = server.server(), client.client(NAME)
        both(near, far)
        assert near.state.connected and far.state.connected
        yield near, far
        near.free()
        far.free()


def plaintext(count: int) -> bytes:
    return bytes(number * 7 % 251 for number in range(count))


def received(ends: Ends, output: bytes) -> bytes:
    """What the second engine makes of it; the answers go back."""
    near, far = ends
    result = b""
    while output:
        used = far.feed(output)
        part = far.input()
        assert used or part
        output, result = output[used:], result + part
    both(near, far)
    return result


def test_full_batch_is_offered(ends: Ends) -> None:
    """The third record fills the buffer: all three are offered, and no more is taken until they have left."""
    near, _ = ends
    data = plaintext(5 * FRAGMENT)
    for number in range(3):
        assert near.output() == b""
        assert near.write(data[number * FRAGMENT :]) == FRAGMENT
    assert near.write(data) == 0
    output = near.output()
    assert len(records(output)) == 3
    assert Heap().held(RECORD) == 0
    assert near.write(data[3 * FRAGMENT :]) == FRAGMENT
    near.write(data[4 * FRAGMENT :])
    near.flush()
    output += near.output()
    assert len(records(output)) == 5
    assert received(ends, output) == data


@pytest.mark.parametrize("length", (FRAGMENT, FRAGMENT + 1, 2 * FRAGMENT, 2 * FRAGMENT + 300))
def test_flush_offers_what_waits(ends: Ends, length: int) -> None:
    near, _ = ends
    data = plaintext(length)
    taken = 0
    while taken < length:
        taken += near.write(data[taken:])
    assert near.output() == b""
    near.flush()
    output = near.output()
    assert len(records(output)) == -(-length // FRAGMENT)
    assert Heap().held(RECORD) == 0
    assert received(ends, output) == data


def test_close_offers_what_waits(ends: Ends) -> None:
    near, far = ends
    data = plaintext(2 * FRAGMENT)
    assert near.write(data) + near.write(data[FRAGMENT:]) == len(data)
    near.close()
    assert received(ends, near.output()) == data
    assert far.state.peer_closed and far.state.error == "NONE"


@pytest.mark.parametrize("is_open", (False, True), ids=("finished", "open"))
def test_abort_offers_what_waits(ends: Ends, is_open: bool) -> None:
    """Finished records leave before the alert; one that is open is dropped."""
    near, far = ends
    data = plaintext(FRAGMENT)
    assert near.write(data) == FRAGMENT
    if is_open:
        assert near.write(data[:500]) == 500
    near.abort(80)
    assert received(ends, near.output()) == data
    assert far.state.alert_received == "internal_error"
    assert near.state.closed


def test_input_does_not_offer_it(ends: Ends) -> None:
    """What the peer says meanwhile is read, and what waits goes on waiting."""
    near, far = ends
    data = plaintext(FRAGMENT)
    assert near.write(data) == FRAGMENT
    far.write(b"question")
    far.flush()
    question = far.output()
    assert near.feed(question) == len(question)
    assert near.input() == b"question" and near.output() == b""
    near.flush()
    assert received(ends, near.output()) == data


def test_small_records_take_little(ends: Ends) -> None:
    """Only who fills a record gets the buffer of a batch."""
    near, far = ends
    near.write(b"a few bytes")
    assert Heap().held(RECORD) < 500
    near.flush()
    both(near, far)
    assert Heap().held(RECORD) == 0


def test_without_memory_for_a_batch(ends: Ends) -> None:
    """Then each record leaves by itself."""
    near, _ = ends
    heap = Heap()
    data = plaintext(2 * FRAGMENT)
    heap.fail(1)
    assert near.write(data) == FRAGMENT
    heap.fail(0)
    output = near.output()
    assert len(records(output)) == 1
    assert near.write(data[FRAGMENT:]) == FRAGMENT
    near.flush()
    assert received(ends, output + near.output()) == data


def test_freed_while_it_waits(ends: Ends) -> None:
    near, _ = ends
    assert near.write(plaintext(FRAGMENT)) == FRAGMENT
    assert near.write(plaintext(500)) == 500
    near.free()
    assert Heap().held(RECORD) == 0
