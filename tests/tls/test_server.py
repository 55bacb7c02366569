"""The device as a server, with OpenSSL as its client, and with itself."""

from __future__ import annotations

import ssl
import subprocess

import pytest
from cryptography.hazmat.primitives import serialization

from sming_host.build import archive
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
        with pytest.raises(ConfigurationError, match="password is missing or wrong") as caught:
            Session("server", certificate=world.good.der, key=key, key_password=password)
        assert caught.value.code == "keyPassword"


@pytest.mark.parametrize("cipher", ["aes-128-cbc", "aes-192-cbc", "aes-256-cbc"])
@pytest.mark.parametrize(
    "function", ["hmacWithSHA1", "hmacWithSHA224", "hmacWithSHA256", "hmacWithSHA384", "hmacWithSHA512"]
)
def test_keys_encrypted_by_openssl(world: World, cipher: str, function: str) -> None:
    openssl = str(archive.tool_package("openssl").program("openssl"))
    command = [openssl, "pkcs8", "-topk8", "-v2", cipher, "-v2prf", function, "-iter", "1000", "-passout", "pass:x y"]
    key = subprocess.run(command, input=world.good.key_pem, capture_output=True, check=True).stdout
    with Session("server", certificate=world.good.der, key=key, key_password="x y") as session:
        Client(world).talk(session, b"x")
        assert session.read() == b"x"
    # With so many wrong passwords some get past the padding: they must fail all the same, and as softly.
    for number in range(300 if (cipher, function) == ("aes-128-cbc", "hmacWithSHA1") else 1):
        with pytest.raises(ConfigurationError) as caught:
            Session("server", certificate=world.good.der, key=key, key_password=f"wrong {number}")
        assert caught.value.code == "keyPassword"


def test_encryption_that_is_not_supported(world: World) -> None:
    openssl = str(archive.tool_package("openssl").program("openssl"))
    for options in (["-v2", "des3"], ["-v2", "aes-128-cbc", "-iter", "1000001"], ["-v1", "PBE-SHA1-3DES"]):
        command = [openssl, "pkcs8", "-topk8", "-outform", "DER", *options, "-passout", "pass:x"]
        key = subprocess.run(command, input=world.good.key_pem, capture_output=True, check=True).stdout
        with pytest.raises(ConfigurationError) as caught:
            Session("server", certificate=world.good.der, key=key, key_password="x")
        assert caught.value.code == "badKey"


def test_broken_encrypted_key(world: World) -> None:
    """Whatever is cut off or changed, there is an error and no crash."""
    key = world.good.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x")
    )
    broken = [key[:length] for length in range(1, len(key))]
    broken += [key[:place] + bytes([key[place] ^ bit]) + key[place + 1 :] for place in range(100) for bit in (1, 0x80)]
    for data in broken:
        try:
            Session("server", certificate=world.good.der, key=data, key_password="x").free()
        except ConfigurationError as error:
            assert error.code in ("badKey", "keyPassword", "keyMismatch")


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
