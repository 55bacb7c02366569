"""A broker of MQTT 3.1.1, with or without TLS, that does what a test says and checks each packet of a client."""

from __future__ import annotations

import contextlib
import socket
import ssl
from typing import Optional

from tests.network import mqtt_model as mqtt
from tests.network.console import LOOPBACK

SECONDS = 30

ALLOWED = {mqtt.PUBREL: 2, mqtt.SUBSCRIBE: 2, mqtt.UNSUBSCRIBE: 2}
"""Flags of packets other than PUBLISH; 0 where it says nothing (§2.2.2)."""


class Connection:
    """A client's connection."""

    def __init__(self, client: socket.socket) -> None:
        self.socket = client
        client.settimeout(SECONDS)
        self.connect = mqtt.Packet(0, 0, b"")

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *exc: object) -> None:
        self.socket.close()

    def send(self, *packets: bytes) -> None:
        self.socket.sendall(b"".join(packets))

    def _need(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            chunk = self.socket.recv(count - len(data))
            assert chunk, "the connection ended within a packet"
            data += chunk
        return data

    def receive(self) -> mqtt.Packet:
        """The next packet, which must be well-formed."""
        first = self._need(1)[0]
        size = shift = 0
        while True:
            byte = self._need(1)[0]
            size |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
            assert shift < 28, "the length has more than four bytes"
        packet = mqtt.Packet(first >> 4, first & 15, self._need(size))
        if packet.kind != mqtt.PUBLISH:
            assert packet.flags == ALLOWED.get(packet.kind, 0), packet
        return packet

    def expect(self, kind: int, number: Optional[int] = None) -> mqtt.Packet:
        packet = self.receive()
        assert packet.kind == kind, packet
        assert number is None or packet.number == number, packet
        return packet

    def expect_end(self) -> None:
        """The client ends the connection without another packet."""
        with contextlib.suppress(ConnectionResetError):
            assert self.socket.recv(1) == b""

    def expect_silence(self, seconds: float = 0.3) -> None:
        self.socket.settimeout(seconds)
        with contextlib.suppress(TimeoutError):
            raise AssertionError(f"not silent: {self.socket.recv(100)!r}")
        self.socket.settimeout(SECONDS)


class Broker:
    """Listens for clients; with a context they talk TLS."""

    def __init__(self, context: Optional[ssl.SSLContext] = None) -> None:
        self.context = context
        self.listener = socket.create_server((LOOPBACK, 0))
        self.listener.settimeout(SECONDS)
        self.port = int(self.listener.getsockname()[1])

    def __enter__(self) -> Broker:
        return self

    def __exit__(self, *exc: object) -> None:
        self.listener.close()

    def url(self, user: str = "") -> str:
        """What a client connects to; `user` ends with "@"."""
        return f"mqtt{'s' if self.context else ''}://{user}{LOOPBACK}:{self.port}"

    def connection(self) -> Connection:
        """A client whose CONNECT was received and is not answered yet."""
        client = self.listener.accept()[0]
        if self.context:
            client.settimeout(SECONDS)
            client = self.context.wrap_socket(client, server_side=True)
        connection = Connection(client)
        connection.connect = connection.expect(mqtt.CONNECT)
        assert connection.connect.body[:7] == b"\0\4MQTT\4"
        return connection

    def accept(self, *, session: bool = False, code: int = 0) -> Connection:
        connection = self.connection()
        connection.send(mqtt.packet(mqtt.CONNACK, bytes([session, code])))
        return connection
