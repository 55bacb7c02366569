"""Tests of the application. Run them with `pytest`; sming-host brings the fixtures."""

import json
import ssl
import urllib.error
import urllib.request

import pytest


@pytest.fixture
def app(sming_certificates, sming_app):
    """The application in the host's emulator, with the heap of a chip, once it listens."""
    app = sming_app(heap="48K")
    app.expect("Listening on")
    return app


@pytest.fixture
def get(app, sming_certificates):
    """Fetches a page from the application, whose certificate is verified."""
    context = ssl.create_default_context(cafile=sming_certificates / "ca.crt.pem")
    return lambda path: urllib.request.urlopen(app.url(path), context=context, timeout=20)


def test_page(get):
    with get("/") as response:
        assert response.headers["Content-Type"].startswith("text/html")
        assert b"Hello from the device" in response.read()


def test_uptime(get):
    with get("/uptime") as response:
        assert json.load(response)["seconds"] >= 0


def test_page_that_does_not_exist(get):
    with pytest.raises(urllib.error.HTTPError) as caught:
        get("/nothing")
    assert caught.value.code == 404
    caught.value.close()


def test_client_that_does_not_trust_us(app):
    with pytest.raises(urllib.error.URLError, match="certificate verify failed"):
        urllib.request.urlopen(app.url("/"), timeout=20)
    app.expect("unknown_ca")


def test_memory(app, get):
    for _ in range(3):
        get("/").close()
    assert app.heap.peak < 40000
