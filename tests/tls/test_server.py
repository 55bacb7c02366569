"""The device as a server, with OpenSSL as its client, and with itself."""

from __future__ import annotations

import ssl

import pytest
from cryptography.hazmat.primitives import serialization

from sming_host.tls import AlertReceived, ConfigurationError, Session, State
from tests.support.pki import Identity
from tests.tls.openssl import Client, World, client, every


def serve(identity: Identity) -> Session:
    return Session("server", certificate=identity.chain_pem, key=identity.key_der)


@pytest.mark.parametrize("kind", ["ec256", "rsa2048"])
def test_echo(world: World, kind: str) -> None:
    with serve(world.good if kind == "ec256" else world.good_rsa) as session:
        peer = Client(world)
        peer.talk(session, b"hello")
        assert session.state is State.ESTABLISHED and session.read() == b"hello"
        session.write(b"world" * 10_000)
        peer.talk(session)
        assert peer.received == b"world" * 10_000
        session.close()
        peer.talk(session)
        assert peer.closed


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ECDHE-ECDSA-AES128-GCM-SHA256", "ec256"),
        ("ECDHE-ECDSA-CHACHA20-POLY1305", "ec256"),
        ("ECDHE-RSA-AES128-GCM-SHA256", "rsa2048"),
        ("ECDHE-RSA-CHACHA20-POLY1305", "rsa2048"),
    ],
)
def test_cipher_suites(world: World, name: str, kind: str) -> None:
    with serve(world.good if kind == "ec256" else world.good_rsa) as session:
        peer = Client(world, ciphers=name)
        peer.talk(session, b"x")
        assert peer.cipher == name and session.read() == b"x"


@pytest.mark.parametrize("size", [1, 3, 17])
def test_small_pieces(world: World, size: int) -> None:
    with serve(world.good) as session:
        Client(world).talk(session, b"y" * 5000, every(size))
        assert session.read() == b"y" * 5000


@pytest.mark.parametrize("form", ["pkcs8-der", "pkcs8-pem", "traditional-der", "traditional-pem"])
@pytest.mark.parametrize("kind", ["ec256", "rsa2048"])
def test_forms_of_keys(world: World, kind: str, form: str) -> None:
    identity = world.good if kind == "ec256" else world.good_rsa
    style, encoding = form.split("-")
    key = identity.key.private_bytes(
        serialization.Encoding.PEM if encoding == "pem" else serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8 if style == "pkcs8" else serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    with Session("server", certificate=identity.der, key=key) as session:
        peer = Client(world)
        peer.talk(session, b"x")
        assert session.read() == b"x"


@pytest.mark.parametrize("encoding", [serialization.Encoding.DER, serialization.Encoding.PEM])
def test_encrypted_key(world: World, encoding: serialization.Encoding) -> None:
    """As generate-cert makes it with KEY_PASSWORD."""
    key = world.good.key.private_bytes(
        encoding, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"secret")
    )
    with Session("server", certificate=world.good.der, key=key, key_password="secret") as session:
        Client(world).talk(session, b"x")
        assert session.read() == b"x"
    for password in ("wrong", "", None):
        with pytest.raises(ConfigurationError) as caught:
            Session("server", certificate=world.good.der, key=key, key_password=password)
        assert caught.value.code == "badKey"


def test_refused_by_the_client(world: World) -> None:
    with serve(world.good) as session:
        peer = Client(world, host_name="other.local")
        with pytest.raises(ssl.SSLCertVerificationError):
            peer.talk(session)
        with pytest.raises(AlertReceived) as caught:
            session.feed(peer.drain())
        assert caught.value.alert == "bad_certificate" and session.alert_received


def test_nothing_to_show() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Session("server")
    assert caught.value.code == "noCertificate"


def test_with_itself(world: World) -> None:
    with client(world) as near, serve(world.good) as far:
        while True:
            request, answer = near.drain(), far.drain()
            if not request and not answer:
                break
            far.feed(request)
            near.feed(answer)
        assert near.verified and near.state is State.ESTABLISHED and far.state is State.ESTABLISHED
        near.write(b"ping")
        far.feed(near.drain())
        far.write(far.read() + b"pong")
        near.feed(far.drain())
        assert near.read() == b"pingpong"
