"""The samples as a user runs them, against real TLS servers on loopback."""

from __future__ import annotations

import contextlib
import datetime
import os
import select
import shutil
import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import pytest

from tests.support.apps import ROOT, Run, build_app, run_app, running_app
from tests.support.peers import LOOPBACK, PythonPeer, Seen, free_port, http_page, server_context
from tests.support.pki import DAY, Authority, Identity, now, self_signed

HOST = "www.site.test"
PAGE = b"<html>" + b"a page of some size " * 2000 + b"</html>"


@dataclass(frozen=True)
class Site:
    """An authority that the application trusts, and one identity for each way to be refused."""

    authority: Authority
    identities: dict[str, Identity]
    files: dict[str, tuple[Path, Path]]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    authority = Authority("Site CA")
    between = Authority("Site Intermediate", parent=authority, path_length=0)
    identities = {
        "good": between.issue(HOST),
        "good-rsa": authority.issue(HOST, key_type="rsa2048"),
        "wrong name": authority.issue("www.other.test"),
        "expired": authority.issue(HOST, not_before=now() - 30 * DAY, not_after=now() - DAY),
        "not yet valid": authority.issue(HOST, not_before=now() + DAY),
        "unknown CA": Authority("Somebody else").issue(HOST),
        "self-signed": self_signed(HOST),
    }
    folder = tmp_path_factory.mktemp("pki")
    files = {name: identity.write(folder, name.replace(" ", "-")) for name, identity in identities.items()}
    return Site(authority, identities, files)


def copy_sample(sample: str, folder: Path, settings: str, files: Optional[dict[str, bytes]] = None) -> Path:
    """A user's own copy of a sample with other settings.h."""
    shutil.copytree(ROOT / "samples" / sample, folder)
    (folder / "include" / "settings.h").write_text("#pragma once\n#include <Network/Ssl/Fingerprints.h>\n" + settings)
    for name, data in (files or {}).items():
        (folder / "files").mkdir(exist_ok=True)
        (folder / "files" / name).write_bytes(data)
    return folder


def pins(sha1: bytes, sha256: bytes, spki: bytes) -> str:
    """The three definitions that cert-info prints."""

    def initialiser(data: bytes) -> str:
        return "{" + ", ".join(f"0x{byte:02X}" for byte in data) + "}"

    return (
        "#define USE_PINS 1\n"
        f"static const Ssl::Fingerprint::Cert::Sha1 certSha1 PROGMEM = {initialiser(sha1)};\n"
        f"static const Ssl::Fingerprint::Cert::Sha256 certSha256 PROGMEM = {initialiser(sha256)};\n"
        f"static const Ssl::Fingerprint::Pki::Sha256 publicKeySha256 PROGMEM = {initialiser(spki)};\n"
    )


URL = f'#define DOWNLOAD_URL "https://{HOST}/page.html"\n'


@pytest.fixture(scope="module")
def chain_app(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Basic_Ssl that trusts the site's authority and checks chain, name and dates."""
    settings = URL + '#define USE_PINS 0\n#define CA_FILE PROJECT_DIR "/files/ca.pem"\n'
    folder = tmp_path_factory.mktemp("chain") / "Basic_Ssl_chain"
    return build_app(str(copy_sample("Basic_Ssl", folder, settings, {"ca.pem": site.authority.pem})))


@pytest.fixture(scope="module")
def pinned_app(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Basic_Ssl that knows the good server by its public key alone."""
    settings = URL + pins(bytes(20), bytes(32), site.identities["good"].spki_sha256)
    folder = tmp_path_factory.mktemp("pinned") / "Basic_Ssl_pinned"
    return build_app(str(copy_sample("Basic_Ssl", folder, settings)))


def download(app: Path, files: tuple[Path, Path], *options: str) -> tuple[Run, Seen]:
    """Run Basic_Ssl against a server with this certificate. Returns what both ends saw."""
    with PythonPeer(server_context(*files), http_page(PAGE)) as peer, tempfile.TemporaryDirectory() as name:
        resolve = f"--resolve={HOST}:443:{LOOPBACK}:{peer.port}"
        with running_app(app, Path(name), resolve, *options) as running:
            running.expect_one_of("Time to connect and download page:", "TLS failed:")
            status = running.stop()
            return Run(status, running.output, running.report()), peer.wait_seen()


@pytest.mark.parametrize("name", ("good", "good-rsa"))
def test_page_by_chain_and_name(site: Site, chain_app: Path, name: str) -> None:
    run, seen = download(chain_app, site.files[name])
    assert run.status == 0
    assert f"received {len(PAGE)} bytes" in run.output and "Got response code: 200" in run.output
    assert "Verified:     yes" in run.output
    assert seen.version == "TLSv1.2" and seen.error is None
    assert f"Host: {HOST}".encode() in seen.received
    assert run.report["handshakes"]["client"] == 1


def test_free_memory_is_a_figure_only_where_there_is_one(chain_app: Path, tmp_path: Path) -> None:
    """A PC has as much as it has, unless --heap gives it less."""
    gone = f"--resolve={HOST}:443:{LOOPBACK}:{free_port()}"
    with (
        running_app(chain_app, tmp_path / "pc", gone) as pc,
        running_app(chain_app, tmp_path / "chip", gone, "--heap=64K") as chip,
    ):
        # The first where there are more than 4 GB to spare
        pc.device.expect(r"Free bytes:  (unlimited|(?!4294967295)\d+)$")
        assert 0 < int(chip.device.expect(r"Free bytes:  (\d+)$")[1]) < 65536


def test_page_by_public_key_pin(site: Site, pinned_app: Path) -> None:
    run, seen = download(pinned_app, site.files["good"])
    assert f"received {len(PAGE)} bytes" in run.output
    assert seen.error is None


def test_wrong_pin(site: Site, pinned_app: Path) -> None:
    run, seen = download(pinned_app, site.files["good-rsa"])
    assert "matches none of the pins" in run.output and "received" not in run.output
    assert seen.error == "SSLV3_ALERT_CERTIFICATE_UNKNOWN" and not seen.received


@pytest.mark.parametrize(
    ("name", "error", "message", "alert"),
    (
        ("wrong name", "certificateName", "for another name", "SSLV3_ALERT_BAD_CERTIFICATE"),
        ("expired", "certificateExpired", "has expired", "SSLV3_ALERT_CERTIFICATE_EXPIRED"),
        ("not yet valid", "certificateNotYetValid", "not valid yet", "SSLV3_ALERT_CERTIFICATE_EXPIRED"),
        ("unknown CA", "unknownCa", "does not lead to a trust anchor", "TLSV1_ALERT_UNKNOWN_CA"),
        ("self-signed", "selfSigned", "self-signed", "TLSV1_ALERT_UNKNOWN_CA"),
    ),
)
def test_refused(site: Site, chain_app: Path, name: str, error: str, message: str, alert: str) -> None:
    run, seen = download(chain_app, site.files[name])
    assert message in run.output and "received" not in run.output
    assert seen.error == alert and not seen.received
    assert run.status == 0 and run.report["errors"] == {"count": 1, "last": error}


def test_refused_while_the_clock_is_not_set(site: Site, chain_app: Path) -> None:
    run, seen = download(chain_app, site.files["good"], "--time=unset")
    assert "clock is not set" in run.output and "received" not in run.output
    assert seen.error == "TLSV1_ALERT_INTERNAL_ERROR"


def test_dates_follow_the_devices_clock(site: Site, chain_app: Path) -> None:
    later = (now() + 400 * DAY).astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    run, seen = download(chain_app, site.files["good"], f"--time={later}")
    assert "has expired" in run.output and seen.error == "SSLV3_ALERT_CERTIFICATE_EXPIRED"


def test_nothing_to_verify_against(site: Site, tmp_path: Path) -> None:
    """No pins, no authorities: refused before a byte is sent, and told what to set."""
    folder = copy_sample("Basic_Ssl", tmp_path / "Basic_Ssl_nothing", URL + "#define USE_PINS 0\n")
    app = build_app(str(folder))
    with PythonPeer(server_context(*site.files["good"]), http_page(PAGE)) as peer:
        run = run_app(app, f"--resolve={HOST}:443:{LOOPBACK}:{peer.port}", "--duration=1")
        assert "session.trustAnchors" in run.output and "received" not in run.output
        assert all(seen.version is None for seen in peer.seen)


def test_trust_anchors_of_the_build(site: Site, tmp_path: Path) -> None:
    """TRUST_ANCHORS=ca.pem: the application itself says nothing about trust."""
    ca = tmp_path / "ca.pem"
    ca.write_bytes(site.authority.pem)
    folder = copy_sample("Basic_Ssl", tmp_path / "Basic_Ssl_anchors", URL + "#define USE_PINS 0\n")
    app = build_app(str(folder), TRUST_ANCHORS=str(ca))
    run, seen = download(app, site.files["good"])
    assert f"received {len(PAGE)} bytes" in run.output and seen.error is None
    run, seen = download(app, site.files["unknown CA"])
    assert "does not lead to a trust anchor" in run.output and seen.error == "TLSV1_ALERT_UNKNOWN_CA"


def test_echo_of_one_megabyte(site: Site, tmp_path: Path) -> None:
    data = os.urandom(1 << 20)
    echoed = bytearray()

    def exchange(tls: ssl.SSLSocket, seen: Seen) -> None:
        # One thread for both ways: OpenSSL's objects are not to be read and written at the same time
        tls.setblocking(False)
        sent = 0
        while len(echoed) < len(data):
            ready, writable, _ = select.select([tls], [tls] if sent < len(data) else [], [], 30)
            assert ready or writable, f"nothing moves after {len(echoed)} bytes"
            with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLWantWriteError):
                if writable:
                    sent += tls.send(data[sent : sent + 16384])
            with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLWantWriteError):
                while chunk := tls.recv(65536):
                    echoed.extend(chunk)
        tls.settimeout(30)
        tls.unwrap()

    with PythonPeer(server_context(*site.files["good"]), exchange) as peer:
        settings = f'#define SERVER_IP "{LOOPBACK}"\n#define SERVER_PORT {peer.port}\n#define USE_PINS 1\n'
        identity = site.identities["good"]
        settings += pins(identity.sha1, identity.sha256, identity.spki_sha256).replace("#define USE_PINS 1\n", "")
        app = build_app(str(copy_sample("Echo_Ssl", tmp_path / "Echo_Ssl_pinned", settings)))
        with running_app(app, tmp_path) as echo:
            echo.expect("Cipher", 20)
            seen = peer.wait_seen(seconds=60)
            assert seen.error is None, echo.output
            echo.expect("Connection ended, success: 1")
            assert echo.stop() == 0
            report = echo.report()
    assert bytes(echoed) == data and seen.error is None
    assert report["handshakes"]["client"] == 1
