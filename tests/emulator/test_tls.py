"""TLS on emulated chips against stock OpenSSL and curl, over the serial line and the bridge."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from sming_host.build import archive
from sming_host.emulator.chip_device import ChipDevice
from tests.emulator.chips import QUICK, build_chip, echo_port, openssl_server, wait_for_size
from tests.support.apps import ROOT
from tests.support.pki import self_signed

pytestmark = pytest.mark.slow

_ECHO_SIZE = 100_000
ALL = (*QUICK, "esp32", "esp32c2", "esp32s2", "esp32s3")
# Of 47 and 62 KB of heap beside the code two records of 16 KB, one received and one to be sent, take too much.
SMALL = {"esp32c2": ("-max_send_frag", "4096"), "esp32s2": ("-max_send_frag", "4096")}
# Into the RAM of the others the sample does not fit beside its code.
HTTPS = (*QUICK, "esp32", "esp32s3")


@pytest.mark.parametrize("key_type", ["ec256", "rsa2048"])
@pytest.mark.parametrize("soc", ALL)
def test_client_echoes_100_kb(soc: str, key_type: str, tmp_path: Path) -> None:
    """Echo_Ssl connects to `openssl s_server` and gives back what it gets, byte for byte."""
    program = build_chip(soc, "Echo_Ssl")
    data = random.Random(soc + key_type).randbytes(_ECHO_SIZE)
    certificate, key = self_signed("device.test", key_type=key_type).write(tmp_path, "server")
    echoed = tmp_path / "echoed"
    with echo_port() as port, openssl_server(port, certificate, key, echoed, *SMALL.get(soc, ())) as server:
        assert server.stdin is not None
        with ChipDevice(soc, program, tmp_path) as chip:
            chip.expect("connected to 10.0.2.2, ", 60)
            server.stdin.write(data)
            server.stdin.flush()
            wait_for_size(echoed, _ECHO_SIZE, 120)
            chip.stop()
    assert echoed.read_bytes() == data, chip.failure("not what was sent")
    figures = chip.figures
    assert figures is not None and figures.stack_size is not None and figures.stack_peak is not None
    assert figures.stack_peak < figures.stack_size


@pytest.mark.parametrize("soc", HTTPS)
def test_https_server_is_verified_by_curl(soc: str, tmp_path: Path) -> None:
    """A page of HttpServer_ConfigNetwork, with the authority and the name checked."""
    program = build_chip(soc, "HttpServer_ConfigNetwork")
    with ChipDevice(soc, program, tmp_path) as chip:
        chip.expect("Open https", 60)
        curl = str(archive.tool_package("curl").program("curl"))
        command = [curl, "-sS", "--max-time", "60", "--cacert", str(ROOT / "out/ssl/ca.crt.pem")]
        command += ["--connect-to", f"localhost:443:127.0.0.1:{chip.port(443)}"]
        page = subprocess.run(
            [*command, "https://localhost/ipconfig"], capture_output=True, text=True, check=False, timeout=90
        )
        assert page.returncode == 0, chip.failure(page.stderr)
        assert page.stdout.startswith("<!DOCTYPE html>")
        # Another name is none of the certificate's
        other = [word.replace("localhost:", "device.test:") for word in command]
        refused = subprocess.run([*other, "https://device.test/ipconfig"], capture_output=True, check=False, timeout=90)
        assert refused.returncode == 60, refused.stderr
