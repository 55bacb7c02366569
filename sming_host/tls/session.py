"""A TLS session of the device's code, sans-I/O."""

from __future__ import annotations

import datetime
import enum
import time as clock
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Optional, Union

from sming_host.errors import UserError
from sming_host.tls.errors import TlsError, UsageError
from sming_host.tls.facts import PIN_KINDS, MemoryUse, PeerCertificate, Pin, State
from sming_host.tls.library import Library, default_library
from sming_host.tls.resumption import Resumption, ServerShare

Blob = Union[bytes, bytearray, memoryview, Path]
"""Data, or the file that holds it."""


class _Now(enum.Enum):
    NOW = "now"


NOW = _Now.NOW
"""The computer's clock, as opposed to a time of the caller's."""

Time = Union[_Now, datetime.datetime, int, float, None]
"""A moment (a number is seconds since 1970), or None for a device whose clock was not set."""

CIPHER_SUITE_LISTS = ("basic", "full")
BUFFER_SIZES = (None, 512, 1024, 2048, 4096, 8192, 16384)

_NAME_PARTS = ("CN", "O", "OU", "C", "L", "ST")
_VERSIONS = {0x0301: "TLSv1", 0x0302: "TLSv1.1", 0x0303: "TLSv1.2", 0x0304: "TLSv1.3"}


def read_blob(value: Blob) -> bytes:
    """The bytes of something that is data or a file."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if not isinstance(value, Path):
        raise UsageError(f"{type(value).__name__} is neither data (bytes) nor the name of a file (pathlib.Path)")
    try:
        return value.read_bytes()
    except OSError as error:
        raise UserError(f"{value}: {error.strerror}") from error


def encode_host_name(name: str) -> bytes:
    """A host name as it stands in certificates and on the wire: ASCII, other scripts in Punycode."""
    try:
        encoded = name.encode("idna")
    except UnicodeError as error:
        raise UserError(f"{name!r} is not a host name: {error}") from error
    if b"\0" in encoded:
        raise UserError(f"{name!r} is not a host name")
    return encoded


class Session:
    """One end of a TLS connection. It starts at once: a client's first message is in `drain()`.

    After every call, send what `drain()` gives. `feed` raises the `TlsError` that ended the session; the alert that
    tells the peer is in `drain()` then, too.
    """

    def __init__(
        self,
        role: str = "client",
        *,
        host_name: Optional[str] = None,
        trust: Iterable[Blob] = (),
        pins: Iterable[Union[Pin, str]] = (),
        certificate: Optional[Blob] = None,
        key: Optional[Blob] = None,
        key_password: Optional[str] = None,
        verify_later: bool = False,
        cipher_suites: Union[str, Sequence[int]] = "basic",
        max_buffer_size: Optional[int] = None,
        resume: bool = False,
        client_authentication: bool = False,
        legacy_versions: bool = False,
        alpn: Sequence[str] = (),
        port: int = 0,
        resumption: Optional[Resumption] = None,
        share: Optional[ServerShare] = None,
        cache_size: int = 10,
        time: Time = NOW,
        seed: Optional[bytes] = None,
        random_fails: bool = False,
        library: Optional[Library] = None,
    ) -> None:
        """Set up a session and start it.

        `role` is "client" or "server". `trust`, `certificate` and `key` take DER or PEM. `max_buffer_size` is the
        most plaintext in a record, 512 to 16384 bytes. `seed` makes the random numbers, and so the handshake,
        reproducible: for tests only. `random_fails` is a device without entropy. With `resume` a client goes on from
        the session of `resumption`, and a server keeps `cache_size` sessions in `share`.
        """
        if role not in ("client", "server"):
            raise UsageError(f"role is {role!r}, neither 'client' nor 'server'")
        self.library = library or default_library()
        self._lib = self.library.lib
        self._ffi: Any = self.library.ffi
        self._error: Optional[TlsError] = None
        self._share: Optional[ServerShare] = None
        self._outgoing = bytearray()
        self._received = bytearray()
        with self.library.lock:
            number = self._lib.SMING_SERVER if role == "server" else self._lib.SMING_CLIENT
            handle = self._lib.sming_tls_new(
                number, self._ffi.NULL if host_name is None else encode_host_name(host_name)
            )
            if handle == self._ffi.NULL:
                raise self.library.error(self.library.error_names.index("noMemory"))
            self._handle: Any = self.library.owned(handle, self._lib.sming_tls_free)
            try:
                self._configure(trust, pins, certificate, key, key_password)
                self._configure_engine(
                    cipher_suites, max_buffer_size, verify_later, resume, client_authentication, legacy_versions
                )
                self._lib.sming_tls_port(self._handle, port)
                if alpn:
                    self.library.check(self._lib.sming_tls_alpn(self._handle, ",".join(alpn).encode()))
                if resumption is not None:
                    self._lib.sming_tls_set_resumption(self._handle, resumption.hand_over(self.library))
                if share is not None:
                    self._lib.sming_tls_share(self._handle, share.attach(self, self.library), cache_size)
                    self._share = share
                self._configure_environment(time, seed, random_fails)
                started = self._lib.sming_tls_start(self._handle) == 0
                self._collect()
                if not started:
                    raise self._make_error()
            except BaseException:
                self.free()
                raise

    # Setting up

    def _configure(
        self,
        trust: Iterable[Blob],
        pins: Iterable[Union[Pin, str]],
        certificate: Optional[Blob],
        key: Optional[Blob],
        key_password: Optional[str],
    ) -> None:
        for anchor in trust:
            data = read_blob(anchor)
            name = str(anchor) if isinstance(anchor, Path) else "trusted certificate"
            self.library.check(self._lib.sming_tls_trust(self._handle, data, len(data)), name)
        for pin in pins:
            parsed = Pin.parse(pin) if isinstance(pin, str) else pin
            kind = list(PIN_KINDS).index(parsed.kind)
            self.library.check(self._lib.sming_tls_pin(self._handle, kind, parsed.value))
        if (certificate is None) != (key is None):
            raise UsageError("a certificate needs its key, and a key its certificate")
        if certificate is not None and key is not None:
            own, secret = read_blob(certificate), read_blob(key)
            password = self._ffi.NULL if key_password is None else key_password.encode()
            code = self._lib.sming_tls_key_cert(self._handle, secret, len(secret), own, len(own), password)
            self.library.check(code)

    def _configure_engine(
        self,
        cipher_suites: Union[str, Sequence[int]],
        max_buffer_size: Optional[int],
        verify_later: bool,
        resume: bool,
        client_authentication: bool,
        legacy_versions: bool,
    ) -> None:
        if isinstance(cipher_suites, str):
            if cipher_suites not in CIPHER_SUITE_LISTS:
                raise UsageError(f"cipher_suites is {cipher_suites!r}, not one of {', '.join(CIPHER_SUITE_LISTS)}")
            self._lib.sming_tls_cipher_suite_list(self._handle, CIPHER_SUITE_LISTS.index(cipher_suites))
        else:
            suites = list(cipher_suites)
            self.library.check(self._lib.sming_tls_cipher_suites(self._handle, suites, len(suites)))
        if max_buffer_size not in BUFFER_SIZES:
            raise UsageError(f"max_buffer_size is {max_buffer_size}, not one of {BUFFER_SIZES[1:]}")
        self._lib.sming_tls_max_buffer_size(self._handle, BUFFER_SIZES.index(max_buffer_size))
        options = (
            (verify_later, self._lib.SMING_OPTION_VERIFY_LATER),
            (resume, self._lib.SMING_OPTION_SESSION_RESUME),
            (client_authentication, self._lib.SMING_OPTION_CLIENT_AUTHENTICATION),
            (legacy_versions, self._lib.SMING_OPTION_LEGACY_VERSIONS),
        )
        self._lib.sming_tls_options(self._handle, sum(bit for wanted, bit in options if wanted))

    def _configure_environment(self, time: Time, seed: Optional[bytes], random_fails: bool) -> None:
        self.set_time(time)
        if seed is not None:
            self._lib.sming_tls_set_seed(self._handle, seed, len(seed))
        if random_fails:
            self._lib.sming_tls_fail_random(self._handle)

    def set_time(self, time: Time) -> None:
        """Set the session's clock. It stands still until set again; None takes it away."""
        with self.library.lock:
            if time is None:
                self._lib.sming_tls_unset_time(self._live())
                return
            if isinstance(time, _Now):
                time = clock.time()
            elif isinstance(time, datetime.datetime):
                time = time.timestamp()
            self._lib.sming_tls_set_time(self._live(), int(time))

    # The pump

    def feed(self, data: Union[bytes, bytearray, memoryview]) -> None:
        """Take bytes from the peer. Raises what ends the session; bytes after its end are dropped."""
        with self.library.lock:
            self._raise_error()
            view = self._ffi.from_buffer("uint8_t[]", data)
            length, taken = len(view), 0
            while taken < length:
                count = self._lib.sming_tls_feed(self._live(), view + taken, length - taken)
                taken += count
                if not self._collect() and count == 0:
                    raise RuntimeError(f"the TLS engine took {taken} of {length} bytes and stopped without an error")
            self._update()

    def feed_eof(self) -> None:
        """The transport ended. Raises `TruncatedError` if the peer had not said goodbye."""
        with self.library.lock:
            self._raise_error()
            self._lib.sming_tls_transport_closed(self._live())
            self._collect()
            self._update()

    def drain(self) -> bytes:
        """Bytes for the peer. They are taken out."""
        with self.library.lock:
            data = bytes(self._outgoing)
            self._outgoing.clear()
            return data

    def write(self, data: Union[bytes, bytearray, memoryview]) -> None:
        """Send plaintext: it is in `drain()` then, encrypted."""
        with self.library.lock:
            self._raise_error()
            if self.state is not State.ESTABLISHED:
                raise UsageError(f"write() in state {self.state.name}: data flows between handshake and close()")
            view = self._ffi.from_buffer("uint8_t[]", data)
            length, taken = len(view), 0
            while taken < length:
                count = self._lib.sming_tls_write(self._live(), view + taken, min(length - taken, 1 << 20))
                if count < 0:
                    break
                taken += count
                if count == 0:
                    self._lib.sming_tls_flush(self._handle)
                if not self._collect() and count == 0:
                    raise RuntimeError(f"the TLS engine took {taken} of {length} bytes and stopped without an error")
            self._lib.sming_tls_flush(self._handle)
            self._collect()
            self._update()

    def read(self, limit: int = -1) -> bytes:
        """Plaintext from the peer, at most `limit` bytes of what has arrived; empty when there is none."""
        with self.library.lock:
            count = len(self._received) if limit < 0 else limit
            data = bytes(self._received[:count])
            del self._received[:count]
            return data

    def close(self) -> None:
        """Say goodbye (close_notify). During the handshake it gives up instead."""
        with self.library.lock:
            self._lib.sming_tls_close(self._live())
            self._collect()
            if self._code():
                self._error = self._make_error()

    def free(self) -> None:
        """Release everything the session holds. Only `drain` and `read` work afterwards."""
        with self.library.lock:
            if self._handle is not None:
                self._ffi.release(self._handle)
                self._handle = None
            if self._share is not None:
                self._share.detach(self)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.free()

    def _live(self) -> Any:
        if self._handle is None:
            raise UsageError("the session was freed")
        return self._handle

    def _collect(self) -> bool:
        """Move what the engine has to give into our own buffers. True when there was something."""
        pointer = self._ffi.new("uint8_t const **")
        found = False
        for peek, consume, buffer in (
            (self._lib.sming_tls_peek_output, self._lib.sming_tls_consume_output, self._outgoing),
            (self._lib.sming_tls_peek_input, self._lib.sming_tls_consume_input, self._received),
        ):
            while True:
                length = peek(self._live(), pointer)
                if length == 0:
                    break
                buffer += self._ffi.buffer(pointer[0], length)
                consume(self._handle, length)
                found = True
        return found

    def _code(self) -> int:
        return int(self._lib.sming_tls_error(self._live()))

    def _update(self) -> None:
        if self._code():
            self._error = self._make_error()
            raise self._error

    def _raise_error(self) -> None:
        if self._error is not None:
            raise self._error

    def _make_error(self) -> TlsError:
        message = self.library.text(self._lib.sming_tls_error_text, self._live())
        alert = self._lib.sming_tls_alert(self._handle)
        return self.library.error(self._code(), message, alert, bool(self._lib.sming_tls_alert_received(self._handle)))

    # Looking at it

    @property
    def state(self) -> State:
        """Where the session is in its life."""
        with self.library.lock:
            return State(self._lib.sming_tls_state(self._live()))

    @property
    def handshake_done(self) -> bool:
        """Whether the handshake was completed, even if the session has ended since."""
        with self.library.lock:
            return bool(self._lib.sming_tls_handshake_done(self._live()))

    @property
    def verified(self) -> bool:
        """Whether the peer's certificate was checked against anything."""
        with self.library.lock:
            return bool(self._lib.sming_tls_verified(self._live()))

    @property
    def resumed(self) -> bool:
        """Whether the handshake resumed an earlier session."""
        with self.library.lock:
            return bool(self._lib.sming_tls_resumed(self._live()))

    def take_resumption(self) -> Optional[Resumption]:
        """A client's next session can go on from this one with what is returned; None when it cannot."""
        with self.library.lock:
            handle = self._lib.sming_tls_take_resumption(self._live())
        return None if handle == self._ffi.NULL else Resumption(self.library, handle)

    @property
    def alpn_protocol(self) -> str:
        """Application protocol that was agreed on; empty when there is none."""
        with self.library.lock:
            return self.library.text(self._lib.sming_tls_alpn_protocol, self._live())

    @property
    def cipher_suite(self) -> Optional[str]:
        """IANA name of the suite without "TLS_"; None before it is agreed on."""
        with self.library.lock:
            number = self._lib.sming_tls_cipher_suite(self._live())
        return self.library.cipher_suite_name(number) if number else None

    @property
    def version(self) -> Optional[str]:
        """Protocol version, "TLSv1.2"; None before it is agreed on."""
        with self.library.lock:
            number = self._lib.sming_tls_version(self._live())
        return _VERSIONS.get(number, f"0x{number:04x}") if number else None

    @property
    def session_id(self) -> bytes:
        """Id that the server gave to the session, possibly empty."""
        with self.library.lock:
            buffer = self._ffi.new("uint8_t[32]")
            length = self._lib.sming_tls_session_id(self._live(), buffer, 32)
            return bytes(self._ffi.buffer(buffer, length))

    @property
    def error(self) -> Optional[TlsError]:
        """What ended the session, if it was an error."""
        return self._error

    @property
    def alert(self) -> Optional[str]:
        """Alert that was sent or received, as the RFCs name it."""
        with self.library.lock:
            return self.library.alert_name(self._lib.sming_tls_alert(self._live()))

    @property
    def alert_received(self) -> bool:
        """Whether `alert` came from the peer."""
        with self.library.lock:
            return bool(self._lib.sming_tls_alert_received(self._live()))

    @property
    def peer_certificate(self) -> Optional[PeerCertificate]:
        """The peer's certificate; None before it arrived."""
        with self.library.lock:
            out = self._ffi.new("sming_certificate *")
            if not self._lib.sming_tls_certificate(self._live(), out):
                return None
            names = self.library.text(self._lib.sming_tls_certificate_alternative_names, self._handle)
            return PeerCertificate(
                subject=self._name(0),
                issuer=self._name(1),
                names=tuple(name for name in names.split(", ") if name),
                not_before=_moment(out.not_before),
                not_after=_moment(out.not_after),
                sha1=bytes(out.cert_sha1),
                sha256=bytes(out.cert_sha256),
                pki_sha256=bytes(out.pki_sha256),
            )

    def _name(self, issuer: int) -> dict[str, str]:
        function = self._lib.sming_tls_certificate_name
        parts = {part: self.library.text(function, self._handle, issuer, i) for i, part in enumerate(_NAME_PARTS)}
        return {part: text for part, text in parts.items() if text}

    @property
    def memory(self) -> MemoryUse:
        """Memory that all sessions of the library hold now."""
        return self.library.memory


def _moment(seconds: int) -> datetime.datetime:
    """A time of a certificate. Python's calendar ends with the year 9999, as do certificates (RFC 5280 §4.1.2.5)."""
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    return epoch + datetime.timedelta(seconds=seconds)
