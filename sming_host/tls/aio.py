"""A TLS session of the device's code over an asyncio stream."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Optional

from sming_host.errors import UserError
from sming_host.tls.errors import TlsError
from sming_host.tls.facts import State
from sming_host.tls.session import Session
from sming_host.tls.sockets import CHUNK


class AsyncConnection:
    """A session and the stream under it. Closes both at the end of its ``async with`` block."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, session: Session) -> None:
        self.session = session
        self._reader = reader
        self._writer = writer

    async def handshake(self) -> None:
        """Complete the handshake, or raise the `TlsError` that ended it."""
        await self._send()
        while not self.session.handshake_done:
            await self._receive()

    async def write(self, data: bytes) -> None:
        """Send plaintext."""
        self.session.write(data)
        await self._send()

    async def read(self, limit: int = CHUNK) -> bytes:
        """Wait for plaintext and return at most `limit` bytes of it; empty when the peer said goodbye."""
        while True:
            data = self.session.read(limit)
            if data or self.session.state is not State.ESTABLISHED:
                return data
            await self._receive()

    async def close(self) -> None:
        """Say goodbye, as far as the peer still listens, and close the stream. A second call does nothing."""
        if self._writer.is_closing():
            return
        try:
            self.session.close()
            # A peer that has gone already: there is nobody to say goodbye to.
            with contextlib.suppress(OSError):
                await self._send()
        finally:
            self._writer.close()
            self.session.free()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()

    async def __aenter__(self) -> AsyncConnection:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _send(self) -> None:
        data = self.session.drain()
        if data:
            self._writer.write(data)
            await self._writer.drain()

    async def _receive(self) -> None:
        data = await self._reader.read(CHUNK)
        try:
            if data:
                self.session.feed(data)
            else:
                self.session.feed_eof()
        except TlsError:
            # The peer is to hear why, if it is still there.
            with contextlib.suppress(OSError):
                await self._send()
            raise
        try:
            await self._send()
        except OSError:
            # A peer that has said goodbye need not wait for ours (RFC 5246 §7.2.1).
            if self.session.state is not State.CLOSED:
                raise


async def open_connection(
    host: str, port: int = 443, *, address: Optional[tuple[str, int]] = None, **options: Any
) -> AsyncConnection:
    """Connect to a TLS server and complete the handshake. Options as those of `sming_host.tls.connect`."""
    host_name, port_number = address or (host, port)
    try:
        reader, writer = await asyncio.open_connection(host_name, port_number)
    except (OSError, UnicodeError) as error:
        raise UserError(f"{host_name}:{port_number}: {error}") from error
    try:
        connection = AsyncConnection(reader, writer, Session("client", host_name=host, **options))
    except BaseException:
        writer.close()
        raise
    try:
        await connection.handshake()
    except OSError as error:
        await connection.close()
        raise UserError(f"{host_name}:{port_number}: {error}") from error
    except BaseException:
        await connection.close()
        raise
    return connection
