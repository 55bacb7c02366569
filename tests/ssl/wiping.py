"""A program that looks for key bytes in its own memory, while a server uses a key and after it let go of it.

It must not hold these bytes itself: they are only in files mapped into memory and in shared mappings, which the search
leaves out. Run with the key, the certificate, the secret to be looked for, and a password or "-".
"""

from __future__ import annotations

import mmap
import os
import sys
from pathlib import Path
from typing import Any

from sming_host.tls import ServerShare, Session, default_library

CHUNK = 1 << 20
MASTER_OFFSET, MASTER_LENGTH = 38, 48
"""Where Ssl::SessionParameters has its master secret: behind id (33 bytes), version and suite."""


def map_file(path: str) -> mmap.mmap:
    with Path(path).open("rb") as file:
        return mmap.mmap(file.fileno(), 0, flags=mmap.MAP_SHARED, prot=mmap.PROT_READ)


def count(secret: memoryview) -> int:
    """How often it stands in private memory that can be written, stacks left out."""
    found = 0
    room = mmap.mmap(-1, CHUNK + len(secret))
    view = memoryview(room)
    with Path("/proc/self/mem").open("rb", buffering=0) as memory, Path("/proc/self/maps").open() as maps:
        for line in maps:
            area, rights, *rest = line.split()
            if rights[:2] != "rw" or rights[3] != "p" or (rest and rest[-1] in ("[stack]", "[vvar]")):
                continue
            start, end = (int(part, 16) for part in area.split("-"))
            while start < end:
                size = os.preadv(memory.fileno(), [view[: min(end - start, len(room))]], start)
                at = room.find(secret, 0, size)
                while at >= 0:
                    found += 1
                    at = room.find(secret, at + 1, size)
                start += min(size, CHUNK)
    return found


class Server:
    """A server's session without Python's conveniences, which copy keys."""

    def __init__(self, key: mmap.mmap, certificate: bytes, password: str, share: ServerShare) -> None:
        library = default_library()
        self.lib: Any = library.lib
        self.ffi: Any = library.ffi
        self.handle = self.lib.sming_tls_new(self.lib.SMING_SERVER, self.ffi.NULL)
        given = self.ffi.NULL if password == "-" else password.encode()
        pointer = self.ffi.from_buffer("uint8_t[]", key)
        code = self.lib.sming_tls_key_cert(self.handle, pointer, len(key), certificate, len(certificate), given)
        assert code == 0, code
        self.lib.sming_tls_options(self.handle, self.lib.SMING_OPTION_SESSION_RESUME)
        self.lib.sming_tls_share(self.handle, share.handle, 5)
        assert self.lib.sming_tls_start(self.handle) == 0

    def feed(self, data: bytes) -> None:
        taken = self.lib.sming_tls_feed(self.handle, data, len(data))
        assert taken == len(data)

    def drain(self) -> bytes:
        pointer = self.ffi.new("uint8_t const **")
        data = b""
        while length := self.lib.sming_tls_peek_output(self.handle, pointer):
            data += bytes(self.ffi.buffer(pointer[0], length))
            self.lib.sming_tls_consume_output(self.handle, length)
        return data

    def free(self) -> None:
        self.lib.sming_tls_free(self.handle)


def main(key_path: str, certificate_path: str, secret_path: str, password: str) -> None:
    secret = memoryview(map_file(secret_path))
    assert count(secret) == 0, "in memory before it was used"
    share = ServerShare()
    server = Server(map_file(key_path), Path(certificate_path).read_bytes(), password, share)
    client = Session("client", host_name="device.local", verify_later=True, resume=True)
    for _ in range(4):
        server.feed(client.drain())
        client.feed(server.drain())
    assert client.handshake_done
    kept = client.take_resumption()
    assert kept is not None
    master = mmap.mmap(-1, mmap.PAGESIZE)
    handle = kept.hand_over(default_library())
    server.ffi.memmove(master, server.ffi.cast("uint8_t *", handle) + MASTER_OFFSET, MASTER_LENGTH)
    master_secret = memoryview(master)[:MASTER_LENGTH]

    print("key:", count(secret), "master secret:", count(master_secret))
    client.free()
    server.free()
    server.lib.sming_resumption_free(handle)
    print("share only: key:", count(secret), "master secret:", count(master_secret))
    share.free()
    print("freed: key:", count(secret), "master secret:", count(master_secret))


if __name__ == "__main__":
    main(*sys.argv[1:])
