"""A server of questions and answers over UDP."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Callable, Optional

Answer = Callable[[bytes], Optional[bytes]]
"""Gives the answer to a datagram, or None for none."""


@contextlib.contextmanager
def datagram_server(answer: Answer) -> Iterator[int]:
    """Answer datagrams on a port of its own until the block ends."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(0.1)
        done = threading.Event()

        def serve() -> None:
            while not done.is_set():
                with contextlib.suppress(OSError):
                    question, address = server.recvfrom(1500)
                    reply = answer(question)
                    if reply is not None:
                        server.sendto(reply, address)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield int(server.getsockname()[1])
        finally:
            done.set()
            thread.join(5)
