"""Tests of the application. Run them with `pytest`; sming-host brings the fixtures."""

import socket
import ssl

import pytest


@pytest.fixture
def app(sming_certificates, sming_app):
    """The application in the host's emulator, with the heap of a chip, once it listens."""
    app = sming_app(heap="48K")
    app.expect("Listening on")
    return app


@pytest.fixture
def authority(sming_certificates):
    """What a client needs to trust the application."""
    return ssl.create_default_context(cafile=sming_certificates / "ca.crt.pem")


def connect(app, context):
    raw = socket.create_connection((app.address, app.port(4443)), timeout=20)
    return context.wrap_socket(raw, server_hostname="localhost")


@pytest.mark.parametrize(("request_line", "answer"), [(b"ping\n", b"pong\n"), (b"hello\n", b"what?\n")])
def test_answer(app, authority, request_line, answer):
    with connect(app, authority) as client:
        client.sendall(request_line)
        assert client.recv(100) == answer


def test_client_that_does_not_trust_us(app):
    with pytest.raises(ssl.SSLCertVerificationError):
        connect(app, ssl.create_default_context())
    app.expect("Connection ended, success: 0")


def test_memory_is_given_back(app, authority):
    before = app.heap.current
    for _ in range(3):
        with connect(app, authority) as client:
            client.sendall(b"ping\n")
            client.recv(100)
            client.unwrap()
        app.expect("Connection ended, success: 1")
    assert app.heap.current <= before + 1024
