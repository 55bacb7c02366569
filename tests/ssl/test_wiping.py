"""Keys are wiped when they are let go of: nothing of them is left in the memory of the process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from tests.ssl.conftest import World
from tests.support.apps import ROOT
from tests.support.pki import PrivateKey


def big_endian(number: int) -> bytes:
    """The bytes of a number from its first one that is not 0: DER and the engines keep or drop the zeros before it."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def secrets(key: PrivateKey) -> list[bytes]:
    """Numbers of a private key, any of which gives it away."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return [big_endian(key.private_numbers().private_value)]
    assert isinstance(key, rsa.RSAPrivateKey)
    numbers = key.private_numbers()
    return [big_endian(number) for number in (numbers.p, numbers.q, numbers.dmp1)]


@pytest.mark.parametrize("password", ["-", "secret"], ids=["plain", "encrypted"])
@pytest.mark.parametrize("encoding", [Encoding.DER, Encoding.PEM], ids=["DER", "PEM"])
@pytest.mark.parametrize("identity", ["ec", "rsa"])
def test_keys_are_wiped(world: World, tmp_path: Path, identity: str, encoding: Encoding, password: str) -> None:
    own = getattr(world, identity)
    protection: KeySerializationEncryption = (
        NoEncryption() if password == "-" else BestAvailableEncryption(password.encode())
    )
    key, certificate, secret = tmp_path / "key", tmp_path / "certificate", tmp_path / "secret"
    key.write_bytes(own.key.private_bytes(encoding, PrivateFormat.PKCS8, protection))
    certificate.write_bytes(own.chain_pem)
    for value in secrets(own.key):
        secret.write_bytes(value)
        run = subprocess.run(
            [sys.executable, "-m", "tests.ssl.wiping", str(key), str(certificate), str(secret), password],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        assert run.returncode == 0, run.stdout
        used, shared, freed = run.stdout.splitlines()[-3:]
        # While in use: the key once, shared; the master secret in both ends, the cache and the resumption
        assert used == "key: 1 master secret: 4", run.stdout
        assert shared == "share only: key: 1 master secret: 1", run.stdout
        assert freed == "freed: key: 0 master secret: 0", run.stdout
