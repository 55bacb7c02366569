"""TLS on emulated chips, both roles, against stock OpenSSL and curl, over the serial line and the bridge."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sming_host.build import archive
from sming_host.emulator.chip_device import ChipDevice
from tests.emulator.chips import (
    SOCS,
    Kind,
    Site,
    build_chip,
    build_peer,
    connect,
    echo_port,
    kinds,
    make_site,
    openssl_server,
    wait_for_size,
)
from tests.support.apps import ROOT
from tests.support.pki import self_signed

_ECHO_SIZE = 100_000
_REFUSED = {
    "wrong name": "for another name",
    "expired": "has expired",
    "not yet valid": "not valid yet",
    "unknown CA": "does not lead to a trust anchor",
    "self-signed": "self-signed",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return make_site(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module", params=kinds())
def kind(request: pytest.FixtureRequest) -> Kind:
    """A chip and an adapter."""
    chosen: Kind = request.param
    return chosen


@pytest.fixture(scope="module")
def peer(kind: Kind, site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChipDevice]:
    """ChipPeer, running; in the end its stack must have been large enough."""
    with ChipDevice(kind.soc, build_peer(kind, site), tmp_path_factory.mktemp("chip")) as chip:
        chip.expect("ready", 60)
        yield chip
    _check_stack(chip)


def _check_stack(chip: ChipDevice) -> None:
    figures = chip.figures
    assert figures is not None and figures.stack_size is not None and figures.stack_peak is not None
    assert figures.stack_peak < figures.stack_size


def _curl(device_port: int, host: str, path: str) -> subprocess.CompletedProcess[str]:
    """Fetch a page from a port of this machine, with authority and name checked."""
    curl = str(archive.tool_package("curl").program("curl"))
    command = [curl, "-sS", "--max-time", "60", "--cacert", str(ROOT / "out/ssl/ca.crt.pem")]
    command += ["--connect-to", f"{host}:443:127.0.0.1:{device_port}", f"https://{host}{path}"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=90)


def test_https_server_is_verified_by_curl(peer: ChipDevice) -> None:
    page = _curl(peer.port(443), "localhost", "/")
    assert (page.returncode, page.stdout) == (0, "a page of a chip\n"), peer.failure(page.stderr)
    # Another name is none of the certificate's
    refused = _curl(peer.port(443), "device.test", "/")
    assert refused.returncode == 60, refused.stderr


def test_what_a_client_accepts_and_refuses(peer: ChipDevice, site: Site, tmp_path: Path) -> None:
    assert connect(peer, site.identities["good"], tmp_path) == "accepted"
    assert connect(peer, site.identities["good RSA"], tmp_path) == "accepted"
    for name, words in _REFUSED.items():
        said = connect(peer, site.identities[name], tmp_path)
        assert said.startswith("refused: ") and words in said, (name, said)
    assert connect(peer, site.identities["good"], tmp_path) == "accepted"


def _echo(kind: Kind, key_type: str, folder: Path) -> None:
    """Echo_Ssl connects to `openssl s_server` and gives back what it gets, byte for byte."""
    data = random.Random(f"{kind} {key_type}").randbytes(_ECHO_SIZE)
    program = build_chip(kind.soc, "Echo_Ssl", kind.ssl)
    certificate, key = self_signed("device.test", key_type=key_type).write(folder, "server")
    echoed = folder / "echoed"
    with echo_port() as port, openssl_server(port, certificate, key, echoed) as server:
        assert server.stdin is not None
        with ChipDevice(kind.soc, program, folder) as chip:
            chip.expect("connected to 10.0.2.2, ", 60)
            server.stdin.write(data)
            server.stdin.flush()
            wait_for_size(echoed, _ECHO_SIZE, 120)
    assert echoed.read_bytes() == data, chip.failure("not what was sent")
    _check_stack(chip)


def test_client_echoes_100_kb(kind: Kind, tmp_path: Path) -> None:
    _echo(kind, "ec256", tmp_path)


@pytest.mark.slow
def test_client_of_an_rsa_server_echoes_100_kb(kind: Kind, tmp_path: Path) -> None:
    _echo(kind, "rsa2048", tmp_path)


# Into the RAM of these two the sample does not fit beside its code.
@pytest.mark.slow
@pytest.mark.parametrize("sample", kinds(tuple(soc for soc in SOCS if soc not in ("esp32c2", "esp32s2"))))
def test_page_of_the_configuration_server(sample: Kind, tmp_path: Path) -> None:
    program = build_chip(sample.soc, "HttpServer_ConfigNetwork", sample.ssl)
    with ChipDevice(sample.soc, program, tmp_path) as chip:
        chip.expect("Open https", 60)
        page = _curl(chip.port(443), "localhost", "/ipconfig")
        assert page.returncode == 0, chip.failure(page.stderr)
        assert page.stdout.startswith("<!DOCTYPE html>")
