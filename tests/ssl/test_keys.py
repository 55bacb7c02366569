"""Private keys and certificates as people have them."""

from __future__ import annotations

from typing import Union

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sming_host.tls import ConfigurationError, Session
from tests.ssl.conftest import World
from tests.ssl.wire import talk
from tests.support.pki import Authority, Identity

WEAK_BITS = 1024
FORMATS = [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL]


def key_bytes(identity: Identity, encoding: Encoding, form: PrivateFormat) -> bytes:
    key: Union[ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey] = identity.key
    return key.private_bytes(encoding, form, NoEncryption())


def works(world: World, certificate: bytes, key: bytes) -> None:
    device, peer = Session("server", certificate=certificate, key=key), world.openssl_client()
    assert talk(device, peer)[0] is None and peer.done


@pytest.mark.parametrize("encoding", [Encoding.DER, Encoding.PEM], ids=["DER", "PEM"])
@pytest.mark.parametrize("form", FORMATS, ids=["PKCS#8", "PKCS#1 or SEC1"])
@pytest.mark.parametrize("key_type", ["ec256", "ec384", "rsa2048", "rsa3072", "rsa4096"])
def test_formats(world: World, key_type: str, form: PrivateFormat, encoding: Encoding) -> None:
    identity = world.authority.issue("device.local", key_type=key_type)
    works(world, identity.certificate.public_bytes(encoding), key_bytes(identity, encoding, form))


@pytest.mark.parametrize("key_type", ["rsa2048", "rsa4096"])
def test_another_rsa_key_of_the_same_size(world: World, key_type: str) -> None:
    one, other = (world.authority.issue("device.local", key_type=key_type) for _ in range(2))
    with pytest.raises(ConfigurationError) as caught:
        Session("server", certificate=one.chain_pem, key=other.key_pem)
    assert caught.value.code == "keyMismatch"


def test_chain(world: World) -> None:
    identity = Authority("Middle CA", parent=world.authority).issue("device.local")
    works(world, identity.chain_pem, identity.key_pem)
    der = b"".join(one.public_bytes(Encoding.DER) for one in (identity.certificate, *identity.chain))
    works(world, der, identity.key_der)


def test_pem_as_editors_leave_it(world: World) -> None:
    """Text around it, Windows line ends, no line end at the last line, parameters before the key."""
    identity = world.ec
    works(world, b"My certificate:\r\n" + identity.chain_pem.replace(b"\n", b"\r\n"), identity.key_pem.rstrip(b"\n"))
    parameters = b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
    works(world, identity.chain_pem, parameters + identity.key_pem)
    both = identity.key_pem + identity.chain_pem
    works(world, both, both)


@pytest.mark.parametrize(
    ("key", "certificate", "code"),
    [
        ("cut", "good", "badKey"),
        ("empty", "good", "badKey"),
        ("garbage", "good", "badKey"),
        ("text", "good", "badKey"),
        ("rsa1024", "good", "badKey"),
        ("good", "cut", "badCertificateData"),
        ("good", "empty", "badCertificateData"),
        ("good", "garbage", "badCertificateData"),
        ("good", "key", "badCertificateData"),
        ("other", "good", "keyMismatch"),
        ("other type", "good", "keyMismatch"),
    ],
)
def test_refused_before_any_connection(world: World, key: str, certificate: str, code: str) -> None:
    good = world.ec
    small = rsa.generate_private_key(public_exponent=65537, key_size=WEAK_BITS)
    values = {
        "cut": (good.key_pem[:-40], good.chain_pem[:-40]),
        "empty": (b"", b""),
        "garbage": (b"\x30\x03abc", b"\x30\x03abc"),
        "text": (b"no key at all\n", b""),
        "rsa1024": (small.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), b""),
        "key": (b"", good.key_pem),
        "other": (world.authority.issue("device.local").key_der, b""),
        "other type": (world.rsa.key_der, b""),
        "good": (good.key_der, good.chain_pem),
    }
    with pytest.raises(ConfigurationError) as caught:
        Session("server", certificate=values[certificate][1], key=values[key][0])
    assert caught.value.code == code


def test_no_certificate() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Session("server")
    assert caught.value.code == "noCertificate"


def test_truncated_der_at_every_length(world: World) -> None:
    key, certificate = world.ec.key_der, world.ec.der
    for length in range(len(key)):
        with pytest.raises(ConfigurationError):
            Session("server", certificate=certificate, key=key[:length])
    for length in range(len(certificate)):
        with pytest.raises(ConfigurationError):
            Session("server", certificate=certificate[:length], key=key)
