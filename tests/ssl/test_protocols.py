"""Application protocols (ALPN), old versions, renegotiation."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import threading
from pathlib import Path
from typing import IO

import pytest

from sming_host.build import archive
from sming_host.tls import ServerShare, TlsError, connect, listen
from tests.ssl.conftest import World
from tests.ssl.test_server import exchange
from tests.ssl.wire import HANDSHAKE, Peer, Record, records, talk
from tests.support.adapters import Traits

# Old versions are what some of these tests are about
pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")


@pytest.mark.parametrize(
    ("client", "server", "expected"),
    [
        (["h2", "http/1.1"], ["http/1.1"], "http/1.1"),
        (["http/1.1", "h2"], ["h2", "http/1.1"], "h2"),  # the server's preference (RFC 7301 §3.2)
        (["h2"], [], ""),
        ([], ["h2"], ""),
        (["x" * 255], ["x" * 255], "x" * 255),
    ],
)
def test_alpn(world: World, client: list[str], server: list[str], expected: str) -> None:
    device, host = world.client(alpn=client), world.server(alpn=server)
    exchange(device, host)
    assert device.alpn_protocol == host.alpn_protocol == expected


def test_alpn_without_a_common_one(world: World) -> None:
    device, host = world.client(alpn=["a"]), world.server(alpn=["b"])
    with pytest.raises(TlsError) as caught:
        exchange(device, host)
    assert caught.value.alert == "no_application_protocol" and host.drain() != b""


def test_alpn_with_openssl(world: World) -> None:
    peer = world.openssl_server()
    peer.tls.context.set_alpn_protocols(["mqtt", "http/1.1"])
    device = world.client(alpn=["http/1.1", "mqtt"])
    assert talk(device, Peer(peer.tls.context, True))[0] is None and device.alpn_protocol == "mqtt"
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(cadata=world.authority.pem.decode())
    client.set_alpn_protocols(["h2", "http/1.1"])
    other = Peer(client, False, "device.local")
    host = world.server(alpn=["http/1.1"])
    assert talk(host, other)[0] is None and other.tls.selected_alpn_protocol() == "http/1.1" == host.alpn_protocol


@pytest.mark.parametrize("names", [["", "a"], ["x" * 256], ["a"] * 9])
def test_alpn_names_that_cannot_be(world: World, names: list[str]) -> None:
    with pytest.raises(TlsError) as caught:
        world.client(alpn=names)
    assert "alpnProtocols" in str(caught.value)


def test_alpn_and_resumption(world: World) -> None:
    """BearSSL reads beyond its list of names when a resuming client offers none of them; so such are not resumed."""
    share = ServerShare()
    kept = None
    for offered, resumed in ((["a"], False), (["a", "b"], True), ([], True), (["a"], True)):
        device = world.client(alpn=offered, resume=True, resumption=kept)
        host = world.server(alpn=["a"], resume=True, share=share)
        exchange(device, host)
        assert device.resumed == host.resumed == resumed
        assert host.alpn_protocol == ("a" if offered else "")
        kept = device.take_resumption()
    device = world.client(alpn=["b"], resume=True, resumption=kept)
    host = world.server(alpn=["a"], resume=True, share=share)
    with pytest.raises(TlsError) as caught:
        exchange(device, host)
    assert caught.value.alert == "no_application_protocol" and not host.resumed


def test_alpn_and_resumption_in_pieces(world: World) -> None:
    """The hello is looked through before; what has not arrived cannot be: then the handshake is a full one."""
    share = ServerShare()
    first, host = world.client(alpn=["a"], resume=True), world.server(alpn=["a"], resume=True, share=share)
    exchange(first, host)
    kept = first.take_resumption()
    device, host = (
        world.client(alpn=["b"], resume=True, resumption=kept),
        world.server(alpn=["a"], resume=True, share=share),
    )
    with pytest.raises(TlsError) as caught:
        for byte in device.drain():
            host.feed(bytes([byte]))
    assert caught.value.alert == "no_application_protocol"


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1_1"])
def test_old_versions_only_on_request(world: World, traits: Traits, version: str) -> None:
    for wanted in (False, True):
        legacy = wanted and traits.legacy_versions
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=world.authority.pem.decode())
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
        device = world.server(world.rsa, cipher_suites="full", legacy_versions=wanted)
        peer = Peer(context, False, "device.local")
        error, _ = talk(device, peer)
        assert peer.done == legacy and (error is None) == legacy
        if legacy:
            assert device.version == version.replace("_", ".")
            device.write(b"x" * 20_000)
            peer.tls.write(b"y" * 20_000)
            talk(device, peer)
            assert device.read() == b"y" * 20_000 and peer.received == b"x" * 20_000
        else:
            assert error is not None and error.code == "protocolVersion" and error.alert == "protocol_version"


@pytest.mark.parametrize("identity", ["ec", "rsa"])
def test_old_versions_as_client(world: World, traits: Traits, tmp_path: Path, identity: str) -> None:
    certificate, key = getattr(world, identity).write(tmp_path, "old")
    for wanted in (False, True):
        legacy = wanted and traits.legacy_versions
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.load_cert_chain(certificate, key)
        device = world.client(cipher_suites="full", legacy_versions=wanted)
        peer = Peer(context, True)
        error, _ = talk(device, peer)
        assert (error is None) == legacy == peer.done
        assert device.version == ("TLSv1.1" if legacy else None)


def test_old_versions_do_not_lower_new_ones(world: World) -> None:
    device, peer = world.server(legacy_versions=True, cipher_suites="full"), world.openssl_client()
    assert talk(device, peer)[0] is None and device.version == "TLSv1.2"


def test_fallback_is_recognised(world: World) -> None:
    """TLS_FALLBACK_SCSV (RFC 7507): a client that was talked into an old version is told."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    (hello,) = records(Peer(context, False).drain())
    body = bytearray(hello.body)
    at = 39 + body[38]
    size = int.from_bytes(body[at : at + 2], "big")
    body[at + size : at + size + 2] = b"\x56\x00"
    device = world.server(legacy_versions=True, cipher_suites="full")
    with pytest.raises(TlsError) as caught:
        device.feed(bytes(Record(HANDSHAKE, bytes(body), hello.version)))
    assert caught.value.alert == "inappropriate_fallback"


def test_renegotiation_by_the_client_is_refused(world: World, tmp_path: Path) -> None:
    """OpenSSL's client asks for it ("R"): it gets no_renegotiation."""
    certificate, key = world.ec.write(tmp_path, "server")
    openssl = str(archive.tool_package("openssl").program("openssl"))
    with listen(certificate=certificate, key=key) as listener:

        def serve() -> None:
            with contextlib.suppress(TlsError, OSError), listener.accept() as connection:
                connection.handshake()
                connection.recv(100)

        thread = threading.Thread(target=serve)
        thread.start()
        output = subprocess.run(
            [openssl, "s_client", "-tls1_2", "-connect", f"127.0.0.1:{listener.port}"],
            input=b"R\n",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=20,
            check=False,
        ).stdout.decode(errors="replace")
        thread.join(10)
    assert "RENEGOTIATING" in output and "no renegotiation" in output, output


def test_renegotiation_by_the_server_is_refused(world: World, tmp_path: Path) -> None:
    """OpenSSL's server asks for it ("R"): it gets no_renegotiation, as a warning; it is the one that gives up."""
    certificate, key = world.ec.write(tmp_path, "server")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    openssl = str(archive.tool_package("openssl").program("openssl"))
    command = [openssl, "s_server", "-tls1_2", "-cert", str(certificate), "-key", str(key), "-port", str(port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            until(process.stdout, b"ACCEPT")
            with connect("device.local", address=("127.0.0.1", port), trust=[world.authority.der]) as device:
                until(process.stdout, b"CIPHER")
                process.stdin.write(b"R\n")
                process.stdin.flush()
                with pytest.raises(TlsError) as caught:
                    while device.recv(100):
                        pass
            assert caught.value.alert_received
            until(process.stdout, b"no renegotiation")
        finally:
            process.kill()


def until(stream: IO[bytes], text: bytes) -> None:
    """Read lines up to the one with `text`."""
    for line in stream:
        if text in line:
            return
    raise AssertionError(f"ended without {text!r}")
