"""TLS handshakes on every chip with both engines: instructions, stack, heap. Counted in the emulators.

    python -m benchmarks.chips [--write] [CHIP …]

ChipPeer (tests/apps) runs as client and as server against OpenSSL, TLS 1.2 with ECDHE and AES-128-GCM: certificates
with keys of ECDSA P-256 and RSA-2048, each signed by an authority with such a key, which the client checks. Figures are
the device's: all instructions that it executes for a connection, its network included, while it does not wait; bytes of
its heap and stack. They do not depend on this machine. ``--write`` renews the rows of these chips in the tables of
docs/.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import shutil
import socket
import ssl
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from sming_host.build.soc import SOCS
from sming_host.certificates.headers import c_header
from sming_host.emulator import build
from sming_host.emulator.chip_device import ChipDevice
from tests.support.pki import Authority

CHECKOUT = Path(__file__).resolve().parents[1]
INSTRUCTIONS = CHECKOUT / "docs" / "chips-instructions.csv"
MEMORY = CHECKOUT / "docs" / "chips-memory.csv"
ADAPTERS = ("Bearssl", "Axtls")
KEYS = {"ec256": "ECDSA P-256", "rsa2048": "RSA-2048"}
SUITES = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"
_LOOPBACK = "127.0.0.1"
_APP = CHECKOUT / "tests" / "apps" / "ChipPeer"
_SETTLE_S = 0.5
_PATIENCE_S = 240


@dataclass(frozen=True)
class Use:
    """What a connection took, from its beginning until it was idle."""

    instructions: int
    """All that were executed."""
    held: int
    """Bytes of heap that the idle connection holds."""
    peak: int
    """Most bytes of heap on the way there."""
    stack: int
    """Most bytes of stack since the start of the device."""


@dataclass(frozen=True)
class Role:
    """A role with one kind of key."""

    full: Use
    resumed: Use


@dataclass(frozen=True)
class Column:
    """The figures of a chip with an adapter, by kind of key."""

    client: dict[str, Role]
    server: dict[str, Role]

    @property
    def all(self) -> list[Use]:
        """Every connection."""
        roles = [*self.client.values(), *self.server.values()]
        return [use for role in roles for use in (role.full, role.resumed)]


def main() -> None:
    """Measure, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("chips", nargs="*", metavar="CHIP")
    options = parser.parse_args()
    chips = options.chips or [name for name, soc in SOCS.items() if not soc.is_host]
    columns = {}
    for soc in chips:
        for adapter in ADAPTERS:
            print(f"{soc}, {adapter} …", file=sys.stderr, flush=True)
            columns[soc, adapter] = measure(soc, adapter)
    for path, rows in ((INSTRUCTIONS, instructions(columns)), (MEMORY, memory(columns))):
        for row in rows:
            print("".join(f"{cell:>{24 if at > 1 else 9}}" for at, cell in enumerate(row)))
        if options.write:
            _write(path, rows)


def _write(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Write a table; rows of other chips stay as they are."""
    table: dict[tuple[str, ...], Sequence[str]] = {}
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            table = {tuple(row[:2]): row for row in csv.reader(file)}
    table.update({tuple(row[:2]): row for row in rows})
    order = ["chip", *SOCS]
    sorted_rows = sorted(table.values(), key=lambda row: (order.index(row[0]), ("engine", *ADAPTERS).index(row[1])))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(sorted_rows)


def instructions(columns: dict[tuple[str, str], Column]) -> list[Sequence[str]]:
    """Millions of instructions, full and resumed."""
    rows: list[Sequence[str]] = [
        ["chip", "engine", *(f"{role}, {key}" for role in ("client", "server") for key in KEYS.values())]
    ]
    for (soc, adapter), column in columns.items():
        cells = [column.client[key] for key in KEYS] + [column.server[key] for key in KEYS]
        rows.append([soc, adapter, *(f"{_millions(one.full)} / {_millions(one.resumed)}" for one in cells)])
    return rows


def _millions(use: Use) -> str:
    return f"{use.instructions / 1e6:.1f}"


def memory(columns: dict[tuple[str, str], Column]) -> list[Sequence[str]]:
    """Bytes of stack and heap; of both kinds of key the larger one."""
    heads = ("stack, most", "client: heap, most", "client: heap, idle", "server: heap, most", "server: heap, idle")
    rows: list[Sequence[str]] = [["chip", "engine", *heads]]
    for (soc, adapter), column in columns.items():
        cells = [max(use.stack for use in column.all)]
        for roles in (column.client, column.server):
            uses = [use for role in roles.values() for use in (role.full, role.resumed)]
            cells += [max(use.peak for use in uses), max(use.held for use in uses)]
        rows.append([soc, adapter, *map(str, cells)])
    return rows


def measure(soc: str, adapter: str) -> Column:
    """Run both roles with both kinds of key."""
    client, server = {}, {}
    with tempfile.TemporaryDirectory() as name:
        for key in KEYS:
            folder = Path(name) / key
            authority = Authority("Device CA", key_type=key)
            program = _program(soc, adapter, authority, key, folder)
            with ChipDevice(soc, program, folder / "run", count_instructions=True) as chip:
                chip.expect("ready", _PATIENCE_S)
                client[key] = _as_client(chip, authority, key, folder)
                server[key] = _as_server(chip, authority)
    return Column(client, server)


def _program(soc: str, adapter: str, authority: Authority, key: str, folder: Path) -> Path:
    """Build ChipPeer with a certificate of an authority, which it trusts."""
    application = folder / f"ChipPeer_{key}"
    shutil.copytree(_APP, application, ignore=shutil.ignore_patterns("ssl"))
    identity = authority.issue("localhost", key_type=key)
    headers = application / "include" / "ssl"
    headers.mkdir(parents=True)
    (headers / "private_key.h").write_text(c_header("default_private_key", identity.key_der, "A benchmark's"))
    (headers / "cert.h").write_text(c_header("default_certificate", identity.der, "A benchmark's"))
    anchor = folder / "ca.pem"
    anchor.write_bytes(authority.pem)
    variables = {"TRUST_ANCHORS": str(anchor)}
    made = build(
        application, top=CHECKOUT, soc=soc, adapter=adapter, variables=variables, copy_to=folder / "made", timeout=1800
    )
    shutil.rmtree(CHECKOUT / "out" / soc / adapter.lower() / application.name, ignore_errors=True)
    return made


def _as_client(chip: ChipDevice, authority: Authority, key: str, folder: Path) -> Role:
    """Three connections: one whose session is kept, one that resumes it, one with a full handshake again."""
    identity = authority.issue("10.0.2.2", key_type=key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*identity.write(folder, "server"))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(SUITES)
    uses = []
    with _Greeter(context) as greeter:
        for command, said in (("resume", "accepted"), ("resume", "accepted, resumed"), ("open", "accepted")):
            _mark(chip)
            chip.send(f"{command} {greeter.port}\n")
            chip.expect(f"^{said}$", _PATIENCE_S)
            uses.append(_show(chip))
            greeter.drop()
            chip.expect("^ended: ", _PATIENCE_S)
    return Role(full=uses[2], resumed=uses[1])


def _as_server(chip: ChipDevice, authority: Authority) -> Role:
    """The same three connections, from OpenSSL."""
    context = ssl.create_default_context(cadata=authority.pem.decode())
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(SUITES)
    uses = []
    session: Optional[ssl.SSLSession] = None
    for resumed in (False, True, False):
        _mark(chip)
        raw = socket.create_connection((_LOOPBACK, chip.port(443)), _PATIENCE_S)
        with context.wrap_socket(raw, server_hostname="localhost", session=session if resumed else None) as connection:
            if connection.session_reused != resumed:
                raise chip.failure(f"a session was {'not ' if resumed else ''}resumed")
            session = connection.session
            uses.append(_show(chip))
            # With close_notify: a session that was cut off is not resumed
            connection.unwrap()
    return Role(full=uses[2], resumed=uses[1])


def _mark(chip: ChipDevice) -> None:
    time.sleep(_SETTLE_S)
    chip.send("mark\n")
    chip.expect("^marked", _PATIENCE_S)


def _show(chip: ChipDevice) -> Use:
    time.sleep(_SETTLE_S)
    chip.send("show\n")
    found = chip.expect(r"^busy (\d+) us, held (-?\d+), peak (\d+), stack (\d+)", _PATIENCE_S)
    busy, held, peak, stack = map(int, found.groups())
    return Use(busy * 1000, held, peak, stack)


class _Greeter:
    """A TLS server that says hello and then waits until it is told to end the connection."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        self._listener = socket.create_server((_LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self._connections: list[ssl.SSLSocket] = []
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> _Greeter:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(_PATIENCE_S)
        self.drop()

    def drop(self) -> None:
        """End the last connection."""
        while self._connections:
            connection = self._connections.pop()
            with contextlib.suppress(OSError):
                # With close_notify
                connection.unwrap()
            connection.close()

    def _run(self) -> None:
        for raw in self._accepted():
            raw.settimeout(_PATIENCE_S)
            connection = self._context.wrap_socket(raw, server_side=True)
            self._connections.append(connection)
            connection.sendall(b"hello\n")

    def _accepted(self) -> Iterator[socket.socket]:
        with contextlib.suppress(OSError):
            while True:
                yield self._listener.accept()[0]


if __name__ == "__main__":
    main()
