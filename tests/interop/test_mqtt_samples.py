"""MqttClient_Hello and Basic_AWS as a user builds them, with certificates of generate-cert, against mosquitto."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from sming_host.certificates.generate import Settings, generate
from tests.support.apps import ROOT, build_app, running_app
from tests.support.mosquitto import Listener, Mosquitto
from tests.support.pki import Authority


@dataclass(frozen=True)
class Sample:
    """A user's copy of a sample, built."""

    executable: Path
    listener: Listener
    """Of a broker with the same authority, which asks for clients' certificates."""


def copied(sample: str, folder: Path, settings: str) -> Path:
    """A copy with a certificate of its own. `settings` stand before those of the sample."""
    copy = folder / sample
    shutil.copytree(ROOT / "samples" / sample, copy, ignore=shutil.ignore_patterns("ssl"))
    header = copy / "include" / "settings.h"
    header.write_text(header.read_text().replace("#pragma once\n", f"#pragma once\n{settings}\n", 1))
    generate(Settings(project=folder, application=copy, names=["localhost"]))
    return copy


def built(sample: str, folder: Path, adapter: str, settings: str) -> Sample:
    """Build it so that it trusts the authority of its own certificate."""
    store = folder / "out" / "ssl"
    listener = Listener(store / "server.crt.pem", store / "server.key.pem", clients=store / "ca.crt.pem")
    copy = copied(sample, folder, settings.format(port=listener.port))
    # Both adapters' builds are of the same name, one after the other
    executable = build_app(str(copy), ssl=adapter, TRUST_ANCHORS=str(store / "ca.crt.pem"))
    return Sample(Path(shutil.copy2(executable, folder / f"firmware-{adapter}")), listener)


HELLO = '#define MQTT_URL "mqtts://localhost:{port}"\n#define PUBLISH_INTERVAL 1\n#define RETRY_INTERVAL 1'


@pytest.fixture(scope="module")
def hello(adapter: str, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return built("MqttClient_Hello", tmp_path_factory.mktemp(f"hello-{adapter}"), adapter, HELLO)


@pytest.fixture(scope="module")
def thing(adapter: str, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    settings = '#define AWS_ENDPOINT "localhost"\n#define AWS_PORT {port}'
    return built("Basic_AWS", tmp_path_factory.mktemp(f"aws-{adapter}"), adapter, settings)


def test_hello(hello: Sample, tmp_path: Path) -> None:
    """It publishes, is acknowledged, shows what it is told, comes back after the broker was gone, and has a will."""
    with Mosquitto(tmp_path / "broker", hello.listener) as broker, running_app(hello.executable, tmp_path) as app:
        app.expect(f"Connected to 127.0.0.1:{hello.listener.port}", 40)
        # The first on a PC with more than 4 GB to spare
        app.device.expect(r"Publishing, free memory: (unlimited|(?!4294967295)\d+)$", anywhere=True)
        with broker.subscribed("+/frameworks/sming", "-q", "1") as listener:
            listener.expect("message 0 0 main/frameworks/sming Hello friends")
            listener.expect("message 1 0 important/frameworks/sming Please acknowledge")
        app.expect("with QoS 1 was delivered")
        broker.publish("main/status/lamp/kitchen", "on")
        app.expect("Received main/status/lamp/kitchen: on")

        broker.stop()
        app.expect("The broker")
        broker.start()
        for _ in range(2):
            app.device.expect(r"Connected to 127", 60)
        broker.publish("main/status/lamp", "again")
        app.expect("Received main/status/lamp: again", 40)
        with broker.subscribed("last/will", "-q", "1") as listener:
            app.process.kill()
            app.process.wait()
            listener.expect("message 1 0 last/will The connection of this device is lost :(", 60)


def test_hello_without_a_broker(hello: Sample, tmp_path: Path) -> None:
    with running_app(hello.executable, tmp_path) as app:
        app.expect("The broker cannot be reached, next try in 1 s")
        with Mosquitto(tmp_path / "broker", hello.listener):
            app.expect("Connected to", 40)
        assert app.stop() == 0


def test_hello_does_not_trust_everybody(hello: Sample, tmp_path: Path) -> None:
    """A broker with a certificate of another authority: nothing is sent."""
    certificate, key = Authority().issue("localhost").write(tmp_path, "other")
    listener = Listener(certificate, key, port=hello.listener.port)
    with Mosquitto(tmp_path / "broker", listener), running_app(hello.executable, tmp_path) as app:
        app.expect("TLS failed: ")
        assert "Connected to" not in app.output
        assert app.stop() == 0


def test_hello_without_tls(tmp_path: Path) -> None:
    """ENABLE_SSL=0: in the clear."""
    with Mosquitto(tmp_path / "broker") as broker:
        copy = copied("MqttClient_Hello", tmp_path, HELLO.format(port=broker.port).replace("mqtts:", "mqtt:"))
        executable = build_app(str(copy), ssl="0")
        with broker.subscribed("important/#", "-q", "1") as listener, running_app(executable, tmp_path) as app:
            app.expect("with QoS 1 was delivered")
            listener.expect("message 1 0 important/frameworks/sming Please acknowledge")
            assert app.stop() == 0


def test_thing(thing: Sample, tmp_path: Path) -> None:
    """The broker demands a certificate, as AWS IoT does."""
    with Mosquitto(tmp_path / "broker", thing.listener) as broker, running_app(thing.executable, tmp_path) as app:
        output = app.expect("Acknowledged: ", 40)
        assert "Connect: MQTT, client: Basic_AWS" in output and "Accepted" in output
        broker.expect_log("as Basic_AWS (p2, c0, k60, u'localhost')")
        broker.publish("thing/fish/test", "hello", "-q", "1")
        app.expect("Message: thing/fish/test: hello")
        broker.publish("$aws/things/Basic_AWS/shadow/get/accepted", "{}")
        broker.stop()
        app.expect("Disconnected")
        broker.start()
        broker.expect_log("as Basic_AWS (p2, c0, k60, u'localhost')")
        assert app.stop() == 0


def test_thing_that_aws_does_not_know(thing: Sample, tmp_path: Path) -> None:
    """With an authority that did not issue the thing's certificate the broker ends the handshake."""
    other = tmp_path / "other.pem"
    other.write_bytes(Authority("Somebody else").pem)
    listener = Listener(thing.listener.certificate, thing.listener.key, clients=other, port=thing.listener.port)
    with Mosquitto(tmp_path / "broker", listener), running_app(thing.executable, tmp_path) as app:
        app.expect("Disconnected")
        assert "Accepted" not in app.output
        assert app.stop() == 0


def test_no_key_in_the_samples() -> None:
    """Whatever the samples hold: keys are made when they are built."""
    for path in (ROOT / "samples").rglob("*"):
        if path.is_file() and "ssl" not in path.relative_to(ROOT / "samples").parts:
            assert b"PRIVATE KEY" not in path.read_bytes(), path
            assert path.suffix not in (".der", ".key", ".pem", ".crt"), path


def test_readme_says_what_the_broker_needs(tmp_path: Path) -> None:
    """The mosquitto.conf that README.md names works as it stands, with what generate-cert makes."""
    folder = tmp_path / "checkout"
    generate(Settings(project=folder, application=folder / "app"))
    text = (ROOT / "samples" / "MqttClient_Hello" / "mosquitto.conf").read_text()
    for name in re.findall(r"^\w+file (\S+)$", text, re.MULTILINE):
        assert (folder / name).is_file(), name
