"""cert-info: every form of input, what is shown, when it fails."""

from __future__ import annotations

import datetime
import hashlib
import re
import ssl
import subprocess
from pathlib import Path

import pytest

from sming_host.build import archive
from sming_host.certificates import Settings, check_expiry, generate, load, report
from sming_host.certificates.headers import c_header, parse_header
from sming_host.errors import UserError
from tests.support.peers import PythonPeer, http_page, server_context

NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    generate(Settings(project=folder, application=folder, names=["device.local", "10.0.0.1"], days=100), now=NOW)
    return folder


@pytest.mark.parametrize("name", ["out/ssl/server.crt.pem", "out/ssl/server.crt.der", "include/ssl/cert.h"])
def test_every_form_of_a_certificate(project: Path, name: str) -> None:
    (info,) = load(project / name)
    assert info.names == ["device.local", "10.0.0.1"]
    assert info.key_type == "ec256" and not info.is_authority and not info.is_self_signed
    assert info.der == (project / "out/ssl/server.crt.der").read_bytes()
    assert info.time_left(NOW).days == 100


def test_chain(project: Path, tmp_path: Path) -> None:
    store = project / "out/ssl"
    chain = tmp_path / "chain.pem"
    chain.write_bytes((store / "server.crt.pem").read_bytes() + (store / "ca.crt.pem").read_bytes())
    server, authority = load(chain)
    assert authority.is_authority and authority.is_self_signed and server.issuer == authority.subject
    assert report([server, authority]).count("Subject:") == 2


def test_fingerprints_are_those_of_openssl(project: Path) -> None:
    openssl = str(archive.tool_package("openssl").program("openssl"))
    store = project / "out/ssl"
    (info,) = load(store / "server.crt.pem")
    for name, value in (("-sha1", info.sha1), ("-sha256", info.sha256)):
        command = [openssl, "x509", "-in", "server.crt.pem", "-noout", "-fingerprint", name]
        shown = subprocess.run(command, cwd=store, capture_output=True, text=True, check=True).stdout
        assert shown.strip().split("=")[1].replace(":", "").lower() == value.hex()
    command = [openssl, "pkey", "-in", "server.key.pem", "-pubout", "-outform", "DER"]
    public = subprocess.run(command, cwd=store, capture_output=True, check=True).stdout
    assert info.pki_sha256 == hashlib.sha256(public).digest()


def test_pasted_fingerprints_compile_and_are_right(project: Path, tmp_path: Path) -> None:
    (info,) = load(project / "out/ssl/server.crt.der")
    text = report([info], NOW)
    definitions = text[text.index("static const") :]
    values = [parse_header(part.replace("PROGMEM", "[]"), "report") for part in re.split(r"\n(?=static)", definitions)]
    assert values == [info.sha1, info.sha256, info.pki_sha256]
    source = tmp_path / "pins.cpp"
    source.write_text(
        "#include <cstdint>\n#define PROGMEM\nnamespace Ssl { namespace Fingerprint {"
        "template<int n> struct H { uint8_t hash[n]; };"
        "namespace Cert { using Sha1 = H<20>; using Sha256 = H<32>; } namespace Pki { using Sha256 = H<32>; } } }\n"
        f"void pin() {{\n{definitions}\n(void)certSha1; (void)certSha256; (void)publicKeySha256;\n}}\n"
    )
    result = subprocess.run(["g++", "-std=c++17", "-fsyntax-only", str(source)], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_expiry(project: Path) -> None:
    certificates = load(project / "out/ssl/server.crt.pem")
    assert "99 days left" in report(certificates, NOW + datetime.timedelta(hours=1))
    check_expiry(certificates, 100, NOW)
    with pytest.raises(UserError, match="100 days left, wanted at least 101"):
        check_expiry(certificates, 101, NOW)
    with pytest.raises(UserError, match="expired 3 days ago"):
        check_expiry(certificates, 0, NOW + datetime.timedelta(days=103, hours=1))
    with pytest.raises(UserError, match="not valid before"):
        check_expiry(certificates, 0, NOW - datetime.timedelta(days=1))


def test_server(project: Path) -> None:
    store = project / "out/ssl"
    with PythonPeer(server_context(store / "server.crt.pem", store / "server.key.pem"), http_page(b"")) as peer:
        (info, *_) = load(f"127.0.0.1:{peer.port}")
    assert info.der == ssl.PEM_cert_to_DER_cert((store / "server.crt.pem").read_text())


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("key.pem", b"-----BEGIN PRIVATE KEY-----\n", "holds no certificate"),
        ("broken.pem", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "is not a certificate"),
        ("broken.der", b"0\x82", "is not a certificate"),
        ("empty.der", b"", "is not a certificate"),
        ("cert.h", b"int x;", "holds no array"),
        ("other.h", b"const uint8_t a[] = { 1, x };", "other than bytes"),
        ("large.h", b"const uint8_t a[] = { 256 };", "other than bytes"),
    ],
)
def test_what_is_no_certificate(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UserError, match=message):
        load(tmp_path / name)


def test_damaged_inside(project: Path, tmp_path: Path) -> None:
    data = (project / "out/ssl/server.crt.der").read_bytes()
    constraints = bytes.fromhex("0603551d130101ff04023000")
    assert data.count(constraints) == 1
    path = tmp_path / "damaged.der"
    # An empty sequence becomes one that ends too late.
    path.write_bytes(data.replace(constraints, constraints[:-1] + b"\x05"))
    with pytest.raises(UserError, match="a part of the certificate cannot be read"):
        load(path)


def test_no_such_source(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="neither a file nor HOST:PORT"):
        load(tmp_path / "missing.pem")
    with pytest.raises(UserError, match=r"127\.0\.0\.1:1: "):
        load("127.0.0.1:1")


def test_header_round_trip() -> None:
    data = bytes(range(256))
    assert parse_header(c_header("name", data, "two\nlines"), "name.h") == data
