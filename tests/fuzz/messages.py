"""Seeds of WebSocket and MQTT: frames and packets behind the harnesses' settings."""

from __future__ import annotations

from collections.abc import Iterator

from tests.network import mqtt_model as mqtt
from tests.network.websocket_cases import all_cases
from tests.network.websocket_model import KEY

_SMALL = 500


def websocket_seeds() -> Iterator[tuple[str, bytes]]:
    """The table of cases, for each side."""
    for at, case in enumerate(all_cases()):
        for masked in (0, 1):
            data = b"".join(frame.encode(KEY if masked else None) for frame in case.frames)
            if len(data) <= _SMALL:
                yield f"case-{at}-{masked}", bytes([masked, at % 20]) + data


def mqtt_seeds() -> Iterator[tuple[str, bytes]]:
    """What a server sends in a session."""
    connack = mqtt.packet(mqtt.CONNACK, b"\0\0")
    packets = [
        mqtt.packet(mqtt.SUBACK, b"\0\1\2"),
        mqtt.publish(b"main/status/lamp", b"on", retain=True),
        mqtt.publish("grüße/水".encode(), b"x" * 100, qos=1, number=300),
        mqtt.publish(b"$SYS/broker", b"", qos=2, number=5, dup=True),
        *(mqtt.acknowledge(kind, 7) for kind in (mqtt.PUBACK, mqtt.PUBREC, mqtt.PUBREL, mqtt.PUBCOMP, mqtt.UNSUBACK)),
        mqtt.packet(mqtt.PINGRESP),
    ]
    yield "session", b"\0" + connack + b"".join(packets)
    yield "session-in-pieces", b"\7" + connack + b"".join(packets)
    for at, packet in enumerate(packets):
        yield f"packet-{at}", b"\3" + packet
