"""`run`: output, input, signals and status are the application's, with advice under its errors."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sming_host.emulator import build
from sming_host.emulator.run import Adviser
from sming_host.hints import BY_NAME
from tests.build.project import CHECKOUT
from tests.support.peers import free_port, wait_until_listening

RUN = [sys.executable, "-m", "sming_host.emulator.run"]
SECONDS = 30


@pytest.fixture(scope="module")
def program() -> Path:
    return build("tests/apps/HostTest", top=CHECKOUT, adapter="0")


def start(program: Path, *options: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [*RUN, str(program), *options], cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout and process.stdout.readline().strip() == b"ready"
    return process


@pytest.mark.parametrize("pieces", [1, 3, 1000])
def test_advice_stands_under_its_line_once(pieces: int) -> None:
    text = b"start\r\nTCP: no address for a.test\r\nand on\r\nTCP: no address for b.test\r\nlast"
    written: list[bytes] = []
    adviser = Adviser(written.append)
    for at in range(0, len(text), pieces):
        adviser.feed(text[at : at + pieces])
    advice = f"  hint: {BY_NAME['resolve'].advice}"
    lines = ["start", "TCP: no address for a.test", advice, "and on", "TCP: no address for b.test", "last"]
    assert b"".join(written).decode().replace("\r", "") == "\n".join(lines)


def test_what_is_no_whole_line_is_shown_at_once() -> None:
    written: list[bytes] = []
    Adviser(written.append).feed(b"name? ")
    assert written == [b"name? "]


def test_status_and_input(program: Path) -> None:
    done = subprocess.run(
        [*RUN, str(program)], cwd=CHECKOUT, input=b"clock\nquit 7\n", capture_output=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 7 and b"clock 2" in done.stdout


def test_port_in_use(program: Path) -> None:
    port = free_port()
    first = start(program, f"--map=443:{port}")
    assert first.stdin
    first.stdin.write(b"listen 443\n")
    first.stdin.flush()
    wait_until_listening(port)
    done = subprocess.run(
        [*RUN, str(program), f"--map=443:{port}"],
        cwd=CHECKOUT,
        input=b"listen 443\nquit 0\n",
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    first.terminate()
    assert first.wait(SECONDS) == 0
    output = done.stdout.decode()
    assert f"hint: {BY_NAME['port in use'].advice}" in output, output


def test_stop_reaches_the_application(program: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    process = start(program, f"--report={report}")
    process.send_signal(signal.SIGTERM)
    assert process.wait(SECONDS) == 0
    assert '"end": "signal"' in report.read_text()


def test_application_ends_with_what_started_it(program: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    process = start(program, f"--report={report}")
    process.kill()
    process.wait(SECONDS)
    deadline = time.monotonic() + SECONDS
    while not report.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_status_of_a_crash(program: Path) -> None:
    done = subprocess.run(
        [*RUN, str(program)],
        cwd=CHECKOUT,
        input=b"abort\n",
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 128 + signal.SIGABRT
