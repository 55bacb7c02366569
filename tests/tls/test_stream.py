"""What a session makes of the stream of bytes: any fragmentation, the same handshake twice, garbage, early ends."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sming_host.tls import Library, ProtocolError, Session, State, TlsError, TruncatedError
from tests.support.pki import now
from tests.tls.openssl import Server, Transcript, World, client, converse

SEED = b"the same every time"
REQUEST = b"request " * 300
ANSWER = bytes(range(256)) * 40
FRAGMENTATIONS = 500


@dataclass(frozen=True)
class Recording:
    """A whole connection, as seen by a client with fixed seed and clock."""

    time: float
    handshake: bytes
    """From the server until the handshake was done."""
    answer: bytes
    """From the server afterwards: records of data, then close_notify."""
    sent: bytes
    """By the client."""


def start(world: World, time: float) -> Session:
    return client(world, seed=SEED, time=time)


@pytest.fixture(scope="module")
def recording(world: World, library: Library) -> Recording:
    time = now().timestamp()
    server = world.server(echo=False)
    transcript = Transcript()
    with start(world, time) as session:
        converse(session, server, transcript=transcript)
        handshake = bytes(transcript.to_client)
        session.write(REQUEST)
        converse(session, server, transcript=transcript)
        assert server.received == REQUEST
        for begin in range(0, len(ANSWER), 1500):
            server.write(ANSWER[begin : begin + 1500])
        server.close()
        answer = server.drain()
        session.feed(answer)
        assert session.read() == ANSWER
        sent = bytes(transcript.to_server) + session.drain()
        assert session.state is State.CLOSED
    return Recording(time, handshake, answer, sent)


def replay(world: World, recording: Recording, cut: list[int]) -> tuple[bytes, bytes]:
    """Play the server's bytes back, cut at these places. Returns what the client sent, and what it read."""
    sent, read = bytearray(), bytearray()
    with start(world, recording.time) as session:
        sent += session.drain()
        for stream in (recording.handshake, recording.answer):
            if stream is recording.answer:
                assert session.handshake_done
                session.write(REQUEST)
                sent += session.drain()
            places = sorted({0, len(stream), *(place % len(stream) for place in cut)})
            for begin, end in zip(places, places[1:]):
                session.feed(stream[begin:end])
                sent += session.drain()
                read += session.read()
        assert session.state is State.CLOSED and session.error is None
    return bytes(sent), bytes(read)


def test_same_seed_and_same_peer_give_the_same_bytes(world: World, recording: Recording) -> None:
    assert replay(world, recording, []) == (recording.sent, ANSWER)


def test_another_seed_gives_other_bytes(world: World, recording: Recording) -> None:
    with start(world, recording.time) as first, client(world, seed=b"another", time=recording.time) as second:
        assert first.drain() != second.drain()
    with client(world) as third, client(world) as fourth:
        assert third.drain() != fourth.drain()


def test_many_random_fragmentations_are_all_alike(world: World, recording: Recording) -> None:
    source = random.Random(2024)
    for _ in range(FRAGMENTATIONS):
        count = source.choice((1, 2, 5, 20, 100, 1000))
        cut = [source.randrange(1 << 20) for _ in range(count)]
        assert replay(world, recording, cut) == (recording.sent, ANSWER)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.lists(st.integers(0, 20_000), max_size=40))
def test_fragmentations_that_hypothesis_thinks_of(world: World, recording: Recording, cut: list[int]) -> None:
    assert replay(world, recording, cut) == (recording.sent, ANSWER)


def test_byte_by_byte(world: World, recording: Recording) -> None:
    everywhere = list(range(max(len(recording.handshake), len(recording.answer))))
    assert replay(world, recording, everywhere) == (recording.sent, ANSWER)


def end_of(session: Session, data: bytes) -> TlsError:
    with pytest.raises(TlsError) as caught:
        session.feed(data)
        session.feed_eof()
    return caught.value


@pytest.mark.parametrize(
    "garbage",
    [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00" * 100, b"\xff" * 100, b"\x16\x03\x01\xff\xff" + b"\x00" * 100],
)
def test_garbage_instead_of_a_server(world: World, garbage: bytes) -> None:
    with client(world) as session:
        session.drain()
        error = end_of(session, garbage)
        assert isinstance(error, ProtocolError) and not error.alert_received
        assert error.alert is not None
        # The alert goes out, in the clear: type 21, version 3.x, two bytes, fatal.
        alert = session.drain()
        assert alert[0] == 21 and alert[1] == 3 and alert[3:6] == b"\x00\x02\x02"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 1 << 20), value=st.integers(1, 255))
def test_one_changed_byte_never_goes_unnoticed(world: World, recording: Recording, place: int, value: int) -> None:
    stream = bytearray(recording.handshake)
    stream[place % len(stream)] ^= value
    with start(world, recording.time) as session:
        error = end_of(session, bytes(stream))
        assert session.state is State.FAILED and error.code not in ("none", "internal")
        assert not session.handshake_done


def test_changed_data_is_refused(world: World) -> None:
    server = world.server(echo=False)
    with client(world) as session:
        converse(session, server)
        server.write(b"precious")
        data = bytearray(server.drain())
        data[-1] ^= 1
        error = end_of(session, bytes(data))
        assert error.code == "badRecordMac" and error.alert == "bad_record_mac"
        assert session.read() == b""
        server.feed(session.drain())
        assert server.reason == "SSLV3_ALERT_BAD_RECORD_MAC"


@pytest.mark.parametrize("part", [0.0, 0.01, 0.3, 0.7, 0.99])
def test_handshake_that_breaks_off(world: World, recording: Recording, part: float) -> None:
    with start(world, recording.time) as session:
        error = end_of(session, recording.handshake[: int(len(recording.handshake) * part)])
        assert isinstance(error, TruncatedError) and not session.handshake_done


def test_data_that_breaks_off(world: World) -> None:
    server = world.server(echo=False)
    with client(world) as session:
        converse(session, server)
        server.write(b"first half")
        session.feed(server.drain())
        with pytest.raises(TruncatedError, match="close_notify"):
            session.feed_eof()
        # What did arrive can still be read.
        assert session.read() == b"first half"


def test_end_after_close_notify_is_clean(world: World) -> None:
    server = world.server(echo=False)
    with client(world) as session:
        converse(session, server)
        server.write(b"all")
        server.close()
        session.feed(server.drain())
        session.feed_eof()
        assert session.read() == b"all" and session.error is None and session.state is State.CLOSED


def test_bytes_behind_close_notify_are_dropped(world: World) -> None:
    """In Sming 6.1 with BearSSL this spins for ever."""
    server: Server = world.server(echo=False)
    with client(world) as session:
        converse(session, server)
        server.write(b"all")
        server.close()
        session.feed(server.drain() + b"trailing bytes" * 1000)
        session.feed(b"and more")
        assert session.read() == b"all" and session.state is State.CLOSED and session.error is None


def test_renegotiation_is_refused_politely(world: World) -> None:
    """A HelloRequest (RFC 5246 §7.4.1.1) in the clear after the handshake is no authenticated record."""
    server = world.server()
    with client(world) as session:
        converse(session, server)
        error = end_of(session, b"\x16\x03\x03\x00\x04\x00\x00\x00\x00")
        assert isinstance(error, ProtocolError)


@pytest.mark.parametrize("goodbye", [False, True])
def test_data_right_behind_the_handshake(world: World, goodbye: bool) -> None:
    """A server that speaks first: its Finished, data and perhaps close_notify arrive in one piece."""
    server = world.server(echo=False)
    with client(world) as session:
        server.feed(session.drain())
        session.feed(server.drain())
        server.feed(session.drain())
        assert server.handshake_done and not session.handshake_done
        server.write(b"greeting")
        if goodbye:
            server.close()
        session.feed(memoryview(bytearray(server.drain())))
        assert session.handshake_done and session.read() == b"greeting"
        assert session.state is (State.CLOSED if goodbye else State.ESTABLISHED)


def test_nothing_is_nothing(world: World) -> None:
    server = world.server()
    with client(world) as session:
        session.feed(b"")
        converse(session, server)
        session.feed(b"")
        session.write(b"")
        assert session.drain() == b"" and session.read() == b"" and session.read(0) == b""
        converse(session, server)
        assert session.state is State.ESTABLISHED
