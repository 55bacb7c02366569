"""Every failure sends exactly one alert, the right one, and nothing after it."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Optional

import pytest

from sming_host.tls import Session, TlsError
from tests.ssl.conftest import World
from tests.ssl.wire import (
    ALERT,
    APPLICATION_DATA,
    CHANGE_CIPHER_SPEC,
    HANDSHAKE,
    Peer,
    Record,
    handshake,
    message,
    records,
    talk,
)
from tests.support.adapters import Traits

SERVER_HELLO, CERTIFICATE, SERVER_KEY_EXCHANGE, SERVER_HELLO_DONE = 2, 11, 12, 14

Change = Callable[[bytes], bytes]
"""Takes the body of a handshake message and gives another one."""


def set_byte(offset: int, value: int) -> Change:
    return lambda body: body[:offset] + bytes([value]) + body[offset + 1 :]


def flip_last(body: bytes) -> bytes:
    return body[:-1] + bytes([body[-1] ^ 1])


def after_session_id(offset: int, data: bytes) -> Change:
    """Replace bytes of a ServerHello, counted from behind its session id."""

    def change(body: bytes) -> bytes:
        start = 35 + body[34] + offset
        return body[:start] + data + body[start + len(data) :]

    return change


def add_extension(number: int, data: bytes = b"") -> Change:
    def change(body: bytes) -> bytes:
        start = 35 + body[34] + 3
        extensions = body[start + 2 :] + number.to_bytes(2, "big") + len(data).to_bytes(2, "big") + data
        return body[:start] + len(extensions).to_bytes(2, "big") + extensions

    return change


@dataclass(frozen=True)
class Case:
    """A change to one message of the server's, and what becomes of it."""

    name: str
    kind: int
    change: Change
    code: str
    alert: int


CASES = (
    Case("version 1.1 chosen", SERVER_HELLO, set_byte(1, 2), "protocolVersion", 70),
    Case("suite not offered", SERVER_HELLO, after_session_id(0, b"\x00\x9c"), "illegalParameter", 47),
    Case("suite unknown", SERVER_HELLO, after_session_id(0, b"\x12\x34"), "illegalParameter", 47),
    Case("compression", SERVER_HELLO, after_session_id(2, b"\x01"), "illegalParameter", 47),
    Case("extension not asked for", SERVER_HELLO, add_extension(0x3377), "unsupportedExtension", 110),
    Case("extension twice", SERVER_HELLO, add_extension(0xFF01, b"\0"), "", 0),
    Case("session id too long", SERVER_HELLO, set_byte(34, 33), "decodeError", 50),
    Case("hello cut off", SERVER_HELLO, lambda body: body[:30], "decodeError", 50),
    Case("hello with more behind", SERVER_HELLO, lambda body: body + b"\0\0", "decodeError", 50),
    Case("certificate list length", CERTIFICATE, set_byte(2, 0), "decodeError", 50),
    Case("certificate not DER", CERTIFICATE, set_byte(6, 0x31), "certificateMalformed", 42),
    Case("certificate's signature", CERTIFICATE, flip_last, "certificateSignature", 42),
    Case("curve type", SERVER_KEY_EXCHANGE, set_byte(0, 1), "illegalParameter", 47),
    Case("curve not offered", SERVER_KEY_EXCHANGE, set_byte(2, 1), "illegalParameter", 47),
    Case("key exchange's signature", SERVER_KEY_EXCHANGE, flip_last, "decryptError", 51),
    Case("key exchange cut off", SERVER_KEY_EXCHANGE, lambda body: body[:20], "decodeError", 50),
    Case("done with content", SERVER_HELLO_DONE, lambda _: b"\0", "decodeError", 50),
)


def hand_that_changes(kind: int, change: Change) -> Callable[[Record], Iterator[bytes]]:
    """Put a changed message in the place of one of the server's."""

    def hand(record: Record) -> Iterator[bytes]:
        if record.kind != HANDSHAKE:
            yield bytes(record)
            return
        body = record.body
        while body:
            length = int.from_bytes(body[1:4], "big")
            one, body = body[: 4 + length], body[4 + length :]
            if one[0] == kind:
                one = message(kind, change(one[4:]))
            yield bytes(Record(HANDSHAKE, one))

    return hand


def alerts(sent: list[Record]) -> list[bytes]:
    return [record.body for record in sent if record.kind == ALERT]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_message_of_the_server(world: World, traits: Traits, case: Case) -> None:
    code, alert = traits.codes.get(case.name, (case.code, case.alert))
    device, peer = world.client(), world.openssl_server()
    error, sent = talk(device, peer, to_device=hand_that_changes(case.kind, case.change))
    assert error is not None and error.code == code, repr(error)
    assert alerts(sent) == [bytes([2, alert])]
    assert sent[-1].kind == ALERT, "something was sent behind the alert"
    assert peer.reason is not None and peer.reason.startswith(("TLSV1_", "SSLV3_ALERT_"))


def instead(kind: int, data: bytes) -> Callable[[Record], Iterator[bytes]]:
    """Something else in the place of the first record of a kind."""
    pending = [data]

    def hand(record: Record) -> Iterator[bytes]:
        yield pending.pop() if record.kind == kind and pending else bytes(record)

    return hand


@pytest.mark.parametrize(
    ("data", "code", "alert"),
    [
        (handshake(SERVER_HELLO_DONE, b""), "unexpectedMessage", 10),
        (handshake(1, b"\3\3"), "unexpectedMessage", 10),
        (bytes(Record(APPLICATION_DATA, b"too early")), "unexpectedMessage", 10),
        (bytes(Record(CHANGE_CIPHER_SPEC, b"\1")), "unexpectedMessage", 10),
        (bytes(Record(99, b"?")), "unexpectedMessage", 10),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP", 0),
        (b"\x16\x03\x03\x48\x01" + b"x" * 100, "recordOverflow", 22),
    ],
    ids=["done first", "a client's hello", "data", "cipher change", "unknown record", "HTTP", "record of 18433 bytes"],
)
def test_something_else_than_a_hello(world: World, traits: Traits, data: bytes, code: str, alert: int) -> None:
    code, alert = traits.codes.get(code, (code, alert))
    device, peer = world.client(), world.openssl_server()
    error, sent = talk(device, peer, to_device=instead(HANDSHAKE, data))
    assert error is not None and error.code == code, repr(error)
    assert alerts(sent) == [bytes([2, alert])] and sent[-1].kind == ALERT


def connected(world: World) -> tuple[Session, Peer]:
    device, peer = world.client(), world.openssl_server()
    assert talk(device, peer)[0] is None and peer.done
    return device, peer


@pytest.mark.parametrize(
    ("change", "code", "reason"),
    [
        (lambda r: bytes(Record(r.kind, flip_last(r.body))), "badRecordMac", "BAD_RECORD_MAC"),
        (lambda r: bytes(Record(r.kind, r.body[:10])), "badRecordMac", "BAD_RECORD_MAC"),
        (lambda r: bytes(Record(HANDSHAKE, r.body)), "badRecordMac", "BAD_RECORD_MAC"),
        (lambda r: bytes(Record(r.kind, r.body, 0x0302)), "protocolVersion", "PROTOCOL_VERSION"),
        (lambda _: b"\x17\x03\x03\xff\xff" + bytes(100), "recordOverflow", "RECORD_OVERFLOW"),
    ],
    ids=["changed", "cut to less than its MAC", "of another kind", "version", "65535 bytes"],
)
def test_record_under_keys(world: World, change: Callable[[Record], bytes], code: str, reason: str) -> None:
    """The alert is encrypted: OpenSSL could not read it otherwise."""
    device, peer = connected(world)
    peer.tls.write(b"data")
    (record,) = records(peer.drain())
    with pytest.raises(TlsError) as caught:
        device.feed(change(record))
    assert caught.value.code == code
    (sent,) = records(device.drain())
    assert sent.kind == ALERT and len(sent.body) > 2
    peer.feed(bytes(sent))
    assert peer.reason is not None and peer.reason.endswith(reason)
    assert device.drain() == b""


OLD_SUITES = (("ec", "ECDHE-ECDSA-AES128-SHA"), ("rsa", "ECDHE-RSA-AES256-SHA"))
NEW_SUITES = (
    ("ec", "ECDHE-ECDSA-AES128-GCM-SHA256"),
    ("ec", "ECDHE-ECDSA-CHACHA20-POLY1305"),
    ("ec", "ECDHE-ECDSA-AES256-CCM"),
    ("ec", "ECDHE-ECDSA-AES256-SHA384"),
    ("rsa", "AES256-SHA256"),
)
PROTECTIONS = [(*suite, "TLSv1_2") for suite in NEW_SUITES + OLD_SUITES]
PROTECTIONS += [(*suite, version) for suite in OLD_SUITES for version in ("TLSv1", "TLSv1_1")]


@pytest.mark.parametrize(("identity", "name", "version"), PROTECTIONS)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_alert_under_every_record_protection(
    world: World, traits: Traits, identity: str, name: str, version: str
) -> None:
    """The adapter makes the record itself; whatever the cipher, OpenSSL must be able to read it."""
    peer = world.openssl_client(f"{name}:@SECLEVEL=0")
    peer.tls.context.minimum_version = peer.tls.context.maximum_version = ssl.TLSVersion[version]
    peer = Peer(peer.tls.context, False, "device.local")
    device = world.server(getattr(world, identity), cipher_suites="full", legacy_versions=True)
    error, _ = talk(device, peer)
    assert (error is None) == peer.done == traits.has(name, version)
    if error is not None:
        return
    device.write(b"before")
    peer.tls.write(b"data")
    *_, record = records(peer.drain())
    with pytest.raises(TlsError):
        device.feed(bytes(Record(record.kind, flip_last(record.body), record.version)))
    sent = list(records(device.drain()))
    assert sent[-1].kind == ALERT and len(alerts(sent)) == 1
    for one in sent:
        peer.feed(bytes(one))
    assert peer.received == b"before"
    assert peer.reason is not None and peer.reason.endswith("BAD_RECORD_MAC")


def test_wrong_finished(world: World) -> None:
    """A changed Finished fails its MAC: it is the first record under the server's keys."""
    seen = []

    def hand(record: Record) -> Iterator[bytes]:
        seen.append(record.kind)
        changed = CHANGE_CIPHER_SPEC in seen[:-1]
        yield bytes(Record(record.kind, flip_last(record.body))) if changed else bytes(record)

    device, peer = world.client(), world.openssl_server()
    error, sent = talk(device, peer, to_device=hand)
    assert error is not None and error.code == "badRecordMac"
    assert peer.reason is not None and peer.reason.endswith("BAD_RECORD_MAC")
    assert sent[-1].kind == ALERT and len(alerts(sent)) == 1


@pytest.mark.parametrize("number", [0x0A, 0x28, 0x2A, 0x2E, 0x30, 0x46, 0x50, 0x70, 200])
def test_alert_received(world: World, number: int) -> None:
    """Nothing is said to a peer that gave up, and its code is reported, also one that no RFC knows."""
    device = world.client()
    device.drain()
    with pytest.raises(TlsError) as caught:
        device.feed(bytes(Record(ALERT, bytes([2, number]))))
    assert caught.value.code == "alertReceived" and caught.value.alert_received
    assert f"({number})" in str(caught.value)
    assert device.drain() == b""


def test_warning_goes_by(world: World) -> None:
    """unrecognized_name as a warning (RFC 6066 §3) ends nothing."""
    device, peer = world.client(), world.openssl_server()
    device.feed(bytes(Record(ALERT, bytes([1, 112]))))
    assert talk(device, peer)[0] is None and peer.done


def test_giving_up_in_the_handshake(world: World) -> None:
    device = world.client()
    device.drain()
    device.close()
    assert device.drain() == bytes(Record(ALERT, b"\2\x5a"))


@pytest.mark.parametrize("version", [0x0301, 0x0303])
def test_goodbye_in_the_place_of_a_hello(world: World, version: int) -> None:
    """Whatever is answered to a client that goes at once, is a record of a version that there is."""
    device = world.server()
    with contextlib.suppress(TlsError):
        device.feed(bytes(Record(ALERT, b"\1\0", version)))
    for record in records(device.drain()):
        assert (record.kind, record.version, record.body) == (ALERT, 0x0303, b"\1\0")
    assert device.error is not None and device.error.code == "alertReceived" and device.error.alert == "close_notify"
    assert device.drain() == b""


def server_error(world: World, hello: bytes) -> tuple[Optional[TlsError], list[Record]]:
    device = world.server()
    try:
        device.feed(hello)
    except TlsError as error:
        return error, list(records(device.drain()))
    return None, list(records(device.drain()))


HELLO = b"\3\3" + bytes(32) + b"\0" + b"\0\2\xc0\x2b" + b"\1\0"
EXTENSIONS = bytes.fromhex("0018000d000400020403000a000400020017000b00020100ff01000100")


def test_the_hello_of_these_tests_is_good(world: World) -> None:
    extensions = EXTENSIONS[2:]
    error, sent = server_error(world, handshake(1, HELLO + len(extensions).to_bytes(2, "big") + extensions))
    assert error is None and sent[0].kind == HANDSHAKE and sent[0].body[0] == SERVER_HELLO


@pytest.mark.parametrize(
    ("hello", "code", "alert"),
    [
        (handshake(1, b"\3\1" + HELLO[2:]), "protocolVersion", 70),
        (handshake(1, HELLO.replace(b"\xc0\x2b", b"\x00\x05")), "handshakeFailure", 40),
        (handshake(1, HELLO.replace(b"\1\0", b"\1\1")), "only compressed", 0),
        (handshake(1, HELLO[:20]), "decodeError", 50),
        (handshake(1, HELLO + b"\0\1"), "decodeError", 50),
        (handshake(2, HELLO), "unexpectedMessage", 10),
        (b"GET / HTTP/1.0\r\n\r\n", "HTTP", 0),
    ],
    ids=["TLS 1.0", "only RC4", "only compressed", "cut off", "extensions", "a server's hello", "HTTP"],
)
def test_message_of_the_client(world: World, traits: Traits, hello: bytes, code: str, alert: int) -> None:
    code, alert = traits.codes.get(code, (code, alert))
    error, sent = server_error(world, hello)
    assert error is not None and error.code == code, repr(error)
    assert [record.body for record in sent] == [bytes([2, alert])]


def test_refused_by_the_client(world: World) -> None:
    """OpenSSL does not know our authority and says so."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    error, sent = talk(world.server(), Peer(context, False, "device.local"))
    assert error is not None and error.code == "alertReceived" and error.alert == "unknown_ca"
    assert alerts(sent) == []
