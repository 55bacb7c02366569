"""Our TLS server (release build) beside BearSSL's own `brssl server`, both in one run.

    python -m benchmarks.tls_server [--rounds N] [--out FOLDER]

Handshakes (ECDSA P-256 and RSA-2048, full and resumed) and bulk data both ways, over loopback, with the same client
(OpenSSL through Python's ssl), the same suite, and BearSSL compiled with the same optimisation. The servers take
turns. What counts is the server's processor time: it does not depend on what else the machine does, nor on the
client; the time by the clock stands beside it. Writes tls_server.json and tls_server.svg.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import ssl
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional

from benchmarks.arguments import positive
from benchmarks.plot import bar_chart
from sming_host.build import archive
from tests.network.tls_server import build_server, running_server
from tests.support.peers import LOOPBACK, free_port, wait_until_listening
from tests.support.pki import Authority

CHECKOUT = Path(__file__).resolve().parents[1]
BULK = 1536 * 1024 * 1024
FULL_HANDSHAKES = 300
RESUMED_HANDSHAKES = 3000
"""So many that a measurement takes about a second: shorter ones differ by a tenth from round to round."""
SUITE = {"ec256": "ECDHE-ECDSA-AES128-GCM-SHA256", "rsa2048": "ECDHE-RSA-AES128-GCM-SHA256"}
CHUNK = 1 << 16


@dataclass(frozen=True)
class Cost:
    """Of one measurement: seconds by the clock, and of the server's processor time."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Target:
    """A server that runs."""

    port: int
    pid: int
    client: ssl.SSLContext

    @contextlib.contextmanager
    def connect(self, session: Optional[ssl.SSLSession] = None) -> Iterator[ssl.SSLSocket]:
        plain = socket.create_connection((LOOPBACK, self.port), 60)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self.client.wrap_socket(plain, server_hostname="localhost", session=session) as secure:
            yield secure

    def cpu(self) -> float:
        """Processor time so far, in the kernel and out of it: of the main thread, to the nanosecond (proc(5))."""
        return int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[0]) / 1e9

    def measure(self, work: Callable[[], None]) -> Cost:
        cpu, wall = self.cpu(), time.monotonic()
        work()
        return Cost(time.monotonic() - wall, self.cpu() - cpu)


class Identity:
    """One certificate for both servers."""

    def __init__(self, folder: Path, key_type: str) -> None:
        authority = Authority()
        self.certificate, self.key = authority.issue("localhost", key_type=key_type).write(folder, key_type)
        self.client = ssl.create_default_context(cadata=authority.pem.decode())
        self.client.maximum_version = ssl.TLSVersion.TLSv1_2
        self.client.options |= ssl.OP_NO_TICKET
        self.client.set_ciphers(SUITE[key_type])


@contextlib.contextmanager
def ours(executable: Path, identity: Identity, kind: str) -> Iterator[Target]:
    """Our server."""
    with running_server(executable) as server:
        server.ask(f"load key={identity.key} cert={identity.certificate}", "done")
        server.listen(kind=kind, resume=1, cache=20)
        yield Target(server.port, server.console.process.pid, identity.client)


@contextlib.contextmanager
def brssl(executable: Path, identity: Identity, source: Path) -> Iterator[Target]:
    """BearSSL's server: sends what it reads from `source` to whoever connects; drops what it receives."""
    port = free_port()
    command = [str(executable), "server", "-q", "-b", LOOPBACK, "-p", str(port), "-cache", "4000"]
    command += ["-cert", str(identity.certificate), "-key", str(identity.key)]
    with source.open("rb") as stream:
        process = subprocess.Popen(command, stdin=stream, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_listening(port, process, connect=False)
        yield Target(port, process.pid, identity.client)
    finally:
        process.kill()
        process.wait()


def build_brssl(folder: Path) -> Path:
    """Compile BearSSL's command-line tool from its source package, with the optimisation that our build uses."""
    tree = archive.source_package("bearssl")
    executable = folder / "brssl"
    sources = [*sorted(tree.glob("src/**/*.c")), *sorted(tree.glob("tools/*.c"))]
    objects = []
    processes = []
    for number, source in enumerate(sources):
        output = folder / f"{number}.o"
        command = ["cc", "-w", "-O2", "-I", str(tree / "inc"), "-I", str(tree / "src"), "-I", str(tree / "tools")]
        processes.append(subprocess.Popen([*command, "-c", str(source), "-o", str(output)]))
        objects.append(str(output))
        if len(processes) == 2:
            _wait(processes)
    _wait(processes)
    subprocess.run(["cc", "-o", str(executable), *objects], check=True)
    return executable


def _wait(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.wait() != 0:
            raise SystemExit("BearSSL's tools do not compile")
    processes.clear()


def handshakes(target: Target, resume: bool, count: int) -> Cost:
    """Cost of one handshake, from so many."""
    session = None
    for _ in range(5):
        with target.connect() as secure:
            session = secure.session if resume else None
            _say_goodbye(secure)

    def work() -> None:
        for _ in range(count):
            with target.connect(session) as secure:
                if bool(secure.session_reused) != resume:
                    raise SystemExit("resumption does not work as it should")
                _say_goodbye(secure)

    cost = target.measure(work)
    return Cost(cost.wall / count, cost.cpu / count)


def _say_goodbye(secure: ssl.SSLSocket) -> None:
    """BearSSL's tool leaves without a word of its own."""
    with contextlib.suppress(OSError):
        secure.unwrap()


def download(target: Target, request: bytes, amount: int = BULK) -> Cost:
    """Cost of so many bytes from the server."""
    buffer = bytearray(CHUNK)
    with target.connect() as secure:

        def work() -> None:
            secure.sendall(request) if request else None
            left = amount
            while left > 0:
                count = secure.recv_into(buffer)
                if count == 0:
                    raise SystemExit(f"{left} bytes are missing")
                left -= count

        return target.measure(work)


def upload(target: Target, amount: int = BULK) -> Cost:
    """Cost of so many bytes to the server (a multiple of CHUNK), until it has answered close_notify."""
    data = bytes(CHUNK)
    with target.connect() as secure:

        def work() -> None:
            for _ in range(amount // CHUNK):
                secure.sendall(data)
            _say_goodbye(secure)

        return target.measure(work)


Measurement = Callable[[str], Cost]


def measurements(folder: Path, executable: Path, reference: Path) -> dict[str, Measurement]:
    """Each with the server's name ("ours", "brssl") as its argument."""
    identities = {key_type: Identity(folder, key_type) for key_type in SUITE}
    bulk = folder / "bulk"
    with bulk.open("wb") as stream:
        stream.truncate(BULK + CHUNK)
    silence = folder / "silence"
    os.mkfifo(silence)
    # Held open for writing, so that brssl finds its standard input neither at its end nor ready
    os.open(silence, os.O_RDWR)

    def shake(key_type: str, resume: bool) -> Measurement:
        def run(name: str) -> Cost:
            identity = identities[key_type]
            server = ours(executable, identity, "echo") if name == "ours" else brssl(reference, identity, silence)
            with server as target:
                return handshakes(target, resume, RESUMED_HANDSHAKES if resume else FULL_HANDSHAKES)

        return run

    def down(name: str) -> Cost:
        identity = identities["ec256"]
        if name == "ours":
            with ours(executable, identity, "http") as target:
                return download(target, b"GET /bytes/%d HTTP/1.1\r\n\r\n" % BULK)
        with brssl(reference, identity, bulk) as target:
            return download(target, b"")

    def up(name: str) -> Cost:
        identity = identities["ec256"]
        server = ours(executable, identity, "sink") if name == "ours" else brssl(reference, identity, silence)
        with server as target:
            return upload(target)

    return {
        "ec256 full": shake("ec256", False),
        "ec256 resumed": shake("ec256", True),
        "rsa2048 full": shake("rsa2048", False),
        "rsa2048 resumed": shake("rsa2048", True),
        "download": down,
        "upload": up,
    }


def summarize(costs: dict[str, dict[str, list[Cost]]]) -> dict[str, object]:
    """Medians, and ratios: above 1 ours does more in the same time."""
    result: dict[str, object] = {}
    medians: dict[tuple[str, str], Cost] = {}
    for what, servers in costs.items():
        for name, rounds in servers.items():
            cost = Cost(statistics.median(c.wall for c in rounds), statistics.median(c.cpu for c in rounds))
            medians[what, name] = cost
            amount, unit = (BULK / 1e6, "MB") if "load" in what else (1, "handshakes")
            result[f"{what}, {name}, {unit}/s of processor time"] = round(amount / cost.cpu, 1)
            result[f"{what}, {name}, {unit}/s"] = round(amount / cost.wall, 1)
        own, other = medians[what, "ours"], medians[what, "brssl"]
        result[f"{what}, ours : brssl"] = round(other.cpu / own.cpu, 3)
        result[f"{what}, ours : brssl, by the clock"] = round(other.wall / own.wall, 3)
    for key_type in SUITE:
        full, resumed = medians[f"{key_type} full", "ours"], medians[f"{key_type} resumed", "ours"]
        result[f"{key_type}, resumed : full, processor time"] = round(resumed.cpu / full.cpu, 3)
        result[f"{key_type}, resumed : full, by the clock"] = round(resumed.wall / full.wall, 3)
    return result


def main() -> None:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=positive, default=5)
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sming-benchmark-") as scratch:
        folder = Path(scratch)
        executable, reference = build_server(folder, SMING_RELEASE="1"), build_brssl(folder)
        works = measurements(folder, executable, reference)
        costs: dict[str, dict[str, list[Cost]]] = {what: {"ours": [], "brssl": []} for what in works}
        for number in range(options.rounds):
            for what, work in works.items():
                for name in ("ours", "brssl") if number % 2 == 0 else ("brssl", "ours"):
                    costs[what][name].append(work(name))
    result = summarize(costs)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "tls_server.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    bars = [(name, float(str(value))) for name, value in result.items() if " : " in name and "clock" not in name]
    (options.out / "tls_server.svg").write_text(bar_chart("TLS server, processor time: ratios", bars), "utf-8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
