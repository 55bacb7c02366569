"""WebsocketClient against servers that are written by hand: the table of cases, the handshake, closing, memory."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.network.messaging import Messaging, running_messaging
from tests.network.websocket_cases import LIMIT, Case, all_cases
from tests.network.websocket_model import BINARY, CLOSE, NORMAL, PING, PONG, TEXT, close_payload
from tests.network.websocket_peer import Acceptor, Peer, accept_for, read_head

CASES = all_cases()


@pytest.fixture(scope="module")
def shared(messaging_executable: Path) -> Iterator[Messaging]:
    """One application for all cases."""
    with running_messaging(messaging_executable) as running:
        yield running


@pytest.fixture()
def app(messaging_executable: Path) -> Iterator[Messaging]:
    with running_messaging(messaging_executable) as running:
        yield running


@pytest.fixture()
def server() -> Iterator[Acceptor]:
    with Acceptor() as acceptor:
        yield acceptor


def connect(app: Messaging, server: Acceptor, *options: str, extra: str = "") -> Peer:
    """Have the application connect. It says when it is open."""
    app.mark()
    app.send(f"client connect url=ws://127.0.0.1:{server.port}/chat?a=b max={LIMIT} " + " ".join(options))
    peer = server.accept(None, *([extra] if extra else []))
    app.next(r"^\[client\] open ")
    return peer


def test_table_is_large_enough() -> None:
    assert len(CASES) >= 120 and len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(shared: Messaging, server: Acceptor, case: Case) -> None:
    with connect(shared, server) as peer:
        peer.run(case)
        peer.socket.shutdown(socket.SHUT_WR)
    code = NORMAL if case.close is None else case.close
    shared.next(rf"^\[client\] closed code={code} ")


def test_request(app: Messaging, server: Acceptor) -> None:
    keys = set()
    for _ in range(2):
        with connect(app, server) as peer:
            keys.add(server.request["sec-websocket-key"])
            assert server.request["host"] == f"127.0.0.1:{server.port}"
            assert "sec-websocket-protocol" not in server.request and "origin" not in server.request
            peer.send(CLOSE)
            peer.receive()
    assert len(keys) == 2, "the key is new each time"


def test_protocol_is_agreed_on(app: Messaging, server: Acceptor) -> None:
    app.mark()
    app.send(f"client connect url=ws://127.0.0.1:{server.port}/ protocols=soup,chat")
    with server.accept(None, "Sec-WebSocket-Protocol: chat"):
        assert server.request["sec-websocket-protocol"] == "soup,chat"
        app.next(r"^\[client\] open protocol=chat")


RESPONSES = {
    "not found": "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
    "page": "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "no accept": "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    "wrong accept": "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
    "no upgrade": "HTTP/1.1 101 X\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n",
    "other upgrade": "HTTP/1.1 101 X\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n",
    "no connection": "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n",
    "extension": "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
    "protocol": "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n"
    "Sec-WebSocket-Protocol: chat\r\n\r\n",
    "no HTTP": "SSH-2.0-x\r\n\r\n",
    "nothing": "",
}


@pytest.mark.parametrize("response", RESPONSES.values(), ids=RESPONSES)
def test_refused_response(app: Messaging, server: Acceptor, response: str) -> None:
    """What is no agreement ends the connection before a frame is sent (RFC 6455 §4.1)."""
    app.mark()
    app.send(f"client connect url=ws://127.0.0.1:{server.port}/")
    with server.connection() as connection:
        _, fields, _ = read_head(connection)
        accept = accept_for(fields["sec-websocket-key"].encode()).decode()
        connection.sendall(response.format(accept=accept).encode())
        connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(1) == b""
    app.next(r"^\[client\] closed code=1006 ")
    assert "open" not in app.text


def test_nobody_listens(app: Messaging) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        app.send(f"client connect url=ws://127.0.0.1:{probe.getsockname()[1]}/")
        app.expect(r"^\[client\] closed code=1006 ")


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "ws:///x", "mqtt://127.0.0.1/"])
def test_no_url_of_websocket(app: Messaging, url: str) -> None:
    assert app.ask_line(f"client connect url={url}", r"^\[client\] connect (\w+)") == "refused"


def test_interim_response_comes_first(app: Messaging, server: Acceptor) -> None:
    app.mark()
    app.send(f"client connect url=ws://127.0.0.1:{server.port}/")
    connection = server.connection()
    connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
    with server.accept(connection) as peer:
        app.next(r"^\[client\] open")
        peer.send(TEXT, b"x")
        assert peer.receive() == (TEXT, b"x")


def test_frames_right_behind_the_response(app: Messaging, server: Acceptor) -> None:
    """A server may send its first frame in the same segment as its response."""
    app.send(f"client connect url=ws://127.0.0.1:{server.port}/")
    connection = server.connection()
    _, fields, _ = read_head(connection)
    accept = accept_for(fields["sec-websocket-key"].encode()).decode()
    head = "HTTP/1.1 101 X\r\nUpgrade: WebSocket\r\nConnection: keep-alive, upgrade\r\n"
    connection.sendall(f"{head}Sec-WebSocket-Accept: {accept}\r\n\r\n".encode() + b"\x81\x05hello")
    with Peer(connection, client=False) as peer:
        assert peer.receive() == (TEXT, b"hello")


def test_what_the_application_sends(app: Messaging, server: Acceptor) -> None:
    with connect(app, server) as peer:
        app.do(f"client text hex={'Grüße'.encode().hex()}")
        assert peer.receive() == (TEXT, "Grüße".encode())
        app.do("client binary hex=00ff10")
        assert peer.receive() == (BINARY, b"\x00\xff\x10")
        app.do("client text hex=")
        assert peer.receive() == (TEXT, b"")
        app.do("client ping hex=6869")
        assert peer.receive() == (PING, b"hi")
        peer.send(PONG, b"hi")
        app.next(r"^\[client\] pong")


@pytest.mark.parametrize("size", [0, 10, 4096, 100_000])
def test_stream_in_fragments(app: Messaging, server: Acceptor, size: int) -> None:
    """A stream of unknown size is one message in as many frames as it takes."""
    with connect(app, server) as peer:
        app.do(f"client stream size={size}")
        opcode, payload = peer.receive()
        assert opcode == BINARY and payload == bytes(at % 251 for at in range(size))
        app.do("client text hex=61")
        assert peer.receive() == (TEXT, b"a")


def test_stream_that_does_not_advance(app: Messaging, server: Acceptor) -> None:
    """No end of a message makes a part look like the whole: the connection ends."""
    with connect(app, server) as peer:
        app.do("client stream size=10000 stuck=1")
        with pytest.raises(AssertionError, match="the connection ended within a frame: b''"):
            peer.receive_frame()


def test_message_from_several_streams(app: Messaging, server: Acceptor) -> None:
    with connect(app, server) as peer:
        app.do("client stream size=5 more=1")
        assert app.ask_line("client text hex=61", r"^\[client\] text (\w+)") == "refused"
        app.do("client ping hex=31")
        app.do("client stream size=3")
        assert peer.receive_frame() == (BINARY, bytes(range(5)), False)
        assert peer.receive_frame() == (PING, b"1", True)
        assert peer.receive_frame() == (0, bytes(range(3)), True)


def test_close_by_the_application(app: Messaging, server: Acceptor) -> None:
    with connect(app, server) as peer:
        app.do("client close code=4001 reason=bye")
        app.next(r"^\[client\] closed code=4001")
        assert peer.receive() == (CLOSE, close_payload(4001, b"bye"))
        # What still arrives is dropped; nothing may follow the close frame
        peer.send(TEXT, b"too late")
        peer.send(PING, b"too late")
        peer.send(CLOSE, close_payload(4001))
        peer.socket.shutdown(socket.SHUT_WR)
        peer.expect_end()
    assert app.text.count("[client] closed") == 1


def test_server_that_does_not_close(app: Messaging, server: Acceptor) -> None:
    """After some seconds the client ends TCP by itself."""
    with connect(app, server) as peer:
        app.do("client close")
        peer.expect_close(NORMAL)
        peer.expect_end()


def test_close_and_delete_within_handlers(app: Messaging, server: Acceptor) -> None:
    with connect(app, server, "on-message=close", "code=4000") as peer:
        peer.send(TEXT, b"one")
        peer.send(TEXT, b"two")
        assert peer.receive() == (CLOSE, close_payload(4000, b"enough"))
    app.mark()
    with connect(app, server, "on-message=delete") as peer:
        peer.socket.sendall(b"\x81\x01a\x81\x01b")
        app.next(r"^\[client\] deleted")
        peer.expect_end()


def test_connect_within_the_disconnection_handler(app: Messaging, server: Acceptor) -> None:
    with connect(app, server, "on-close=connect") as peer:
        peer.send(CLOSE, close_payload(1001))
        with server.accept() as second:
            app.next(r"^\[client\] open")
            second.send(TEXT, b"again")
            assert second.receive() == (TEXT, b"again")


@pytest.mark.parametrize("behind", [b"\x88\x02\x03\xe9", b"\x83\x00", b"\x81\x01b"], ids=["close", "invalid", "text"])
def test_connect_within_the_message_handler(app: Messaging, server: Acceptor, behind: bytes) -> None:
    """What the old server sent behind the message is nothing to the new connection."""
    with connect(app, server, "on-message=connect") as peer:
        peer.socket.sendall(b"\x81\x01a" + behind)
        with server.accept() as second:
            app.next(r"^\[client\] open")
            second.send(TEXT, b"again")
            assert second.receive() == (TEXT, b"again")
    assert "closed code=1001" not in app.text and "closed code=1002" not in app.text


def test_connection_that_is_lost(app: Messaging, server: Acceptor) -> None:
    with connect(app, server) as peer:
        peer.socket.sendall(b"\x81\x7e\x10\x00abc")
    app.next(r"^\[client\] closed code=1006")


@pytest.mark.slow
def test_ping_of_its_own(app: Messaging, server: Acceptor) -> None:
    """With an interval set, silence is answered by a ping, and more silence by the end."""
    with connect(app, server, "ping=1") as peer:
        assert peer.receive() == (PING, b"")
        peer.send(PONG, b"")
        assert peer.receive() == (PING, b"")
        peer.expect_end()
    app.next(r"^\[client\] closed code=1006")


def test_peer_that_does_not_read(app: Messaging, server: Acceptor) -> None:
    """Messages are refused once too much waits, and the memory is bounded."""
    with connect(app, server):
        app.send("client much size=100000 count=1000")
        sent = int(app.next(r"^\[client\] sent count=(\d+)")[1])
        assert 10 < sent < 200
        assert app.memory()[1] < 8_000_000


@pytest.mark.slow
def test_peer_that_floods(app: Messaging, server: Acceptor) -> None:
    """Who sends and does not read is slowed down by TCP."""
    with connect(app, server) as peer:
        peer.socket.settimeout(2)
        data = b"\x82\x7e\x40\x00" + b"x" * 0x4000
        with pytest.raises(TimeoutError):
            for _ in range(10_000):
                peer.socket.sendall(data)
        assert app.memory()[1] < 3_000_000


def test_memory_is_given_back(app: Messaging, server: Acceptor) -> None:
    with connect(app, server) as peer:
        peer.send(CLOSE)
        peer.receive()
    app.next(r"^\[client\] closed")
    app.do("client delete")
    before = app.memory()[1]
    for _ in range(5):
        with connect(app, server) as peer:
            peer.send(BINARY, b"x" * 50_000)
            peer.receive()
            peer.send(CLOSE)
            peer.receive()
        app.next(r"^\[client\] closed")
    app.do("client delete")
    assert app.memory()[1] <= before + 200


def test_no_memory(app: Messaging, server: Acceptor) -> None:
    """Whichever allocation fails: it ends, or goes on, and nothing is lost or leaks."""
    for at in range(1, 50):
        app.send(f"client connect url=ws://127.0.0.1:{server.port}/ fail={at} fail-all={at % 2}")
        server.listener.settimeout(0.2)
        with contextlib.suppress(TimeoutError, OSError, AssertionError), server.accept() as peer:
            peer.socket.settimeout(0.2)
            peer.send(BINARY, b"x" * 5000)
            peer.receive()
        app.send("heal")
        app.do("client delete")
    while True:  # what was left in the backlog by attempts that came to nothing
        server.listener.settimeout(0.2)
        try:
            server.connection().close()
        except TimeoutError:
            break
    server.listener.settimeout(20)
    with connect(app, server) as peer:
        peer.send(TEXT, b"still here")
        assert peer.receive() == (TEXT, b"still here")
