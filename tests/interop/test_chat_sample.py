"""The sample HttpServer_WebSockets: two tabs of Chromium chat with each other, over HTTPS and WSS and without TLS."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.network.websocket_model import BINARY, CLOSE, NORMAL, TEXT, TOO_BIG, close_payload
from tests.network.websocket_peer import Peer, open_client
from tests.support.apps import ROOT, RunningApp, build_app, running_app, scons
from tests.support.browser import Page, running_browser
from tests.support.peers import LOOPBACK, free_port

SAMPLE = "HttpServer_WebSockets"


@dataclass(frozen=True)
class Device:
    """The sample, running."""

    app: RunningApp
    secure: bool
    port: int
    authority: bytes

    @property
    def url(self) -> str:
        return f"{'https' if self.secure else 'http'}://localhost:{self.port}"

    def connect(self, *extra: str) -> Peer:
        """A client of its WebSocket that is no browser."""
        connection: socket.socket = socket.create_connection((LOOPBACK, self.port), 20)
        if self.secure:
            context = ssl.create_default_context(cadata=self.authority.decode())
            connection = context.wrap_socket(connection, server_hostname="localhost")
        return open_client(self.port, "/ws", *extra, connection=connection, host=f"localhost:{self.port}")


@pytest.fixture(scope="module", params=["0", "Axtls", "Bearssl"])
def built(request: pytest.FixtureRequest) -> tuple[str, Path]:
    name = str(request.param)
    made = scons("generate-cert")
    assert made.returncode == 0, made.stdout
    return name, build_app(SAMPLE, ssl=name)


@pytest.fixture()
def device(built: tuple[str, Path], tmp_path: Path) -> Iterator[Device]:
    secure, port = built[0] != "0", free_port()
    authority = (ROOT / "out" / "ssl" / "ca.crt.pem").read_bytes()
    with running_app(built[1], tmp_path, f"--map={443 if secure else 80}:{port}") as app:
        app.expect(f"Open {'https' if secure else 'http'}://localhost:{port}/")
        yield Device(app, secure, port, authority)
        assert app.stop() == 0


def has(text: str, kind: str) -> str:
    """Condition: the page shows a message."""
    return f"[...document.querySelectorAll('li.{kind}')].some((item) => item.textContent === {text!r})"


def say(page: Page, text: str) -> None:
    """Write a message as a person does."""
    page.run(f"document.getElementById('text').value = {text!r}")
    page.run("document.getElementById('send').click()")


def test_two_tabs(device: Device, tmp_path: Path) -> None:
    with running_browser(tmp_path, device.authority) as browser:
        first = browser.open(device.url + "/")
        first.wait(has("New friend arrived! Total: 1", "news"))
        first.wait("document.getElementById('state').textContent === 'Connected'")
        second = browser.open(device.url + "/")
        for page in (first, second):
            page.wait(has("New friend arrived! Total: 2", "news"))
            assert page.run("document.documentElement.scrollWidth <= innerWidth"), "wider than a phone"

        say(first, "Grüße <b>an</b> alle 👋")
        first.wait(has("Grüße <b>an</b> alle 👋", "mine"))
        second.wait(has("Friend 1: Grüße <b>an</b> alle 👋", "other"))
        say(second, "hello back")
        first.wait(has("Friend 2: hello back", "other"))
        assert not second.run(has("Friend 2: hello back", "other"))
        device.app.expect("Friend 2: hello back")

        second.go("about:blank")
        first.wait(has("We lost our friend :( Total: 1", "news"))

        say(first, "shutdown")
        first.wait(has("The server is shutting down...", "news"))
        first.wait("document.getElementById('state').textContent === 'Not connected'")
        assert first.run("document.getElementById('send').disabled")


def test_clients_that_are_no_browsers(device: Device) -> None:
    with device.connect() as one, device.connect(f"Origin: {device.url}") as two:
        assert one.receive() == (TEXT, b"New friend arrived! Total: 1")
        for peer in (one, two):
            assert peer.receive() == (TEXT, b"New friend arrived! Total: 2")
        one.send(TEXT, b"hello")
        assert one.receive() == (TEXT, b"Echo: hello")
        assert two.receive() == (TEXT, b"Friend 1: hello")
        two.send(BINARY, b"\0" * 10)
        device.app.expect("Binary message of 10 bytes")
        two.send(TEXT, b"x" * 2001)
        two.expect_close(TOO_BIG)
        two.expect_end()
        assert one.receive() == (TEXT, b"We lost our friend :( Total: 1")
        one.send(CLOSE, close_payload(NORMAL))
        one.expect_close(NORMAL)
        one.expect_end()


def test_page_of_another_site(device: Device) -> None:
    with pytest.raises(AssertionError, match="403"):
        device.connect("Origin: https://evil.example")
