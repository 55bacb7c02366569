"""Every way to refuse a server: its own message here, the right alert on the wire."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any, Callable

import pytest

from sming_host.errors import UserError
from sming_host.tls import (
    AlertReceived,
    CertificateError,
    ConfigurationError,
    Pin,
    ResourceError,
    Session,
    State,
    TlsError,
    UsageError,
)
from tests.support.pki import DAY, Identity, now, self_signed
from tests.tls.openssl import World, client, converse


@dataclass(frozen=True)
class Refusal:
    """A server that is to be refused, and how."""

    name: str
    code: str
    says: str
    """Part of the message."""
    alert: str
    reason: str
    """What OpenSSL makes of the alert."""
    identity: Callable[[World], Identity] = lambda world: world.good
    options: dict[str, Any] = field(default_factory=dict)


def _expired(world: World) -> Identity:
    return world.authority.issue("device.local", not_before=now() - 2 * DAY, not_after=now() - DAY)


def _future(world: World) -> Identity:
    return world.authority.issue("device.local", not_before=now() + DAY, not_after=now() + 2 * DAY)


REFUSALS = (
    Refusal(
        "wrong pin",
        "pinMismatch",
        "none of the pins",
        "certificate_unknown",
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
        options={"pins": [Pin("pki-sha256", bytes(32))], "trust": []},
    ),
    Refusal(
        "wrong pin, verified later",
        "pinMismatch",
        "none of the pins",
        "certificate_unknown",
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
        options={"pins": [Pin("cert-sha1", bytes(20))], "trust": [], "verify_later": True},
    ),
    Refusal(
        "right authority does not make up for a wrong pin",
        "pinMismatch",
        "none of the pins",
        "certificate_unknown",
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
        options={"pins": [Pin("cert-sha256", bytes(32))]},
    ),
    Refusal(
        "wrong name",
        "certificateName",
        "another name",
        "bad_certificate",
        "SSLV3_ALERT_BAD_CERTIFICATE",
        options={"host_name": "other.local"},
    ),
    Refusal(
        "wrong address",
        "certificateName",
        "another name",
        "bad_certificate",
        "SSLV3_ALERT_BAD_CERTIFICATE",
        options={"host_name": "127.0.0.2"},
    ),
    Refusal(
        "expired",
        "certificateExpired",
        "expired",
        "certificate_expired",
        "SSLV3_ALERT_CERTIFICATE_EXPIRED",
        identity=_expired,
    ),
    Refusal(
        "not valid yet",
        "certificateNotYetValid",
        "not valid yet",
        "certificate_expired",
        "SSLV3_ALERT_CERTIFICATE_EXPIRED",
        identity=_future,
    ),
    Refusal(
        "unknown authority",
        "unknownCa",
        "trust anchor",
        "unknown_ca",
        "TLSV1_ALERT_UNKNOWN_CA",
        identity=lambda world: world.other_authority.issue("device.local"),
    ),
    Refusal(
        "self-signed",
        "selfSigned",
        "self-signed",
        "unknown_ca",
        "TLSV1_ALERT_UNKNOWN_CA",
        identity=lambda world: self_signed("device.local"),
    ),
    Refusal(
        "clock not set",
        "clockNotSet",
        "clock is not set",
        "internal_error",
        "TLSV1_ALERT_INTERNAL_ERROR",
        options={"time": None},
    ),
    Refusal(
        "clock before the certificate",
        "certificateNotYetValid",
        "not valid yet",
        "certificate_expired",
        "SSLV3_ALERT_CERTIFICATE_EXPIRED",
        options={"time": 0},
    ),
)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.name)
def test_refusal(world: World, refusal: Refusal) -> None:
    server = world.server(refusal.identity(world))
    with client(world, **refusal.options) as session:
        with pytest.raises(CertificateError) as caught:
            converse(session, server)
        error = caught.value
        assert (error.code, error.alert, error.alert_received) == (refusal.code, refusal.alert, False)
        assert refusal.says in error.message
        assert server.reason == refusal.reason
        assert session.state is State.FAILED and session.error is error and session.alert == refusal.alert
        assert not session.verified
        # It stays so: nothing can be sent to or received from a server that was refused.
        actions: list[Callable[[], object]] = [
            lambda: session.write(b"secret"),
            lambda: session.feed(b"x"),
            session.feed_eof,
        ]
        for action in actions:
            with pytest.raises(CertificateError) as again:
                action()
            assert again.value is error
        assert session.drain() == b"" and session.read() == b""


def test_messages_differ() -> None:
    """Each refusal can be told from every other by its code alone, and so by its message."""
    assert len({refusal.says for refusal in REFUSALS}) == len({refusal.code for refusal in REFUSALS})


def test_message_of_a_wrong_name_names_it(world: World) -> None:
    with client(world, host_name="other.local") as session, pytest.raises(CertificateError, match=r"other\.local"):
        converse(session, world.server())


def test_nothing_to_verify_against(world: World) -> None:
    with pytest.raises(ConfigurationError, match="nothing to verify") as caught:
        Session("client", host_name="device.local")
    assert caught.value.code == "nothingToVerify" and caught.value.alert is None


def test_no_host_name(world: World) -> None:
    with pytest.raises(ConfigurationError) as caught:
        client(world, host_name=None)
    assert caught.value.code == "noHostName"


@pytest.mark.parametrize("name", ["device.local\0.evil.example", "x" * 64 + ".example", "a..b", "two words", ""])
def test_host_name_that_is_none(world: World, name: str) -> None:
    with pytest.raises(UserError):
        client(world, host_name=name)


def test_host_name_in_another_script(world: World) -> None:
    identity = world.authority.issue("xn--bcher-kva.example")
    with client(world, host_name="b\u00fccher.example") as session:
        converse(session, world.server(identity))
        assert session.verified


def test_no_entropy(world: World) -> None:
    with pytest.raises(ResourceError, match="random") as caught:
        client(world, random_fails=True)
    assert caught.value.code == "noEntropy"


def test_trust_that_is_none(world: World) -> None:
    with pytest.raises(TlsError, match="trusted certificate"):
        client(world, trust=[b"not a certificate"])


def test_key_of_another_certificate(world: World) -> None:
    with pytest.raises(ConfigurationError) as caught:
        client(world, certificate=world.good.der, key=world.good_rsa.key_der)
    assert caught.value.code == "keyMismatch"
    with pytest.raises(ConfigurationError) as caught:
        client(world, certificate=world.good.der, key=b"not a key")
    assert caught.value.code == "badKey"


def test_server_refuses_us(world: World) -> None:
    """No suite in common: the alert is the server's."""
    server = world.server(world.good_rsa, ciphers="AES256-SHA256")
    with client(world, cipher_suites=[0xC02B]) as session:
        with pytest.raises(AlertReceived) as caught:
            converse(session, server)
        assert caught.value.alert == "handshake_failure" and caught.value.alert_received
        assert session.alert_received and "handshake_failure" in str(caught.value)


def test_clock_that_runs_out_between_connections(world: World) -> None:
    identity = world.authority.issue("device.local", not_after=now() + 10 * DAY)
    with client(world, time=now() + 9 * DAY) as session:
        converse(session, world.server(identity))
        assert session.verified
    with client(world, time=now() + 11 * DAY) as session, pytest.raises(CertificateError, match="expired"):
        converse(session, world.server(identity))


def test_clock_may_be_set_late(world: World) -> None:
    """Only when the certificate arrives does the time matter."""
    with client(world, time=None) as session:
        session.set_time(datetime.datetime.now(datetime.timezone.utc))
        converse(session, world.server())
        assert session.verified


@pytest.mark.parametrize(
    "options",
    [
        {"role": "both"},
        {"cipher_suites": "strong"},
        {"max_buffer_size": 1000},
        {"certificate": b"x"},
        {"key": b"x"},
        {"trust": ["ca.pem"]},
        {"trust": b"one that is no list"},
        {"certificate": "server.pem", "key": "server.key"},
    ],
)
def test_wrong_use_is_another_kind_of_error(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Session(**options)


def test_writing_too_early_or_too_late(world: World) -> None:
    with client(world) as session:
        with pytest.raises(UsageError, match="HANDSHAKE"):
            session.write(b"too early")
        converse(session, world.server())
        session.close()
        with pytest.raises(UsageError, match="CLOSING"):
            session.write(b"too late")
    for action in (session.close, lambda: session.write(b""), lambda: session.state):
        with pytest.raises(UsageError, match="freed"):
            action()


def test_giving_up(world: World) -> None:
    server = world.server()
    with client(world) as session:
        server.feed(session.drain())
        session.close()
        assert session.state is State.FAILED
        assert session.error is not None and session.error.code == "canceled"
        assert session.alert == "user_canceled"
        server.feed(session.drain())
        assert server.reason is not None and "USER_CANCELLED" in server.reason
