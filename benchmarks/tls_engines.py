"""TLS servers side by side in one run: ours with the Axtls engine, ours with BearSSL's, and `openssl s_server`.

    python -m benchmarks.tls_engines [--rounds N] [--out FOLDER] [--apart]

Handshakes (ECDSA P-256 and RSA-2048, full and resumed) and bulk data both ways, over loopback, with the same client
(OpenSSL through Python's ssl), suite and curve. The servers take turns, in many short rounds; a ratio is the median
of the rounds' and comes with its interval of confidence (benchmarks/ratio.py). In a control BearSSL's server runs
once more: what it differs from itself is what a ratio does not tell.

Server and client share one core, so that the server is never idle. With --apart they have a core each; in an upload
the client is then the slower of the two, and the servers wait for it. What counts is the server's processor time; the
time by the clock, which has the client's work in it, stands beside it.

Writes tls_engines.json, .png and .svg. The plot needs matplotlib: pip install -e '.[plot]'.
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
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from benchmarks.arguments import positive
from benchmarks.plot import grouped_bars
from benchmarks.ratio import Ratio
from benchmarks.tls_server import (
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
FULL_HANDSHAKES = 100
RESUMED_HANDSHAKES = 1000
AMOUNT = 128 * 1024 * 1024
"""Bytes of bulk data in one round."""
BULK_ROUNDS = 8
"""So many times the rounds of the handshakes: the differences are smaller there."""
CURVE = "prime256v1"
BULK_FILE = "bulk"


class Bench:
    """Programs, certificates and files of one run."""

    def __init__(self, folder: Path, core: int) -> None:
        self._folder = folder
        self._core = core
        self._executables = {}
        for adapter in ADAPTERS:
            (folder / adapter).mkdir()
            self._executables[adapter] = build_server(folder / adapter, ssl=adapter, SMING_RELEASE="1")
        self._identities = {key_type: Identity(folder, key_type) for key_type in SUITE}
        for identity in self._identities.values():
            identity.client.set_ecdh_curve(CURVE)
        with (folder / BULK_FILE).open("wb") as stream:
            stream.truncate(AMOUNT + CHUNK)
        self._openssl = tool_package("openssl").program("openssl")
        silence = folder / "silence"
        os.mkfifo(silence)
        # Held open for writing, so that s_server finds its standard input neither at its end nor ready
        self._silence = os.open(silence, os.O_RDWR)

    @contextlib.contextmanager
    def serve(self, name: str, key_type: str, kind: str, *options: str) -> Iterator[Target]:
        """Start one of the servers. `kind` is what ours does with data, `options` are OpenSSL's for the same."""
        with self._start("Bearssl" if name == CONTROL else name, key_type, kind, *options) as target:
            os.sched_setaffinity(target.pid, {self._core})
            yield target

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


@dataclass(frozen=True)
class Measurement:
    """Something to be measured: how a server is started for it, and what is done to it in one round."""

    start: Callable[[str], AbstractContextManager[Target]]
    work: Callable[[Target, str], Cost]


def measurements(bench: Bench) -> dict[str, Measurement]:
    """What is measured; the functions' strings are servers' names."""

    def shake(key_type: str, resume: bool) -> Measurement:
        count = RESUMED_HANDSHAKES if resume else FULL_HANDSHAKES
        return Measurement(
            lambda name: bench.serve(name, key_type, "echo"), lambda target, name: handshakes(target, resume, count)
        )

    def down(target: Target, name: str) -> Cost:
        path = f"/{BULK_FILE}" if name == "OpenSSL" else f"/bytes/{AMOUNT}"
        return download(target, f"GET {path} HTTP/1.1\r\n\r\n".encode(), AMOUNT)

    works = {f"{key} {how}": shake(key, how == "resumed") for key in SUITE for how in ("full", "resumed")}
    works["download"] = Measurement(lambda name: bench.serve(name, "ec256", "http", "-HTTP"), down)
    works["upload"] = Measurement(
        lambda name: bench.serve(name, "ec256", "sink"), lambda target, name: upload(target, AMOUNT)
    )
    return works


def measure(measurement: Measurement, names: Sequence[str], rounds: int) -> dict[str, list[Cost]]:
    """All servers run all the time; those that are not measured sleep."""
    costs: dict[str, list[Cost]] = {name: [] for name in names}
    with contextlib.ExitStack() as stack:
        targets = {name: stack.enter_context(measurement.start(name)) for name in names}
        for number in range(rounds):
            start = number % len(names)
            for name in (*names[start:], *names[:start]):
                costs[name].append(measurement.work(targets[name], name))
    return costs


def is_bulk(what: str) -> bool:
    return what.endswith("load")


def summarize(costs: Mapping[str, Mapping[str, Sequence[Cost]]]) -> dict[str, dict[str, object]]:
    """For each measurement: what each server does in a second, and ratios (above 1 the first does more)."""
    result: dict[str, dict[str, object]] = {}
    for what, servers in costs.items():
        amount, unit = (AMOUNT / 1e6, "MB") if is_bulk(what) else (1, "handshakes")
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
    parser.add_argument("--rounds", type=positive, default=15)
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks")
    parser.add_argument("--apart", action="store_true", help="server and client on a core each")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sming-benchmark-") as scratch:
        cores = os.sched_getaffinity(0)
        works = measurements(Bench(Path(scratch), max(cores)))
        os.sched_setaffinity(0, {min(cores) if options.apart else max(cores)})
        costs = {}
        for what, measurement in works.items():
            names = (*SERVERS, CONTROL) if is_bulk(what) else SERVERS
            costs[what] = measure(measurement, names, options.rounds * (BULK_ROUNDS if is_bulk(what) else 1))
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
