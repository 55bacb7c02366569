"""The device as client of servers that know sessions by tickets alone (RFC 5077), as nginx does by default."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import pytest

from sming_host.build import archive
from sming_host.tls import Library, Resumption, connect
from tests.interop.conftest import device_for
from tests.interop.device import Device
from tests.support.adapters import ADAPTERS, Traits
from tests.support.peers import LOOPBACK, free_port, running
from tests.support.pki import Authority

NAME = "device.test"

_NGINX = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
events {{ worker_connections 16; }}
http {{
    access_log off;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    server {{
        listen {address}:{port} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        ssl_protocols TLSv1.2;
        {options}
        location / {{ return 200 "reused: $ssl_session_reused"; }}
    }}
}}
"""


@dataclass
class Visitor:
    """A client at one port that goes on from its last session."""

    library: Library
    traits: Traits
    authority: Authority
    files: tuple[Path, Path]
    folder: Path
    port: int
    kept: Optional[Resumption] = None

    def visit(self) -> tuple[bool, str]:
        """Whether the device resumed, and what the server says to a request."""
        with connect(
            NAME,
            self.port,
            address=(LOOPBACK, self.port),
            timeout=20,
            library=self.library,
            trust=[self.authority.pem],
            resume=True,
            resumption=self.kept,
        ) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\nHost: device.test\r\n\r\n")
            page = connection.makefile().read().decode("latin-1")
            assert connection.session.verified
            self.kept = connection.session.take_resumption()
            return connection.session.resumed, page

    @contextlib.contextmanager
    def openssl(self) -> Iterator[Path]:
        command = [str(archive.tool_package("openssl").program("openssl")), "s_server", "-tls1_2", "-www", "-no_cache"]
        command += ["-accept", f"{LOOPBACK}:{self.port}", "-cert", str(self.files[0]), "-key", str(self.files[1])]
        log = self.folder / "openssl.log"
        with running(command, self.port, log):
            yield log

    @contextlib.contextmanager
    def gnutls(self) -> Iterator[Path]:
        command = [str(archive.tool_package("gnutls").program("gnutls-serv")), f"--port={self.port}", "--http"]
        command += [f"--x509certfile={self.files[0]}", f"--x509keyfile={self.files[1]}", "--nodb"]
        command += ["--priority=NORMAL:-VERS-TLS1.3"]
        log = self.folder / "gnutls.log"
        with running(command, self.port, log):
            yield log

    @contextlib.contextmanager
    def nginx(self, options: str = "") -> Iterator[Path]:
        configuration, log = self.folder / "nginx.conf", self.folder / "nginx.log"
        configuration.write_text(
            _NGINX.format(
                folder=self.folder,
                address=LOOPBACK,
                port=self.port,
                certificate=self.files[0],
                key=self.files[1],
                options=options,
            )
        )
        command = [str(archive.tool_package("nginx").program("nginx")), "-p", str(self.folder), "-e", "stderr"]
        command += ["-c", str(configuration)]
        if os.geteuid() == 0:
            command += ["-g", "user root;"]  # who can read the temporary folder
        with running(command, self.port, log):
            yield log


@pytest.fixture(params=ADAPTERS)
def visitor(request: pytest.FixtureRequest, devices: dict[str, Device], tmp_path: Path) -> Visitor:
    authority = Authority("Tickets CA")
    files = authority.issue(NAME).write(tmp_path, "server")
    adapter: str = request.param
    library = device_for(adapter, devices).library
    return Visitor(library, ADAPTERS[adapter], authority, files, tmp_path, free_port())


def test_openssl(visitor: Visitor) -> None:
    """And what was sealed by a server that is gone is rubbish to its successor, which gives a ticket of its own."""
    for _ in range(2):
        with visitor.openssl():
            for number in range(3):
                resumed, page = visitor.visit()
                assert resumed == (number > 0 and visitor.traits.tickets)
                assert ("Reused, TLSv1.2" if resumed else "New, TLSv1.2") in page


def test_gnutls(visitor: Visitor) -> None:
    with visitor.gnutls() as log:
        for number in range(3):
            assert visitor.visit()[0] == (number > 0 and visitor.traits.tickets)
    assert log.read_text(errors="replace").count("resumed session") == (2 if visitor.traits.tickets else 0)


def test_nginx(visitor: Visitor) -> None:
    """As its users have it, and after a session's time is over."""
    with visitor.nginx():
        for number in range(3):
            resumed, page = visitor.visit()
            assert resumed == (number > 0 and visitor.traits.tickets)
            assert page.endswith("reused: r" if resumed else "reused: .")
    with visitor.nginx("ssl_session_timeout 1s;"):
        visitor.visit()
        assert visitor.kept is not None
        time.sleep(3)  # it counts whole seconds
        resumed, page = visitor.visit()
        assert not resumed and page.endswith("reused: .")


def test_nginx_renews(visitor: Visitor) -> None:
    """A ticket that comes with an abbreviated handshake takes the place of the one that it was resumed by."""
    keys = []
    for name in ("first", "second"):
        key = visitor.folder / f"{name}.key"
        key.write_bytes(os.urandom(80))
        keys.append(f"ssl_session_ticket_key {key};")
    first, second = keys
    for options, expected in ((first, False), (second + first, True), (second, True), (first, False)):
        with visitor.nginx(options):
            resumed, page = visitor.visit()
            assert resumed == (expected and visitor.traits.tickets), options
            assert page.endswith("reused: r" if resumed else "reused: .")
