"""MqttClient and mosquitto: over TCP and over TLS with each adapter, with certificates on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.network.messaging import Messaging, build_messaging, running_messaging
from tests.support.mosquitto import Listener, Mosquitto
from tests.support.pki import Authority


@dataclass(frozen=True)
class Files:
    """Certificates as files."""

    authority: Path
    server: tuple[Path, Path]
    client: tuple[Path, Path]
    stranger: tuple[Path, Path]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("pki")
    authority = Authority()
    path = folder / "ca.pem"
    path.write_bytes(authority.pem)
    usages = (ExtendedKeyUsageOID.CLIENT_AUTH,)
    return Files(
        path,
        authority.issue("localhost", "127.0.0.1").write(folder, "server"),
        authority.issue("device-1", usages=usages).write(folder, "client"),
        Authority("Somebody else").issue("device-1", usages=usages).write(folder, "stranger"),
    )


def build(tmp_path_factory: pytest.TempPathFactory, files: Files, ssl: str) -> Path:
    folder = tmp_path_factory.mktemp(f"messaging-{ssl}")
    if ssl == "0":
        return build_messaging(folder, ssl, SANITIZERS="")
    return build_messaging(folder, ssl, SANITIZERS="", TRUST_ANCHORS=str(files.authority))


@pytest.fixture(scope="module")
def executable(adapter: str, files: Files, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With an adapter; it trusts the authority."""
    return build(tmp_path_factory, files, adapter)


@pytest.fixture(scope="module")
def plain_executable(files: Files, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Without TLS at all."""
    return build(tmp_path_factory, files, "0")


@pytest.fixture()
def app(executable: Path) -> Iterator[Messaging]:
    with running_messaging(executable) as running:
        yield running


def secure(files: Files, *, ask: bool = True) -> Listener:
    return Listener(*files.server, clients=files.authority if ask else None)


def identity(pair: tuple[Path, Path]) -> str:
    return f"certificate={pair[0]} key={pair[1]}"


def connect(app: Messaging, url: str, *options: str) -> None:
    app.mark()
    app.do(f"mqtt connect url={url} name=tester " + " ".join(options))
    app.next(r"^\[mqtt\] event type=2 code=0")


def use_everything(app: Messaging, broker: Mosquitto) -> None:
    """Each quality of service in both directions, and a retained message."""
    app.do("mqtt subscribe topic=to/+/device qos=2")
    app.next(r"^\[mqtt\] event type=9 code=2")
    with broker.subscribed("from/#", "-q", "2") as listener:
        for qos in (0, 1, 2):
            broker.publish(f"to/{qos}/device", f"hello-{qos}", "-q", str(qos))
            app.next(rf"^\[mqtt\] message topic=to/{qos}/device qos={qos} retain=0 dup=0 .* text=hello-{qos}")
            app.do(f"mqtt publish topic=from/device/{qos} text=answer-{qos} flags={2 * qos}")
            listener.expect(f"message {qos} 0 from/device/{qos} answer-{qos}")
        app.expect(r"^\[mqtt\] event type=4 id=\d+ qos=1")
        app.expect(r"^\[mqtt\] event type=7 id=\d+ qos=2 pending=0")
        app.do("mqtt publish topic=from/large size=150000 flags=2 stream=1")
        assert len(listener.expect("message 1 0 from/large ")) > 150_000
    app.do("mqtt publish topic=from/kept text=stays flags=3")
    app.next(r"^\[mqtt\] event type=4 .* pending=0")
    with broker.subscribed("from/kept") as late:
        late.expect("message 0 1 from/kept stays")


def test_without_tls(plain_executable: Path, tmp_path: Path) -> None:
    with Mosquitto(tmp_path / "broker") as broker, running_messaging(plain_executable) as app:
        connect(app, f"mqtt://127.0.0.1:{broker.port}")
        use_everything(app, broker)
        app.do("mqtt disconnect")
        app.next(r"^\[mqtt\] complete ok=1")
        assert app.ask_line("mqtt connect url=mqtts://127.0.0.1:1 name=x", r"^\[mqtt\] (complete ok=0|connect \w+)")


def test_with_certificates_on_both_sides(app: Messaging, files: Files, tmp_path: Path) -> None:
    listener = secure(files)
    with Mosquitto(tmp_path / "broker", listener) as broker:
        connect(app, f"mqtts://localhost:{listener.port}", identity(files.client))
        broker.expect_log("u'device-1'")
        use_everything(app, broker)
        app.do("mqtt disconnect")
        app.next(r"^\[mqtt\] complete ok=1")


@pytest.mark.parametrize("name", ["none", "stranger"])
def test_client_that_the_broker_does_not_know(app: Messaging, files: Files, tmp_path: Path, name: str) -> None:
    listener = secure(files)
    with Mosquitto(tmp_path / "broker", listener):
        options = identity(files.stranger) if name == "stranger" else ""
        app.do(f"mqtt connect url=mqtts://localhost:{listener.port} name=tester {options}")
        app.expect(r"^\[mqtt\] complete ok=0")
        assert "event type=2 code=0" not in app.text


def test_broker_that_the_client_does_not_trust(app: Messaging, files: Files, tmp_path: Path) -> None:
    listener = Listener(*files.stranger)
    with Mosquitto(tmp_path / "broker", listener):
        app.do(f"mqtt connect url=mqtts://localhost:{listener.port} name=tester")
        app.expect(r"^\[mqtt\] complete ok=0 tls=(?!none)")
        assert "event type=1 " not in app.text, "CONNECT with its password must not be sent"


def test_password(app: Messaging, files: Files, tmp_path: Path) -> None:
    folder = tmp_path / "broker"
    passwords = tmp_path / "passwords"
    listener = Listener(*files.server, passwords=passwords)
    broker = Mosquitto(folder, listener)
    passwords.write_text("frank:fiddle\n")
    broker.passwords(passwords)
    with broker:
        connect(app, f"mqtts://frank:fiddle@localhost:{listener.port}")
        app.mark()
        app.do(f"mqtt connect url=mqtts://frank:wrong@localhost:{listener.port} name=other")
        app.next(r"^\[mqtt\] event type=2 code=5")
        app.next(r"^\[mqtt\] complete ok=0")


def test_will(app: Messaging, executable: Path, tmp_path: Path) -> None:
    with Mosquitto(tmp_path / "broker") as broker, broker.subscribed("last/#", "-q", "1") as listener:
        connect(app, f"mqtt://127.0.0.1:{broker.port}", "will=last/will last-words=goodbye will-flags=3")
        app.do("mqtt disconnect")
        app.next(r"^\[mqtt\] complete ok=1")
        with running_messaging(executable) as other:
            connect(other, f"mqtt://127.0.0.1:{broker.port}", "will=last/will last-words=lost will-flags=3")
            other.process.kill()
            other.process.wait()
            other.process.returncode = 0
        assert listener.expect("message").startswith("message 1 0 last/will lost")
        with broker.subscribed("last/will") as late:
            late.expect("message 0 1 last/will lost")


def test_broker_that_restarts(app: Messaging, files: Files, tmp_path: Path) -> None:
    """The client comes back by itself, with its subscriptions, and nothing that was published meanwhile is lost."""
    listener = secure(files)
    with Mosquitto(tmp_path / "broker", listener) as broker:
        connect(app, f"mqtts://localhost:{listener.port}", "again=1", identity(files.client))
        app.do("mqtt subscribe topic=to/device qos=1")
        app.next(r"^\[mqtt\] event type=9 code=1")
        broker.stop()
        app.next(r"^\[mqtt\] complete")
        for number in range(3):
            app.do(f"mqtt publish topic=from/device text=kept-{number} flags=4")
        app.mark()
        broker.start()
        with broker.subscribed("from/#", "-q", "2") as subscriber:
            app.next(r"^\[mqtt\] event type=7 .* pending=0", 30)
            broker.publish("to/device", "welcome back", "-q", "1")
            app.next(r"^\[mqtt\] message topic=to/device qos=1 .* text=welcome back")
            received = [line for line in subscriber.lines if line.startswith("message")]
            assert received == [f"message 2 0 from/device kept-{number}" for number in range(3)] or not received


def test_session_that_the_broker_keeps(app: Messaging, tmp_path: Path) -> None:
    """What arrives while the client is away is delivered when it is back, once."""
    with Mosquitto(tmp_path / "broker") as broker:
        url = f"mqtt://127.0.0.1:{broker.port}"
        connect(app, url)
        app.do("mqtt subscribe topic=to/device qos=2")
        app.next(r"^\[mqtt\] event type=9 code=2")
        app.do("mqtt disconnect")
        app.next(r"^\[mqtt\] complete ok=1")
        for qos in (1, 2):
            broker.publish("to/device", f"while-away-{qos}", "-q", str(qos))
        app.mark()
        app.do(f"mqtt connect url={url} name=tester")
        app.next(r"^\[mqtt\] event type=2 code=0 session=1")
        for qos in (1, 2):
            app.next(rf"^\[mqtt\] message topic=to/device qos={qos} .* text=while-away-{qos}")
        app.do("mqtt disconnect")
        app.next(r"^\[mqtt\] complete ok=1")
        app.do(f"mqtt connect url={url} name=tester")
        app.next(r"^\[mqtt\] event type=2 code=0 session=1")
        assert app.text.count("text=while-away") == 2
