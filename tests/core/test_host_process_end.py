"""How the emulator process ends, and what it reports of itself."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.core.host_process import SECONDS, Starter, report_of_running, run

TAGS = {
    "application",
    "string",
    "stream",
    "network",
    "handshake",
    "record_buffer",
    "session",
    "certificate",
    "session_cache",
}


def test_report(start: Starter) -> None:
    device = start()
    device.tell("quit 7")
    assert device.end() == 7
    report = device.report()
    assert set(report) == {"version", "end", "status", "seconds", "heap", "listening", "handshakes", "errors"}
    assert report["end"] == "quit" and report["status"] == 7
    assert set(report["heap"]["tags"]) == TAGS
    total = report["heap"]["total"]
    for figure in ("current", "blocks", "allocations"):
        assert total[figure] == sum(tag[figure] for tag in report["heap"]["tags"].values())
    assert report["handshakes"] == {"client": 0, "server": 0, "resumed": 0}
    assert report["errors"] == {"count": 0, "last": ""}
    assert [path.name for path in device.report_path.parent.iterdir()] == [device.report_path.name]


def test_report_of_what_goes_on(start: Starter) -> None:
    device = start("--heap=48K")
    device.tell("allocate 20000")
    device.expect("allocated 1")
    for _ in range(3):
        report = report_of_running(device)
        assert report["end"] == "running"
        assert report["heap"]["tags"]["certificate"]["current"] == 20000
    device.tell("tick")
    device.expect("tick")


def test_request_for_a_report_without_one(program: Path) -> None:
    process = subprocess.Popen([str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin and process.stdout
    assert process.stdout.readline().rstrip() == "ready"
    process.send_signal(signal.SIGUSR1)
    process.stdin.write("quit 3\n")
    process.stdin.flush()
    assert process.wait(SECONDS) == 3


def test_report_that_cannot_be_written(program: Path, tmp_path: Path) -> None:
    result = run(program, "--loopcount=1", f"--report={tmp_path}/missing/report.json")
    assert result.returncode == 1 and "No such file or directory" in result.stderr
    folder = tmp_path / "folder"
    folder.mkdir()
    result = run(program, "--loopcount=1", f"--report={folder}")
    assert result.returncode == 1 and not list(tmp_path.glob("*.tmp"))


def test_heap_trace(start: Starter, tmp_path: Path) -> None:
    """A peak between two turns of the main loop is not missed, nor is an allocation that was refused."""
    trace = tmp_path / "heap.csv"
    device = start("--heap=48K", f"--heap-trace={trace}")
    device.tell("allocate 20000")
    device.expect("allocated 1")
    # In one turn: up and down again, then something that is too large
    device.tell("allocate 40000\nallocate 100\nallocate 60000")
    device.expect("allocated 0")
    device.tell("quit 0")
    assert device.end() == 0
    head, *lines = trace.read_text().splitlines()
    assert head == "seconds,heap,event"
    rows = [line.split(",") for line in lines]
    assert rows[0][2] == "start: limit 49152" and rows[-1][2] == "end: quit"
    times = [float(row[0]) for row in rows]
    assert times == sorted(times)
    heap = [int(row[1]) for row in rows]
    assert max(heap) >= 40000
    assert device.report()["heap"]["total"]["peak"] == max(heap)
    assert [row[2] for row in rows if row[2].startswith("refused")] == ["refused: 60000 bytes of certificate"]


def test_heap_trace_that_cannot_be_written(program: Path, tmp_path: Path) -> None:
    result = run(program, "--loopcount=1", f"--heap-trace={tmp_path}/missing/heap.csv")
    assert result.returncode == 1 and "No such file or directory" in result.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it_in_order(start: Starter, number: signal.Signals) -> None:
    device = start()
    device.tell("tick")
    device.expect("tick")
    begun = time.monotonic()
    device.process.send_signal(number)
    assert device.end() == 0
    assert time.monotonic() - begun < 1
    assert device.report()["end"] == "signal" and device.report()["status"] == 0


def test_a_second_signal_ends_what_hangs(start: Starter) -> None:
    device = start()
    device.tell("hang")
    device.expect("hanging")
    device.process.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    assert device.process.poll() is None
    device.process.send_signal(signal.SIGTERM)
    assert device.end() == -signal.SIGTERM


@pytest.mark.parametrize(
    ("command", "status", "end"),
    [
        ("exit 3", 3, "exit"),
        ("exit 0", 0, "exit"),
        ("restart", 0, "restart"),
        ("panic", -signal.SIGABRT, 'told to "panic"'),
        ("abort", -signal.SIGABRT, "abort"),
    ],
)
def test_other_ends_are_reported(start: Starter, command: str, status: int, end: str) -> None:
    device = start()
    device.tell(command)
    assert device.end() == status
    report = device.report()
    assert report["end"] == end
    assert report["status"] == (status if status >= 0 else 128 - status)


def test_loopcount_and_duration(program: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    assert run(program, "--loopcount=3", f"--report={report}").returncode == 0
    assert json.loads(report.read_text())["end"] == "loopcount"
    begun = time.monotonic()
    assert run(program, "--duration=0.3", "--report", str(report)).returncode == 0
    assert 0.3 <= time.monotonic() - begun < 5
    figures = json.loads(report.read_text())
    assert figures["end"] == "duration" and 0.3 <= figures["seconds"] < 5


def test_output_whose_reader_is_gone(program: Path) -> None:
    """No SIGPIPE, no endless loop."""
    process = subprocess.Popen(
        [str(program), "--duration=10"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout and process.stdin
    assert process.stdout.readline().rstrip() == "ready"
    process.stdout.close()
    process.stdin.write("clock\nclock\nquit 4\n")
    process.stdin.flush()
    assert process.wait(SECONDS) == 4
