"""Memory of connections: what they take, that buffers follow what comes, and that any allocation may fail."""

from __future__ import annotations

import functools
import gc
import os
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from sming_host.tls import Library, ServerShare, Session, State, TlsError
from tests.ssl.conftest import World
from tests.ssl.test_server import exchange
from tests.ssl.wire import records, talk

KILO = 1024
CONNECTION = 700
"""TcpClient and its socket on 64-bit (568 and 96), which are not part of a session."""


def held(library: Library) -> tuple[int, int]:
    gc.collect()
    total = library.memory.total
    return total.current, total.count


def test_a_server_connection(world: World) -> None:
    """ECDSA P-256, key and chain included: 8 KB idle, also after 16 KB records; 24 KB in the handshake."""
    gc.collect()
    library = world.client().library
    gc.collect()
    before = library.memory.total.current
    library.reset_peak()
    device, peer = world.server(), world.openssl_client()
    talk(device, peer)
    figures = {"handshake": library.memory.total.peak - before + CONNECTION}
    figures["idle"] = library.memory.total.current - before + CONNECTION
    upward, downward = os.urandom(16 * KILO), os.urandom(100_000)
    peer.tls.write(upward)
    device.write(downward)
    talk(device, peer)
    assert device.read() == upward and peer.received == downward
    figures["drained"] = library.memory.total.current - before + CONNECTION
    by_tag = {tag: size.current for tag, size in library.memory.by_tag.items() if size.current}
    print(f"bytes of a server's connection: {figures}, by tag without TcpClient: {by_tag}")
    assert figures["idle"] <= 8 * KILO and figures["drained"] <= 8 * KILO and figures["handshake"] <= 24 * KILO
    assert by_tag.keys() <= {"application", "session", "record_buffer", "certificate"}


def test_a_client_connection(world: World) -> None:
    gc.collect()
    library = world.client().library
    gc.collect()
    before = library.memory.total.current
    library.reset_peak()
    device, peer = world.client(), world.openssl_server()
    talk(device, peer)
    peak, idle = library.memory.total.peak - before + CONNECTION, library.memory.total.current - before + CONNECTION
    print(f"bytes of a client's connection: handshake {peak}, idle {idle}")
    assert idle <= 8 * KILO and peak <= 24 * KILO


def test_keys_are_decoded_once(world: World) -> None:
    """Connections that assign the same key share it, whatever became of the buffers it was in."""
    library = world.client().library
    gc.collect()
    share = ServerShare()
    first = world.server(share=share)
    one = library.memory.by_tag["certificate"]
    others = [world.server(share=share) for _ in range(5)]
    many = library.memory.by_tag["certificate"]
    assert many.current == one.current and many.total == one.total, "nothing was decoded again"
    for session in (first, *others):
        session.free()
    # The share keeps it for the next one
    assert library.memory.by_tag["certificate"].current == one.current
    world.server(share=share).free()
    assert library.memory.by_tag["certificate"].total == one.total
    # A renewed certificate is another source
    renewed = world.server(world.authority.issue("device.local"), share=share)
    assert library.memory.by_tag["certificate"].total > one.total
    renewed.free()
    share.free()
    gc.collect()
    assert library.memory.by_tag["certificate"].current == 0


def test_a_password_is_part_of_the_source(world: World) -> None:
    """Sharing must not let a wrong password pass because the right one was used before."""
    key = world.ec.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"right"))
    options: dict[str, Any] = {"certificate": world.ec.chain_pem, "key": key}
    good = Session("server", key_password="right", **options)
    for wrong in ("wrong", None):
        with pytest.raises(TlsError) as caught:
            Session("server", key_password=wrong, **options)
        assert caught.value.code == "keyPassword"
    good.free()


@pytest.mark.parametrize("size", [512, 1024, 2048, 4096, 8192, 16384, None])
def test_every_buffer_size_against_openssl(world: World, size: int) -> None:
    """As client: OpenSSL keeps to what is asked for (up to 4096); as server: it sends what it likes."""
    data = os.urandom(40_000)
    device, peer = world.client(max_buffer_size=size), world.openssl_server()
    talk(device, peer)
    peer.tls.write(data)
    sent = list(records(peer.drain()))
    if size is not None and size <= 8192:
        assert max(len(record.body) for record in sent) <= min(size, 4096) + 24 + 256
    for record in sent:
        device.feed(bytes(record))
    device.write(data)
    talk(device, peer)
    assert device.read() == data and peer.received == data
    server, client = world.server(max_buffer_size=size), world.openssl_client()
    talk(server, client)
    client.tls.write(data)
    server.write(data)
    talk(server, client)
    assert server.read() == data and client.received == data


def test_one_record_of_15_kilobytes_to_a_server_with_small_buffers(world: World) -> None:
    """The original refused it."""
    device, peer = world.server(max_buffer_size=4096), world.openssl_client()
    talk(device, peer)
    data = os.urandom(15_000)
    peer.tls.write(data)
    (record,) = records(peer.drain())
    device.feed(bytes(record))
    assert device.read() == data


def test_no_memory_for_a_large_record_ends_this_connection_only(world: World) -> None:
    library = world.client().library
    device, peer = world.server(), world.openssl_client()
    other, friend = world.server(), world.openssl_client()
    talk(device, peer)
    talk(other, friend)
    peer.tls.write(bytes(16_000))
    library.set_memory_cap(library.memory.total.current + 8000)
    try:
        error, _ = talk(device, peer)
        assert error is not None and error.code == "recordTooLarge" and error.alert == "internal_error"
        assert peer.reason is not None and peer.reason.endswith("INTERNAL_ERROR")
        friend.tls.write(b"still here")
        assert talk(other, friend)[0] is None and other.read() == b"still here"
    finally:
        library.set_memory_cap(None)


def connection(world: World, library: Library, share: ServerShare, variant: dict[str, Any]) -> None:
    """A client and a server, from start to close_notify, both of the device's code."""
    make_server = functools.partial(world.server, share=share, resume=True, seed=b"server")
    make_client = functools.partial(world.client, resume=True, seed=b"client")
    with make_server(**variant.get("server", {})) as server, make_client(**variant.get("client", {})) as client:
        exchange(client, server)
        client.write(b"x" * 3000)
        server.write(b"y" * 20_000)
        exchange(client, server)
        assert (len(server.read()), len(client.read())) == (3000, 20_000)
        kept = client.take_resumption()
        client.close()
        exchange(client, server)
        assert client.state is State.CLOSED is server.state
        if kept is not None:
            kept.free()


def variants(world: World) -> dict[str, dict[str, Any]]:
    own = {"certificate": world.ec.chain_pem, "key": world.ec.key_pem}
    person = world.authority.issue("person", usages=())
    return {
        "ec": {},
        "alpn": {"client": {"alpn": ["a", "b"]}, "server": {"alpn": ["b"]}},
        "client certificate": {
            "client": {**own, "certificate": person.chain_pem, "key": person.key_pem},
            "server": {"client_authentication": True, "trust": [world.authority.der]},
        },
        "small": {"client": {"max_buffer_size": 512}, "server": {"max_buffer_size": 512}},
    }


@pytest.mark.parametrize("name", ["ec", "alpn", "client certificate", "small"])
@pytest.mark.parametrize("and_later", [False, True], ids=["one", "all_later"])
def test_every_allocation_of_a_handshake_fails_in_turn(world: World, name: str, and_later: bool) -> None:
    """No crash, no leak, one alert at most, and the next connection works: all N of N."""
    library = world.client().library
    variant = variants(world)[name]
    share = ServerShare()
    connection(world, library, share, variant)
    share.free()
    base = held(library)

    attempts = library.allocation_attempts
    share = ServerShare()
    connection(world, library, share, variant)
    share.free()
    count = library.allocation_attempts - attempts
    outcomes: dict[str, int] = {}
    for number in range(1, count + 1):
        outcome = "managed without"
        library.fail_allocation(number, and_later)
        try:
            share = ServerShare()
            try:
                connection(world, library, share, variant)
            finally:
                library.fail_allocation(0)
                share.free()
        except TlsError as error:
            outcome = error.code
        finally:
            library.fail_allocation(0)
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        assert held(library) == base, f"allocation {number} of {count}: {outcome}"
    share = ServerShare()
    connection(world, library, share, variant)
    share.free()
    assert held(library) == base
    print(f"{name}: {count} allocations, {outcomes}")
    # "alertReceived" is the other end's view of it
    assert set(outcomes) <= {"noMemory", "managed without", "alertReceived", "recordTooLarge"}, outcomes
