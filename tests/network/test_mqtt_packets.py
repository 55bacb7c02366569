"""The parser of MQTT's packets against a model of the rules, and topics against a model of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.network import mqtt_model as mqtt
from tests.network.messaging import Messaging, running_messaging
from tests.network.websocket_model import is_utf8

TOPICS = st.one_of(
    st.text(min_size=1, max_size=20).map(str.encode),
    st.sampled_from([b"", b"a/b", b"a/#", b"+", b"\0", b"\xff", b"\xed\xa0\x80", b"x" * 300]),
)
NUMBERS = st.sampled_from([0, 1, 2, 255, 256, 65535])
KINDS = st.sampled_from([mqtt.PUBACK, mqtt.PUBREC, mqtt.PUBREL, mqtt.PUBCOMP, mqtt.UNSUBACK])

PACKETS = st.one_of(
    st.builds(
        lambda topic, contents, qos, number, retain, dup: mqtt.publish(
            topic, contents, qos=qos, number=number, retain=retain, dup=dup and qos > 0
        ),
        TOPICS,
        st.binary(max_size=200),
        st.integers(0, 2),
        NUMBERS,
        st.booleans(),
        st.booleans(),
    ),
    st.builds(mqtt.acknowledge, KINDS, NUMBERS),
    st.builds(
        lambda number, code: mqtt.packet(mqtt.SUBACK, number.to_bytes(2, "big") + bytes([code])),
        NUMBERS,
        st.sampled_from([0, 1, 2, 3, 128, 129]),
    ),
    st.builds(
        lambda flags, code: mqtt.packet(mqtt.CONNACK, bytes([flags, code])), st.integers(0, 2), st.integers(0, 6)
    ),
    st.just(mqtt.packet(mqtt.PINGRESP)),
    st.builds(
        lambda kind, body, flags: mqtt.packet(kind, body, flags),
        st.integers(0, 15),
        st.binary(max_size=8),
        st.sampled_from([None, 0, 2, 6, 8, 10]),
    ),
)


@st.composite
def streams(draw: st.DrawFn) -> tuple[bytes, list[int]]:
    """Packets, perhaps damaged or cut short, and the sizes of the pieces."""
    data = bytearray(b"".join(draw(st.lists(PACKETS, min_size=1, max_size=6))))
    if draw(st.integers(0, 3)) == 0 and data:
        data[draw(st.integers(0, len(data) - 1))] ^= 1 << draw(st.integers(0, 7))
    if draw(st.integers(0, 3)) == 0:
        del data[draw(st.integers(0, len(data))) :]
    return bytes(data), draw(st.lists(st.integers(1, 30), max_size=12))


@pytest.fixture(scope="module")
def parser(messaging_executable: Path) -> Iterator[Messaging]:
    with running_messaging(messaging_executable) as running:
        yield running


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(stream=streams())
def test_any_packets_in_any_pieces(parser: Messaging, stream: tuple[bytes, list[int]]) -> None:
    data, sizes = stream
    answer = parser.ask(f"packets split={','.join(map(str, sizes))} hex={data.hex()}", "packets")
    assert answer.split() == mqtt.judge(data)


def is_filter(text: bytes) -> bool:
    if not 0 < len(text) <= 65535 or not is_utf8(text) or b"\0" in text:
        return False
    levels = text.split(b"/")
    for at, level in enumerate(levels):
        if b"#" in level and (level != b"#" or at != len(levels) - 1):
            return False
        if b"+" in level and level != b"+":
            return False
    return True


def matches(pattern: list[bytes], topic: list[bytes]) -> bool:
    if pattern == [b"#"]:
        return True
    if not pattern or not topic:
        return pattern == topic == []
    return pattern[0] in (b"+", topic[0]) and (
        matches(pattern[1:], topic[1:]) or (len(topic) == 1 and pattern[1:] == [b"#"])
    )


LEVELS = st.sampled_from([b"", b"a", b"b", b"+", b"#", b"$SYS", b"a+", b"\xc3\xa9"])


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(pattern=st.lists(LEVELS, min_size=1, max_size=5), topic=st.lists(LEVELS, min_size=1, max_size=5))
def test_topics(parser: Messaging, pattern: list[bytes], topic: list[bytes]) -> None:
    text, name = b"/".join(pattern), b"/".join(topic)
    answer = parser.ask(f"topic filter={text.hex()} name={name.hex()}", "topic")
    words = dict(word.split("=") for word in answer.split())
    assert bool(int(words["filter"])) == is_filter(text)
    good = is_filter(name) and b"+" not in name and b"#" not in name
    assert bool(int(words["name"])) == good
    if is_filter(text) and good:
        hidden = name.startswith(b"$") and text[:1] in (b"+", b"#")
        assert bool(int(words["matches"])) == (not hidden and matches(pattern, topic)), (text, name)
