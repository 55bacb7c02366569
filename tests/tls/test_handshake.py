"""Handshakes and data with OpenSSL, in memory: what is agreed on and what a session tells about it."""

from __future__ import annotations

import datetime
import hashlib
import os

import pytest

from sming_host.tls import Pin, Session, State
from tests.support.pki import Authority
from tests.tls.openssl import Server, World, client, converse, every

BASIC = (
    ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
    ("ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
    ("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
    ("ECDHE-RSA-CHACHA20-POLY1305", "ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
)
FULL = (
    ("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
    ("ECDHE-ECDSA-AES128-SHA256", "ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"),
    ("ECDHE-RSA-AES256-GCM-SHA384", "ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
    ("AES128-GCM-SHA256", "RSA_WITH_AES_128_GCM_SHA256"),
    ("AES256-SHA256", "RSA_WITH_AES_256_CBC_SHA256"),
)


def test_echo(world: World) -> None:
    server = world.server()
    with client(world) as session:
        assert session.state.name == "HANDSHAKE" and not session.handshake_done and session.cipher_suite is None
        assert session.peer_certificate is None
        converse(session, server)
        assert session.state is State.ESTABLISHED and session.handshake_done and session.verified
        assert session.version == "TLSv1.2" and session.alert is None and session.error is None
        session.write(b"hello")
        converse(session, server)
        assert session.read() == b"hello" and session.read() == b""
        session.close()
        converse(session, server)
        assert server.closed
        server.close()
        converse(session, server)
        assert session.state is State.CLOSED


@pytest.mark.parametrize(("name", "expected"), BASIC + FULL)
def test_cipher_suites(world: World, name: str, expected: str) -> None:
    server = world.server(world.good if "ECDSA" in name else world.good_rsa, ciphers=name)
    suites = "basic" if (name, expected) in BASIC else "full"
    with client(world, cipher_suites=suites) as session:
        converse(session, server)
        session.write(b"x" * 1000)
        converse(session, server)
        assert session.read() == b"x" * 1000
        assert session.cipher_suite == expected and server.cipher == name


def test_own_list_of_suites(world: World) -> None:
    """0xCCA9 is ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256; OpenSSL alone would rather have AES."""
    server = world.server()
    with client(world, cipher_suites=[0xCCA9]) as session:
        converse(session, server)
        assert server.cipher == "ECDHE-ECDSA-CHACHA20-POLY1305"


@pytest.mark.parametrize("size", [512, 1024, 2048, 4096, 8192, 16384])
def test_much_data_with_every_buffer_size(world: World, size: int) -> None:
    server = world.server(echo=False)
    data = os.urandom(100_000)
    with client(world, max_buffer_size=size) as session:
        converse(session, server)
        session.write(data)
        converse(session, server)
        assert server.received == data
        # Up to 4096 the extension for small records tells OpenSSL; beyond that it sends what it likes, up to 16 KB.
        for start in range(0, len(data), 2000):
            server.write(data[start : start + 2000])
        converse(session, server)
        assert session.read() == data


def test_reading_in_parts(world: World) -> None:
    server = world.server()
    with client(world) as session:
        converse(session, server)
        session.write(b"0123456789")
        converse(session, server)
        assert [session.read(4), session.read(4), session.read(4), session.read(4)] == [b"0123", b"4567", b"89", b""]


def test_certificate(world: World) -> None:
    server = world.server()
    with client(world) as session:
        converse(session, server)
        certificate = session.peer_certificate
    assert certificate is not None
    good = world.good
    assert certificate.subject["CN"] == "device.local" and certificate.issuer["CN"] == "Test CA"
    assert certificate.names == ("device.local", "127.0.0.1")
    assert certificate.not_before == good.certificate.not_valid_before_utc
    assert certificate.not_after == good.certificate.not_valid_after_utc
    assert certificate.sha1 == hashlib.sha1(good.der, usedforsecurity=False).digest()
    assert certificate.sha256 == hashlib.sha256(good.der).digest()
    assert certificate.pki_sha256 == good.spki_sha256


@pytest.mark.parametrize("kind", ["cert-sha1", "cert-sha256", "pki-sha256"])
def test_pins_suffice(world: World, kind: str) -> None:
    good = world.good
    value = {"cert-sha1": good.sha1, "cert-sha256": good.sha256, "pki-sha256": good.spki_sha256}[kind]
    wrong = Pin(kind, bytes(len(value)))
    server = world.server()
    # A pin does without authority, name and clock.
    with Session("client", pins=[wrong, Pin(kind, value)], time=None) as session:
        converse(session, server)
        assert session.verified and session.state is State.ESTABLISHED


def test_verify_later_takes_anyone_and_says_so(world: World) -> None:
    server = world.server()
    with Session("client", host_name="whoever.example", verify_later=True, time=None) as session:
        converse(session, server)
        assert session.state is State.ESTABLISHED and not session.verified


def test_address_as_host_name(world: World) -> None:
    with client(world, host_name="127.0.0.1") as session:
        converse(session, world.server())
        assert session.verified


def test_intermediate_authority(world: World) -> None:
    middle = Authority("Middle CA", parent=world.authority, path_length=0)
    with client(world) as session:
        converse(session, world.server(middle.issue("device.local")))
        assert session.verified


def test_pem_and_several_authorities(world: World) -> None:
    bundle = world.other_authority.pem + world.authority.pem
    with client(world, trust=[bundle]) as session:
        converse(session, world.server())
        assert session.verified


def test_time_can_be_given(world: World) -> None:
    identity = world.authority.issue(
        "device.local",
        not_before=datetime.datetime(2030, 1, 1, tzinfo=datetime.timezone.utc),
        not_after=datetime.datetime(2031, 1, 1, tzinfo=datetime.timezone.utc),
    )
    for moment in (datetime.datetime(2030, 6, 1, tzinfo=datetime.timezone.utc), 1906500000):
        with client(world, time=moment) as session:
            converse(session, world.server(identity))
            assert session.verified


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 100])
def test_small_pieces(world: World, size: int) -> None:
    server = world.server()
    with client(world) as session:
        converse(session, server, every(size))
        session.write(b"y" * 3000)
        converse(session, server, every(size))
        assert session.read() == b"y" * 3000


def test_two_sessions_at_once(world: World) -> None:
    """Sessions share nothing: interleaved, each gets its own."""
    servers: list[Server] = [world.server() for _ in range(5)]
    sessions = [client(world) for _ in servers]
    for session, server in zip(sessions, servers):
        server.feed(session.drain())
    for number, (session, server) in enumerate(zip(sessions, servers)):
        converse(session, server)
        session.write(b"%d" % number)
    for session, server in zip(reversed(sessions), reversed(servers)):
        converse(session, server)
    assert [session.read() for session in sessions] == [b"0", b"1", b"2", b"3", b"4"]
    for session in sessions:
        session.free()
