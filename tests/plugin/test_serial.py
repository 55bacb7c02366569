"""The same tests over a serial port: a pseudo-terminal, a socket, a loop."""

from __future__ import annotations

import os
import pty
import select
import socket
import subprocess
import sys
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from sming_host.bridge.frames import encode
from sming_host.emulator import BridgedDevice, ExpectError, SerialDevice
from sming_host.errors import UserError
from tests.build.project import CHECKOUT

MODULE = """
from sming_host.errors import UserError
import pytest

def test_start(sming_app):
    app = sming_app("Basic_Ssl", adapter="Bearssl", heap="48K")
    app.expect("^ready$")
    app.send("hello\\n")
    app.expect("heard hello")
    assert app.url("/") == "https://192.0.2.7:443/"
    with pytest.raises(UserError, match="heap of the device"):
        app.heap
"""


class Board:
    """Something behind a pseudo-terminal that says it is ready until it hears something, which it repeats."""

    def __init__(self) -> None:
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        self.name = os.ttyname(slave)
        self._slave = slave
        self._thread = threading.Thread(target=self._talk, daemon=True)
        self._thread.start()

    def _talk(self) -> None:
        heard = b""
        while True:
            try:
                # Opening a port drops what came before.
                while not heard and not select.select([self.master], [], [], 0.1)[0]:
                    os.write(self.master, b"ready\r\n")
                heard += os.read(self.master, 100)
            except OSError:
                return
            *lines, heard = heard.split(b"\n")
            for line in lines:
                os.write(self.master, b"heard " + line + b"\r\n")

    def close(self) -> None:
        os.close(self._slave)
        os.close(self.master)


@pytest.fixture
def board() -> Iterator[Board]:
    made = Board()
    yield made
    made.close()


def test_plugin_over_a_port(board: Board, tmp_path: Path) -> None:
    (tmp_path / "test_device.py").write_text(MODULE)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--sming-port={board.name}"),
            *("--sming-address=192.0.2.7", f"--rootdir={tmp_path}", "-c", "/dev/null", str(tmp_path)),
        ],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_loop(tmp_path: Path) -> None:
    with SerialDevice("loop://", tmp_path) as device:
        device.send("once\r\ntwice\r\n")
        device.expect("^once$")
        device.expect("^twice$")
        with pytest.raises(ExpectError, match=r"the whole log: .*serial\.log"):
            device.expect("thrice", timeout=0.1)
    assert (tmp_path / "serial.log").read_bytes() == b"once\r\ntwice\r\n"


def test_socket_that_goes_away(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"socket://127.0.0.1:{server.getsockname()[1]}"
        with SerialDevice(url, tmp_path) as device:
            peer, _ = server.accept()
            peer.sendall(b"ready\r\n")
            device.expect("ready")
            peer.close()
            with pytest.raises(ExpectError, match="was lost"):
                device.expect("more")


def test_port_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"/dev/nothing cannot be opened") as caught:
        SerialDevice("/dev/nothing", tmp_path)
    assert "socket://" in caught.value.hint


def test_address_that_was_not_given(tmp_path: Path) -> None:
    with SerialDevice("loop://", tmp_path) as device, pytest.raises(UserError) as caught:
        device.url("/")
    assert "--sming-address" in caught.value.hint


def test_bridge_takes_the_console_out_of_its_frames(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"socket://127.0.0.1:{server.getsockname()[1]}"
        with BridgedDevice(url, tmp_path) as device:
            peer, _ = server.accept()
            peer.sendall(encode(b"\x0aready\r\n") + encode(b"\x0agoing on\r\n"))
            device.expect("^ready$")
            device.expect("^going on$")
            device.send("hello")
            peer.settimeout(20)
            received = b""
            while encode(b"\x0ahello") not in received:
                received += peer.recv(100)
            assert device.url("/").startswith("https://localhost:")
            with pytest.raises(UserError, match="port 1 of"):
                device.port(1)
            peer.close()
            with pytest.raises(ExpectError, match="was lost"):
                device.expect("more")


@pytest.mark.slow
def test_the_same_test_on_an_emulated_chip(tmp_path: Path) -> None:
    """Built for the chip, with its network: the device connects to a server of this machine."""
    module = """
def test_device(sming_app):
    app = sming_app("Echo_Ssl", adapter="Bearssl")
    app.expect("Connected. Got IP: 10.0.2.15", timeout=60)
    app.stop()
    assert 0 < app.heap.peak < app.heap.limit
"""
    (tmp_path / "test_device.py").write_text(module)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--sming-port=emu://esp32c3"),
            *(f"--sming-top={CHECKOUT}", f"--rootdir={tmp_path}", "-c", "/dev/null", str(tmp_path)),
        ],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )
    assert "1 passed" in done.stdout, done.stdout + done.stderr
