"""The axTLS C API over sockets, with Python's ssl module on the other side."""

from __future__ import annotations

import contextlib
import functools
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Optional

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.axtls import native
from tests.axtls.conftest import NAME, World
from tests.axtls.openssl import peer_context
from tests.support.pki import Authority

HEADER = native.COMPONENTS / "axtls/include/ssl.h"
CLIENT_AUTHENTICATION, VERIFY_LATER, IN_PARTS = 0x00010000, 0x00020000, 0x00800000
OK, NOT_OK, CLOSE_NOTIFY, CONN_LOST = 0, -1, -3, -256
CERT, CACERT, RSA_KEY, PKCS8, PKCS12 = 1, 2, 3, 4, 5
NO_TRUSTED, EXPIRED, OTHER = -514, -517, -513


@functools.cache
def api() -> tuple[Any, Any]:
    text = HEADER.read_text("utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r'^#.*$|extern "C" \{|^\}$', "", text, flags=re.M)
    ffi = cffi_of("typedef ... axtls_memory;" + text)
    return ffi, ffi.dlopen(str(native.library()))


def cffi_of(declarations: str) -> Any:
    import cffi

    ffi = cffi.FFI()
    ffi.cdef(declarations)
    return ffi


@contextlib.contextmanager
def context_of(options: int = 0, sessions: int = 4) -> Iterator[Any]:
    _, lib = api()
    context = lib.ssl_ctx_new(options, sessions)
    assert context
    try:
        yield context
    finally:
        lib.ssl_ctx_free(context)


@contextlib.contextmanager
def openssl(
    context: ssl.SSLContext, server_side: bool, work: Callable[[ssl.SSLSocket], None]
) -> Iterator[socket.socket]:
    """OpenSSL on one end of a pair of sockets, in a thread; the other end."""
    near, far = socket.socketpair()
    far.settimeout(10)

    def run() -> None:
        with (
            contextlib.suppress(ssl.SSLError, OSError),
            context.wrap_socket(far, server_side, server_hostname=None if server_side else NAME) as tls,
        ):
            work(tls)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield near
    finally:
        near.close()
        thread.join(20)
    assert not thread.is_alive()


def echo(tls: ssl.SSLSocket) -> None:
    while data := tls.recv(65536):
        tls.sendall(data)
    tls.unwrap()


def extensions(name: str = NAME, fragment: int = 0) -> Any:
    ffi, lib = api()
    ext = lib.ssl_ext_new()
    assert lib.ssl_ext_set_host_name(ext, name.encode()) == OK
    if fragment:
        assert lib.ssl_ext_set_max_fragment_size(ext, fragment) == OK
    return ffi.gc(ext, lib.ssl_ext_free)


def read(connection: Any) -> bytes:
    """The next plaintext."""
    ffi, lib = api()
    data = ffi.new("uint8_t **")
    while True:
        count = lib.ssl_read(connection, data)
        if count > 0:
            return bytes(ffi.buffer(data[0], count))
        if count < 0:
            raise ConnectionError(count)


def load(context: Any, kind: int, data: bytes, password: Optional[bytes] = None) -> int:
    ffi, lib = api()
    result: int = lib.ssl_obj_memory_load(context, kind, data, len(data), ffi.NULL if password is None else password)
    return result


def server_context(world: World, kind: str = "rsa2048") -> ssl.SSLContext:
    context = peer_context(True)
    context.load_cert_chain(*world.server_path(kind))
    return context


@pytest.mark.parametrize("kind", ("ec256", "rsa2048"))
def test_client(world: World, kind: str) -> None:
    ffi, lib = api()
    with context_of() as context, openssl(server_context(world, kind), True, echo) as near:
        assert load(context, CACERT, world.authority.der) == OK
        connection = lib.ssl_client_new(context, near.fileno(), ffi.NULL, 0, extensions())
        assert lib.ssl_handshake_status(connection) == OK
        assert lib.ssl_find(context, near.fileno()) == connection
        assert lib.ssl_verify_cert(connection) == OK
        identity = world.servers[kind]
        assert lib.ssl_match_fingerprint(connection, identity.sha1) == OK
        assert lib.ssl_match_fingerprint(connection, bytes(20)) == NOT_OK
        assert lib.ssl_match_spki_sha256(connection, identity.spki_sha256) == OK
        assert lib.ssl_match_spki_sha256(connection, bytes(32)) == NOT_OK
        assert ffi.string(lib.ssl_get_cert_dn(connection, 0)) == NAME.encode()
        assert ffi.string(lib.ssl_get_cert_dn(connection, 6)) == b"axtls test intermediate"
        assert lib.ssl_get_cert_dn(connection, 1) == lib.ssl_get_cert_dn(connection, 12) == ffi.NULL
        assert ffi.string(lib.ssl_get_cert_subject_alt_dnsname(connection, 0)) == NAME.encode()
        assert lib.ssl_get_cert_subject_alt_dnsname(connection, 1) == ffi.NULL
        assert lib.ssl_get_cipher_id(connection) == (0xA9 if kind == "ec256" else 0xA8)
        assert lib.ssl_renegotiate(connection) == -273
        assert lib.ssl_calculate_write_length(connection, 100) == 5 + 100 + 16
        data = bytes(range(256)) * 100
        assert lib.ssl_write(connection, data, len(data)) == len(data)
        back = b""
        while len(back) < len(data):
            back += read(connection)
        assert back == data
        lib.ssl_free(connection)


def test_client_session(world: World) -> None:
    ffi, lib = api()
    peer = server_context(world)
    peer.options |= ssl.OP_NO_TICKET
    reused: list[Optional[bool]] = []

    def work(tls: ssl.SSLSocket) -> None:
        reused.append(tls.session_reused)
        echo(tls)

    with context_of() as context:
        load(context, CACERT, world.authority.der)
        session = b""
        for _ in range(2):
            with openssl(peer, True, work) as near:
                connection = lib.ssl_client_new(context, near.fileno(), session or ffi.NULL, len(session), extensions())
                assert lib.ssl_handshake_status(connection) == OK
                session = bytes(ffi.buffer(lib.ssl_get_session_id(connection), lib.ssl_get_session_id_size(connection)))
                assert len(session) == 32
                lib.ssl_free(connection)
    assert reused == [False, True]


def test_connect_in_parts(world: World) -> None:
    ffi, lib = api()
    with context_of(IN_PARTS) as context, openssl(server_context(world), True, echo) as near:
        load(context, CACERT, world.authority.der)
        connection = lib.ssl_client_new(context, near.fileno(), ffi.NULL, 0, extensions(fragment=512))
        assert lib.ssl_handshake_status(connection) == NOT_OK
        assert lib.ssl_calculate_write_length(connection, 1) == NOT_OK
        assert lib.ssl_write(connection, b"x", 1) == NOT_OK
        while lib.ssl_handshake_status(connection) == NOT_OK:
            assert lib.ssl_read(connection, ffi.NULL) == OK
        assert lib.ssl_handshake_status(connection) == OK
        assert lib.ssl_write(connection, b"late", 4) == 4
        assert read(connection) == b"late"
        lib.ssl_free(connection)


@pytest.mark.parametrize(
    ("trusted", "name", "expected"),
    ((True, NAME, OK), (False, NAME, NO_TRUSTED), (True, "other.example", OTHER)),
)
def test_verify_later(world: World, trusted: bool, name: str, expected: int) -> None:
    ffi, lib = api()
    with context_of(VERIFY_LATER) as context, openssl(server_context(world), True, echo) as near:
        if trusted:
            load(context, CACERT, world.authority.der)
        connection = lib.ssl_client_new(context, near.fileno(), ffi.NULL, 0, extensions(name))
        assert lib.ssl_handshake_status(connection) == OK
        assert lib.ssl_verify_cert(connection) == expected
        assert lib.ssl_match_fingerprint(connection, world.servers["rsa2048"].sha1) == OK
        lib.ssl_free(connection)


@pytest.mark.parametrize(("trusted", "name", "expected"), ((False, NAME, NO_TRUSTED), (True, "other.example", OTHER)))
def test_verify_now(world: World, trusted: bool, name: str, expected: int) -> None:
    ffi, lib = api()
    with context_of() as context, openssl(server_context(world), True, echo) as near:
        if trusted:
            load(context, CACERT, world.authority.der)
        connection = lib.ssl_client_new(context, near.fileno(), ffi.NULL, 0, extensions(name))
        assert lib.ssl_handshake_status(connection) == expected
        assert lib.ssl_read(connection, ffi.NULL) == expected
        assert lib.ssl_write(connection, b"x", 1) == expected
        lib.ssl_free(connection)


def served(context: Any, near: socket.socket, expected: bytes) -> int:
    """Serve one connection: echo until it ends."""
    _, lib = api()
    connection = lib.ssl_server_new(context, near.fileno())
    seen = b""
    try:
        while True:
            data = read(connection)
            seen += data
            assert lib.ssl_write(connection, data, len(data)) == len(data)
    except ConnectionError as error:
        code: int = error.args[0]
    assert seen == expected
    if expected:
        assert lib.ssl_handshake_status(connection) == OK
    lib.ssl_free(connection)
    return code


@pytest.mark.parametrize("form", ("DER", "PEM", "file"))
@pytest.mark.parametrize("kind", ("ec256", "rsa2048"))
def test_server(world: World, kind: str, form: str, tmp_path: Path) -> None:
    ffi, lib = api()
    got: list[bytes] = []

    def work(tls: ssl.SSLSocket) -> None:
        tls.sendall(b"hello")
        got.append(tls.recv(100))
        tls.unwrap()

    identity = world.servers[kind]
    with context_of() as context, openssl(peer_context(False), False, work) as near:
        if form == "DER":
            for certificate in (identity.certificate, *identity.chain):
                assert load(context, CERT, certificate.public_bytes(Encoding.DER)) == OK
            assert load(context, PKCS8, identity.key_der) == OK
        elif form == "PEM":
            assert load(context, CERT, identity.chain_pem.rstrip()) == OK
            old = identity.key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
            assert load(context, RSA_KEY, identity.chain_pem + old) == OK
        else:
            certificate_path, key_path = identity.write(tmp_path, "server")
            assert lib.ssl_obj_load(context, CERT, str(certificate_path).encode(), ffi.NULL) == OK
            assert lib.ssl_obj_load(context, PKCS8, str(key_path).encode(), ffi.NULL) == OK
        assert served(context, near, b"hello") == CLOSE_NOTIFY
    assert got == [b"hello"]


@pytest.mark.parametrize("kind", ("ec256", "rsa2048", ""))
def test_client_authentication(world: World, kind: str) -> None:
    def work(tls: ssl.SSLSocket) -> None:
        tls.sendall(b"hello")
        tls.recv(100)
        tls.unwrap()

    peer = peer_context(False)
    if kind:
        peer.load_cert_chain(*world.client_path(kind))
    with context_of(CLIENT_AUTHENTICATION) as context, openssl(peer, False, work) as near:
        load(context, CACERT, world.authority.pem)
        load(context, CERT, world.servers["rsa2048"].chain_pem)
        load(context, PKCS8, world.servers["rsa2048"].key_pem)
        assert served(context, near, b"hello" if kind else b"") == (CLOSE_NOTIFY if kind else -268)


def test_refusals(world: World) -> None:
    ffi, lib = api()
    identity = world.servers["rsa2048"]
    with context_of() as context:
        assert load(context, PKCS12, b"\x30\0") == -274
        assert load(context, PKCS8, identity.key_der, b"secret") == -274
        assert load(context, PKCS8, b"\x30\x03\2\1\0") == -269
        assert load(context, PKCS8, b"no key at all") == -269
        assert load(context, PKCS8, identity.chain_pem) == -269
        assert load(context, CERT, b"") == NOT_OK
        assert load(context, CACERT, identity.der[:50]) == OTHER
        assert load(context, 99, b"\x30\0") == -274
        assert lib.ssl_obj_load(context, CERT, b"/nonexistent", ffi.NULL) == NOT_OK
        for _ in range(4):
            assert load(context, CERT, identity.der) == OK
        assert load(context, CERT, identity.der) == -268
        for i in range(8):
            assert load(context, CACERT, Authority(f"root {i}").der) == OK
        assert load(context, CACERT, Authority("one too many").der) == -268
    assert lib.ssl_ext_set_max_fragment_size(extensions(), 1000) == NOT_OK
    assert not lib.ssl_ctx_new(0, 1000)
    assert [lib.ssl_get_config(i) for i in range(5)] == [5, 4, 8, 1, 0]
    assert b"TLS 1.2" in ffi.string(lib.ssl_version())


def test_transport_ends(world: World) -> None:
    """Without close_notify the connection is lost, not closed."""
    ffi, lib = api()
    with context_of() as context:
        load(context, CERT, world.servers["ec256"].chain_pem)
        load(context, PKCS8, world.servers["ec256"].key_pem)
        near, far = socket.socketpair()
        connection = lib.ssl_server_new(context, near.fileno())
        far.sendall(b"\x16\3\1\0\x50")
        far.close()
        assert lib.ssl_read(connection, ffi.NULL) == CONN_LOST
        assert lib.ssl_handshake_status(connection) == CONN_LOST
        assert lib.ssl_read(connection, ffi.NULL) == CONN_LOST
        lib.ssl_free(connection)
        near.close()


def test_alert_from_the_peer(world: World) -> None:
    """The alert's number, negative."""
    ffi, lib = api()
    with context_of() as context:
        near, far = socket.socketpair()
        connection = lib.ssl_server_new(context, near.fileno())
        far.sendall(b"\x15\3\3\0\2\2\x28")
        assert lib.ssl_read(connection, ffi.NULL) == -40
        assert lib.ssl_handshake_status(connection) == -40
        assert ffi.string(lib.ssl_error_text(-40)) == b"handshake_failure"
        lib.ssl_free(connection)
        near.close()
        far.close()


def test_every_error_has_a_text() -> None:
    ffi, lib = api()
    codes = [int(v) for v in re.findall(r"^#define SSL_\w+ \((-\d+)\)$", HEADER.read_text("utf-8"), flags=re.M)]
    for code in [0, *codes, *range(-521, -512)]:
        text = ffi.string(lib.ssl_error_text(code)).decode()
        assert text not in ("?", "unknown error") or code in (-512, -521), code


def test_contexts_free_what_is_left(world: World) -> None:
    ffi, lib = api()
    with context_of() as context, openssl(server_context(world), True, echo) as near:
        load(context, CACERT, world.authority.der)
        for _ in range(1):
            assert lib.ssl_client_new(context, near.fileno(), ffi.NULL, 0, extensions())
        assert lib.ssl_find(context, 12345) == ffi.NULL
