"""The emulator process: every option of the command line, its input, and what it costs."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import time
from datetime import datetime, timezone
from pathlib import Path

import pytest

from tests.core.host_process import SECONDS, Starter, free_port, report_of_running, run
from tests.support.apps import ROOT, scons


def test_help(program: Path) -> None:
    result = run(program, "--help")
    assert result.returncode == 0 and not result.stderr
    for option in (
        "heap",
        "fail-alloc",
        "time",
        "map",
        "resolve",
        "loopcount",
        "duration",
        "report",
        "heap-trace",
        "version",
    ):
        assert f"--{option}" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 120


def test_version_is_that_of_the_package(program: Path) -> None:
    pyproject = (ROOT / "pyproject.toml").read_text()
    version = re.search(r'^version = "(.*)"', pyproject, re.MULTILINE)
    assert version
    result = run(program, "--version")
    assert (result.returncode, result.stdout) == (0, f"sming-host {version[1]}\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--heep=48K"], "no such option: --heep; did you mean --heap?"),
        (["--resolv", "x"], "did you mean --resolve?"),
        (["--loop-count=1"], "did you mean --loopcount?"),
        (["--" + "x" * 100], "no such option"),
        (["-h"], 'unexpected argument "-h"'),
        (["file"], 'unexpected argument "file"'),
        (["--"], 'unexpected argument "--"'),
        (["--heap"], "--heap needs a value"),
        (["--help=yes"], "--help takes no value"),
        *(([f"--heap={value}"], "48K") for value in ("", "x", "-1", "0", "1G", "1KB", "99999999999999999999", "1M1")),
        (["--heap", "18014398509481984K"], "48K"),
        *(([f"--fail-alloc={value}"], "a number from 1") for value in ("0", "x", "1x", "-1", "4294967296")),
        *(([f"--loopcount={value}"], "a number from 1") for value in ("0", "1.5", "")),
        *(([f"--duration={value}"], "seconds") for value in ("0", "x", "1e9", "inf", "-1", "1.5s", "0.0000001")),
        *(([f"--time={value}"], "ISO 8601") for value in ("yesterday", "2030-02-30", "2030-01-31T24:00:00Z", "")),
        *(([f"--map={value}"], "two ports") for value in ("443", "443:", ":1", "0:1", "65536:1", "1:65536", "1:2:3")),
        *(
            ([f"--resolve={value}"], "a name, a port, an IPv4 address")
            for value in ("", "host", "host:1", "host:1:name", "host:65536:127.0.0.1", "host:1:127.0.0.1:x")
        ),
        (["--report="], "a file name"),
        (["--heap-trace="], "a file name"),
    ],
)
def test_wrong_options(program: Path, options: list[str], message: str) -> None:
    result = run(program, *options)
    assert result.returncode == 2 and not result.stdout
    assert message in result.stderr and len(result.stderr.splitlines()) == 1


def test_heap(start: Starter) -> None:
    device = start("--heap=48K")
    device.tell("heap")
    free, total = map(int, device.expect(r"heap (\d+) of (\d+)").groups())
    assert total == 48 << 10 and 40 << 10 < free <= 48 << 10
    device.tell("allocate 49153")
    device.expect("allocated 0")
    device.tell("allocate 40000", "heap")
    device.expect("allocated 1")
    device.tell("quit 0")
    assert device.end() == 0
    heap = device.report()["heap"]
    assert heap["cap"] == 48 << 10
    assert 40000 <= heap["total"]["peak"] <= 48 << 10
    assert heap["tags"]["certificate"] == {"current": 40000, "peak": 40000, "blocks": 1, "allocations": 1}


@pytest.mark.parametrize(
    ("size", "expected"), [("100000", 100000), ("1M", 1 << 20), ("2m", 2 << 20), ("64k", 64 << 10)]
)
def test_heap_units(start: Starter, size: str, expected: int) -> None:
    device = start("--heap", size)
    device.tell("heap")
    assert int(device.expect(r"heap \d+ of (\d+)")[1]) == expected


def test_fail_alloc(start: Starter) -> None:
    """Just the allocation that was named fails, and the application goes on."""
    refused = 0
    for n in (1, 2):
        device = start(f"--fail-alloc={n}")
        device.tell("allocate 10", "allocate 20", "quit 0")
        assert device.end() == 0
        heap = device.report()["heap"]
        assert heap["total"]["attempts"] >= n
        refused += heap["total"]["attempts"] - heap["total"]["allocations"]
    assert refused == 2


def test_time(start: Starter) -> None:
    device = start("--time=2030-01-31T12:00:00+01:00")
    device.tell("clock")
    assert device.expect(r"clock (.*)")[1] in ("2030-01-31T11:00:00Z", "2030-01-31T11:00:01Z")
    device.lines.clear()
    time.sleep(1.1)
    device.tell("clock")
    assert "2030-01-31T11:00:01Z" <= device.expect(r"clock (.*)")[1] <= "2030-01-31T11:00:09Z"


def test_time_unset_and_of_the_host(start: Starter) -> None:
    device = start("--time", "unset")
    device.tell("clock")
    device.expect("clock unset")
    device = start()
    device.tell("clock")
    shown = datetime.strptime(device.expect(r"clock (.*)")[1], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    assert abs((datetime.now(timezone.utc) - shown).total_seconds()) < 5


def echo(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as peer:
        peer.sendall(b"hello")
        assert peer.recv(100) == b"hello"


def test_map(start: Starter) -> None:
    port, other = free_port(), free_port()
    device = start(f"--map={other}:1", "--map", f"443:{port}")
    device.tell("listen 443")
    device.expect("listening 1")
    echo(port)


def test_free_port(start: Starter) -> None:
    """The report says which one it is, while the application runs; it stays the same as long as that does."""
    device = start("--map=free", "--map=81:1")
    device.tell("listen 443")
    device.expect("listening 1")
    (entry,) = report_of_running(device)["listening"]
    assert entry["port"] == 443 and entry["host_port"] > 1024
    echo(entry["host_port"])
    device.tell("quit 0")
    assert device.end() == 0 and device.report()["listening"] == [entry]


def test_map_can_be_full(program: Path) -> None:
    result = run(program, *(f"--map={port}:{port}" for port in range(1, 40)))
    assert result.returncode == 2 and "at most 32 times" in result.stderr


@pytest.mark.parametrize("pattern", ["{name}:80:127.0.0.1:{port}", "{name}:{port}:127.0.0.1", "*:80:127.0.0.1:{port}"])
def test_resolve(start: Starter, pattern: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        device = start("--resolve=other.test:80:127.0.0.1:1", "--resolve", pattern.format(name="host.test", port=port))
        wanted = port if "{port}:127" in pattern else 80
        device.tell(f"connect host.test:{wanted}")
        device.expect("connecting 1")
        server.settimeout(SECONDS)
        with server.accept()[0] as peer:
            peer.sendall(b"hello")
            device.expect("received hello")
            device.expect("connection ended")


def test_much_input(start: Starter, program: Path, tmp_path: Path) -> None:
    """More than the receive buffer holds, by a pipe and from a file, without waiting between the pieces."""
    begun = time.monotonic()
    device = start()
    device.tell("x" * 100000, "clock")
    device.expect("unknown x{100000}")
    device.expect("clock .*")
    commands = tmp_path / "commands"
    commands.write_text("heap\n" * 1000 + "quit 5\n")
    with commands.open() as file:
        result = subprocess.run(
            [str(program)], stdin=file, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    assert result.returncode == 5 and result.stdout.count("heap ") == 1000
    assert time.monotonic() - begun < 10


def test_sanitized(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections, timers and an end by signal: nothing leaks, nothing is used after its time."""
    monkeypatch.setenv("ASAN_OPTIONS", "detect_leaks=1")
    monkeypatch.setenv("UBSAN_OPTIONS", "halt_on_error=1")
    app = "tests/apps/HostTest"
    result = scons("SMING_SOC=host", "ENABLE_SSL=0", f"APP={app}", "SANITIZERS=address,undefined")
    assert result.returncode == 0, result.stdout[-4000:]
    port = free_port()
    starter = Starter(ROOT / "out/host/nossl-address-undefined/HostTest/firmware", tmp_path)
    try:
        device = starter(f"--map=80:{port}", f"--resolve=host.test:80:127.0.0.1:{port}")
        device.tell("allocate 1000", "tick", "listen 80")
        device.expect("listening 1")
        echo(port)
        with socket.create_connection(("127.0.0.1", port)) as peer, socket.create_server(("127.0.0.1", 0)) as server:
            device.tell(f"connect 127.0.0.1:{server.getsockname()[1]}")
            device.expect("connecting 1")
            peer.sendall(b"left open")
            assert peer.recv(100) == b"left open"
            device.process.send_signal(signal.SIGTERM)
            assert device.end() == 0, "\n".join(device.lines[-60:])
    finally:
        starter.stop()


def test_idle_costs_nothing(start: Starter) -> None:
    """Neither an open standard input nor one that has ended keeps the processor busy."""
    for closed in (False, True):
        device = start()
        assert device.process.stdin
        if closed:
            device.process.stdin.close()
        before = processor_seconds(device.process.pid)
        time.sleep(1)
        assert processor_seconds(device.process.pid) - before < 0.1


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has used (proc(5), utime and stime in hundredths)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100
