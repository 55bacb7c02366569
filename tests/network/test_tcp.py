"""TcpClient over plain TCP."""

from __future__ import annotations

import queue
import socket
import time

import pytest

from tests.network.console import Console, describe, pattern
from tests.network.servers import exchange, read_all, reset, tcp_peer
from tests.support.peers import free_port

REFUSED, RESET, TIMEOUT, UNKNOWN = 1, 2, 3, 6


def test_receive_to_the_end(console: Console) -> None:
    with tcp_peer(lambda c: c.sendall(pattern(3_000_000))) as peer:
        console.send(f"tcp open a host=127.0.0.1 port={peer.port}")
        console.expect(rf"^\[a\] complete ok=1 {describe(pattern(3_000_000))} error=0")


@pytest.mark.parametrize("pause", [None, 0, 0.00002, 0.002], ids=["none", "yield", "20us", "2ms"])
def test_pieces_about_the_limits_of_bulk(console: Console, pause: float | None) -> None:
    """A receiver of bulk rests for microseconds: nothing is lost, and the end comes, whenever the peer goes on."""
    sizes = [size + more for size in (16384, 65536, 131072) for more in (-1, 0, 1)] * 4
    data = pattern(sum(sizes))

    def behaviour(connection: socket.socket) -> None:
        rest = memoryview(data)
        for size in sizes:
            connection.sendall(rest[:size])
            rest = rest[size:]
            if pause is not None:
                time.sleep(pause)

    with tcp_peer(behaviour) as peer:
        console.send(f"tcp open a host=127.0.0.1 port={peer.port}")
        console.expect(rf"^\[a\] complete ok=1 {describe(data)} error=0")


@pytest.mark.parametrize("size", [16384, 100_000, 131_072, 200_000])
def test_bulk_to_and_fro(console: Console, size: int) -> None:
    def behaviour(connection: socket.socket) -> None:
        connection.settimeout(20)
        for _ in range(50):
            assert exchange(connection, pattern(size), size) == pattern(size)

    with tcp_peer(behaviour) as peer:
        console.send(f"tcp open a host=127.0.0.1 port={peer.port} echo=1")
        console.expect(r"^\[a\] complete ok=1", 30)


def test_reset_behind_bulk(console: Console) -> None:
    def behaviour(connection: socket.socket) -> None:
        connection.sendall(pattern(100_000))
        reset(connection)

    with tcp_peer(behaviour) as peer:
        console.send(f"tcp open a host=127.0.0.1 port={peer.port}")
        console.expect(rf"^\[a\] complete ok=0 .*error={RESET}")


def test_send_megabytes_then_close(console: Console) -> None:
    received = bytearray()
    with tcp_peer(lambda c: received.extend(read_all(c))) as peer:
        console.send(f"tcp open a host=127.0.0.1 port={peer.port} send=5000000 close-after=1")
        console.expect(r"^\[a\] complete ok=1")
    assert bytes(received) == pattern(5_000_000)


def test_echo_with_a_slow_reader_holds_little_memory(console: Console) -> None:
    data = pattern(4_000_000)

    def behaviour(connection: socket.socket) -> None:
        connection.settimeout(2)
        sent = 0
        try:
            while sent < len(data):
                sent += connection.send(data[sent : sent + 65536])
        except OSError:
            pass  # everything between us is full: the device stopped reading
        assert console.memory()[0] < 100_000
        connection.settimeout(20)
        assert exchange(connection, data[sent:], len(data)) == data

    with tcp_peer(behaviour) as peer:
        console.send(f"tcp open a host=127.0.0.1 port={peer.port} echo=1")
        console.expect(r"^\[a\] complete ok=1", 60)


def test_one_byte_at_a_time(console: Console) -> None:
    def behaviour(connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in pattern(300):
            connection.sendall(bytes([byte]))
            time.sleep(0.001)

    with tcp_peer(behaviour) as peer:
        console.send(f"tcp open a host=127.0.0.1 port={peer.port}")
        console.expect(rf"^\[a\] complete ok=1 {describe(pattern(300))}")


def test_what_waits_is_sent_after_the_peers_fin(console: Console) -> None:
    received = bytearray()

    def behaviour(connection: socket.socket) -> None:
        connection.shutdown(socket.SHUT_WR)
        time.sleep(0.3)
        received.extend(read_all(connection))

    with tcp_peer(behaviour) as peer:
        console.send(f"tcp open a host=127.0.0.1 port={peer.port} send=2000000")
        console.expect(r"^\[a\] complete ok=1")
    assert bytes(received) == pattern(2_000_000)


def test_connection_refused(console: Console) -> None:
    console.send(f"tcp open a host=127.0.0.1 port={free_port()}")
    console.expect(rf"^\[a\] complete ok=0 .*error={REFUSED}")


def test_reset_while_sending(console: Console) -> None:
    def behaviour(connection: socket.socket) -> None:
        connection.recv(10000)
        reset(connection)

    with tcp_peer(behaviour) as peer:
        console.send(f"tcp open a host=127.0.0.1 port={peer.port} send=50000000")
        console.expect(rf"^\[a\] complete ok=0 .*error={RESET}")


def test_reset_while_idle(console: Console) -> None:
    def behaviour(connection: socket.socket) -> None:
        time.sleep(0.2)
        reset(connection)

    with tcp_peer(behaviour) as peer:
        console.send(f"tcp open a host=127.0.0.1 port={peer.port}")
        console.expect(rf"^\[a\] complete ok=0 .*error={RESET}")


def test_idle_time_out(console: Console) -> None:
    with tcp_peer(lambda c: time.sleep(3)) as peer:
        console.send(f"tcp open a host=127.0.0.1 port={peer.port} timeout=1")
        console.expect(rf"^\[a\] complete ok=0 .*error={TIMEOUT}", 4)


def test_no_time_out_while_data_flows(console: Console) -> None:
    def behaviour(connection: socket.socket) -> None:
        for _ in range(5):
            connection.sendall(b"x" * 100)
            time.sleep(0.5)

    with tcp_peer(behaviour) as peer:
        console.send(f"tcp open a host=127.0.0.1 port={peer.port} timeout=1")
        console.expect(r"^\[a\] complete ok=1 received=500 ", 8)


def test_name_that_does_not_exist(console: Console) -> None:
    console.send("tcp open a host=nobody.invalid port=80")
    console.expect(rf"^\[a\] complete ok=0 .*error={UNKNOWN}", 30)


@pytest.mark.parametrize("host", ["", "a..b" * 80, "127.0.0.1:80"])
def test_names_that_are_none_are_refused(console: Console, host: str) -> None:
    console.send(f"tcp open a host={host} port=80")
    console.expect(r"^\[a\] (refused|complete ok=0)", 30)


@pytest.mark.parametrize("port", [0, -1, 65536, 99999])
def test_ports_that_are_none_are_refused(console: Console, port: int) -> None:
    console.send(f"tcp open a host=127.0.0.1 port={port}")
    console.expect(r"^\[a\] refused")


def test_localhost_by_name(console: Console) -> None:
    with tcp_peer(lambda c: c.sendall(b"hello")) as peer:
        console.send(f"tcp open a host=localhost port={peer.port}")
        console.expect(rf"^\[a\] complete ok=1 {describe(b'hello')}")


def test_no_data_is_lost_when_closing_at_once(console: Console) -> None:
    """close() right after the queue is empty: the peer gets it all, although it sends at the same time."""
    received: queue.Queue[bytes] = queue.Queue()

    def behaviour(connection: socket.socket) -> None:
        connection.sendall(b"y" * 200_000)
        received.put(read_all(connection))

    with tcp_peer(behaviour) as peer:
        console.send(f"tcp open a host=127.0.0.1 port={peer.port} send=300000 close-after=1")
        console.expect(r"^\[a\] complete ok=1")
        # The kernel takes it all for a peer that has not even accepted the connection yet
        assert received.get(timeout=20) == pattern(300_000)


def test_send_without_connection_is_refused(console: Console) -> None:
    with tcp_peer(lambda c: None) as peer:
        console.send(f"tcp open a host=127.0.0.1 port={peer.port}")
        console.expect(r"^\[a\] complete ok=1")
        console.send("tcp text a hello")
        console.expect(r"^\[a\] not queued")


def test_server_echoes_and_limits(console: Console) -> None:
    port = free_port()
    console.send(f"server listen port={port} limit=2")
    console.expect(rf"^\[server\] listening port={port}")
    with (
        socket.create_connection(("127.0.0.1", port), 10) as first,
        socket.create_connection(("127.0.0.1", port), 10) as second,
    ):
        assert exchange(first, pattern(500_000), 500_000) == pattern(500_000)
        assert exchange(second, b"two", 3) == b"two"
        # Depending on who is faster, connecting or the first read finds out
        with pytest.raises(ConnectionResetError), socket.create_connection(("127.0.0.1", port), 10) as third:
            third.settimeout(10)
            third.recv(1)
    console.expect(r"^\[server\] complete ok=1", count=2)
    console.send("server stop")
    console.expect(r"^\[server\] stopped")


def test_listening_on_a_port_in_use(console: Console) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        console.send(f"server listen port={taken.getsockname()[1]}")
        console.expect(r"^\[server\] not listening")


def test_stream_that_does_not_advance(console: Console) -> None:
    """It is not sent again and again: the connection ends as failed."""
    received: list[bytes] = []
    with tcp_peer(lambda connection: received.append(read_all(connection))) as peer:
        console.send(f"tcp open a host=127.0.0.1 port={peer.port} send=100000 stuck=1")
        console.expect(r"^\[a\] complete ok=0")
    assert pattern(100_000).startswith(received[0]) and len(received[0]) < 100_000
