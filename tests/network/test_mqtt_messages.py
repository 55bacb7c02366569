"""MqttClient against a broker that is written by hand: what it receives, what breaks the rules, and its memory."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.network import mqtt_model as mqtt
from tests.network.messaging import Messaging, running_messaging
from tests.network.mqtt_broker import Broker
from tests.network.mqtt_session import connect, over_tls_too, start


@pytest.fixture()
def app(messaging_executable: Path) -> Iterator[Messaging]:
    with running_messaging(messaging_executable) as running:
        yield running


def test_messages(app: Messaging, broker: Broker) -> None:
    with connect(app, broker) as connection:
        connection.send(mqtt.publish(b"a/b", b"hello", retain=True))
        app.next(r"^\[mqtt\] message topic=a/b qos=0 retain=1 dup=0 id=0 size=5 text=hello")
        connection.send(mqtt.publish(b"a", b"", qos=1, number=300, dup=True))
        app.next(r"^\[mqtt\] message topic=a qos=1 retain=0 dup=1 id=300 size=0 text=")
        connection.expect(mqtt.PUBACK, 300)


@over_tls_too()
def test_exactly_one_delivery(app: Messaging, broker: Broker) -> None:
    with connect(app, broker) as connection:
        connection.send(mqtt.publish(b"a", b"once", qos=2, number=5))
        connection.expect(mqtt.PUBREC, 5)
        connection.send(mqtt.publish(b"a", b"once", qos=2, number=5, dup=True))
        connection.expect(mqtt.PUBREC, 5)
    app.next(r"^\[mqtt\] complete")
    with connect(app, broker, session=True) as connection:
        connection.send(mqtt.publish(b"a", b"once", qos=2, number=5, dup=True))
        connection.expect(mqtt.PUBREC, 5)
        connection.send(mqtt.acknowledge(mqtt.PUBREL, 5))
        connection.expect(mqtt.PUBCOMP, 5)
        assert app.text.count("text=once") == 1
        # Released: the number stands for another message
        connection.send(mqtt.publish(b"a", b"other", qos=2, number=5))
        app.next(r"^\[mqtt\] message .* text=other")


def test_refused_by_its_handler(app: Messaging, broker: Broker) -> None:
    """It is not acknowledged, and so comes again."""
    for qos in (1, 2):
        with connect(app, broker) as connection:
            app.do("mqtt refuse count=1")
            connection.send(mqtt.publish(b"a", b"try", qos=qos, number=7))
            connection.expect_end()
        app.next(r"^\[mqtt\] complete ok=0")
        with connect(app, broker, session=True) as connection:
            connection.send(mqtt.publish(b"a", b"try", qos=qos, number=7, dup=True))
            app.next(rf"^\[mqtt\] message topic=a qos={qos} retain=0 dup=1 .* text=try")
            connection.expect(mqtt.PUBACK if qos == 1 else mqtt.PUBREC, 7)
        app.next(r"^\[mqtt\] complete")


def test_handlers_of_subscriptions(app: Messaging, broker: Broker) -> None:
    with connect(app, broker) as connection:
        app.do("mqtt subscribe topic=house/+/light own=1")
        app.do("mqtt subscribe topic=house/#")
        for topic in (b"house/hall/light", b"house/hall/door", b"house"):
            connection.send(mqtt.publish(topic, b"on"))
        app.next(r"^\[own\] message topic=house/hall/light text=on")
        app.next(r"^\[mqtt\] message topic=house/hall/door ")
        app.next(r"^\[mqtt\] message topic=house ")
        assert "[mqtt] message topic=house/hall/light" not in app.text


@over_tls_too()
@pytest.mark.parametrize("what", ["delete", "disconnect", "connect", "publish"])
@pytest.mark.parametrize("own", [0, 1])
def test_handler_that_acts_on_the_client(app: Messaging, broker: Broker, what: str, own: int) -> None:
    """What it was given stays until it returns. The program runs under ASan."""
    topic, text = b"a/long/enough/to/be/on/the/heap/topic", b"contents " * 20
    with connect(app, broker) as connection:
        if own:
            app.do("mqtt subscribe topic=a/# own=1")
            connection.expect(mqtt.SUBSCRIBE)
        app.do(f"mqtt act what={what}")
        connection.send(mqtt.publish(topic, text, qos=1, number=3))
        found = app.next(r"^\[(?:again|own)\] (?:message )?topic=(\S+) text=(.*)$")
        assert (found[1].encode(), found[2].strip().encode()) == (topic, text.strip())
        if what == "publish":
            assert connection.expect(mqtt.PUBLISH).contents == b"p" * 2000
            connection.expect(mqtt.PUBACK, 3)


def test_handler_that_changes_the_subscriptions(app: Messaging, broker: Broker) -> None:
    """Each of the others is called once, and the new one from the next message on."""
    with connect(app, broker) as connection:
        for topic in ("a/#", "a/b/#", "+/b/c"):
            app.do(f"mqtt subscribe topic={topic} own=1")
            connection.expect(mqtt.SUBSCRIBE)
        app.do("mqtt act what=unsubscribe")
        connection.send(mqtt.publish(b"a/b/c", b"first"))
        assert {connection.receive().kind for _ in range(2)} == {mqtt.SUBSCRIBE, mqtt.UNSUBSCRIBE}
        app.expect(r"^\[own\] message topic=a/b/c text=first", count=3)
        assert app.text.count("[own] message topic=a/b/c text=first") == 3 and "[added]" not in app.text
        connection.send(mqtt.publish(b"a/b/c", b"second"))
        app.next(r"^\[added\] called")
        app.expect(r"^\[own\] message topic=a/b/c text=second", count=2)
        assert app.text.count("[own] message topic=a/b/c text=second") == 2


@over_tls_too()
def test_message_that_is_too_long(app: Messaging, broker: Broker) -> None:
    """It is dropped, but acknowledged: the broker would send it again and again."""
    with connect(app, broker) as connection:
        connection.send(mqtt.publish(b"big", b"x" * 300_000, qos=1, number=1))
        connection.expect(mqtt.PUBACK, 1)
        connection.send(mqtt.publish(b"small", b"y", qos=1, number=2))
        connection.expect(mqtt.PUBACK, 2)
        app.next(r"^\[mqtt\] message topic=small")
        assert "topic=big" not in app.text
        assert app.memory()[1] < 1_000_000


@over_tls_too()
def test_largest_message(app: Messaging, broker: Broker) -> None:
    """Up to MQTT_PAYLOAD_LENGTH bytes are for the handler, one more is not; so long may be a topic, too."""
    largest = 256 * 1024
    with connect(app, broker) as connection:
        connection.send(mqtt.publish(b"large", b"x" * largest, qos=1, number=1))
        connection.expect(mqtt.PUBACK, 1)
        app.next(rf"^\[mqtt\] message topic=large .*size={largest}")
        connection.send(mqtt.publish(b"larger", b"x" * (largest + 1), qos=1, number=2))
        connection.expect(mqtt.PUBACK, 2)
        connection.send(mqtt.publish(b"t" * 65535, b"y", qos=1, number=3))
        connection.expect(mqtt.PUBACK, 3)
        app.next(r"^\[mqtt\] message topic=t{65535} .*size=1")
        assert "topic=larger" not in app.text


@over_tls_too()
def test_no_memory_for_a_message(messaging_executable: Path, broker: Broker) -> None:
    """It is not acknowledged, so that it comes again when there may be some; without QoS nobody would send it again."""
    with running_messaging(messaging_executable, "--heap=100K") as app:
        with connect(app, broker) as connection:
            connection.send(mqtt.publish(b"large", b"x" * 200_000))
            connection.send(mqtt.publish(b"small", b"y", qos=1, number=1))
            connection.expect(mqtt.PUBACK, 1)
            app.next(r"^\[mqtt\] message topic=small")
        for qos in (1, 2):
            with connect(app, broker, session=True) as connection:
                with contextlib.suppress(ConnectionError):
                    connection.send(mqtt.publish(b"large", b"x" * 200_000, qos=qos, number=2))
                connection.expect_end()
            app.next(r"^\[mqtt\] complete ok=0")
        assert "topic=large" not in app.text


@over_tls_too()
def test_length_that_is_only_announced(app: Messaging, broker: Broker) -> None:
    with connect(app, broker) as connection:
        before = app.memory()[1]
        connection.send(b"\x30\xff\xff\xff\x7f" + mqtt.text(b"topic"))
        app.do("mqtt publish topic=t")
        connection.expect(mqtt.PUBLISH)
        assert app.memory()[1] < before + 20_000


@over_tls_too()
def test_too_many_under_way(app: Messaging, broker: Broker) -> None:
    with connect(app, broker) as connection:
        connection.send(*(mqtt.publish(b"a", b"", qos=2, number=number) for number in range(1, 65)))
        for number in range(1, 65):
            connection.expect(mqtt.PUBREC, number)
        connection.send(mqtt.publish(b"a", b"", qos=2, number=65))
        connection.expect_end()
    app.next(r"^\[mqtt\] complete ok=0")


MALFORMED = {
    "type 0": b"\x00\0",
    "type 15": b"\xf0\0",
    "CONNECT": mqtt.packet(mqtt.CONNECT, b""),
    "SUBSCRIBE": mqtt.packet(mqtt.SUBSCRIBE, b"\0\1\0\1a\0"),
    "PINGREQ": mqtt.packet(mqtt.PINGREQ),
    "DISCONNECT": mqtt.packet(mqtt.DISCONNECT),
    "second CONNACK": mqtt.packet(mqtt.CONNACK, b"\0\0"),
    "flags of PUBACK": mqtt.packet(mqtt.PUBACK, b"\0\1", flags=1),
    "flags of PUBREL": mqtt.packet(mqtt.PUBREL, b"\0\1", flags=0),
    "QoS 3": mqtt.packet(mqtt.PUBLISH, mqtt.text(b"a") + b"\0\1", flags=6),
    "DUP with QoS 0": mqtt.packet(mqtt.PUBLISH, mqtt.text(b"a"), flags=8),
    "identifier 0": mqtt.publish(b"a", qos=1, number=0),
    "no topic": mqtt.publish(b""),
    "wildcard": mqtt.publish(b"a/+"),
    "NUL in a topic": mqtt.publish(b"a\0b"),
    "topic that is no UTF-8": mqtt.publish(b"a\xff"),
    "topic longer than the packet": b"\x30\x05\0\x09abc",
    "no room for the identifier": b"\x32\x04\0\x02ab",
    "length of five bytes": b"\x30\x80\x80\x80\x80\x01",
    "short PUBACK": b"\x40\x01\0",
    "long PUBACK": b"\x40\x03\0\1\0",
    "PUBACK for 0": mqtt.acknowledge(mqtt.PUBACK, 0),
    "SUBACK with QoS 3": mqtt.packet(mqtt.SUBACK, b"\0\1\3"),
    "SUBACK for two": mqtt.packet(mqtt.SUBACK, b"\0\1\0\0"),
    "PINGRESP with a body": mqtt.packet(mqtt.PINGRESP, b"x"),
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_malformed_packets_end_the_connection(app: Messaging, broker: Broker, data: bytes) -> None:
    with connect(app, broker) as connection:
        connection.send(data)
        connection.expect_end()
    app.next(r"^\[mqtt\] complete ok=0")


@over_tls_too()
def test_anything_before_connack(app: Messaging, broker: Broker) -> None:
    start(app, broker)
    with broker.connection() as connection:
        connection.send(mqtt.publish(b"a", b"early"))
        connection.expect_end()
    app.next(r"^\[mqtt\] complete ok=0")
    assert "text=early" not in app.text


@over_tls_too()
@pytest.mark.slow
def test_reader_that_is_slow(app: Messaging, broker: Broker) -> None:
    """Acknowledgements that a broker does not read do not fill the memory."""
    broker.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    with connect(app, broker) as connection:
        connection.socket.settimeout(2)
        data = b"".join(mqtt.publish(b"t", b"x", qos=1, number=number) for number in range(1, 60_000))
        with contextlib.suppress(TimeoutError):
            for _ in range(30):
                connection.socket.sendall(data)
        assert app.memory()[1] < 3_000_000


@over_tls_too()
def test_no_memory(app: Messaging, broker: Broker) -> None:
    """Whichever allocation fails: nothing leaks, and afterwards it works."""
    for at in range(2, 120):
        app.send(f"mqtt connect url={broker.url()} name=x verify=later fail={at // 2} fail-all={at % 2}")
        broker.listener.settimeout(0.2)
        with contextlib.suppress(TimeoutError, AssertionError, OSError), broker.accept() as connection:
            connection.socket.settimeout(0.2)
            connection.send(mqtt.publish(b"t", b"x" * 1000, qos=2, number=1))
            connection.receive()
        app.send("heal")
        app.do("mqtt delete")
    with contextlib.suppress(TimeoutError):
        while True:
            broker.listener.accept()[0].close()
    broker.listener.settimeout(20)
    with connect(app, broker) as connection:
        app.do("mqtt publish topic=t text=fine")
        assert connection.expect(mqtt.PUBLISH).contents == b"fine"
