"""Memory of sessions: all of it comes back, and any allocation may fail."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from sming_host.tls import Library, ResourceError, Session, State, TlsError
from tests.support.pki import now
from tests.tls.openssl import Transcript, World, client, converse

SEED = b"memory"


def held(library: Library) -> tuple[int, int]:
    gc.collect()
    total = library.memory.total
    return total.current, total.count


def test_everything_comes_back(world: World, library: Library) -> None:
    client(world).free()
    before = held(library)
    for _ in range(3):
        server = world.server()
        with client(world) as session:
            converse(session, server)
            session.write(b"x" * 50_000)
            converse(session, server)
            session.close()
    assert held(library) == before


def test_everything_comes_back_from_failures(world: World, library: Library) -> None:
    before = held(library)
    refused: list[dict[str, Any]] = [{"time": None}, {"host_name": "other"}, {"trust": [world.other_authority.der]}]
    for options in refused:
        with client(world, **options) as session, pytest.raises(TlsError):
            converse(session, world.server())
    impossible: list[dict[str, Any]] = [{"random_fails": True}, {"trust": []}, {"trust": [b"0"]}]
    for options in impossible:
        with pytest.raises(TlsError):
            client(world, **options)
    with client(world) as session, pytest.raises(TlsError):
        session.feed(b"garbage that is long enough")
    client(world).free()
    assert held(library) == before


def test_forgotten_sessions_are_collected(world: World, library: Library) -> None:
    before = held(library)
    for _ in range(5):
        client(world)
    assert held(library) == before


def test_figures_by_tag(world: World, library: Library) -> None:
    with client(world) as session:
        first = session.memory
        assert first.by_tag["record_buffer"].current > 0 and first.by_tag["session"].current > 0
        assert first.by_tag["certificate"].current > 0
        assert first.total.current == sum(figures.current for figures in first.by_tag.values())
        during = first.by_tag["handshake"].current
        converse(session, world.server())
        assert session.memory.by_tag["handshake"].current == 0 < during


def test_small_buffers_take_less(world: World, library: Library) -> None:
    sizes = []
    for size in (512, 4096, 16384):
        with client(world, max_buffer_size=size) as session:
            sizes.append(session.memory.by_tag["record_buffer"].current)
    assert sizes == sorted(sizes) and sizes[0] + 10_000 < sizes[-1]


def test_cap(world: World, library: Library) -> None:
    before = held(library)
    library.set_memory_cap(before[0] + 2000)
    try:
        with pytest.raises(ResourceError) as caught:
            client(world)
        assert caught.value.code == "noMemory"
    finally:
        library.set_memory_cap(None)
    assert held(library) == before


def handshake(world: World, time: float, incoming: bytes) -> None:
    """A whole connection against recorded bytes of a server."""
    with client(world, seed=SEED, time=time, certificate=None) as session:
        session.drain()
        session.feed(incoming)
        if session.state is State.ESTABLISHED:
            session.write(b"data")
            session.close()


def test_every_allocation_may_fail(world: World, library: Library) -> None:
    time = now().timestamp()
    transcript = Transcript()
    with client(world, seed=SEED, time=time) as session:
        converse(session, world.server(), transcript=transcript)
    incoming = bytes(transcript.to_client)

    attempts = library.allocation_attempts
    handshake(world, time, incoming)
    count = library.allocation_attempts - attempts
    assert count > 10
    before = held(library)
    outcomes: dict[str, int] = {}
    for number in range(1, count + 1):
        library.fail_allocation(number)
        try:
            handshake(world, time, incoming)
            outcome = "managed without"
        except TlsError as error:
            outcome = error.code
        finally:
            library.fail_allocation(0)
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        assert held(library) == before, f"allocation {number} of {count}: {outcome}"
    # Either the session does without, or it says what is wrong. It never blames the server.
    assert set(outcomes) <= {"noMemory", "managed without"}, outcomes
    assert outcomes["noMemory"] > count // 2
    # And it works again afterwards.
    handshake(world, time, incoming)


def test_log_and_statistics(world: World, library: Library) -> None:
    library.read_log()
    before = library.statistics
    with client(world) as session:
        converse(session, world.server())
    with client(world, time=None) as session, pytest.raises(TlsError):
        converse(session, world.server())
    after = library.statistics
    assert after.client_handshakes == before.client_handshakes + 1
    assert after.failed == before.failed + 1 and after.last_error == "clockNotSet"
    assert "device.local" in library.read_log()
    assert library.read_log() == ""


def test_library_is_shared(library: Library) -> None:
    with Session("client", host_name="x", verify_later=True) as session:
        assert session.library is library
