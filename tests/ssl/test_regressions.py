"""What the original of this framework got wrong, one test for each, in both roles where there are two.

The same over sockets, through servers and clients of components/network, is in tests/network.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sming_host.build import archive
from sming_host.tls import Library, Listener, Pin, State, TlsError, listen
from tests.ssl.conftest import World
from tests.ssl.test_alerts import EXTENSIONS, HELLO, alerts
from tests.ssl.test_attacks import OLD_HELLO, connected, drained
from tests.ssl.test_server import exchange
from tests.ssl.wire import ALERT, HANDSHAKE, Record, handshake, records, talk


def test_failed_handshakes_do_no_harm(world: World) -> None:
    """After eight the original's network was dead."""
    for number in range(20):
        device = world.server()
        with pytest.raises(TlsError):
            device.feed((OLD_HELLO, b"GET / HTTP/1.0\r\n\r\n", handshake(1, HELLO[:20]))[number % 3])
        client = world.client(host_name="other.local")
        server = world.server()
        with pytest.raises(TlsError):
            exchange(client, server)
    connected(world)
    assert talk(world.client(), world.openssl_server())[0] is None


def test_close_notify_with_more_behind_it(world: World) -> None:
    """The original spun for ever. What comes behind is dropped (RFC 5246 §7.2.1)."""
    for first, second in (connected(world), reversed(connected(world))):
        second.write(b"last words")
        second.close()
        data = second.drain()
        first.feed(data + b"\x17\x03\x03\0\x20" + bytes(32) + b"?" * 1000)
        assert first.read() == b"last words"
        first.feed(b"?" * 100)
        assert len(alerts(drained(first))) == 1
        assert first.error is None and first.state in (State.CLOSING, State.CLOSED)


def test_fatal_certificate_unknown_ends_the_connection(world: World) -> None:
    for device in (world.client(), world.server()):
        device.drain()
        with pytest.raises(TlsError) as caught:
            device.feed(bytes(Record(ALERT, b"\2\x2e")) + b"more")
        assert caught.value.code == "alertReceived" and caught.value.alert == "certificate_unknown"
        assert device.state is State.FAILED and device.drain() == b""


def hello_with(extensions: bytes) -> bytes:
    return handshake(1, HELLO + len(extensions).to_bytes(2, "big") + extensions)


def test_sixty_repeated_signature_algorithms(world: World) -> None:
    """They crashed the original's server before anybody was authenticated."""
    pairs = b"\4\3" * 60
    signatures = b"\0\x0d" + (len(pairs) + 2).to_bytes(2, "big") + len(pairs).to_bytes(2, "big") + pairs
    device = world.server()
    device.feed(hello_with(signatures + EXTENSIONS[2 + 8 :]))
    first, *_ = drained(device)
    assert first.kind == HANDSHAKE and first.body[0] == 2


@pytest.mark.parametrize(
    ("identity", "suites", "number", "answer"),
    [
        ("ec", "basic", b"\xc0\x2b", ALERT),  # without them a client is taken to know only SHA-1 (RFC 5246 §7.4.1.4.1)
        ("rsa", "full", b"\x00\x9c", HANDSHAKE),
    ],
)
def test_hello_without_extensions(world: World, identity: str, suites: str, number: bytes, answer: int) -> None:
    device = world.server(getattr(world, identity), cipher_suites=suites)
    hello = handshake(1, HELLO.replace(b"\xc0\x2b", number))
    if answer == ALERT:
        with pytest.raises(TlsError) as caught:
            device.feed(hello)
        assert caught.value.code == "handshakeFailure"
    else:
        device.feed(hello)
    assert drained(device)[0].kind == answer


@pytest.mark.parametrize("key_type", ["ec256", "ec384"])
def test_ec_key_on_a_server(world: World, key_type: str) -> None:
    """It crashed the original's server."""
    peer = world.openssl_client()
    device = world.server(world.authority.issue("device.local", key_type=key_type))
    assert talk(device, peer)[0] is None and peer.done


def test_one_record_of_15_kilobytes(world: World) -> None:
    """Without the maximum fragment length extension, to ends with buffers of 4 KB; the original refused it."""
    data = os.urandom(15_000)
    for device, peer in (
        (world.server(max_buffer_size=4096), world.openssl_client()),
        (world.client(cipher_suites="full", max_buffer_size=None), world.openssl_server()),
    ):
        talk(device, peer)
        peer.tls.write(data)
        (record,) = records(peer.drain())
        device.feed(bytes(record))
        assert device.read() == data


@pytest.mark.parametrize("size", [512, 16384])
def test_smallest_and_largest_buffers_as_client(world: World, size: int) -> None:
    """With K16 the original sent an illegal fragment length."""
    data = os.urandom(50_000)
    device, peer = world.client(max_buffer_size=size), world.openssl_server()
    assert talk(device, peer)[0] is None and peer.done
    peer.tls.write(data)
    device.write(data)
    talk(device, peer)
    assert device.read() == data and peer.received == data


def test_pins_hold_on_the_second_connection(world: World) -> None:
    """The original used them up with the first one."""
    pin = Pin("pki-sha256", world.ec.spki_sha256)
    for _ in range(3):
        client, server = world.client(trust=[], pins=[pin]), world.server()
        exchange(client, server)
        assert client.verified
        client, server = world.client(trust=[], pins=[pin]), world.server(world.authority.issue("device.local"))
        with pytest.raises(TlsError) as caught:
            exchange(client, server)
        assert caught.value.code == "pinMismatch"


def test_verify_later_without_pins_is_not_verified(world: World) -> None:
    """The original took any certificate and said nothing."""
    client, server = world.client(trust=[], verify_later=True), world.server()
    client.library.read_log()
    exchange(client, server)
    assert client.state is State.ESTABLISHED and not client.verified


@pytest.mark.parametrize("role", ["client", "server"])
def test_every_random_byte_comes_from_the_generator(world: World, role: str) -> None:
    """With the same seed every byte is the same, so nothing else went in; without a generator nothing is sent."""
    flights = []
    for seed in (b"one", b"one", b"two"):
        client, server = world.client(seed=seed, time=0), world.server(seed=seed)
        hello = client.drain()
        if role == "server":
            server.feed(world.client(seed=b"same", time=0).drain())
        flights.append(hello if role == "client" else server.drain())
    assert flights[0] == flights[1] != flights[2]
    with pytest.raises(TlsError) as caught:
        getattr(world, role)(random_fails=True)
    assert caught.value.code == "noEntropy"


def test_handshake_that_is_cut_off_goes_no_further(world: World, library: Library) -> None:
    """The rest of the server's flight was made from the key and chain that the session had let go of by then."""
    lib, ffi = library.lib, library.ffi
    hello = world.client(max_buffer_size=512).drain()
    key, chain = world.rsa.key_pem, world.rsa.chain_pem
    session = ffi.gc(lib.sming_tls_new(lib.SMING_SERVER, ffi.NULL), lib.sming_tls_free)
    assert lib.sming_tls_key_cert(session, key, len(key), chain, len(chain), ffi.NULL) == 0
    assert lib.sming_tls_start(session) == 0 and lib.sming_tls_feed(session, hello, len(hello)) == len(hello)
    output = ffi.new("uint8_t const **")
    waiting = lib.sming_tls_peek_output(session, output)
    assert 0 < waiting < len(world.rsa.der), "a part of the flight"
    lib.sming_tls_transport_closed(session)
    sent = 0
    while count := lib.sming_tls_peek_output(session, output):
        sent += count
        lib.sming_tls_consume_output(session, count)
    assert sent == waiting
    ffi.release(session)


@contextlib.contextmanager
def serving(world: World, identity: str, folder: Path) -> Iterator[Listener]:
    """A server of one page on a socket."""
    certificate, key = getattr(world, identity).write(folder, "server")

    def serve(listener: Listener) -> None:
        with contextlib.suppress(OSError):
            while True:
                with contextlib.suppress(TlsError), listener.accept() as connection:
                    connection.handshake()
                    connection.recv(4096)
                    connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nhello\n")

    with listen(certificate=certificate, key=key, timeout=10) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield listener


def run(*command: str, text: bytes = b"") -> str:
    # A sanitizer's runtime is for our code, not for other people's programs
    environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    return subprocess.run(
        command, env=environment, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30, check=False
    ).stdout.decode(errors="replace")


@pytest.mark.parametrize("identity", ["ec", "rsa"])
def test_stock_programs_connect(world: World, tmp_path: Path, identity: str) -> None:
    """OpenSSL 3 and curl without a switch for old servers: the original's axTLS had no renegotiation_info."""
    authority = tmp_path / "authority.pem"
    authority.write_bytes(world.authority.pem)
    with serving(world, identity, tmp_path) as server:
        curl = str(archive.tool_package("curl").program("curl"))
        where = f"device.local:{server.port}"
        page = run(curl, "-sS", "--cacert", str(authority), "--resolve", f"{where}:127.0.0.1", f"https://{where}/")
        assert page == "hello\n"
        openssl = str(archive.tool_package("openssl").program("openssl"))
        command = [openssl, "s_client", "-connect", f"127.0.0.1:{server.port}", "-servername", "device.local"]
        output = run(*command, "-CAfile", str(authority), "-quiet", "-verify_return_error", text=b"GET /\n")
        assert "hello" in output, output
