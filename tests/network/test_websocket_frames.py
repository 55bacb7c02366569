"""The parser of WebSocket's frames against a model of the rules: whatever comes, in whatever pieces."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.network.messaging import Messaging, running_messaging
from tests.network.websocket_model import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Model, frame, is_utf8

LIMIT = 600

OPCODES = st.sampled_from([TEXT, TEXT, BINARY, CONTINUATION, CONTINUATION, PING, PONG, CLOSE, 3, 11])
KEYS = st.binary(min_size=4, max_size=4)
TEXTS = st.one_of(st.text(max_size=60).map(str.encode), st.binary(max_size=40), st.just(b"\xed\xa0\x80"))
CLOSES = st.builds(
    lambda code, reason: code.to_bytes(2, "big") + reason,
    st.sampled_from([1000, 1004, 1005, 1011, 1015, 2999, 3000, 4999, 5000, 0]),
    TEXTS,
)
PAYLOADS = st.one_of(TEXTS, CLOSES, st.binary(max_size=1), st.integers(120, 700).map(lambda size: b"x" * size))


@st.composite
def frames(draw: st.DrawFn, masked: bool) -> bytes:
    """A frame, mostly one that is allowed."""
    unusual = draw(st.integers(0, 9)) == 0
    opcode = draw(OPCODES)
    payload = draw(CLOSES if opcode == CLOSE and not unusual else PAYLOADS)
    if opcode >= CLOSE and not unusual:
        payload = payload[:125]
    return frame(
        opcode,
        payload,
        fin=draw(st.booleans()) if opcode < CLOSE else not unusual,
        key=draw(KEYS) if masked != (unusual and draw(st.booleans())) else None,
        rsv=draw(st.integers(0, 7)) if unusual else 0,
        form=draw(st.sampled_from([0, 16, 64])) if unusual else 0,
    )


@st.composite
def streams(draw: st.DrawFn) -> tuple[bool, bytes, list[int]]:
    """Frames for one side, perhaps damaged or cut short, and the sizes of the pieces."""
    masked = draw(st.booleans())
    data = bytearray(b"".join(draw(st.lists(frames(masked), min_size=1, max_size=6))))
    if draw(st.integers(0, 3)) == 0 and data:
        data[draw(st.integers(0, len(data) - 1))] ^= 1 << draw(st.integers(0, 7))
    if draw(st.integers(0, 3)) == 0:
        del data[draw(st.integers(0, len(data))) :]
    return masked, bytes(data), draw(st.lists(st.integers(1, 40), max_size=12))


@pytest.fixture(scope="module")
def parser(messaging_executable: Path) -> Iterator[Messaging]:
    with running_messaging(messaging_executable) as running:
        yield running


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(stream=streams())
def test_any_frames_in_any_pieces(parser: Messaging, stream: tuple[bool, bytes, list[int]]) -> None:
    masked, data, sizes = stream
    split = ",".join(map(str, sizes))
    answer = parser.ask(f"frames masked={int(masked)} max={LIMIT} split={split} hex={data.hex()}", "frames")
    assert answer.split() == Model(masked, LIMIT).judge(data)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.one_of(TEXTS, st.binary(max_size=8)), sizes=st.lists(st.integers(1, 5), max_size=8))
def test_utf8(parser: Messaging, text: bytes, sizes: list[int]) -> None:
    answer = parser.ask(f"utf8 split={','.join(map(str, sizes))} hex={text.hex()}", "utf8")
    expected = "valid" if is_utf8(text) else "incomplete" if is_utf8(text, False) else "invalid"
    assert answer == expected


def test_handshake_of_the_rfc(parser: Messaging) -> None:
    """The example of RFC 6455 §1.3."""
    assert parser.ask("accept key=dGhlIHNhbXBsZSBub25jZQ==", "accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
