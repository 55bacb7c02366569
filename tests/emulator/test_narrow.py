"""The ESP8266 can read flash and IRAM by words only. QEMU's core can do more, so a plugin looks."""

from __future__ import annotations

import bisect
import socket
import ssl
import subprocess
from pathlib import Path

import pytest

from sming_host.emulator import start_chip
from sming_host.emulator.chip_device import ChipDevice
from sming_host.emulator.image import read_image
from tests.emulator.chips import (
    ADAPTERS,
    ADDRESS,
    Kind,
    build_chip,
    build_peer,
    connect,
    echo_port,
    make_site,
    openssl_server,
    wait_for_size,
)
from tests.support.apps import ROOT
from tests.support.pki import Authority, self_signed

pytestmark = pytest.mark.slow

_SOURCE = Path(__file__).with_name("native") / "narrow.c"
_FROM, _TO = 0x40000000, 0x40400000
_SIZE = 3000


def _build(folder: Path) -> Path:
    plugin = folder / "narrow.so"
    flags = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-fvisibility=hidden"]
    subprocess.run(["gcc", *flags, "-o", str(plugin), str(_SOURCE)], check=True)
    return plugin


def test_flash_is_read_by_words(tmp_path: Path) -> None:
    """A handshake, a page of text on the console, an echo: no instruction touches flash by bytes or half-words."""
    program = build_chip("esp8266", "Echo_Ssl")
    found = tmp_path / "found"
    option = f"{_build(tmp_path)},from={_FROM:#x},to={_TO:#x},out={found}"
    certificate, key = self_signed("device.test").write(tmp_path, "server")
    echoed = tmp_path / "echoed"
    data = bytes(range(250)) * (_SIZE // 250)
    with echo_port() as port, openssl_server(port, certificate, key, echoed) as server:
        assert server.stdin is not None
        with ChipDevice("esp8266", program, tmp_path, options=["-plugin", option]) as chip:
            chip.expect("connected to 10.0.2.2, ", 240)
            server.stdin.write(data)
            server.stdin.flush()
            wait_for_size(echoed, len(data), 120)
    assert echoed.read_bytes() == data, chip.failure("not what was sent")
    _assert_none(found, program)


def _assert_none(found: Path, program: Path) -> None:
    assert found.is_file(), "the plugin was not asked"
    names = sorted((address, name) for name, address in read_image(program).symbols.items() if _FROM <= address < _TO)
    places = []
    for line in found.read_text("utf-8").splitlines():
        instruction, address, count = line.split()
        at = bisect.bisect(names, (int(instruction, 16), "~")) - 1
        places.append(f"{names[at][1] if at >= 0 else '?'} at {instruction}: {count} times, last {address}")
    assert not places, "\n".join(places)


@pytest.mark.parametrize("ssl_adapter", ADAPTERS)
def test_keys_and_authorities_in_flash(ssl_adapter: str, tmp_path: Path) -> None:
    """Both roles, with curves and sizes of RSA whose arithmetic is apart from each other."""
    kind = Kind("esp8266", ssl_adapter)
    site = make_site(tmp_path)
    ec384 = Authority("P-384", key_type="ec384")
    rsa = Authority("RSA", key_type="rsa2048")
    site.authority.write_bytes(site.authority.read_bytes() + ec384.pem + rsa.pem)
    program = build_peer(kind, site)
    found = tmp_path / "found"
    option = f"{_build(tmp_path)},from={_FROM:#x},to={_TO:#x},out={found}"
    context = ssl.create_default_context(cafile=str(ROOT / "out/ssl/ca.crt.pem"))
    with ChipDevice("esp8266", program, tmp_path, options=["-plugin", option]) as chip:
        chip.expect("ready", 240)
        for identity in (
            site.identities["good"],
            site.identities["good RSA"],
            ec384.issue(ADDRESS, key_type="ec384"),
            rsa.issue(ADDRESS, key_type="rsa2048"),
        ):
            assert connect(chip, identity, tmp_path) == "accepted"
        with (
            socket.create_connection(("127.0.0.1", chip.port(443)), 240) as raw,
            context.wrap_socket(raw, server_hostname="localhost") as connection,
        ):
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert connection.recv(4).startswith(b"HTTP")
    _assert_none(found, program)


def test_the_plugin_finds_one(tmp_path: Path) -> None:
    """With an address range that has variables it must find something."""
    program = build_chip("esp8266", "Echo_Ssl")
    found = tmp_path / "found"
    option = f"{_build(tmp_path)},from=0x3ffe8000,to=0x3fffc000,out={found}"
    with start_chip("esp8266", program, options=["-plugin", option]) as chip:
        assert chip.serial.recv(1)
        chip.stop()
    assert found.read_text("utf-8")
