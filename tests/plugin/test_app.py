"""`sming_app` as a user's tests have it, with an application of ours."""

from __future__ import annotations

import http.client
import signal
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from sming_host.emulator import ExpectError, HostDevice, build
from sming_host.errors import UserError
from sming_host.pytest_plugin import SmingApp, TlsSession
from sming_host.tls import CertificateError, Library
from tests.build.project import CHECKOUT
from tests.support.pki import Authority

APP = "tests/apps/HostTest"
FAILING = """
import pytest

def test_missing_line(sming_app):
    app = sming_app("tests/apps/HostTest", adapter="0")
    app.expect("ready")
    app.send("listen 443\\n")
    app.expect("never", timeout=0.2)

def test_unnoticed_end(sming_app):
    app = sming_app("tests/apps/HostTest", adapter="0")
    app.send("exit 3\\n")
    while not app.ended():
        pass

def test_what_does_not_exist(sming_app):
    sming_app("tests/apps/HostTset")
"""


@pytest.fixture
def host_test(sming_app: SmingApp) -> HostDevice:
    app = sming_app(APP, adapter="0", heap="48K")
    assert isinstance(app, HostDevice)
    app.expect("^ready$")
    return app


def test_five_lines(sming_app: SmingApp) -> None:
    app = sming_app(APP, adapter="0", heap="48K")
    app.expect("ready", timeout=10)
    app.send("heap\n")
    assert int(app.expect(r"heap (\d+) of")[1]) == app.heap.free


def test_expect_goes_on_behind_the_last_match(host_test: HostDevice) -> None:
    host_test.send("tick\n")
    for _ in range(3):
        host_test.expect("^tick$")
    with pytest.raises(ExpectError, match=r"no match for 'ready' within 0\.1 s"):
        host_test.expect("ready", timeout=0.1)
    host_test.expect("ready", anywhere=True)


def test_ports_are_free_ones(host_test: HostDevice) -> None:
    host_test.send("listen 443\n")
    port = host_test.port(443)
    assert host_test.url("/page") == f"https://localhost:{port}/page"
    with socket.create_connection(("127.0.0.1", port), timeout=20) as peer:
        peer.sendall(b"hello")
        assert peer.recv(100) == b"hello"
    with pytest.raises(ExpectError, match="not listening on port 80 within 0 s; it listens on 443"):
        host_test.port(80, timeout=0)


def test_heap(host_test: HostDevice) -> None:
    before = host_test.heap
    host_test.send("allocate 20000\n")
    host_test.expect("allocated 1")
    heap = host_test.heap
    assert heap.limit == 48 << 10 and 20000 <= heap.current <= heap.peak
    assert heap.free <= before.free - 19000
    assert heap.tags["certificate"]["current"] == 20000
    assert host_test.stop() == 0
    assert host_test.heap.peak == heap.peak


def test_heap_without_limit(sming_app: SmingApp) -> None:
    app = sming_app(APP, adapter="0")
    with pytest.raises(UserError, match="no limit"):
        _ = app.heap.free


def test_end_is_told(host_test: HostDevice) -> None:
    host_test.send("exit 3\n")
    with pytest.raises(ExpectError, match=r"HostTest has ended with status 3, and its output has no match for 'more'"):
        host_test.expect("more")
    assert host_test.stop() == 3
    with pytest.raises(ExpectError, match="does not listen on port 443"):
        host_test.port(443)


def test_what_does_not_end(sming_app: SmingApp, monkeypatch: pytest.MonkeyPatch) -> None:
    app = sming_app(APP, adapter="0")
    assert isinstance(app, HostDevice)
    app.send("hang\n")
    app.expect("hanging")
    monkeypatch.setattr("sming_host.emulator.host._STOP_S", 0.2)
    with pytest.raises(ExpectError, match=r"did not end within 0.2 s of being told to, and was killed"):
        app.stop()
    assert app.process.returncode == -signal.SIGKILL


def test_stopped_at_once(tmp_path: Path) -> None:
    program = build(APP, top=CHECKOUT, adapter="0")
    for number in range(5):
        assert HostDevice.start(program, tmp_path / str(number)).stop() == 0


def test_stopped_at_once_in_the_background(tmp_path: Path) -> None:
    # Shells let a job that they start with & ignore SIGINT, and so do its children until they have a handler
    program = tmp_path / "firmware"
    program.write_text(f"#!/bin/sh\ntrap '' INT\nexec '{build(APP, top=CHECKOUT, adapter='0')}' \"$@\"\n")
    program.chmod(0o755)
    for number in range(5):
        assert HostDevice.start(program, tmp_path / str(number)).stop() == 0


def test_environment_and_options(sming_app: SmingApp) -> None:
    app = sming_app(APP, adapter="0", env={"TZ": "UTC"}, arguments=["--time=unset"])
    assert isinstance(app, HostDevice)
    assert b"TZ=UTC" in Path(f"/proc/{app.process.pid}/environ").read_bytes()
    app.send("clock\n")
    app.expect("clock unset")


def test_files_are_the_tests_own(tmp_path: Path) -> None:
    """What a device writes into its files is not there for the next one."""
    program = build(APP, top=CHECKOUT, adapter="0", copy_to=tmp_path / "program")
    (tmp_path / "program/files").mkdir()
    (tmp_path / "program/files/page.html").write_text("page")
    for name in ("one", "two"):
        with HostDevice.start(program, tmp_path / name) as device:
            device.expect("ready")
            files = tmp_path / name / "files"
            assert f"--files={files}" in Path(f"/proc/{device.process.pid}/cmdline").read_text().split("\0")
            assert [path.name for path in files.iterdir()] == ["page.html"]
            (files / "settings").write_text("changed")


def test_sample_with_files_and_a_certificate(sming_app: SmingApp, sming_certificates: Path) -> None:
    app = sming_app("HttpServer_ConfigNetwork", adapter="Bearssl")
    context = ssl.create_default_context(cafile=sming_certificates / "ca.crt.pem")
    connection = http.client.HTTPSConnection(app.address, app.port(443), context=context, timeout=20)
    connection.request("GET", "/")
    assert connection.getresponse().status == 200
    connection.close()


def test_built_once(sming_app: SmingApp, host_test: HostDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sming_host.emulator.build", lambda *_, **__: pytest.fail("it was built already"))
    assert sming_app(APP, adapter="0").name == "HostTest"


def test_application_that_does_not_compile(tmp_path: Path) -> None:
    (tmp_path / "Broken/app").mkdir(parents=True)
    (tmp_path / "Broken/app/application.cpp").write_text("this is no C++\n")
    with pytest.raises(UserError, match=r"application\.cpp"):
        build(tmp_path / "Broken", top=CHECKOUT, adapter="0")


def test_failures_as_a_user_sees_them(tmp_path: Path) -> None:
    """A module of a user's, run by a pytest of its own in this checkout."""
    (tmp_path / "test_failing.py").write_text(FAILING)
    logs = tmp_path / "logs"
    done = subprocess.run(
        [
            *(
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:cacheprovider",
                f"--rootdir={CHECKOUT}",
                "-c",
                "/dev/null",
            ),
            *(f"--sming-logs={logs}", f"--junitxml={tmp_path}/junit.xml", str(tmp_path)),
        ],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    text = done.stdout
    assert "2 failed, 1 passed, 1 error" in text, text
    (log,) = logs.glob("*missing_line*/0/app.log")
    assert "no match for 'never' within 0.2 s" in text
    assert "| ready" in text and "| listening 1" in text
    assert f"the whole log: {log}" in text
    assert log.read_text().splitlines() == ["ready", "listening 1"]
    assert "HostTest has ended with status 3" in text
    assert "error: scons SMING_SOC=host APP=tests/apps/HostTset failed" in text
    assert "no such sample or folder" in text and "Traceback" not in text
    assert "no match for" in (tmp_path / "junit.xml").read_text()


def test_tls_sessions(tls_session: TlsSession, library: Library) -> None:
    authority = Authority()
    identity = authority.issue("device.test")
    server = tls_session("server", certificate=identity.der, key=identity.key_der, library=library)
    client = tls_session(host_name="device.test", trust=[authority.der], library=library)
    tls_session.exchange(client, server)
    client.write(b"hello")
    tls_session.exchange(client, server)
    assert server.read() == b"hello"


def test_tls_sessions_of_two_engines(tls_session: TlsSession) -> None:
    authority = Authority()
    identity = authority.issue("device.test")
    server = tls_session("server", adapter="Axtls", certificate=identity.der, key=identity.key_der)
    client = tls_session(adapter="Bearssl", host_name="device.test", trust=[authority.der])
    tls_session.exchange(client, server)
    assert (client.library.engine, server.library.engine) == ("Bearssl", "Axtls")
    client.write(b"hello")
    tls_session.exchange(client, server)
    assert server.read() == b"hello"


def test_tls_session_that_is_refused(tls_session: TlsSession, library: Library) -> None:
    identity = Authority().issue("device.test")
    server = tls_session("server", certificate=identity.der, key=identity.key_der, library=library)
    client = tls_session(host_name="device.test", trust=[Authority("Another CA").der], library=library)
    with pytest.raises(CertificateError, match="trust anchor"):
        tls_session.exchange(client, server)
