"""Memory of sessions: all of it comes back, and any allocation may fail."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Callable

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from sming_host.tls import Library, Pin, ResourceError, Session, State, TlsError
from tests.support.adapters import Traits
from tests.support.pki import now
from tests.tls.openssl import Client, Transcript, World, client, converse, whole

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


def test_figures_by_tag(world: World, library: Library, traits: Traits) -> None:
    gc.collect()  # what other tests left
    with client(world) as session:
        first = session.memory
        assert (first.by_tag["record_buffer"].current > 0) == traits.keeps_buffers
        assert first.by_tag["session"].current > 0
        assert first.by_tag["certificate"].current > 0
        assert first.total.current == sum(figures.current for figures in first.by_tag.values())
        during = first.by_tag["handshake"].current
        converse(session, world.server())
        assert session.memory.by_tag["handshake"].current == 0 < during


def test_small_buffers_take_less(world: World, library: Library, traits: Traits) -> None:
    gc.collect()
    sizes = []
    for size in (512, 4096, 16384):
        with client(world, max_buffer_size=size) as session:
            sizes.append(session.memory.by_tag["record_buffer"].current)
    if traits.keeps_buffers:
        assert sizes == sorted(sizes) and sizes[0] + 10_000 < sizes[-1]
    else:
        assert sizes == [0, 0, 0]


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


@dataclass(frozen=True)
class Case:
    """A kind of session, set up with everything that takes memory."""

    role: str
    options: Callable[[World], dict[str, Any]]


CASES = {
    "chain": Case("client", lambda world: {"host_name": "device.local", "trust": [world.authority.der]}),
    "pin": Case("client", lambda world: {"pins": [Pin("pki-sha256", world.good.spki_sha256)], "verify_later": True}),
    "all": Case(
        "client",
        lambda world: {
            "host_name": "device.local",
            "trust": [world.other_authority.pem + world.authority.pem],
            "cipher_suites": [0xC02B, 0xC02F],
            "max_buffer_size": 1024,
            "resume": True,
            "certificate": world.good_rsa.chain_pem,
            "key": world.good_rsa.key_pem,
        },
    ),
    "server": Case("server", lambda world: {"certificate": world.good.chain_pem, "key": world.good.key_pem}),
    "encrypted key": Case(
        "server",
        lambda world: {
            "certificate": world.good.der,
            "key": world.good.key.private_bytes(
                Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(b"password")
            ),
            "key_password": "password",
        },
    ),
}


def record(world: World, case: Case, options: dict[str, Any]) -> list[bytes]:
    """What OpenSSL sends to a session of this kind, flight by flight."""
    arrived: list[bytes] = []

    def note(data: bytes) -> Iterator[bytes]:
        arrived.append(data)
        yield from whole(data)

    with Session(case.role, **options) as session:
        if case.role == "server":
            Client(world).talk(session, b"data", note)
        else:
            server = world.server()
            transcript = Transcript()
            converse(session, server, transcript=transcript)
            arrived.append(bytes(transcript.to_client))
    return arrived


def replay(case: Case, options: dict[str, Any], incoming: list[bytes]) -> None:
    """A whole connection against recorded bytes."""
    with Session(case.role, **options) as session:
        for flight in incoming:
            session.feed(flight)
        # Not so when the certificate, for want of memory, ended the session in another way.
        assert session.state is State.ESTABLISHED
        session.write(b"data")
        assert session.peer_certificate is not None or case.role == "server"
        session.close()


@pytest.mark.parametrize("name", CASES)
def test_every_allocation_may_fail(world: World, library: Library, name: str) -> None:
    case = CASES[name]
    options = {**case.options(world), "seed": SEED, "time": now()}
    incoming = record(world, case, options)
    # A first time, for what is allocated once and kept.
    replay(case, options, incoming)

    attempts = library.allocation_attempts
    replay(case, options, incoming)
    count = library.allocation_attempts - attempts
    assert count > 5
    before = held(library)
    outcomes: dict[str, int] = {}
    for number in range(1, count + 1):
        library.fail_allocation(number)
        try:
            replay(case, options, incoming)
            outcome = "managed without"
        except TlsError as error:
            outcome = error.code
        finally:
            library.fail_allocation(0)
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        assert held(library) == before, f"allocation {number} of {count}: {outcome}"
    # Either the session does without, or it says what is wrong. It never blames the peer.
    assert set(outcomes) <= {"noMemory", "managed without", "recordTooLarge"}, outcomes
    assert outcomes["noMemory"] > count // 2
    # And it works again afterwards.
    replay(case, options, incoming)


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


def test_threads_take_turns(world: World, library: Library) -> None:
    """The device's code knows no threads; Python's may use it all the same."""
    before = held(library)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(10):
                with client(world) as session:
                    server = world.server()
                    converse(session, server)
                    session.write(b"z" * 20_000)
                    converse(session, server)
                    assert session.read() == b"z" * 20_000
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures and held(library) == before
