"""The device as server, for OpenSSL's client and for its own."""

from __future__ import annotations

import gc
import os
import ssl

import pytest

from sming_host.tls import Session, State
from tests.ssl.conftest import World
from tests.ssl.wire import Peer, records, talk
from tests.support.adapters import Traits


@pytest.mark.parametrize("identity", ["ec", "rsa"])
@pytest.mark.parametrize("size", [None, 512, 16384])
def test_stock_client(world: World, identity: str, size: int) -> None:
    device, peer = world.server(getattr(world, identity), max_buffer_size=size), world.openssl_client()
    assert talk(device, peer)[0] is None and peer.done
    assert device.state is State.ESTABLISHED and device.version == "TLSv1.2"
    upward, downward = os.urandom(50_000), os.urandom(70_000)
    peer.tls.write(upward)
    device.write(downward)
    assert talk(device, peer)[0] is None
    assert device.read() == upward and peer.received == downward
    device.close()
    talk(device, peer)
    assert peer.closed


@pytest.mark.parametrize(
    ("name", "identity"),
    [
        ("ECDHE-ECDSA-AES128-GCM-SHA256", "ec"),
        ("ECDHE-ECDSA-CHACHA20-POLY1305", "ec"),
        ("ECDHE-ECDSA-AES256-GCM-SHA384", "ec"),
        ("ECDHE-ECDSA-AES128-CCM", "ec"),
        ("ECDHE-ECDSA-AES128-SHA256", "ec"),
        ("ECDHE-ECDSA-AES256-SHA384", "ec"),
        ("ECDHE-ECDSA-AES128-SHA", "ec"),
        ("ECDHE-RSA-AES128-GCM-SHA256", "rsa"),
        ("ECDHE-RSA-CHACHA20-POLY1305", "rsa"),
        ("ECDHE-RSA-AES256-SHA384", "rsa"),
        ("AES128-GCM-SHA256", "rsa"),
        ("AES256-SHA256", "rsa"),
        ("AES128-SHA", "rsa"),
    ],
)
def test_every_kind_of_suite(world: World, traits: Traits, name: str, identity: str) -> None:
    device = world.server(getattr(world, identity), cipher_suites="full")
    peer = world.openssl_client(f"{name}:@SECLEVEL=0")
    error, _ = talk(device, peer)
    if not traits.has(name):
        assert error is not None and error.code == "handshakeFailure" and not peer.done
        return
    assert error is None and peer.done
    assert (peer.tls.cipher() or ("",))[0] == name
    device.write(b"z" * 20_000)
    peer.tls.write(b"a" * 20_000)
    talk(device, peer)
    assert peer.received == b"z" * 20_000 and device.read() == b"a" * 20_000


def exchange(client: Session, server: Session) -> None:
    while True:
        up, down = client.drain(), server.drain()
        if not up and not down:
            return
        server.feed(up)
        client.feed(down)


@pytest.mark.parametrize("identity", ["ec", "rsa"])
@pytest.mark.parametrize("suites", ["basic", "full"])
def test_with_itself(world: World, identity: str, suites: str) -> None:
    server = world.server(getattr(world, identity), cipher_suites=suites)
    client = world.client(cipher_suites=suites)
    exchange(client, server)
    assert client.verified and client.cipher_suite == server.cipher_suite
    assert client.session_id == server.session_id
    client.write(b"hello")
    server.write(b"x" * 100_000)
    exchange(client, server)
    assert server.read() == b"hello" and client.read() == b"x" * 100_000
    client.close()
    exchange(client, server)
    assert client.state is State.CLOSED and server.state is State.CLOSED


@pytest.mark.parametrize("size", [512, 1024, 2048, 4096])
def test_small_fragments_are_asked_for_and_granted(world: World, size: int) -> None:
    """Maximum fragment length (RFC 6066 §4): the client asks, the server keeps to it."""
    client, server = world.client(max_buffer_size=size), world.server(max_buffer_size=16384)
    exchange(client, server)
    server.write(bytes(20_000))
    sent = list(records(server.drain()))
    # 8 bytes of nonce and 16 of tag come on top
    assert {len(record.body) - 24 for record in sent[:-1]} == {size}


@pytest.mark.parametrize("size", [None, 8192, 16384])
def test_no_illegal_fragment_length_is_sent(world: World, size: int) -> None:
    """Only the codes 1 to 4 exist. What is larger is either not asked for, or asked for as 4."""
    hello = world.client(max_buffer_size=size).drain()
    assert (b"\x00\x01\x00\x01\x04" in hello) == (size == 8192)
    for code in (0, 5, 6):
        assert b"\x00\x01\x00\x01" + bytes([code]) not in hello


def test_memory_of_an_idle_connection(world: World) -> None:
    """Buffers follow what comes and goes: after 16 KB records both ways they are as small as before."""
    gc.collect()  # what other tests left
    server, peer = world.server(), world.openssl_client()
    talk(server, peer)
    before = server.memory.by_tag["record_buffer"].current
    peer.tls.write(bytes(16_384))
    server.write(bytes(100_000))
    talk(server, peer)
    assert len(server.read()) == 16_384
    assert server.memory.by_tag["record_buffer"].current == before


def test_client_without_sni(world: World) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    device, peer = world.server(), Peer(context, False)
    assert talk(device, peer)[0] is None and peer.done
