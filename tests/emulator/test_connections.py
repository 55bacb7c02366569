"""How many HTTPS connections a chip holds at once, and what one takes. Peers: OpenSSL by way of Python's ssl."""

from __future__ import annotations

import contextlib
import re
import select
import socket
import ssl
from pathlib import Path

import pytest

from sming_host.emulator.chip_device import ChipDevice
from tests.emulator.chips import build_chip
from tests.support.apps import ROOT

pytestmark = pytest.mark.slow

_APP = "tests/apps/ChipServer"
_PAGE = bytes(ord("a") + i % 26 for i in range(4096))


def _context() -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(ROOT / "out/ssl/ca.crt.pem"))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    # Full handshakes: nothing is resumed
    context.options |= ssl.OP_NO_TICKET
    return context


def _connect(context: ssl.SSLContext, port: int) -> ssl.SSLSocket:
    raw = socket.create_connection(("127.0.0.1", port), timeout=60)
    try:
        return context.wrap_socket(raw, server_hostname="localhost")
    except BaseException:
        raw.close()
        raise


def _get(connection: ssl.SSLSocket) -> bytes:
    connection.sendall(b"GET /4k HTTP/1.1\r\nHost: localhost\r\n\r\n")
    data = b""
    while b"\r\n\r\n" not in data or len(data.split(b"\r\n\r\n", 1)[1]) < len(_PAGE):
        piece = connection.recv(4096)
        if not piece:
            break
        data += piece
    return data.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize(("ssl_adapter", "least", "wanted"), [("Bearssl", 4, 24), ("Axtls", 10, 20)])
def test_connections_of_an_esp8266(ssl_adapter: str, least: int, wanted: int, tmp_path: Path) -> None:
    """Within 80 KB: opened one after another until one is refused, all kept; each then fetches 4 KB twice."""
    program = build_chip("esp8266", _APP, ssl_adapter)
    context = _context()
    with ChipDevice("esp8266", program, tmp_path) as chip, contextlib.ExitStack() as stack:
        chip.expect("Listening", 60)
        opened: list[ssl.SSLSocket] = []
        with contextlib.suppress(OSError):
            while len(opened) < wanted:
                opened.append(stack.enter_context(_connect(context, chip.port(443))))
                # The server gives up the longest idle one when a new one does not fit: then no more are held
                given_up = select.select(opened, [], [], 0.2)[0]
                if given_up:
                    opened = [connection for connection in opened if connection not in given_up]
                    break
        served = 0
        for connection in opened:
            with contextlib.suppress(OSError):
                served += all(_get(connection) == _PAGE for _ in range(2))
        lines = re.findall(r"heap free.*", chip.output)
        print(f"{ssl_adapter}: {len(opened)} opened, {served} served; {lines[-1] if lines else ''}")
        assert served == len(opened) >= least, chip.failure(f"{served} of {len(opened)} connections were served")


def test_body_that_a_chip_takes(tmp_path: Path) -> None:
    """8 KB where the application says nothing; on host it is more."""
    program = build_chip("esp8266", _APP)
    context = _context()
    with ChipDevice("esp8266", program, tmp_path) as chip:
        chip.expect("Listening", 60)
        for length, status in ((8193, b"413"), (8192, b"200")):
            with _connect(context, chip.port(443)) as connection:
                connection.sendall(b"POST /4k HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % length)
                if status == b"200":
                    connection.sendall(bytes(length))
                assert connection.recv(12) == b"HTTP/1.1 " + status, chip.failure("another answer")
