"""The monitor on an emulated chip, and on a pseudo-terminal that is pulled."""

from __future__ import annotations

import http.client
import os
import re
import signal
import ssl
import subprocess
import sys
import threading
import time
import tty
from pathlib import Path

import pytest

from sming_host.board.trace import TraceDecoder
from sming_host.emulator.image import read_image
from tests.board.programs import segments_of, write_elf
from tests.emulator.chips import build_chip
from tests.support.apps import ROOT

_FAULT_APP = "tests/apps/ChipFault"
_FILES_APP = "tests/apps/ChipFiles"
_SOURCE = ROOT / _FAULT_APP / "app/application.cpp"


class Monitor:
    """The command, with what it prints."""

    def __init__(self, soc: str, folder: Path, port: str, *words: str) -> None:
        command = [sys.executable, "-m", "sming_host.board.command", soc, str(folder), "monitor", f"--port={port}"]
        self.process = subprocess.Popen(
            [*command, "--", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.output = ""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def __enter__(self) -> Monitor:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        self._thread.join(10)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        while data := os.read(self.process.stdout.fileno(), 4096):
            self.output += data.decode(errors="replace")

    def expect(self, pattern: str, seconds: float = 60) -> re.Match[str]:
        """Wait for what a regular expression matches."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = re.search(pattern, self.output, re.MULTILINE)
            if found:
                return found
            time.sleep(0.05)
        raise AssertionError(f"no match for {pattern!r} in:\n{self.output}")

    def type(self, text: str) -> None:
        """Type a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def ends(self) -> int:
        """Wait for its end; returns the status."""
        status = self.process.wait(60)
        self._thread.join(10)
        assert "Traceback" not in self.output, self.output
        return status


@pytest.fixture
def board(tmp_path: Path) -> tuple[str, int]:
    """A pseudo-terminal: its name, and the board's end of it."""
    master, slave = os.openpty()
    tty.setraw(slave)
    write_elf("esp32c3", tmp_path / "firmware.elf", segments_of("esp32c3"))
    return os.ttyname(slave), master


def test_port_with_a_log(board: tuple[str, int], tmp_path: Path) -> None:
    port, master = board
    log = tmp_path / "console.log"
    log.write_bytes(b"of an earlier run\n")
    with Monitor("esp32c3", tmp_path, port, f"--log={log}") as monitor:
        monitor.expect("Ctrl-C ends")
        os.write(master, b"ESP-ROM:esp32c3\r\n\xc0\nTCP: cannot listen on port 80\n\xc0")
        # Lines that are known get their advice, as with `run`
        monitor.expect("cannot listen on port 80\n +hint: ")
        monitor.type("hello\n~~tilde\n~?\n")
        monitor.expect("~r resets, .* stands for ~")
        assert os.read(master, 100) == b"\xc0\nhello\n\xc0\xc0\n~tilde\n\xc0"
        monitor.type("~.\n")
        assert monitor.ends() == 0
    begin = b"of an earlier run\nESP-ROM:esp32c3\r\nTCP: cannot listen on port 80\n"
    assert log.read_bytes().startswith(begin)
    os.close(master)


def test_pulled_cable(board: tuple[str, int], tmp_path: Path) -> None:
    port, master = board
    with Monitor("esp32c3", tmp_path, port) as monitor:
        monitor.expect("Ctrl-C ends")
        os.close(master)
        assert monitor.ends() == 1
        assert "error: the port was lost" in monitor.output


def test_log_that_cannot_be_written(board: tuple[str, int], tmp_path: Path) -> None:
    port, master = board
    with Monitor("esp32c3", tmp_path, port, f"--log={tmp_path}/no/such.log") as monitor:
        assert monitor.ends() == 1
        assert "such.log: No such file or directory" in monitor.output
    os.close(master)


def test_ctrl_c(board: tuple[str, int], tmp_path: Path) -> None:
    port, master = board
    with Monitor("esp32c3", tmp_path, port) as monitor:
        monitor.expect("Ctrl-C ends")
        time.sleep(0.3)
        monitor.process.send_signal(signal.SIGINT)
        assert monitor.ends() == 0
    os.close(master)


def test_trace_of_every_core(tmp_path: Path) -> None:
    """Which words are asked for: the place of the fault, the caller, and what looks like code on the stack."""
    asked: list[int] = []

    def look_up(addresses: object) -> list[str]:
        assert isinstance(addresses, list)
        asked[:] = addresses
        return [f"line of {address:x}" for address in addresses]

    for soc, registers, pc, caller in (
        ("esp8266", "00000000 {pc} 00000000 {back} 3fffb000", 0x40210100, 0x40210203),
        ("esp32c3", "00000002 {pc} 00000000 {back} 3fcdf000 00000001 00000002", 0x40380100, 0x40380202),
        ("rp2040", "00000000 00000001 00000002 00000003 00000004 {back} {pc} 61000000", 0x10000200, 0x10000305),
    ):
        elf = write_elf(soc, tmp_path / f"{soc}.elf", segments_of(soc))
        decoder = TraceDecoder(soc, elf, look_up)
        assert decoder.line("fault: exception") == []
        assert decoder.line("registers: " + registers.format(pc=f"{pc:08x}", back=f"{caller:08x}")) == []
        lines = decoder.line(f"stack: 00000000 {pc + 0x40:08x} deadbeef {caller:08x}")
        back = {"esp8266": 3, "esp32c3": 2, "rp2040": 5}[soc]
        assert asked[:2] == [pc, caller - back], soc
        assert len(asked) == 4
        shown = [line for line in lines if "line of" in line]
        # The caller's address is shown once
        assert len(shown) == 3, lines
        # Without registers a line of that name is somebody else's
        assert decoder.line(f"stack: {pc:08x}") == []
    assert TraceDecoder("esp8266", tmp_path / "esp8266.elf", look_up).line("stack is full") == []


def test_lines_of_a_program() -> None:
    """addr2line of the chip's own toolchain, with what the chip prints for a fault in init()."""
    program = build_chip("rp2040", _FILES_APP, "0")
    symbols = read_image(program).symbols
    init = next(value for name, value in symbols.items() if name in ("init", "_Z4initv")) & ~1
    decoder = TraceDecoder("rp2040", program)
    decoder.line(f"registers: {'00000000 ' * 5}{init + 7:08x} {init + 2:08x} 61000000")
    lines = decoder.line(f"stack: {init + 7:08x} 20001000")
    assert len(lines) == 2
    assert re.fullmatch(r"  pc    \w{8}  init(\(\))? at tests/apps/ChipFiles/app/application\.cpp:\d+", lines[0]), lines


def test_emulated_chip_and_link(tmp_path: Path) -> None:
    """`emu://` is a port as any other; the link hands it to the bridge."""
    program = build_chip("rp2040", _FILES_APP, "0")
    with Monitor("rp2040", program.parent, f"emu://rp2040?image={program}", "--link") as monitor:
        monitor.expect(
            r"The device's ports: 80 at http://127\.0\.0\.1:\d+/, 443 at https://127\.0\.0\.1:\d+/, 4443 at 127\.0"
        )
        monitor.expect("^mounted")
        monitor.type("~.\n")
        assert monitor.ends() == 0


@pytest.mark.slow
def test_page_over_the_link() -> None:
    """The console goes on, and the device's server answers at the URL that is shown."""
    program = build_chip("rp2040", "HttpServer_ConfigNetwork")
    with Monitor("rp2040", program.parent, f"emu://rp2040?image={program}") as monitor:
        monitor.expect("Open https")
        monitor.type("~l\n")
        port = int(monitor.expect(r"443 at https://127\.0\.0\.1:(\d+)/")[1])
        context = ssl.create_default_context(cafile=str(ROOT / "out/ssl/ca.crt.pem"))
        connection = http.client.HTTPSConnection("localhost", port, timeout=60, context=context)
        connection.request("GET", "/ipconfig")
        answer = connection.getresponse()
        assert answer.status == 200
        assert answer.read()
        connection.close()
        monitor.type("~.\n")
        assert monitor.ends() == 0


@pytest.mark.slow
def test_fault_on_the_core_of_the_esp8266() -> None:
    """A program that faults in QEMU: the line at fault, and who called it."""
    program = build_chip("esp8266", _FAULT_APP, "0")
    with Monitor("esp8266", program.parent, f"emu://esp8266?image={program}") as monitor:
        monitor.expect("fault ahead")
        monitor.expect(r"^fault: exception")
        monitor.expect("^  illegal instruction")
        found = monitor.expect(r"^  pc +\w{8}  .*takeTheWrongTurn.* at (\S+):(\d+)")
        assert found[1] == f"{_FAULT_APP}/app/application.cpp"
        lines = _SOURCE.read_text("utf-8").splitlines()
        assert '"ill"' in lines[int(found[2]) - 1]
        found = monitor.expect(r"^  a0 +\w{8}  .*onTimer.* at (\S+):(\d+)")
        assert "takeTheWrongTurn();" in lines[int(found[2]) - 1]
        # It restarts, and does so again
        monitor.expect(r"(?s)fault ahead.*fault: exception.*fault ahead")
        monitor.type("~.\n")
        assert monitor.ends() == 0


@pytest.mark.slow
def test_fault_with_run() -> None:
    """`run` decodes as the monitor does."""
    program = build_chip("esp8266", _FAULT_APP, "0")
    command = [sys.executable, "-m", "sming_host.emulator.run_chip", "esp8266", str(program)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "onTimer" in line:
                break
        process.send_signal(signal.SIGINT)
        process.stdout.read()
    assert any("illegal instruction" in line for line in lines), lines
    assert "application.cpp:" in lines[-1]
