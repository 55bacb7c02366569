"""No private key in the repository, its documentation, or the wheel."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from sming_host.certificates.headers import c_header
from tests.build.project import CHECKOUT
from tests.support.keyscan import find_keys
from tests.support.pki import make_key


@pytest.mark.parametrize("key_type", ["ec256", "ec384", "rsa2048"])
@pytest.mark.parametrize("format", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_keys_are_found(key_type: str, format: PrivateFormat) -> None:
    """Otherwise the tests below would prove nothing."""
    key = make_key(key_type)
    der = key.private_bytes(Encoding.DER, format, NoEncryption())
    pem = key.private_bytes(Encoding.PEM, format, NoEncryption())
    assert "DER" in find_keys(b"before" + der + b"after")
    assert "PEM" in find_keys(pem)
    assert "base64" in find_keys(pem.replace(b"-", b""))
    assert "base64" in find_keys(repr(pem).encode().replace(b"-", b""))
    assert "hexadecimal" in find_keys(der.hex().encode())
    assert "array" in find_keys(c_header("default_private_key", der, "A test's").encode())
    assert "string" in find_keys("".join(f"\\x{byte:02x}" for byte in der).encode())


def test_encrypted_keys_are_found() -> None:
    key = make_key("ec256")
    assert find_keys(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")))
    assert find_keys(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")))


def test_other_things_are_no_keys() -> None:
    assert find_keys(b"-----BEGIN PRIVATE KEY-----\n" + b"no key" * 3 + b"\n-----END PRIVATE KEY-----") == []
    assert find_keys(bytes(range(256)) * 100) == []


def test_repository() -> None:
    """Documentation and samples are part of it."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    names = [name for name in filter(None, listed.split("\0")) if (CHECKOUT / name).is_file()]
    assert len(names) > 300
    assert {name: keys for name in names if (keys := find_keys((CHECKOUT / name).read_bytes()))} == {}


def test_wheel(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "-qq", "--no-deps", "--wheel-dir", str(tmp_path), str(CHECKOUT)]
    subprocess.run(command, check=True)
    (made,) = tmp_path.glob("sming_host-*.whl")
    with zipfile.ZipFile(made) as wheel:
        names = wheel.namelist()
        assert "sming_host/pytest_plugin.py" in names and "sming_host/bundle/samples/Server_Ssl/SConscript" in names
        assert [name for name in names if ".key" in name or "private_key.h" in name or "/include/ssl/" in name] == []
        assert {name: keys for name in names if (keys := find_keys(wheel.read(name)))} == {}
