"""Programs for chips, built as a user does, and servers that they talk to."""

from __future__ import annotations

import contextlib
import fcntl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from sming_host.build import archive
from tests.support.apps import ADAPTER_FOLDER, ROOT, scons

QUICK = ("esp8266", "esp32c3", "rp2040")
# Built into Echo_Ssl.
ECHO_PORT = 4444


def build_chip(soc: str, app: str, ssl: str = "Bearssl") -> Path:
    """Build an application for a chip; returns its ELF file."""
    result = scons(f"SMING_SOC={soc}", f"ENABLE_SSL={ssl}", f"APP={app}", timeout=1200)
    assert result.returncode == 0, result.stdout[-6000:]
    program = ROOT / "out" / soc / ADAPTER_FOLDER[ssl] / Path(app).name / "firmware.elf"
    assert program.is_file(), result.stdout[-3000:]
    return program


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
        yield process
    finally:
        process.kill()
        process.wait(10)


def wait_for_size(path: Path, size: int, seconds: float) -> None:
    """Wait until a file has grown to a size."""
    deadline = time.monotonic() + seconds
    while path.stat().st_size < size and time.monotonic() < deadline:
        time.sleep(0.05)
