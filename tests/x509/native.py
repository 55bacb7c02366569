"""The validator of components/x509 through the host build's shared library."""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Optional

import cffi

from sming_host.build.paths import find_home
from sming_host.tls.library import declarations, default_library

NO_MEMORY, NO_SERVER_NAME, ANCHOR_REFUSED = -1, -2, -3


@dataclass(frozen=True)
class Settings:
    """What the caller of the validator sets; the defaults are those of a client with a clock."""

    server: Optional[str] = "www.example.org"
    client_certificate: bool = False
    check_chain: bool = True
    time: Optional[int] = 1767225600  # 2026-01-01
    min_rsa_bits: int = 0
    fragments: Sequence[int] = ()
    # allocations for copies of certificates before one fails
    copies: int = 1000


@dataclass(frozen=True)
class Result:
    """Verdict and what else the validator says about a chain."""

    error: str
    depth: int
    not_before: int
    not_after: int
    key_type: int
    key_detail: int
    usages: int
    sha1: bytes = b""
    sha256: bytes = b""
    spki_sha256: bytes = b""
    subject: str = ""
    issuer: str = ""
    dns_names: tuple[str, ...] = field(default=())
    names: str = ""
    copied_peak: int = 0
    verifications: int = 0

    @property
    def accepted(self) -> bool:
        return self.error == "NONE"


@functools.cache
def load() -> tuple[Any, Any]:
    """cffi's view of the library; typed Any, as its contents are known at run time only."""
    header = find_home() / "components" / "host-api" / "include" / "sming_host" / "x509.h"
    ffi = cffi.FFI()
    ffi.cdef(declarations(header.read_text(encoding="utf-8")))
    return ffi, ffi.dlopen(str(default_library().path.resolve()))


def error_name(code: int) -> str:
    """X509 error as the C header has it; the binding's own as small words."""
    if code < 0:
        return {NO_MEMORY: "no memory", NO_SERVER_NAME: "no server name", ANCHOR_REFUSED: "anchor refused"}[code]
    ffi, lib = load()
    name: bytes = ffi.string(lib.sming_x509_error_name(code))
    return name.decode()


class _List:
    """A sming_x509_list that keeps its memory alive."""

    def __init__(self, ffi: Any, certificates: Sequence[bytes]) -> None:
        data = b"".join(certificates)
        self._data = ffi.from_buffer("uint8_t[]", data) if data else ffi.new("uint8_t[1]")
        self._lengths = ffi.new("uint32_t[]", [len(c) for c in certificates])
        self.value = ffi.new("sming_x509_list *", (self._data, self._lengths, len(certificates)))


def validate(chain: Sequence[bytes], anchors: Sequence[bytes], settings: Optional[Settings] = None) -> Result:
    """Validate a chain (DER, end entity first). An anchor that is refused gives "anchor refused: NAME"."""
    settings = settings or Settings()
    ffi, lib = load()
    sent, trusted = _List(ffi, chain), _List(ffi, anchors)
    server = ffi.NULL if settings.server is None else ffi.new("char[]", settings.server.encode())
    fragments = ffi.new("uint32_t[]", list(settings.fragments))
    c_settings = ffi.new("sming_x509_settings *")
    c_settings.client_certificate = settings.client_certificate
    c_settings.check_chain = settings.check_chain
    c_settings.time_known = settings.time is not None
    c_settings.time = settings.time or 0
    c_settings.server = server
    c_settings.min_rsa_bits = settings.min_rsa_bits
    c_settings.fragments = fragments
    c_settings.fragment_count = len(settings.fragments)
    c_settings.copies = settings.copies
    out = ffi.new("sming_x509_result *")
    code = lib.sming_x509_validate(sent.value, trusted.value, c_settings, out)
    error = error_name(code)
    if code == ANCHOR_REFUSED:
        error += ": " + error_name(out.anchor_error)

    def text(value: Any) -> str:
        data: bytes = ffi.string(value)
        return data.decode("utf-8")

    dns_names = tuple(name for name in (text(out.first_dns_name), text(out.second_dns_name)) if name)
    result = Result(
        error, out.depth, out.not_before, out.not_after, out.key_type, out.key_detail, out.usages,
        subject=text(out.subject_common_name), issuer=text(out.issuer_common_name),
        dns_names=dns_names, names=text(out.names), copied_peak=out.copied_peak, verifications=out.verifications,
    )  # fmt: skip
    if not out.hashes:
        return result
    hashes = {name: bytes(getattr(out, name)) for name in ("sha1", "sha256", "spki_sha256")}
    return Result(**{**result.__dict__, **hashes})


def fuzz(data: bytes) -> None:
    """Run the fuzzer's entry point once."""
    ffi, lib = load()
    assert lib.sming_x509_fuzz(ffi.from_buffer("uint8_t[]", data) if data else ffi.NULL, len(data)) == 0


def is_address(server: str) -> bool:
    """Whether a server's name is an IP literal."""
    try:
        ipaddress.ip_address(server.strip("[]"))
    except ValueError:
        return False
    return True
