"""The course of the heap: read from a trace, with handshakes; drawn by `heap-plot`."""

from __future__ import annotations

import shutil
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sming_host.certificates.headers import c_header
from sming_host.emulator import HostDevice, build
from sming_host.errors import UserError
from sming_host.heap import Handshake, read_trace
from tests.build.project import CHECKOUT, scons
from tests.support.peers import LOOPBACK, free_port, wait_until_listening
from tests.support.pki import Authority

TRACE = """\
seconds,heap,event
0.000100,1000,start: limit 49152
0.100000,9000,handshake begins
0.200000,9000,handshake begins
0.250000,21000,
0.300000,20000,handshake done: server
0.400000,18000,session failed: alertReceived
0.500000,17000,session failed: truncated
0.600000,17000,refused: 40000 bytes of record_buffer
0.700000,1000,end: quit
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "heap.csv"
    path.write_text(text)
    return path


def test_trace(tmp_path: Path) -> None:
    trace = read_trace(write(tmp_path, TRACE))
    assert (trace.limit, trace.peak.heap) == (49152, 21000)
    assert trace.handshakes == [
        Handshake(0.1, 0.3, "server", False),
        # The session that failed without a handshake under way is none.
        Handshake(0.2, 0.4, "alertReceived", True),
    ]
    assert [sample.seconds for sample in trace.refused] == [0.6]


def test_trace_of_what_was_killed(tmp_path: Path) -> None:
    assert len(read_trace(write(tmp_path, TRACE[:-14])).samples) == 8


@pytest.mark.parametrize("text", ["", "something,else\n", "seconds,heap,event\n"])
def test_what_is_no_trace(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserError, match=r"heap\.csv"):
        read_trace(write(tmp_path, text))


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def server(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of Server_Ssl with a certificate."""
    folder = tmp_path_factory.mktemp("heap") / "Server_Heap"
    shutil.copytree(CHECKOUT / "samples/Server_Ssl", folder, ignore=shutil.ignore_patterns("ssl"))
    identity = authority.issue("localhost")
    (folder / "include/ssl").mkdir()
    (folder / "include/ssl/private_key.h").write_text(c_header("default_private_key", identity.key_der, "A test's"))
    (folder / "include/ssl/cert.h").write_text(c_header("default_certificate", identity.der, "A test's"))
    yield folder
    shutil.rmtree(CHECKOUT / "out/host/bearssl/Server_Heap", ignore_errors=True)


def connect(port: int, context: ssl.SSLContext) -> None:
    raw = socket.create_connection((LOOPBACK, port), 20)
    with raw, context.wrap_socket(raw, server_hostname="localhost") as tls:
        tls.sendall(b"hello")
        assert tls.recv(100) == b"hello"
        tls.unwrap()


def client_context(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=authority.pem.decode())


def test_trace_of_a_server(server: Path, authority: Authority, tmp_path: Path) -> None:
    """Every handshake is there, also one that failed, and the peak is that of the report."""
    program = build(server, top=CHECKOUT, adapter="Bearssl")
    path = tmp_path / "heap.csv"
    with HostDevice.start(program, tmp_path, f"--heap-trace={path}", heap="64K") as device:
        port = device.port(4443)
        connect(port, client_context(authority))
        device.expect("Connection ended, success: 1")
        with pytest.raises(ssl.SSLCertVerificationError):
            connect(port, client_context(Authority("Another CA")))
        device.expect("unknown_ca")
    trace = read_trace(path)
    assert [(one.outcome, one.failed) for one in trace.handshakes] == [("server", False), ("alertReceived", True)]
    assert all(one.begin < one.end for one in trace.handshakes)
    assert trace.limit == 64 << 10
    assert trace.peak.heap == device.heap.peak


@pytest.mark.slow
def test_heap_plot(server: Path, authority: Authority) -> None:
    """The target, from the command line to both pictures; brings matplotlib into this environment."""
    port = free_port()

    def visit() -> None:
        wait_until_listening(port, seconds=300)
        connect(port, client_context(authority))

    visitor = threading.Thread(target=visit)
    visitor.start()
    options = f"--map=4443:{port} --duration=10"
    done = scons(CHECKOUT, "ENABLE_SSL=Bearssl", f"APP={server}", "heap-plot", f"ARGS={options}").succeeded()
    visitor.join()
    folder = CHECKOUT / "out/host/bearssl/Server_Heap"
    assert f"{folder}/heap.png\n{folder}/heap.svg" in done.output
    assert (folder / "heap.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    drawing = (folder / "heap.svg").read_text("utf-8")
    assert "Server_Heap: heap over time, 1 TLS handshake<" in drawing and "seconds since start" in drawing
