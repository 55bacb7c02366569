"""Memory: what a connection takes, and what happens when there is none."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.axtls import native, programs
from tests.axtls.conftest import NAME, World
from tests.axtls.native import Engine, Heap, RefusedError, both

HANDSHAKE, RECORD, SESSION, CACHE = range(4)
SCENES = ("ECDHE-ECDSA", "RSA", "CBC", "ticket", "id", "client certificate")


class Scene:
    """Settings of both sides for one kind of handshake."""

    def __init__(self, world: World, kind: str) -> None:
        self.server = world.server_settings("ec256" if kind == "ECDHE-ECDSA" else "rsa2048")
        self.client = world.client_settings()
        suite = {"ECDHE-ECDSA": 0xC02B, "RSA": 0x009C, "CBC": 0xC027}.get(kind, 0xCCA8)
        for settings in (self.server, self.client):
            settings.suites([suite])
            settings.seed(b"always the same")
        self.session = self.ticket = b""
        if kind == "ticket":
            self.server.tickets()
        if kind == "id":
            self.server.cache(2)
        if kind == "client certificate":
            import time

            self.server.client_auth(2)
            self.server.anchor(world.authority.der)
            self.server.clock(int(time.time()))
            world.add_identity(self.client, world.clients["rsa2048"])
        if kind in ("ticket", "id"):
            near, far = self.run()
            assert near is not None and far is not None
            self.session, self.ticket = near.session(), near.ticket()
            assert self.session
            self.free(near, far)

    def run(self) -> tuple[Engine | None, Engine | None]:
        try:
            near = self.client.client(NAME, self.session, self.ticket)
        except RefusedError:
            return None, None
        try:
            far = self.server.server()
        except RefusedError:
            return near, None
        both(near, far)
        for sender, receiver in ((near, far), (far, near)):
            if sender.state.connected:
                sender.write(b"x" * 1000)
                sender.flush()
                both(near, far)
            assert receiver is not None
        return near, far

    def free(self, *engines: Engine | None) -> None:
        for engine in engines:
            if engine is not None:
                engine.free()

    def close(self) -> None:
        self.server.free()
        self.client.free()


@pytest.mark.parametrize("kind", SCENES)
def test_every_allocation_fails(world: World, kind: str) -> None:
    """Each in turn: the side it fails on says internal_error, nothing leaks, and the next connection works."""
    heap = Heap()
    scene = Scene(world, kind)
    start = heap.allocations()
    good = scene.run()
    count = heap.allocations() - start
    assert good[0] is not None and good[0].state.connected
    scene.free(*good)
    held = heap.held()
    for n in range(1, count + 1):
        heap.fail(n)
        engines = scene.run()
        heap.fail(0)
        for one, other in (engines, engines[::-1]):
            if one is not None and one.state.error == "MEMORY":
                assert one.state.alert_sent == "internal_error"
                if other is not None:
                    assert other.state.alert_received == "internal_error"
        scene.free(*engines)
        # The cache may have got another session
        assert heap.held() == held, n
        if n % 10 == 0:
            engines = scene.run()
            assert all(e is not None and e.state.connected for e in engines)
            scene.free(*engines)
    scene.close()
    assert count > 10


def test_idle_connection(world: World) -> None:
    """After the handshake only session state is left, also after a large record came and was read."""
    heap = Heap()
    for kind in ("ECDHE-ECDSA", "CBC"):
        scene = Scene(world, kind)
        before = heap.held()
        near, far = scene.run()
        assert near is not None and far is not None
        near.write(b"y" * 16384)
        near.flush()
        both(near, far)
        assert heap.held(HANDSHAKE) == heap.held(RECORD) == 0
        # 64-bit pointers, both ends
        assert heap.held() - before < 2 * (1400 if kind == "ECDHE-ECDSA" else 2200)
        scene.free(near, far)
        scene.close()


@pytest.mark.parametrize("kind", ("ECDHE-ECDSA", "CBC", "ticket"))
def test_without_memory_for_more(world: World, kind: str) -> None:
    """A record that cannot grow any more is offered as it is: its memory serves what comes after it."""
    heap = Heap()
    scene = Scene(world, kind)
    near, far = scene.run()
    assert near is not None and far is not None
    data = bytes(i % 251 for i in range(3000))
    taken = near.write(data[:700])
    heap.limit(heap.held())
    offered = b""
    try:
        while taken < len(data):
            count = near.write(data[taken:])
            taken += count
            if count == 0:
                output = near.output()
                assert output and near.state.error == "NONE"
                offered += output
        near.flush()
        offered += near.output()
    finally:
        heap.limit(0)
    received = b""
    while offered:
        offered = offered[far.feed(offered) :]
        received += far.input()
    assert received == data
    scene.free(near, far)
    scene.close()


@pytest.mark.parametrize("kind", ("ECDHE-ECDSA", "CBC", "ticket"))
@pytest.mark.parametrize("end", ("free", "abort", "close", "peer closes", "sent"))
def test_nothing_of_a_record_stays(world: World, kind: str, end: str) -> None:
    """Plaintext leaves memory with its record, open or finished, moved or not; the record itself may stay."""
    heap = Heap()
    scene = Scene(world, kind)
    near, far = scene.run()
    assert near is not None and far is not None
    for piece in (b"plaintext." * 2, b"plaintext." * 50, bytes(range(1, 251)) * 4):
        assert near.write(piece) == len(piece)
    if end == "abort":
        near.abort(80)
    elif end == "close":
        near.close()
    elif end == "peer closes":
        far.close()
    elif end == "sent":
        near.flush()
    if end != "free":
        both(near, far)
        assert heap.held(RECORD) == 0
    else:
        assert heap.held(RECORD) > 1500
    scene.free(near, far)
    scene.close()
    assert heap.unwiped() == 0


def test_figures(world: World, tmp_path: Path) -> None:
    """Heap and stack of a server's connection, here with 64-bit pointers; the program runs on chips as well."""
    program = programs.build(native.SHIM / "figures.c", tmp_path, world)
    text = subprocess.run([str(program)], capture_output=True, text=True, check=True).stdout
    print(text)
    rows = re.findall(r"^(\S+) +idle +(\d+) heap; handshake +(\d+) heap \+ +(\d+) stack, +(\d+) together", text, re.M)
    assert len(rows) == 6
    for name, idle, _heap, _stack, together in rows:
        assert int(idle) < (1400 if "CBC" in name else 1000), name
        assert int(together) < 14000, name


def test_large_client_hello_takes_no_memory(world: World) -> None:
    """Padding of 60 KB in unknown extensions, in records of 1 KB, arriving in pieces."""
    heap = Heap()
    with world.server_settings() as settings, world.client_settings() as client:
        near = client.client()
        hello = near.output()
        near.free()
        body = bytearray(hello[9:])
        at = 2 + 32
        at += 1 + body[at]
        at += 2 + int.from_bytes(body[at : at + 2], "big")
        at += 1 + body[at]
        extensions = body[at + 2 :]
        for number in range(6):
            extensions += (0x7A00 + number).to_bytes(2, "big") + (10000).to_bytes(2, "big") + bytes(10000)
        body = body[:at] + len(extensions).to_bytes(2, "big") + extensions
        message = b"\x01" + len(body).to_bytes(3, "big") + body
        engine = settings.server()
        held = heap.held()
        heap.reset_peak()
        for start in range(0, len(message), 1000):
            piece = message[start : start + 1000]
            record = b"\x16\x03\x01" + len(piece).to_bytes(2, "big") + piece
            for cut in range(0, len(record), 37):
                assert engine.feed(record[cut : cut + 37]) == len(record[cut : cut + 37])
        assert engine.state.error == "NONE"
        assert heap.peak() - held < 400
        assert engine.output()[5] == 2
        engine.free()
