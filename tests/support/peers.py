"""Real TLS peers on loopback: OpenSSL through Python's `ssl`, `openssl s_server` and GnuTLS.

Every peer listens on a free port of 127.0.0.1, is stopped at the end of its `with` block and keeps what it saw.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A TCP port that nothing listens on right now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def _listens(port: int) -> bool:
    """Whether a socket of IPv4 is in the state LISTEN, 0A (proc(5), /proc/net/tcp)."""
    return f":{port:04X} 00000000:0000 0A" in Path("/proc/net/tcp").read_text()


def wait_until_listening(
    port: int, process: Optional[subprocess.Popen[bytes]] = None, seconds: float = 20, *, connect: bool = True
) -> None:
    """Return once `port` accepts connections; raises if the process ends first or time runs out.

    Without `connect` only the kernel is asked: for peers that take any connection for their client.
    """
    ready = _accepts if connect else _listens
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process is not None and process.poll() is not None:
            raise AssertionError(f"the peer ended with status {process.returncode} before it listened")
        if ready(port):
            return
        time.sleep(0.02)
    raise AssertionError(f"nothing listens on port {port} after {seconds} s")


@dataclass
class Seen:
    """What one connection to a PythonPeer came to."""

    version: Optional[str] = None
    cipher: Optional[str] = None
    server_name: Optional[str] = None
    error: Optional[str] = None
    """OpenSSL's reason when the handshake failed, for example TLSV1_ALERT_UNKNOWN_CA."""
    received: bytes = b""


Handler = Callable[[ssl.SSLSocket, Seen], None]


@dataclass
class PythonPeer:
    """A threaded TLS server on Python's ssl module (OpenSSL). One `Seen` per connection, in order of arrival."""

    context: ssl.SSLContext
    handler: Handler
    port: int = 0
    seen: list[Seen] = field(default_factory=list)

    def __enter__(self) -> PythonPeer:
        self._listener = socket.create_server((LOOPBACK, self.port))
        self.port = self._listener.getsockname()[1]
        self._stopping = False
        self._threads: list[threading.Thread] = []
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stopping = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._acceptor.join(5)
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while not self._stopping:
            try:
                raw, _ = self._listener.accept()
            except OSError:
                return
            seen = Seen()
            self.seen.append(seen)
            thread = threading.Thread(target=self._serve, args=(raw, seen), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, raw: socket.socket, seen: Seen) -> None:
        raw.settimeout(30)
        try:
            with self.context.wrap_socket(raw, server_side=True) as tls:
                seen.version, seen.cipher = tls.version(), (tls.cipher() or ("",))[0]
                self.handler(tls, seen)
        except ssl.SSLError as error:
            seen.error = error.reason or str(error)
        except OSError as error:
            seen.error = str(error)

    def wait_seen(self, count: int = 1, seconds: float = 10) -> Seen:
        """The count-th connection, once it is over."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if len(self.seen) >= count and len(self._threads) >= count:
                self._threads[count - 1].join(max(0.0, deadline - time.monotonic()))
                return self.seen[count - 1]
            time.sleep(0.01)
        raise AssertionError(f"only {len(self.seen)} of {count} connections arrived")


def server_context(certificate: Path, key: Path, *, ciphers: str = "") -> ssl.SSLContext:
    """A TLS 1.2 server context; the device side speaks nothing newer yet."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    if ciphers:
        context.set_ciphers(ciphers)
    return context


def http_page(body: bytes) -> Handler:
    """Answers every request on a connection with `body`."""

    def handler(tls: ssl.SSLSocket, seen: Seen) -> None:
        request = b""
        while True:
            chunk = tls.recv(4096)
            if not chunk:
                return
            request += chunk
            seen.received += chunk
            if b"\r\n\r\n" in request:
                head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
                tls.sendall(head.encode() + (b"" if request.startswith(b"HEAD") else body))
                request = b""

    return handler


@contextlib.contextmanager
def running(command: Sequence[str], port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a peer program until the block ends; its output goes to `log`. Waits until it listens on `port`."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT)
        try:
            wait_until_listening(port, process)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdin:
                with contextlib.suppress(OSError):
                    process.stdin.close()
