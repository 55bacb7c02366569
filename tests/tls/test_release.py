"""Sessions that nobody has any more are released wherever Python collects garbage, and no thread waits for another."""

from __future__ import annotations

import functools
import gc
import threading
from collections.abc import Callable

import pytest

from sming_host.tls import Library, ServerShare, TlsError
from sming_host.tls.lock import CallLock
from tests.tls.openssl import World, client


def blocks(library: Library) -> int:
    gc.collect()
    return library.memory.total.count


def in_time(action: Callable[[], object]) -> None:
    """Run it in a thread that the test can leave behind."""
    thread = threading.Thread(target=action, daemon=True)
    thread.start()
    thread.join(20)
    assert not thread.is_alive(), "it waits forever"


def test_sessions_in_a_ring_are_released(world: World, library: Library) -> None:
    """A session, the error that it raised and the frame that has both refer to each other."""
    before = blocks(library)

    def refused() -> None:
        session = client(world)
        with pytest.raises(TlsError):
            session.feed(b"no TLS at all")

    refused()
    assert blocks(library) == before


def test_release_while_cffi_holds_its_lock(world: World, library: Library) -> None:
    """Python may collect garbage in the middle of a look-up of cffi's, whose lock is not for taking twice."""
    before = blocks(library)
    session, share = client(world), ServerShare()

    def release() -> None:
        nonlocal session, share
        with library.ffi._lock:
            del session, share

    in_time(release)
    assert blocks(library) == before


def test_release_while_another_thread_makes_a_call(world: World, library: Library) -> None:
    """It does not wait, and the thread that leaves the lock does it."""
    before = blocks(library)
    session = client(world)

    def release() -> None:
        nonlocal session
        del session

    with library.lock:
        in_time(release)
        assert library._figures(-1).count > before
    assert blocks(library) == before


def test_released_once_and_in_order() -> None:
    lock = CallLock()
    released: list[int] = []
    lock.release(released.append, 1)
    with lock:
        for number in (2, 3):
            in_time(functools.partial(lock.release, released.append, number))
        assert released == [1]
        lock.release(released.append, 4)
        assert released == [1, 2, 3, 4]
    assert released == [1, 2, 3, 4]
