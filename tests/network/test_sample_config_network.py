"""The sample HttpServer_ConfigNetwork as a person uses it: in a browser, over HTTPS with generate-cert's authority."""

from __future__ import annotations

import http.client
import json
import shutil
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Optional
from urllib.parse import urlsplit

import pytest

from tests.support.apps import ROOT, RunningApp, build_app, running_app, scons
from tests.support.browser import BrowserError, running_browser
from tests.support.peers import free_port
from tests.support.pki import Authority

SAMPLE = "HttpServer_ConfigNetwork"


@pytest.fixture(scope="module")
def authority_of_generate_cert() -> bytes:
    """The authority whose certificates a build without one of its own uses."""
    result = scons("generate-cert")
    assert result.returncode == 0, result.stdout
    return (ROOT / "out" / "ssl" / "ca.crt.pem").read_bytes()


class Device:
    """The sample, running."""

    def __init__(self, app: RunningApp, url: str, files: Path) -> None:
        self.app = app
        self.url = url
        self.settings = files / ".settings"


def fetch(url: str, path: str, data: Optional[str] = None, origin: str = "", authority: bytes = b"") -> tuple[int, str]:
    """GET, or POST a form; return status and body."""
    parts = urlsplit(url)
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context(cadata=authority.decode())
        connection = http.client.HTTPSConnection("localhost", parts.port, timeout=30, context=context)
    else:
        connection = http.client.HTTPConnection("localhost", parts.port, timeout=30)
    headers = {"Origin": origin} if origin else {}
    if data is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request("GET" if data is None else "POST", path, data, headers)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


@pytest.fixture(params=["0", "Axtls", "Bearssl"])
def device(request: pytest.FixtureRequest, authority_of_generate_cert: bytes, tmp_path: Path) -> Iterator[Device]:
    executable = build_app(SAMPLE, ssl=request.param)
    files = tmp_path / "files"
    shutil.copytree(ROOT / "samples" / SAMPLE / "files", files)
    port, scheme = free_port(), "http" if request.param == "0" else "https"
    with running_app(
        executable, tmp_path, f"--map={80 if scheme == 'http' else 443}:{port}", f"--files={files}"
    ) as app:
        app.expect(f"Open {scheme}://localhost:{port}/")
        yield Device(app, f"{scheme}://localhost:{port}", files)
        assert app.stop() == 0


def test_in_a_browser(device: Device, authority_of_generate_cert: bytes, tmp_path: Path) -> None:
    with running_browser(tmp_path, authority_of_generate_cert) as browser:
        page = browser.open(device.url + "/")
        page.wait("document.querySelectorAll('#networks li').length === 2")
        # A network's name is text, whatever is in it
        names = page.run("[...document.querySelectorAll('#networks .name')].map((name) => name.textContent)")
        assert names == ["Workshop", "Café <guests>"]
        assert page.run("document.documentElement.scrollWidth <= innerWidth"), "wider than a phone"
        page.run("document.querySelector('#networks button').click()")
        page.wait("document.getElementById('dialog').open")
        page.screenshot(tmp_path / "dialog.png")
        page.run("document.getElementById('password').value = 'öl & <salt>'")
        page.run("document.querySelector('#form button[type=submit]').click()")
        page.wait("document.getElementById('state').textContent === 'Connected to Workshop'")
        device.app.expect("Connecting to Workshop")
        page.screenshot(tmp_path / "index.png")

        page.go(device.url + "/ipconfig")
        page.run("document.querySelector('[name=dhcp][value=\"0\"]').click()")
        for name, value in (("ip", "10.1.2.3"), ("netmask", "255.255.0.0"), ("gateway", "10.1.<b>")):
            page.run(f"document.querySelector('[name={name}]').value = '{value}'")
        page.run("document.querySelector('button[type=submit]').click()")
        page.wait("document.querySelector('.state.bad')?.textContent.includes('not addresses')")
        page.run("document.querySelector('[name=dhcp][value=\"0\"]').click()")
        for name, value in (("ip", "10.1.2.3"), ("netmask", "255.255.0.0"), ("gateway", "10.1.0.1")):
            page.run(f"document.querySelector('[name={name}]').value = '{value}'")
        page.run("document.querySelector('button[type=submit]').click()")
        page.wait("document.querySelector('.state.good')?.textContent.startsWith('Saved')")
        assert page.run("document.querySelector('[name=ip]').value") == "10.1.2.3"
        page.screenshot(tmp_path / "ipconfig.png")
    stored = device.settings.read_text()
    assert stored == (
        "ssid=Workshop&password=%C3%B6l%20%26%20%3Csalt%3E&dhcp=0&ip=10.1.2.3&netmask=255.255.0.0&gateway=10.1.0.1"
    )


def test_an_authority_that_is_not_known(tmp_path: Path) -> None:
    """The browser does check: with another authority there is no page."""
    executable = build_app(SAMPLE)
    port = free_port()
    with running_app(executable, tmp_path, f"--map=443:{port}") as app:
        app.expect("Open https://localhost")
        with (
            running_browser(tmp_path, Authority().pem) as browser,
            pytest.raises(BrowserError, match="ERR_CERT_AUTHORITY_INVALID"),
        ):
            browser.open(f"https://localhost:{port}/")


def test_without_a_browser(device: Device, authority_of_generate_cert: bytes) -> None:
    def ask(path: str, data: Optional[str] = None, origin: str = "") -> tuple[int, str]:
        return fetch(device.url, path, data, origin, authority_of_generate_cert)

    device.settings.write_text("secret")
    for path in ("/.settings", "/%2esettings", "/./.settings", "/../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd"):
        assert ask(path)[0] == 403
    assert ask("/nothing.html")[0] == 404
    assert "<h1>Network</h1>" in ask("/index.html")[1]
    assert ask("/ajax/connect")[0] == 403, "only POST"
    for path in ("/ajax/connect", "/ipconfig"):
        assert ask(path, "network=x&dhcp=1", origin="https://elsewhere.example")[0] == 403
    networks = json.loads(ask("/ajax/get-networks")[1])
    assert [row["encryption"] for row in networks["available"]] == ["WPA2_PSK", "OPEN"]
    assert json.loads(ask("/ajax/connect", "network=Workshop&password=p", origin=device.url)[1])["status"] is True
    assert "checked" in ask("/ipconfig", "dhcp=1", origin=device.url)[1]
    device.app.expect("Connecting to Workshop")


def test_settings_survive_a_restart(tmp_path: Path) -> None:
    executable = build_app(SAMPLE, ssl="0")
    files = tmp_path / "files"
    files.mkdir()
    (files / ".settings").write_text("ssid=Home&password=x&dhcp=0&ip=10.0.0.7&netmask=255.0.0.0&gateway=10.0.0.1")
    port = free_port()
    with running_app(executable, tmp_path, f"--map=80:{port}", f"--files={files}") as app:
        app.expect("Open http://localhost")
        url = f"http://localhost:{port}"
        assert json.loads(fetch(url, "/ajax/get-networks")[1])["network"] == "Home"
        assert 'value="10.0.0.7"' in fetch(url, "/ipconfig")[1]
