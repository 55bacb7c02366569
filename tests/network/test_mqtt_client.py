"""MqttClient against a broker that is written by hand: connecting, publishing, subscribing, and staying connected."""

from __future__ import annotations

import contextlib
import struct
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


def test_connect_packet(app: Messaging, broker: Broker) -> None:
    start(app, broker, "alive=77 will=last/will last-words=lost will-flags=3", user="frank:fiddle@")
    with broker.accept() as connection:
        flags, alive = connection.connect.body[7], struct.unpack(">H", connection.connect.body[8:10])[0]
        # User, password, will that is retained with QoS 1, and a session that is kept
        assert (flags, alive) == (0x80 | 0x40 | 0x20 | 0x08 | 0x04, 77)
        fields = b"".join(mqtt.text(word) for word in (b"tester", b"last/will", b"lost", b"frank", b"fiddle"))
        assert connection.connect.body[10:] == fields
    app.next(r"^\[mqtt\] complete ok=1")
    assert "event type=1 client=tester protocol=MQTT" in app.text


def test_plainest_connect_packet(app: Messaging, broker: Broker) -> None:
    start(app, broker, "clean=1")
    with broker.accept() as connection:
        assert connection.connect.body[7:] == b"\x02\0\x3c" + mqtt.text(b"tester")


def test_client_without_a_name(app: Messaging, broker: Broker) -> None:
    """It can keep no session (§3.1.3.1)."""
    app.do(f"mqtt connect url=mqtt://127.0.0.1:{broker.port}")
    with broker.accept() as connection:
        assert connection.connect.body[7:] == b"\x02\0\x3c\0\0"


@pytest.mark.parametrize("code", [1, 2, 3, 4, 5, 6])
def test_refused(app: Messaging, broker: Broker, code: int) -> None:
    start(app, broker)
    with broker.accept(code=code) as connection:
        connection.expect_end()
    app.next(rf"^\[mqtt\] event type=2 code={code}")
    app.next(r"^\[mqtt\] complete ok=0")


def test_publish_without_acknowledgement(app: Messaging, broker: Broker) -> None:
    with connect(app, broker) as connection:
        app.do("mqtt publish topic=a/b text=hello")
        assert connection.receive() == mqtt.Packet(mqtt.PUBLISH, 0, mqtt.text(b"a/b") + b"hello")
        app.do("mqtt publish topic=a/b flags=1")
        assert connection.receive() == mqtt.Packet(mqtt.PUBLISH, 1, mqtt.text(b"a/b"))


@over_tls_too()
@pytest.mark.parametrize("size", [1, 121, 122, 16376, 16380, 100_000, 3_000_000])
@pytest.mark.parametrize("stream", [0, 1])
def test_sizes(app: Messaging, broker: Broker, size: int, stream: int) -> None:
    with connect(app, broker) as connection:
        app.do(f"mqtt publish topic=t size={size} stream={stream}")
        packet = connection.expect(mqtt.PUBLISH)
        assert packet.contents == bytes(97 + at % 26 for at in range(size))


def test_publish_before_the_connection_is_there(app: Messaging, broker: Broker) -> None:
    start(app, broker)
    for number in range(3):
        app.do(f"mqtt publish topic=t text={number} flags={2 * (number % 2)}")
    app.do("mqtt subscribe topic=s")
    with broker.connection() as connection:
        connection.expect_silence()
        connection.send(mqtt.packet(mqtt.CONNACK, b"\0\0"))
        assert connection.expect(mqtt.SUBSCRIBE).topic == b"s"
        assert [connection.expect(mqtt.PUBLISH).contents for _ in range(3)] == [b"0", b"1", b"2"]


def test_at_least_once(app: Messaging, broker: Broker) -> None:
    with connect(app, broker) as connection:
        app.do("mqtt publish topic=t text=x flags=2")
        packet = connection.expect(mqtt.PUBLISH)
        assert (packet.flags, packet.topic, packet.contents) == (2, b"t", b"x") and packet.number
        connection.send(mqtt.acknowledge(mqtt.PUBACK, packet.number))
        app.next(rf"^\[mqtt\] event type=4 id={packet.number} qos=1 pending=0")


def test_exactly_once(app: Messaging, broker: Broker) -> None:
    with connect(app, broker) as connection:
        app.do("mqtt publish topic=t text=x flags=4")
        number = connection.expect(mqtt.PUBLISH).number
        connection.send(mqtt.acknowledge(mqtt.PUBREC, number))
        connection.expect(mqtt.PUBREL, number)
        app.next(rf"^\[mqtt\] event type=5 id={number} qos=2 pending=1")
        connection.send(mqtt.acknowledge(mqtt.PUBCOMP, number))
        app.next(rf"^\[mqtt\] event type=7 id={number} qos=2 pending=0")


def test_acknowledgements_that_belong_to_nothing(app: Messaging, broker: Broker) -> None:
    with connect(app, broker) as connection:
        connection.send(mqtt.acknowledge(mqtt.PUBACK, 9), mqtt.acknowledge(mqtt.PUBCOMP, 9))
        connection.send(mqtt.acknowledge(mqtt.PUBREC, 9), mqtt.acknowledge(mqtt.PUBREL, 8))
        connection.expect(mqtt.PUBREL, 9)
        connection.expect(mqtt.PUBCOMP, 8)
        app.do("mqtt publish topic=t flags=4")
        number = connection.expect(mqtt.PUBLISH).number
        connection.send(mqtt.acknowledge(mqtt.PUBACK, number))  # the wrong kind
        app.next(rf"^\[mqtt\] event type=4 id={number} qos=1 pending=1")


@over_tls_too()
@pytest.mark.parametrize("stream", [0, 1])
def test_unacknowledged_is_sent_again(app: Messaging, broker: Broker, stream: int) -> None:
    """After a reconnection, in order, with DUP and the same identifier (§4.4)."""
    with connect(app, broker) as connection:
        for number in range(4):
            app.do(f"mqtt publish topic=t text={number} flags={(2, 4, 0, 4)[number]} stream={stream}")
        first = [connection.expect(mqtt.PUBLISH) for _ in range(4)]
        connection.send(mqtt.acknowledge(mqtt.PUBREC, first[3].number))
        connection.expect(mqtt.PUBREL, first[3].number)
    app.next(r"^\[mqtt\] complete")
    with connect(app, broker, session=True) as connection:
        again = [connection.expect(mqtt.PUBLISH) for _ in range(2)]
        assert [(p.number, p.contents, p.dup) for p in again] == [(p.number, p.contents, True) for p in first[:2]]
        connection.expect(mqtt.PUBREL, first[3].number)
        connection.send(mqtt.acknowledge(mqtt.PUBACK, again[0].number))
        connection.send(mqtt.acknowledge(mqtt.PUBREC, again[1].number))
        connection.expect(mqtt.PUBREL, again[1].number)
        connection.send(*(mqtt.acknowledge(mqtt.PUBCOMP, p.number) for p in (again[1], first[3])))
        app.next(r"^\[mqtt\] event type=7 .* pending=0")


def test_clean_session_begins_anew(app: Messaging, broker: Broker) -> None:
    with connect(app, broker, "clean=1") as connection:
        app.do("mqtt publish topic=t text=a flags=2")
        app.do("mqtt publish topic=t text=b flags=4")
        number = [connection.expect(mqtt.PUBLISH).number for _ in range(2)][1]
        connection.send(mqtt.acknowledge(mqtt.PUBREC, number))
        connection.expect(mqtt.PUBREL)
    app.next(r"^\[mqtt\] complete")
    with connect(app, broker, "clean=1") as connection:
        packet = connection.expect(mqtt.PUBLISH)
        assert (packet.contents, packet.dup) == (b"a", False)
        connection.expect_silence()


@over_tls_too()
def test_queue_is_bounded(app: Messaging, broker: Broker) -> None:
    with connect(app, broker) as connection:
        assert app.ask_line("mqtt publish topic=t flags=2 count=150", r"^\[mqtt\] publish (\w+)") == "refused"
        numbers = [connection.expect(mqtt.PUBLISH).number for _ in range(100)]
        assert len(set(numbers)) == 100
        connection.send(*(mqtt.acknowledge(mqtt.PUBACK, number) for number in numbers))
        app.next(r"^\[mqtt\] event type=4 .* pending=0")
        app.do("mqtt publish topic=t flags=2")


@pytest.mark.parametrize("topic", ["", "a/#", "+/b", "\xff", "x" * 65536])
def test_topics_that_cannot_be_published_to(app: Messaging, topic: str) -> None:
    app.do("mqtt connect url=mqtt://127.0.0.1:1 name=x")
    command = f"mqtt publish topic={topic} text=x".encode("latin-1")
    assert app.process.stdin is not None
    app.mark()
    app.process.stdin.write(command + b"\n")
    app.process.stdin.flush()
    assert app.next(r"^\[mqtt\] publish (\w+)")[1] == "refused"


@over_tls_too()
def test_stream_that_ends_too_early(app: Messaging, broker: Broker) -> None:
    """Its packet cannot be completed: the connection ends, and what else waits is sent on the next."""
    with connect(app, broker) as connection:
        app.do("mqtt publish topic=t text=short stream=2")
        with pytest.raises(AssertionError, match="ended within a packet"):
            connection.receive()
    app.next(r"^\[mqtt\] complete ok=0")


@over_tls_too()
def test_client_that_is_deleted_while_it_connects_anew(app: Messaging, broker: Broker) -> None:
    """Connecting ends the connection that there is, and who is told of that may delete it."""
    with connect(app, broker):
        app.send(f"mqtt connect url={broker.url()} name=x verify=later delete=1")
        app.next(r"^\[mqtt\] deleted")
        app.next(r"^\[mqtt\] connect refused")


@over_tls_too(slow=True)
def test_stream_that_cannot_be_sent_again(app: Messaging, broker: Broker) -> None:
    """On the next connection it would be other bytes: it is dropped, and what waits behind it is sent."""
    with connect(app, broker, "again=1") as connection:
        app.do("mqtt publish topic=t text=once stream=3 flags=2")
        assert connection.expect(mqtt.PUBLISH).contents == b"once"
    seen: list[bytes] = []
    for _ in range(2):
        with broker.accept() as connection:
            if not seen:
                app.do("mqtt publish topic=t text=behind flags=2")
            seen.append(b"")
            with contextlib.suppress(AssertionError, OSError):
                packet = connection.expect(mqtt.PUBLISH)
                seen[-1] = packet.contents
                break
    assert seen == [b"", b"behind"]


def test_subscribe(app: Messaging, broker: Broker) -> None:
    with connect(app, broker) as connection:
        app.do("mqtt subscribe topic=main/status/# qos=2")
        packet = connection.expect(mqtt.SUBSCRIBE)
        assert packet.body[2:] == mqtt.text(b"main/status/#") + b"\2"
        connection.send(mqtt.packet(mqtt.SUBACK, struct.pack(">HB", packet.number, 1)))
        app.next(r"^\[mqtt\] event type=9 code=1 topic=main/status/#")
        app.do("mqtt unsubscribe topic=main/status/#")
        packet = connection.expect(mqtt.UNSUBSCRIBE)
        assert packet.body[2:] == mqtt.text(b"main/status/#")
        connection.send(mqtt.acknowledge(mqtt.UNSUBACK, packet.number))
        app.next(rf"^\[mqtt\] event type=11 id={packet.number}")
        assert app.ask_line("mqtt unsubscribe topic=never", r"^\[mqtt\] unsubscribe (\w+)") == "refused"


def test_subscription_that_is_refused(app: Messaging, broker: Broker) -> None:
    with connect(app, broker) as connection:
        app.do("mqtt subscribe topic=secret")
        number = connection.expect(mqtt.SUBSCRIBE).number
        connection.send(mqtt.packet(mqtt.SUBACK, struct.pack(">HB", number, 0x80)))
        app.next(r"^\[mqtt\] event type=9 code=128 topic=secret")


@pytest.mark.parametrize("session", [False, True])
def test_subscriptions_after_a_reconnection(app: Messaging, broker: Broker, session: bool) -> None:
    """Made again unless the broker kept them; one that was taken back meanwhile is taken back there, too."""
    with connect(app, broker) as connection:
        for topic in ("kept", "left"):
            app.do(f"mqtt subscribe topic={topic}")
            number = connection.expect(mqtt.SUBSCRIBE).number
            connection.send(mqtt.packet(mqtt.SUBACK, struct.pack(">HB", number, 0)))
            app.next(rf"^\[mqtt\] event type=9 .*{topic}")
    app.next(r"^\[mqtt\] complete")
    app.do("mqtt unsubscribe topic=left")
    with connect(app, broker, session=session) as connection:
        if not session:
            assert connection.expect(mqtt.SUBSCRIBE).topic == b"kept"
        assert connection.expect(mqtt.UNSUBSCRIBE).topic == b"left"
        connection.expect_silence()


def test_keep_alive(app: Messaging, broker: Broker) -> None:
    with connect(app, broker, "alive=10 ping=1") as connection:
        for _ in range(2):
            connection.expect(mqtt.PINGREQ)
            connection.send(mqtt.packet(mqtt.PINGRESP))
            app.next(r"^\[mqtt\] event type=13")


@pytest.mark.slow
def test_broker_that_says_nothing(app: Messaging, broker: Broker) -> None:
    """Neither an answer to CONNECT nor to PINGREQ: the client gives the connection up."""
    start(app, broker)
    with broker.connection():
        app.next(r"^\[mqtt\] complete ok=0", 40)
    with connect(app, broker, "ping=1") as connection:
        connection.expect(mqtt.PINGREQ)
        connection.expect_end()


@over_tls_too(slow=True)
def test_disconnect(app: Messaging, broker: Broker) -> None:
    """What was published before arrives, DISCONNECT is last, and nothing tries to connect again."""
    with connect(app, broker, "again=1") as connection:
        app.do("mqtt publish topic=t size=200000")
        app.do("mqtt disconnect")
        app.do("mqtt publish topic=t text=later")
        connection.expect(mqtt.PUBLISH)
        connection.expect(mqtt.DISCONNECT)
        connection.expect_end()
    app.next(r"^\[mqtt\] complete ok=1")
    broker.listener.settimeout(2)
    with pytest.raises(TimeoutError):
        broker.connection()
    assert "event type=14" in app.text


def test_connects_again_by_itself(app: Messaging, broker: Broker) -> None:
    with connect(app, broker, "again=1"):
        pass
    with broker.accept(session=True) as connection:
        app.next(r"^\[mqtt\] event type=2 code=0 session=1")
        app.do("mqtt publish topic=t")
        connection.expect(mqtt.PUBLISH)
    # Refused for what does not become better
    broker.accept(code=5).__exit__()
    broker.listener.settimeout(3)
    with pytest.raises(TimeoutError):
        broker.connection()


@over_tls_too()
def test_connect_while_connected(app: Messaging, broker: Broker) -> None:
    with connect(app, broker) as first, connect(app, broker) as second:
        first.expect_end()
        app.do("mqtt publish topic=t")
        second.expect(mqtt.PUBLISH)


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "mqtt:///x", "ws://127.0.0.1/"])
def test_no_url_of_mqtt(app: Messaging, url: str) -> None:
    assert app.ask_line(f"mqtt connect url={url} name=x", r"^\[mqtt\] connect (\w+)") == "refused"


@over_tls_too()
def test_deleted_by_its_complete_delegate(app: Messaging, broker: Broker) -> None:
    with connect(app, broker, "delete=1", "again=1") as connection:
        app.do("mqtt publish topic=t flags=2")
        connection.expect(mqtt.PUBLISH)
    app.next(r"^\[mqtt\] deleted")
