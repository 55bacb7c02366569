"""WebsocketResource of an HttpServer against a client that is written by hand."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.network.console import LOOPBACK
from tests.network.messaging import Messaging, running_messaging
from tests.network.websocket_cases import LIMIT, Case, all_cases
from tests.network.websocket_model import BINARY, CLOSE, KEY, NORMAL, PING, PONG, TEXT, close_payload, frame
from tests.network.websocket_peer import Peer, open_client, read_head
from tests.support.peers import free_port


class Server:
    """An application that listens."""

    def __init__(self, app: Messaging, *options: str) -> None:
        self.app = app
        self.port = free_port()
        app.do(f"server listen port={self.port} max={LIMIT} " + " ".join(options))

    def open(self, path: str = "/ws", *extra: str) -> Peer:
        """A client, once the application knows of it."""
        self.app.mark()
        peer = open_client(self.port, path, *extra)
        self.app.next(r"^\[server\] open ")
        return peer


@pytest.fixture(scope="module")
def shared(messaging_executable: Path) -> Iterator[Server]:
    """One for all cases."""
    with running_messaging(messaging_executable) as running:
        yield Server(running)


@pytest.fixture()
def app(messaging_executable: Path) -> Iterator[Messaging]:
    with running_messaging(messaging_executable) as running:
        yield running


@pytest.fixture()
def server(app: Messaging) -> Server:
    return Server(app)


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.name)
def test_case(shared: Server, case: Case) -> None:
    with shared.open() as peer:
        peer.run(case)
    code = NORMAL if case.close is None else case.close
    shared.app.next(rf"^\[server\] closed code={code} .*count=0 mine=1 active=0")


def request(server: Server, *fields: str, line: str = "GET /ws HTTP/1.1") -> tuple[int, dict[str, str]]:
    """Send a request; return status and header fields of the answer."""
    with socket.create_connection((LOOPBACK, server.port), 20) as connection:
        connection.sendall("\r\n".join([line, f"Host: {LOOPBACK}:{server.port}", *fields, "", ""]).encode())
        words, headers, _ = read_head(connection)
        return int(words[1]), headers


UPGRADE = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13")
GOOD_KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="

REFUSED = {
    "no upgrade": ((), 400),
    "no key": (UPGRADE, 400),
    "short key": ((*UPGRADE, "Sec-WebSocket-Key: c2hvcnQ="), 400),
    "key that is no base64": ((*UPGRADE, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j!Q=="), 400),
    "empty key": ((*UPGRADE, "Sec-WebSocket-Key:"), 400),
    "other protocol": (("Upgrade: h2c", "Connection: Upgrade", "Sec-WebSocket-Version: 13", GOOD_KEY), 400),
    "no connection": (("Upgrade: websocket", "Sec-WebSocket-Version: 13", GOOD_KEY), 400),
    "old version": (("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 8", GOOD_KEY), 426),
    "no version": (("Upgrade: websocket", "Connection: Upgrade", GOOD_KEY), 426),
    "other origin": ((*UPGRADE, GOOD_KEY, "Origin: https://evil.example"), 403),
    "no origin at all": ((*UPGRADE, GOOD_KEY, "Origin: null"), 403),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_request(shared: Server, name: str) -> None:
    fields, status = REFUSED[name]
    code, headers = request(shared, *fields)
    assert code == status
    assert status != 426 or headers["sec-websocket-version"] == "13"


def test_refused_method(shared: Server) -> None:
    assert request(shared, *UPGRADE, GOOD_KEY, "Content-Length: 0", line="POST /ws HTTP/1.1")[0] == 400


def test_handshake_of_the_rfc(shared: Server) -> None:
    shared.app.mark()
    status, headers = request(shared, *UPGRADE, GOOD_KEY)
    assert (status, headers["sec-websocket-accept"]) == (101, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    assert "sec-websocket-extensions" not in headers and "sec-websocket-protocol" not in headers
    shared.app.next(r"^\[server\] closed code=1006")


def test_words_in_any_case(shared: Server) -> None:
    fields = ("upgrade: WebSocket", "connection: keep-alive, UPGRADE", "sec-websocket-version: 13", GOOD_KEY)
    shared.app.mark()
    assert request(shared, *fields, "Sec-WebSocket-Extensions: permessage-deflate")[0] == 101
    shared.app.next(r"^\[server\] closed code=1006")


def test_origins(server: Server) -> None:
    with server.open("/ws", f"Origin: http://{LOOPBACK}:{server.port}"):
        pass
    with server.open("/other", "Origin: https://elsewhere.example"):
        pass


def test_protocols(app: Messaging) -> None:
    server = Server(app, "protocols=chat,soup")
    with server.open("/ws", "Sec-WebSocket-Protocol: stew, soup, chat") as peer:
        assert peer.answer["sec-websocket-protocol"] == "chat"
    with server.open("/ws", "Sec-WebSocket-Protocol: stew") as peer:
        assert "sec-websocket-protocol" not in peer.answer


def test_upgrade_of_a_page_is_ignored(shared: Server) -> None:
    """A path that does not change protocols answers as ever (RFC 9110 §7.8)."""
    assert request(shared, *UPGRADE, GOOD_KEY, line="GET / HTTP/1.1")[0] == 200


def test_frames_right_behind_the_request(server: Server) -> None:
    """A client must wait for the answer; one that does not loses nothing."""
    connection = socket.create_connection((LOOPBACK, server.port), 20)
    head = "\r\n".join(["GET /ws HTTP/1.1", f"Host: {LOOPBACK}:{server.port}", *UPGRADE, GOOD_KEY, "", ""])
    connection.sendall(head.encode() + frame(TEXT, b"early", key=KEY))
    _, _, rest = read_head(connection)
    with Peer(connection, client=True, ahead=rest) as peer:
        assert peer.receive() == (TEXT, b"early")


def test_message_from_the_connection_handler(app: Messaging) -> None:
    with Server(app, "greet=1").open() as peer:
        assert peer.receive() == (TEXT, b"welcome")


def test_broadcast(server: Server) -> None:
    with contextlib.ExitStack() as stack:
        peers = [stack.enter_context(server.open()) for _ in range(5)]
        peers[0].send(TEXT, b"all")
        for peer in peers:
            assert peer.receive() == (TEXT, b"for all")
        peers[1].send(CLOSE, close_payload(NORMAL))
        peers[1].expect_close(NORMAL)
        peers[1].expect_end()
        server.app.do("server broadcast hex=6e6577")
        for peer in (peers[0], *peers[2:]):
            assert peer.receive() == (TEXT, b"new")


def test_close_by_the_application(server: Server) -> None:
    with server.open() as peer:
        peer.send(TEXT, b"close")
        peer.send(TEXT, b"not answered any more")
        assert peer.receive() == (CLOSE, close_payload(4002, b"asked for"))
        peer.send(CLOSE, close_payload(4002))
        peer.expect_end()
    server.app.expect(r"^\[server\] closed")
    assert server.app.text.count("[server] closed") == 1


@pytest.mark.slow
def test_client_that_does_not_answer_the_close(server: Server) -> None:
    with server.open() as peer:
        peer.send(TEXT, b"close")
        assert peer.receive() == (CLOSE, close_payload(4002, b"asked for"))
        peer.expect_end()


def test_server_that_is_deleted_by_a_message(server: Server) -> None:
    with contextlib.ExitStack() as stack:
        peers = [stack.enter_context(server.open()) for _ in range(3)]
        peers[1].socket.sendall(frame(TEXT, b"shutdown", key=KEY) + frame(TEXT, b"more", key=KEY))
        server.app.next(r"^\[server\] deleted")
        for peer in peers:
            with contextlib.suppress(AssertionError):
                peer.expect_end()
    server.app.expect(r"closed code=1006 .* count=0 .* active=0")


def test_ping_finds_the_dead(app: Messaging) -> None:
    with Server(app, "ping=1").open() as peer:
        for _ in range(2):
            assert peer.receive() == (PING, b"")
            peer.send(PONG)
        assert peer.receive() == (PING, b"")
        peer.expect_end()
    app.next(r"^\[server\] closed code=1006 .*count=0")


@pytest.mark.slow
def test_reader_that_is_slow(server: Server) -> None:
    """Broadcasts to one that does not read take a bounded amount of memory, and the others get them."""
    with server.open(), server.open() as good:
        for _ in range(60):
            server.app.do(f"server broadcast hex={'61' * 100_000}")
            assert good.receive() == (TEXT, b"a" * 100_000)
        assert server.app.memory()[1] < 8_000_000


def test_more_than_there_is_room_for(app: Messaging) -> None:
    """The server refuses connections beyond its limit, and serves those it has."""
    server = Server(app, "limit=3")
    with contextlib.ExitStack() as stack:
        peers = [stack.enter_context(server.open()) for _ in range(3)]
        with contextlib.suppress(ConnectionResetError, AssertionError):
            assert request(server, *UPGRADE, GOOD_KEY)[0] == 503
        for peer in peers:
            peer.send(TEXT, b"x")
            assert peer.receive() == (TEXT, b"x")


def test_memory_is_given_back(server: Server) -> None:
    before = 0
    for turn in range(6):
        with server.open() as peer:
            peer.send(BINARY, b"x" * 50_000)
            peer.receive()
            peer.send(CLOSE)
            peer.receive()
            peer.expect_end()
        server.app.next(r"^\[server\] closed")
        if turn == 1:
            server.app.expect_memory(1 << 30)
            before = server.app.memory()[0]
    server.app.expect_memory(before + 200)
