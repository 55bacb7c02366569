"""A client that offers only newer versions of TLS is told so, not that the cipher suites do not match."""

from __future__ import annotations

import ssl
from typing import Optional

import pytest

from sming_host.tls import TlsError
from tests.network.tls_server import client_hello, extension, usual_extensions
from tests.ssl.conftest import World
from tests.ssl.wire import ALERT, HANDSHAKE, Peer, Record, records, talk

TLS12, TLS13, GREASE = 0x0303, 0x0304, 0x8A8A


def versions(*numbers: int) -> bytes:
    """supported_versions (RFC 8446 §4.2.1)."""
    body = b"".join(number.to_bytes(2, "big") for number in numbers)
    return extension(43, bytes([len(body)]) + body)


def outcome(world: World, hello: bytes, piece: int = 1 << 20) -> tuple[Optional[str], list[Record]]:
    """What a server answers to a ClientHello that comes in pieces: its error, and what it sends."""
    device = world.server()
    error: Optional[str] = None
    for start in range(0, len(hello), piece):
        try:
            device.feed(hello[start : start + piece])
        except TlsError as failure:
            error = error or failure.code
    return error, list(records(device.drain()))


def in_records(hello: bytes, size: int) -> bytes:
    """The same message over records of `size` bytes (RFC 5246 §6.2.1)."""
    message = hello[5:]
    return b"".join(bytes(Record(HANDSHAKE, message[start : start + size])) for start in range(0, len(message), size))


def assert_too_new(result: tuple[Optional[str], list[Record]]) -> None:
    error, answer = result
    assert error == "protocolVersion"
    assert [(record.kind, record.body) for record in answer] == [(ALERT, b"\x02\x46")]


def test_openssl_with_nothing_but_1_3(world: World) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=world.authority.pem.decode())
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    peer = Peer(context, False, "device.local")
    error, sent = talk(world.server(), peer)
    assert error is not None and (error.code, error.alert) == ("protocolVersion", "protocol_version")
    assert len(sent) == 1 and peer.reason == "TLSV1_ALERT_PROTOCOL_VERSION"


@pytest.mark.parametrize("suites", [b"\x13\x01\x13\x02", b"\xc0\x2b\xc0\x2f\x00\xff"])
def test_only_newer(world: World, suites: bytes) -> None:
    """Whether it has suites of TLS 1.2 or not, first or last, and however it is cut."""
    for listed in ((TLS13,), (GREASE, TLS13), (0x0305, TLS13, 0x7F1C)):
        for extensions in (usual_extensions() + versions(*listed), versions(*listed) + usual_extensions()):
            hello = client_hello(extensions, suites)
            for piece in (1 << 20, 100, 1):
                assert_too_new(outcome(world, hello, piece))
            for size in (1, 3, 50):
                assert_too_new(outcome(world, in_records(hello, size)))


def test_only_older_is_no_less_refused(world: World) -> None:
    assert_too_new(outcome(world, client_hello(usual_extensions() + versions(0x0302, 0x0301))))


@pytest.mark.parametrize("listed", [(TLS12,), (TLS13, TLS12), (GREASE, TLS13, TLS12, 0x0302, 0x0301)])
def test_ours_among_others(world: World, listed: tuple[int, ...]) -> None:
    for extensions in (usual_extensions() + versions(*listed), versions(*listed) + usual_extensions()):
        for hello in (client_hello(extensions), in_records(client_hello(extensions), 7)):
            error, answer = outcome(world, hello, 11)
            assert error is None and answer[0].kind == HANDSHAKE


def test_hellos_without_it_are_as_before(world: World) -> None:
    """Also when there are no extensions at all, and what follows looks like one."""
    error, answer = outcome(world, client_hello(usual_extensions()))
    assert error is None and answer[0].kind == HANDSHAKE
    error, answer = outcome(world, client_hello(usual_extensions(), b"\x13\x01"))
    assert error == "handshakeFailure" and answer[-1].body == b"\x02\x28"
    error, answer = outcome(world, client_hello(extension(5, versions(TLS13)) + usual_extensions()))
    assert error is None and answer[0].kind == HANDSHAKE


@pytest.mark.parametrize(
    "body", [b"", b"\x00", b"\x03\x03\x04\x03", b"\x02\x03", b"\x04\x03\x04", b"\xff" + bytes(254)]
)
def test_malformed(world: World, body: bytes) -> None:
    """Never a crash; either it does not count or the hello is refused."""
    error, answer = outcome(world, client_hello(usual_extensions() + extension(43, body)))
    assert (error is None) == (answer[-1].kind == HANDSHAKE)
