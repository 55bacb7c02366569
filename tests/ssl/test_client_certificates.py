"""Client certificates: the device shows one, and asks for them."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from sming_host.tls import CertificateError, ConfigurationError, ProtocolError, Session
from tests.ssl.conftest import World
from tests.ssl.test_server import exchange
from tests.ssl.wire import ALERT, Peer, talk
from tests.support.pki import Identity

CLIENT = (ExtendedKeyUsageOID.CLIENT_AUTH,)
KEY_TYPES = ["ec256", "ec384", "rsa2048"]


def device_identity(world: World, key_type: str) -> Identity:
    return world.authority.issue("thing-1", key_type=key_type, usages=CLIENT)


def asking_server(world: World, folder: Path) -> Peer:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(*world.ec.write(folder, "server"))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=world.authority.pem.decode())
    return Peer(context, True)


@pytest.mark.parametrize("key_type", KEY_TYPES)
def test_device_shows_its_certificate(world: World, tmp_path: Path, key_type: str) -> None:
    identity = device_identity(world, key_type)
    device = world.client(certificate=identity.chain_pem, key=identity.key_pem)
    peer = asking_server(world, tmp_path)
    assert talk(device, peer)[0] is None and peer.done
    assert peer.tls.getpeercert(binary_form=True) == identity.der


def test_device_without_certificate(world: World, tmp_path: Path) -> None:
    error, _ = talk(world.client(), asking_server(world, tmp_path))
    assert error is not None and error.code == "alertReceived" and error.alert_received


def asked_client(world: World, folder: Path, identity: Identity) -> Peer:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=world.authority.pem.decode())
    context.load_cert_chain(*identity.write(folder, "client"))
    return Peer(context, False, "device.local")


def asking_device(world: World, **options: Any) -> Session:
    return world.server(**{"client_authentication": True, "trust": [world.authority.der], **options})


@pytest.mark.parametrize("key_type", KEY_TYPES)
def test_device_asks(world: World, tmp_path: Path, key_type: str) -> None:
    identity = device_identity(world, key_type)
    device, peer = asking_device(world), asked_client(world, tmp_path, identity)
    assert talk(device, peer)[0] is None and peer.done and device.verified
    certificate = device.peer_certificate
    assert certificate is not None and certificate.sha256 == identity.sha256


def test_both_sides(world: World) -> None:
    identity = device_identity(world, "ec256")
    client = world.client(certificate=identity.chain_pem, key=identity.key_pem)
    server = asking_device(world)
    exchange(client, server)
    assert client.verified and server.verified


def test_nobody_gets_in_without(world: World) -> None:
    device, peer = asking_device(world), world.openssl_client()
    error, _ = talk(device, peer)
    assert isinstance(error, (CertificateError, ProtocolError)) and error.code == "noPeerCertificate"
    assert error.alert == "handshake_failure" and not peer.received


@pytest.mark.parametrize(
    ("kind", "code", "alert"),
    [("stranger", "unknownCa", "unknown_ca"), ("server", "certificateUsage", "unsupported_certificate")],
)
def test_wrong_certificate(world: World, tmp_path: Path, kind: str, code: str, alert: str) -> None:
    identity = world.stranger.issue("thing-1", usages=CLIENT) if kind == "stranger" else world.ec
    device, peer = asking_device(world), asked_client(world, tmp_path, identity)
    error, _ = talk(device, peer)
    assert error is not None and (error.code, error.alert) == (code, alert)


@pytest.mark.parametrize("later", [False, True])
def test_pins(world: World, tmp_path: Path, later: bool) -> None:
    """A server may know its clients by their keys instead."""
    identity, other = device_identity(world, "ec256"), device_identity(world, "ec256")
    pins = [f"pki-sha256:{identity.spki_sha256.hex()}"]
    device = asking_device(world, trust=[], pins=pins, verify_later=later)
    assert talk(device, asked_client(world, tmp_path, identity))[0] is None and device.verified
    device = asking_device(world, trust=[], pins=pins, verify_later=later)
    error, sent = talk(device, asked_client(world, tmp_path, other))
    assert error is not None and error.code == "pinMismatch" and sent[-1].kind == ALERT


def test_anybody_with_a_certificate(world: World, tmp_path: Path) -> None:
    device = asking_device(world, trust=[], verify_later=True)
    assert talk(device, asked_client(world, tmp_path, device_identity(world, "ec256")))[0] is None
    assert not device.verified and device.peer_certificate is not None


def test_nothing_to_verify_clients_against(world: World) -> None:
    with pytest.raises(ConfigurationError) as caught:
        asking_device(world, trust=[])
    assert caught.value.code == "nothingToVerify"
