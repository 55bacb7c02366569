"""TLS servers side by side in one run: ours with the Axtls engine, ours with BearSSL's, and `openssl s_server`.

    python -m benchmarks.tls_engines [--rounds N] [--out FOLDER]

Handshakes (ECDSA P-256 and RSA-2048, full and resumed) and bulk data both ways, over loopback, with the same client
(OpenSSL through Python's ssl), suite and curve. The servers take turns, server and client on a core each. What counts
is the server's processor time: it depends less on what else the machine does, and on the client; the time by the
clock stands beside it. Each ratio is the median of the rounds' and comes with its interval of confidence
(benchmarks/ratio.py). Bulk data moves so evenly that a control is needed: BearSSL's server runs once more, and what
it differs from itself is what a ratio does not tell. Writes tls_engines.json, .png and .svg. The plot needs
matplotlib: pip install -e '.[plot]'.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Callable

from benchmarks.plot import grouped_bars
from benchmarks.ratio import Ratio
from benchmarks.tls_server import (
    BULK,
    CHECKOUT,
    CHUNK,
    SUITE,
    Cost,
    Identity,
    Target,
    download,
    handshakes,
    ours,
    upload,
)
from sming_host.build.archive import tool_package
from tests.network.tls_server import build_server
from tests.support.peers import LOOPBACK, free_port, wait_until_listening

SERVERS = ("Axtls", "Bearssl", "OpenSSL")
ADAPTERS = SERVERS[:2]
CONTROL = "Bearssl again"
PAIRS = (("Axtls", "Bearssl"), ("Axtls", "OpenSSL"), ("Bearssl", "OpenSSL"))
BULK_ROUNDS = 3
"""So many times the rounds of the handshakes: the differences are smaller there."""
CURVE = "prime256v1"
BULK_FILE = "bulk"


class Bench:
    """Programs, certificates and files of one run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cores = sorted(os.sched_getaffinity(0))
        self._executables = {}
        for adapter in ADAPTERS:
            (folder / adapter).mkdir()
            self._executables[adapter] = build_server(folder / adapter, ssl=adapter, SMING_RELEASE="1")
        self._identities = {key_type: Identity(folder, key_type) for key_type in SUITE}
        for identity in self._identities.values():
            identity.client.set_ecdh_curve(CURVE)
        with (folder / BULK_FILE).open("wb") as stream:
            stream.truncate(BULK + CHUNK)
        self._openssl = tool_package("openssl").program("openssl")
        silence = folder / "silence"
        os.mkfifo(silence)
        # Held open for writing, so that s_server finds its standard input neither at its end nor ready
        self._silence = os.open(silence, os.O_RDWR)

    @contextlib.contextmanager
    def serve(self, name: str, key_type: str, kind: str, *options: str) -> Iterator[Target]:
        """Start one of the servers. `kind` is what ours does with data, `options` are OpenSSL's for the same."""
        with self._start("Bearssl" if name == CONTROL else name, key_type, kind, *options) as target:
            os.sched_setaffinity(target.pid, self._cores[-1:])
            os.sched_setaffinity(0, self._cores[:1])
            try:
                yield target
            finally:
                os.sched_setaffinity(0, self._cores)

    def _start(self, name: str, key_type: str, kind: str, *options: str) -> AbstractContextManager[Target]:
        identity = self._identities[key_type]
        if name in ADAPTERS:
            return ours(self._executables[name], identity, kind)
        return self._s_server(identity, *options)

    @contextlib.contextmanager
    def _s_server(self, identity: Identity, *options: str) -> Iterator[Target]:
        port = free_port()
        command = [str(self._openssl), "s_server", "-quiet", "-accept", f"{LOOPBACK}:{port}", "-tls1_2", *options]
        command += ["-cert", str(identity.certificate), "-key", str(identity.key), "-no_ticket"]
        process = subprocess.Popen(
            command, cwd=self._folder, stdin=self._silence, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            wait_until_listening(port, process, connect=False)
            yield Target(port, process.pid, identity.client)
        finally:
            process.kill()
            process.wait()


def measurements(bench: Bench) -> dict[str, Callable[[str], Cost]]:
    """What is measured, each with the server's name as its argument."""

    def shake(key_type: str, resume: bool) -> Callable[[str], Cost]:
        def run(name: str) -> Cost:
            with bench.serve(name, key_type, "echo") as target:
                return handshakes(target, resume)

        return run

    def down(name: str) -> Cost:
        path = f"/{BULK_FILE}" if name == "OpenSSL" else f"/bytes/{BULK}"
        with bench.serve(name, "ec256", "http", "-HTTP") as target:
            return download(target, f"GET {path} HTTP/1.1\r\n\r\n".encode())

    def up(name: str) -> Cost:
        with bench.serve(name, "ec256", "sink") as target:
            return upload(target)

    works = {f"{key} {how}": shake(key, how == "resumed") for key in SUITE for how in ("full", "resumed")}
    return {**works, "download": down, "upload": up}


def is_bulk(what: str) -> bool:
    return what.endswith("load")


def summarize(costs: Mapping[str, Mapping[str, Sequence[Cost]]]) -> dict[str, dict[str, object]]:
    """For each measurement: what each server does in a second, and ratios (above 1 the first does more)."""
    result: dict[str, dict[str, object]] = {}
    for what, servers in costs.items():
        amount, unit = (BULK / 1e6, "MB") if is_bulk(what) else (1, "handshakes")
        cpu = {name: amount / statistics.median(cost.cpu for cost in rounds) for name, rounds in servers.items()}
        wall = {name: amount / statistics.median(cost.wall for cost in rounds) for name, rounds in servers.items()}
        row: dict[str, object] = {f"{name}, {unit} per second of processor time": round(cpu[name], 1) for name in cpu}
        row.update({f"{name}, {unit} per second": round(wall[name], 1) for name in wall})
        for first, second in (*PAIRS, *([(CONTROL, "Bearssl")] if CONTROL in servers else [])):
            rounds = list(zip(servers[first], servers[second]))
            row[f"{first} : {second}"] = str(Ratio.of([(one.cpu, other.cpu) for one, other in rounds]))
            row[f"{first} : {second}, by the clock"] = str(Ratio.of([(one.wall, other.wall) for one, other in rounds]))
        result[what] = row
    return result


def main() -> None:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sming-benchmark-") as scratch:
        works = measurements(Bench(Path(scratch)))
        costs: dict[str, dict[str, list[Cost]]] = {}
        for what, work in works.items():
            names = (*SERVERS, CONTROL) if is_bulk(what) else SERVERS
            costs[what] = {name: [] for name in names}
            for number in range(options.rounds * (BULK_ROUNDS if is_bulk(what) else 1)):
                start = number % len(names)
                for name in (*names[start:], *names[:start]):
                    costs[what][name].append(work(name))
            print(f"{what} done", file=sys.stderr)
    result = summarize(costs)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "tls_engines.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(json.dumps(result, indent=1))
    groups = {
        what: [
            Ratio.of([(one.cpu, other.cpu) for one, other in zip(servers[first], servers[second])])
            for first, second in PAIRS
        ]
        for what, servers in costs.items()
    }
    labels = [" : ".join(pair) for pair in PAIRS]
    grouped_bars("TLS servers: work per processor time, as ratios", labels, groups, options.out / "tls_engines")


if __name__ == "__main__":
    main()
