"""Ports of this machine for a device: nobody takes them between the choice and the bridge's start."""

from __future__ import annotations

import socket

from sming_host.bridge import free_port, held_ports


def test_ports_are_held_until_the_bridge_listens() -> None:
    """Who asks for any port meanwhile gets another one; a socket that may share it, as libslirp's, can listen."""
    with held_ports(range(1, 41)) as ports:
        assert len(set(ports.values())) == 40
        assert not set(ports.values()) & {free_port() for _ in range(200)}
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", ports[1]))
            listener.listen()
            with socket.create_connection(("127.0.0.1", ports[1]), 10):
                pass
