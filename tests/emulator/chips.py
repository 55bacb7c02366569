"""Programs for chips, built as a user does, and servers that they talk to."""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from sming_host.bridge import free_port
from sming_host.build import archive
from sming_host.emulator import build
from sming_host.emulator.chip_device import ChipDevice
from sming_host.errors import UserError
from tests.support.apps import ROOT
from tests.support.peers import wait_until_listening
from tests.support.pki import DAY, Authority, Identity, now, self_signed

QUICK = ("esp8266", "esp32c3", "rp2040")
SOCS = (*QUICK, "esp32", "esp32c2", "esp32s2", "esp32s3")
ADAPTERS = ("Bearssl", "Axtls")
PEER = "tests/apps/ChipPeer"
_COPIES = tempfile.TemporaryDirectory(prefix="sming-chips-")
_NUMBERS = itertools.count()
# Built into Echo_Ssl.
ECHO_PORT = 4444
# This machine, as a device sees it.
ADDRESS = "10.0.2.2"


@dataclass(frozen=True)
class Kind:
    """A chip with an adapter."""

    soc: str
    ssl: str


def kinds(socs: tuple[str, ...] = SOCS, quick: tuple[str, ...] = QUICK) -> list[Any]:
    """Return parameters of a test: every chip with every adapter; what is not of the quick chips is slow."""
    return [
        pytest.param(Kind(soc, ssl), id=f"{soc}-{ssl}", marks=() if soc in quick else pytest.mark.slow)
        for soc in socs
        for ssl in ADAPTERS
    ]


@dataclass(frozen=True)
class Site:
    """Servers on this machine, and the authority that devices trust."""

    authority: Path
    identities: dict[str, Identity]


def make_site(folder: Path) -> Site:
    """Make good certificates and one for each reason to refuse it."""
    authority = Authority("Device CA")
    path = folder / "ca.pem"
    path.write_bytes(authority.pem)
    identities = {
        "good": Authority("Between", parent=authority, path_length=0).issue(ADDRESS),
        "good RSA": authority.issue(ADDRESS, key_type="rsa2048"),
        "wrong name": authority.issue("10.0.2.3", "www.other.test"),
        "expired": authority.issue(ADDRESS, not_before=now() - 30 * DAY, not_after=now() - DAY),
        "not yet valid": authority.issue(ADDRESS, not_before=now() + DAY),
        "unknown CA": Authority("Somebody else").issue(ADDRESS),
        "self-signed": self_signed(ADDRESS),
    }
    return Site(path, identities)


def build_peer(kind: Kind, site: Site) -> Path:
    """Build ChipPeer, which trusts a site's authority; returns its ELF file."""
    return build_chip(kind.soc, PEER, kind.ssl, TRUST_ANCHORS=str(site.authority))


def connect(chip: ChipDevice, identity: Identity, folder: Path) -> str:
    """Let ChipPeer connect to `openssl s_server` with a certificate; returns what it says of it."""
    certificate, key = identity.write(folder, "server")
    # s_server takes the first of the file alone, and those between from another one
    between = folder / "between.pem"
    between.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in identity.chain))
    options = ["-cert_chain", str(between)] if identity.chain else []
    port = free_port()
    with openssl_server(port, certificate, key, folder / "from-device", *options) as server:
        assert server.stdin is not None
        server.stdin.write(b"hello\n")
        server.stdin.flush()
        chip.send(f"connect {port}\n")
        said = chip.expect(r"^(accepted|refused: .*|ended: .*|cannot connect)", 60)[1]
        if said == "accepted":
            chip.expect(r"^ended: 1", 60)
        return said


def build_chip(soc: str, app: str, ssl: str = "Bearssl", **variables: str) -> Path:
    """Build an application for a chip; returns the ELF file of a copy: out/ is another test's next, too."""
    copy = Path(_COPIES.name) / str(next(_NUMBERS)) / Path(app).name
    path = ROOT / app
    try:
        return build(
            path if path.is_dir() else app,
            top=ROOT,
            soc=soc,
            adapter=ssl,
            variables=variables,
            copy_to=copy,
            timeout=1200,
        )
    except UserError as error:
        raise AssertionError(str(error)) from error


@contextlib.contextmanager
def echo_port() -> Iterator[int]:
    """Hold the port that Echo_Ssl connects to: one test at a time listens on it."""
    (ROOT / "out").mkdir(exist_ok=True)
    with (ROOT / "out" / ".echo-port.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield ECHO_PORT


@contextlib.contextmanager
def openssl_server(
    port: int, certificate: Path, key: Path, output: Path, *options: str
) -> Iterator[subprocess.Popen[bytes]]:
    """`openssl s_server`: what is written to its input goes to the client, what the client sends into `output`."""
    openssl = str(archive.tool_package("openssl").program("openssl"))
    command = [openssl, "s_server", "-accept", f"127.0.0.1:{port}", "-cert", str(certificate), "-key", str(key)]
    with output.open("wb") as sink:
        process = subprocess.Popen(
            [*command, "-quiet", *options], stdin=subprocess.PIPE, stdout=sink, stderr=subprocess.DEVNULL
        )
    try:
        # A connection would be taken for the client's
        wait_until_listening(port, process, connect=False)
        yield process
    finally:
        process.kill()
        process.wait(10)


def wait_for_size(path: Path, size: int, seconds: float) -> None:
    """Wait until a file has grown to a size."""
    deadline = time.monotonic() + seconds
    while path.stat().st_size < size and time.monotonic() < deadline:
        time.sleep(0.05)
