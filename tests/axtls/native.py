"""The engine of components/axtls as a shared library of its own, with sanitizers or without, and a binding to it."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Optional

import cffi

from sming_host.build.archive import source_package, tool_package

HOME = Path(__file__).resolve().parents[2]
SHIM = Path(__file__).resolve().parent / "native"
COMPONENTS = HOME / "components"
OUT = HOME / "out" / "axtls-test"

WARNINGS = ("-std=c11", "-Wall", "-Wextra", "-Wconversion", "-Werror")
SANITIZE = ("-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-fno-omit-frame-pointer")
ADDRESS = ("-fsanitize=address",)
PIC = ("-fPIC", "-g")
BEARSSL = ("-DBR_USE_UNIX_TIME=0", "-DBR_USE_URANDOM=0", "-DBR_USE_GETENTROPY=0", "-DBR_RDRAND=0")

#: ENABLED by `SMING_AXTLS_SANITIZE=1`: the tests run again in a process of their own.
SANITIZED = os.environ.get("SMING_AXTLS_SANITIZE") == "1"

#: `SMING_AXTLS_COVERAGE=1`: made by clang, so that counters are written to LLVM_PROFILE_FILE when Python ends.
#: What clang thinks of the code beyond gcc is of no matter.
COVERAGE = ("-fprofile-instr-generate", "-fcoverage-mapping", "-Wno-error")
COVERED = os.environ.get("SMING_AXTLS_COVERAGE") == "1"


def bearssl_root() -> Path:
    own = os.environ.get("BEARSSL_ROOT")
    return Path(own) if own else source_package("bearssl")


def newest(folders: Iterable[Path]) -> float:
    return max(p.stat().st_mtime for folder in folders for p in folder.rglob("*") if p.suffix in {".h", ".c"})


def compile_all(
    sources: Sequence[Path], folder: Path, flags: Sequence[str], newest_header: float, compiler: str = "gcc"
) -> list[Path]:
    """Object files of the sources; what is newer than sources and headers is left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    objects = [folder / f"{s.parent.name}_{s.stem}.o" for s in sources]

    def one(pair: tuple[Path, Path]) -> None:
        source, target = pair
        if target.exists() and target.stat().st_mtime > max(source.stat().st_mtime, newest_header):
            return
        subprocess.run([compiler, *flags, "-c", str(source), "-o", str(target)], check=True)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, zip(sources, objects)))
    return objects


@contextlib.contextmanager
def builds_alone() -> Iterator[None]:
    """Builds of several test processes take turns: they share folders."""
    OUT.mkdir(parents=True, exist_ok=True)
    with (OUT / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build(*, sanitize: bool, covered: bool = False) -> Path:
    """Compile the shared library; returns its path."""
    with builds_alone():
        return _build(sanitize, covered)


def _build(sanitize: bool, covered: bool) -> Path:
    root = bearssl_root()
    kind = "sanitized" if sanitize else "covered" if covered else "plain"
    compiler = str(tool_package("clang").program("clang")) if covered else "gcc"
    folder = OUT / kind
    include = [f"-I{d}" for d in (COMPONENTS / "axtls/include", COMPONENTS / "x509/include")]
    include += ["-isystem", str(root / "inc")]
    instrument = [*(SANITIZE if sanitize else ()), *(COVERAGE if covered else ())]
    bearssl = compile_all(
        sorted((root / "src").rglob("*.c")),
        OUT / ("bearssl-sanitized" if sanitize else "bearssl"),
        # It reads unaligned words on purpose: not for the undefined-behaviour sanitizer
        ["-O2", *PIC, *BEARSSL, f"-I{root / 'inc'}", f"-I{root / 'src'}", *(ADDRESS if sanitize else ())],
        0,
    )
    headers = newest([COMPONENTS / "axtls", COMPONENTS / "x509", SHIM])
    ours = compile_all(
        [*sorted((COMPONENTS / "axtls/src").rglob("*.c")), *sorted(SHIM.glob("shim*.c"))],
        folder,
        [
            "-O1",
            *PIC,
            *WARNINGS,
            *include,
            f"-I{COMPONENTS / 'axtls/src'}",
            *instrument,
            "-include",
            "stdint.h",
            "-include",
            "stddef.h",
        ],
        headers,
        compiler,
    )
    validator = compile_all(
        sorted((COMPONENTS / "x509/src").rglob("*.c")),
        folder / "x509",
        ["-O1", *PIC, "-std=c11", *include, f"-I{COMPONENTS / 'x509/src'}", *instrument],
        headers,
        compiler,
    )
    library = folder / "libaxtls-test.so"
    objects = [*ours, *validator, *bearssl]
    if not library.exists() or any(o.stat().st_mtime > library.stat().st_mtime for o in objects):
        subprocess.run(
            [compiler, "-shared", *instrument, "-o", str(library), *map(str, objects)],
            check=True,
        )
    return library


@functools.cache
def library() -> Path:
    """The shared library for this process."""
    return build(sanitize=SANITIZED, covered=COVERED)


@functools.cache
def load() -> tuple[Any, Any]:
    """cffi's view of the library."""
    ffi = cffi.FFI()
    lines = (SHIM / "shim.h").read_text("utf-8")
    ffi.cdef(lines)
    return ffi, ffi.dlopen(str(library()))


def bytes_of(function: Any, connection: Any, size: int = 20000) -> bytes:
    ffi, _ = load()
    buffer = ffi.new("uint8_t[]", size)
    count = function(connection, buffer, size)
    return bytes(ffi.buffer(buffer, count))


@dataclass(frozen=True)
class State:
    connected: bool
    peer_closed: bool
    closed: bool
    resumed: bool
    extended_master_secret: bool
    peer_authenticated: bool
    error: str
    alert_sent: str
    alert_received: str
    certificate_error: int
    suite: int
    output_fragment: int
    protocol: Optional[str]
    served_name: str


class Settings:
    """Settings of an engine; see shim.h."""

    def __init__(self) -> None:
        self.ffi, self.lib = load()
        self.handle = self.lib.shim_settings_new()
        assert self.handle != self.ffi.NULL
        self.seed(os.urandom(32))

    def __enter__(self) -> Settings:
        return self

    def __exit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.free()

    def free(self) -> None:
        if self.handle is not None:
            self.lib.shim_settings_free(self.handle)
            self.handle = None

    def seed(self, seed: bytes) -> None:
        self.lib.shim_seed(self.handle, seed, len(seed))

    def identity(self, chain: Sequence[bytes], key: bytes) -> None:
        kept = [self.ffi.from_buffer("uint8_t[]", c) for c in chain]
        pointers = self.ffi.new("uint8_t *[]", kept)
        lengths = self.ffi.new("size_t[]", [len(c) for c in chain])
        assert self.lib.shim_add_identity(self.handle, pointers, lengths, len(chain), key, len(key))

    def anchor(self, certificate: bytes) -> None:
        assert self.lib.shim_add_anchor(self.handle, certificate, len(certificate))

    def suites(self, suites: Sequence[int]) -> None:
        self.lib.shim_set_suites(self.handle, self.ffi.new("uint16_t[]", list(suites)), len(suites))

    def protocol(self, *names: str) -> None:
        for name in names:
            self.lib.shim_add_protocol(self.handle, name.encode())

    def authority(self, name: bytes) -> None:
        self.lib.shim_add_authority(self.handle, name, len(name))

    def fragments(self, incoming: int = 16384, outgoing: int = 4096) -> None:
        self.lib.shim_set_fragments(self.handle, incoming, outgoing)

    def batch(self, size: int) -> None:
        self.lib.shim_set_batch(self.handle, size)

    def client_auth(self, mode: int) -> None:
        self.lib.shim_set_client_auth(self.handle, mode)

    def cache(self, count: int, lifetime: int = 3600) -> None:
        self.lib.shim_set_cache(self.handle, count, lifetime)

    def put_session(self, session: bytes) -> None:
        self.lib.shim_put_session(self.handle, session, len(session))

    def tickets(self, lifetime: int = 3600) -> None:
        self.lib.shim_set_tickets(self.handle, lifetime)

    def use_tickets(self, use: bool) -> None:
        self.lib.shim_set_use_tickets(self.handle, use)

    def legacy(self, allow: bool) -> None:
        self.lib.shim_set_legacy(self.handle, allow)

    def time(self, seconds: int) -> None:
        self.lib.shim_set_time(self.handle, seconds)

    def clock(self, seconds: int) -> None:
        self.lib.shim_set_clock(self.handle, seconds)

    def served_name(self, name: str) -> None:
        self.lib.shim_set_served_name(self.handle, name.encode())

    def remove(self, *primitives: str) -> None:
        for primitive in primitives:
            assert self.lib.shim_remove(self.handle, primitive.encode())

    def client(self, name: str = "server.example", session: bytes = b"", ticket: bytes = b"") -> Engine:
        return Engine(self.lib.shim_client(self.handle, name.encode(), session, len(session), ticket, len(ticket)))

    def server(self) -> Engine:
        return Engine(self.lib.shim_server(self.handle))


class RefusedError(Exception):
    """No engine: no memory, or settings that leave nothing to offer."""


class Engine:
    """One connection, without I/O."""

    def __init__(self, handle: Any) -> None:
        self.ffi, self.lib = load()
        if handle == self.ffi.NULL:
            raise RefusedError
        self.handle = handle

    def free(self) -> None:
        if self.handle is not None:
            self.lib.shim_free(self.handle)
            self.handle = None

    def feed(self, data: bytes) -> int:
        count: int = self.lib.shim_feed(self.handle, data, len(data))
        return count

    def output(self) -> bytes:
        """Everything that waits to be sent."""
        parts = []
        while part := bytes_of(self.lib.shim_output, self.handle):
            parts.append(part)
        return b"".join(parts)

    def input(self) -> bytes:
        return bytes_of(self.lib.shim_input, self.handle)

    def write(self, data: bytes) -> int:
        count: int = self.lib.shim_write(self.handle, data, len(data))
        return count

    def flush(self) -> None:
        self.lib.shim_flush(self.handle)

    def close(self) -> None:
        self.lib.shim_close(self.handle)

    def abort(self, alert: int) -> None:
        self.lib.shim_abort(self.handle, alert)

    @property
    def state(self) -> State:
        s = self.ffi.new("shim_state *")
        self.lib.shim_get_state(self.handle, s)

        def text(pointer: Any) -> str:
            data: bytes = self.ffi.string(pointer)
            return data.decode("latin-1")

        return State(
            bool(s.connected),
            bool(s.peer_closed),
            bool(s.closed),
            bool(s.resumed),
            bool(s.extended_master_secret),
            bool(s.peer_authenticated),
            text(self.lib.shim_error_name(s.error)),
            text(self.lib.shim_alert_name(s.alert_sent)),
            text(self.lib.shim_alert_name(s.alert_received)),
            s.certificate_error,
            s.suite,
            s.output_fragment,
            None if s.protocol == self.ffi.NULL else text(s.protocol),
            text(s.served_name),
        )

    def session(self) -> bytes:
        return bytes_of(self.lib.shim_get_session, self.handle)

    def ticket(self) -> bytes:
        return bytes_of(self.lib.shim_get_ticket, self.handle)

    def take_ticket(self) -> bytes:
        """The ticket, which the engine has no more then."""
        return bytes_of(self.lib.shim_take_ticket, self.handle)


class Heap:
    """The allocator's figures."""

    def __init__(self) -> None:
        self.ffi, self.lib = load()

    def held(self, tag: int = -1) -> int:
        count: int = self.lib.shim_held(tag)
        return count

    def peak(self) -> int:
        count: int = self.lib.shim_peak()
        return count

    def reset_peak(self) -> None:
        self.lib.shim_reset_peak()

    def fail(self, n: int) -> None:
        self.lib.shim_fail_allocation(n)

    def limit(self, total: int) -> None:
        """No more bytes than these at once; 0: any number."""
        self.lib.shim_limit_heap(total)

    def allocations(self) -> int:
        count: int = self.lib.shim_allocations()
        return count

    def unwiped(self) -> int:
        count: int = self.lib.shim_unwiped()
        return count


def both(near: Engine, far: Engine) -> tuple[bytes, bytes]:
    """Pass everything between two engines; what each has received."""
    plain = [b"", b""]
    moved = True
    while moved:
        moved = False
        for index, (sender, receiver) in enumerate(((far, near), (near, far))):
            data = sender.output()
            while data:
                moved = True
                used = receiver.feed(data)
                data = data[used:]
                got = receiver.input()
                plain[index] += got
                assert used or got or receiver.output() == b""
    return plain[0], plain[1]
