"""Both TLS adapters side by side: memory of connections and size of code, on this machine.

    python -m benchmarks.adapters [--write]

Builds Server_Ssl and Basic_Ssl (SMING_RELEASE=1) with each adapter, connects stock OpenSSL to the server with the same
certificate (EC P-256) and suite, and reads the emulator's heap trace. Figures are bytes as the application asked for
them, on 64 bit, so they do not depend on what else the machine does. ``--write`` renews docs/adapters.csv.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import socket
import ssl
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sming_host.build.elf import read_sizes
from sming_host.certificates.headers import c_header
from sming_host.emulator import HostDevice, build
from sming_host.heap import read_trace
from tests.support.peers import LOOPBACK
from tests.support.pki import Authority

CHECKOUT = Path(__file__).resolve().parents[1]
TABLE = CHECKOUT / "docs" / "adapters.csv"
ADAPTERS = ("Bearssl", "Axtls")
SUITE = "ECDHE-ECDSA-AES128-GCM-SHA256"
CONNECTIONS = 4

Figures = dict[str, int]


def main() -> None:
    """Measure, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    rows = table()
    for row in rows:
        print("".join(f"{cell:<72}" if not at else f"{cell:>10}" for at, cell in enumerate(row)))
    if options.write:
        with TABLE.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)


def table() -> list[Sequence[str]]:
    """All figures, a column for each adapter."""
    with tempfile.TemporaryDirectory() as folder:
        columns = [measure(adapter, Path(folder) / adapter) for adapter in ADAPTERS]
    rows: list[Sequence[str]] = [["bytes, host (64 bit)", *ADAPTERS]]
    rows += [[name, *(str(column[name]) for column in columns)] for name in columns[0]]
    return rows


def measure(adapter: str, folder: Path) -> Figures:
    """The figures of one adapter."""
    authority = Authority()
    program = _server(authority, adapter, folder)
    context = ssl.create_default_context(cadata=authority.pem.decode())
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(SUITE)
    trace = folder / "heap.csv"
    clients: list[ssl.SSLSocket] = []
    idle = []
    with HostDevice.start(program, folder / "run", f"--heap-trace={trace}") as device:
        port = device.port(4443)
        for _ in range(CONNECTIONS):
            raw = socket.create_connection((LOOPBACK, port), 20)
            clients.append(context.wrap_socket(raw, server_hostname="localhost"))
            clients[-1].sendall(b"hello")
            clients[-1].recv(100)
            idle.append(device.heap.current)
        idle.append(device.heap.current)
        for client in clients:
            client.close()
    samples = read_trace(trace)
    # Of the second connection: the first one also makes what all share
    begin, end = (samples.handshakes[at].begin for at in (1, 2))
    peak = max(sample.heap for sample in samples.samples if begin <= sample.seconds < end)
    client_size = read_sizes(build("Basic_Ssl", top=CHECKOUT, adapter=adapter, variables={"SMING_RELEASE": "1"}))
    return {
        "one more server connection, idle, everything included": (idle[-1] - idle[0]) // (CONNECTIONS - 1),
        "the same, most at once in its handshake and first exchange": peak - idle[0],
        "code and constants of Server_Ssl": _text(program),
        "code and constants of Basic_Ssl": client_size.text,
    }


def _server(authority: Authority, adapter: str, folder: Path) -> Path:
    """Server_Ssl with a certificate; the executable."""
    application = folder / "Adapter_Server"
    shutil.copytree(CHECKOUT / "samples" / "Server_Ssl", application, ignore=shutil.ignore_patterns("ssl"))
    identity = authority.issue("localhost")
    headers = application / "include" / "ssl"
    headers.mkdir()
    (headers / "private_key.h").write_text(c_header("default_private_key", identity.key_der, "A benchmark's"))
    (headers / "cert.h").write_text(c_header("default_certificate", identity.der, "A benchmark's"))
    made = build(application, top=CHECKOUT, adapter=adapter, variables={"SMING_RELEASE": "1"}, copy_to=folder)
    shutil.rmtree(CHECKOUT / "out" / "host" / f"{adapter.lower()}-release" / application.name, ignore_errors=True)
    return made


def _text(program: Path) -> int:
    return read_sizes(program).text


if __name__ == "__main__":
    main()
