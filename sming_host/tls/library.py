"""The shared library with the device's code: find or build it, load it, compare versions.

The C header is the one source of the declarations: it is read at run time and handed to cffi, so a binding can
never disagree with the header it stands beside, and the version tells whether the library was compiled with it.
"""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Optional, Union

import cffi

from sming_host import __version__
from sming_host.build.paths import find_home
from sming_host.named import exists
from sming_host.tls.errors import LibraryError, TlsError, class_for
from sming_host.tls.facts import Figures, MemoryUse, Statistics
from sming_host.tls.lock import CallLock

HEADER = Path("host-api", "include", "sming_host", "tls.h")
ENGINE = "Bearssl"
"""The engine unless another one is asked for; a value of ``ENABLE_SSL``."""

_NO_ALERT = -1


def declarations(header: str) -> str:
    """What cffi wants to see of a C header: no directives but ``#define NAME number``, nothing for C++."""
    kept = []
    depth = 0
    for line in header.splitlines():
        if re.match(r"#\s*ifdef\s+__cplusplus", line):
            depth += 1
        elif depth and re.match(r"#\s*endif", line):
            depth -= 1
        elif not depth and (not line.startswith("#") or re.match(r"#define\s+\w+\s+-?\d+\s*$", line)):
            kept.append(line)
    return "\n".join(kept)


def find_header() -> Path:
    """The C header of this package."""
    return find_home() / "components" / HEADER


def _load(path: Path, header: str) -> tuple[Any, Any]:
    """Open the library. Both results are typed Any, as their contents are known at run time only."""
    ffi = cffi.FFI()
    ffi.cdef(declarations(header))
    try:
        return ffi, ffi.dlopen(str(path.resolve()))
    except OSError as error:
        raise LibraryError(f"{path} cannot be loaded: {error}") from error


class Library:
    """One loaded copy of the device's code, with its own memory, log and counters.

    Its calls are made one at a time: the device knows no threads.
    """

    def __init__(self, path: Union[str, Path], header: Optional[Path] = None) -> None:
        self.path = Path(path)
        self.lock = CallLock()
        self.ffi, self.lib = _load(self.path, (header or find_header()).read_text(encoding="utf-8"))
        self._check_version()
        # cffi looks a function up at its first use, under a lock of its own that a destructor must not need
        for name in dir(self.lib):
            getattr(self.lib, name)
        self._alerts: dict[int, str] = {}
        self._tags = [
            self.ffi.string(self.lib.sming_memory_tag_name(tag)).decode()
            for tag in range(self.lib.sming_memory_tag_count())
        ]
        self.error_names = [self.text(self.lib.sming_error_name, code) for code in range(self.lib.sming_error_count())]

    def _check_version(self) -> None:
        wanted = self.lib.SMING_API_VERSION
        try:
            found = self.lib.sming_api_version()
        except AttributeError as error:
            raise LibraryError(f"{self.path} is not a library of this project") from error
        if found != wanted:
            raise LibraryError(
                f"{self.path} has interface version {found}, this package needs {wanted}",
                hint="Build it again:  ./scons SMING_SOC=host ENABLE_SSL=Bearssl host-api",
            )

    def owned(self, handle: Any, function: Any) -> Any:
        """A handle that `function` releases when nobody has it any more."""
        return self.ffi.gc(handle, functools.partial(self.lock.release, function))

    @property
    def engine(self) -> str:
        """TLS engine inside, as in ``ENABLE_SSL``."""
        name: bytes = self.ffi.string(self.lib.sming_engine_name())
        return name.decode()

    def text(self, function: Any, *arguments: Any) -> str:
        """Call a function that fills a text buffer."""
        size = 256
        with self.lock:
            buffer = self.ffi.new("char[]", size)
            length = function(*arguments, buffer, size)
            if length >= size:
                buffer = self.ffi.new("char[]", length + 1)
                length = function(*arguments, buffer, length + 1)
            data: bytes = self.ffi.unpack(buffer, length)
        return data.decode("utf-8", errors="replace")

    def alert_name(self, alert: int) -> Optional[str]:
        """Name of a TLS alert as the RFCs have it; None for "no alert"."""
        return None if alert == _NO_ALERT else self.text(self.lib.sming_alert_name, alert)

    def cipher_suite_name(self, suite: int) -> str:
        """IANA name of a cipher suite, without the leading "TLS_"."""
        return self.text(self.lib.sming_cipher_suite_name, suite)

    def error(self, code: int, message: str = "", alert: int = _NO_ALERT, alert_received: bool = False) -> TlsError:
        """The exception for an error number."""
        name = self.error_names[code]
        message = message or self.text(self.lib.sming_error_text, code)
        return class_for(name)(message, name, self.alert_name(alert), alert_received)

    def check(self, code: int, message: str = "") -> None:
        """Raise for an error number that is not 0. `message` is put in front of what the library says."""
        if code != 0:
            said = self.text(self.lib.sming_error_text, code)
            raise self.error(code, f"{message}: {said}" if message else said)

    def can_trust(self, certificate: bytes) -> bool:
        """Whether the device can use a certificate (DER or PEM) as a trust anchor."""
        with self.lock:
            handle = self.lib.sming_tls_new(self.lib.SMING_CLIENT, self.ffi.NULL)
            if handle == self.ffi.NULL:
                raise self.error(self.error_names.index("noMemory"))
            code = self.lib.sming_tls_trust(handle, certificate, len(certificate))
            self.lib.sming_tls_free(handle)
        return bool(code == 0)

    # Memory

    @property
    def memory(self) -> MemoryUse:
        """Memory that is held now."""
        with self.lock:
            tags: Mapping[str, Figures] = {name: self._figures(tag) for tag, name in enumerate(self._tags)}
            return MemoryUse(self._figures(-1), tags)

    def _figures(self, tag: int) -> Figures:
        out = self.ffi.new("sming_memory *")
        self.lib.sming_memory_statistics(tag, out)
        return Figures(out.current, out.peak, out.count, out.total)

    def reset_peak(self) -> None:
        """Start every peak anew."""
        with self.lock:
            self.lib.sming_memory_reset_peak()

    def set_memory_cap(self, size: Optional[int]) -> None:
        """Let the device's heap hold at most `size` bytes; None removes the limit."""
        with self.lock:
            self.lib.sming_memory_set_cap(size or 0)

    def fail_allocation(self, number: int, and_later: bool = False) -> None:
        """Let the n-th allocation from now fail, 1 being the next, or that and all later ones; 0 switches off."""
        with self.lock:
            self.lib.sming_memory_fail_allocation(number, and_later)

    @property
    def allocation_attempts(self) -> int:
        """Allocations ever tried, to find out how many there are to fail."""
        with self.lock:
            return int(self.lib.sming_memory_attempts())

    # Counters and log

    @property
    def statistics(self) -> Statistics:
        """Counters over all sessions so far."""
        with self.lock:
            out = self.ffi.new("sming_tls_statistics *")
            self.lib.sming_tls_get_statistics(out)
            return Statistics(
                out.client_handshakes,
                out.server_handshakes,
                out.resumed,
                out.failed,
                self.error_names[out.last_error],
            )

    def read_log(self) -> str:
        """Take out what the device would have printed on its console since the last call."""
        with self.lock:
            buffer = self.ffi.new("char[]", 32768)
            length = self.lib.sming_log_read(buffer, 32768)
            data: bytes = self.ffi.unpack(buffer, length)
        return data.decode("utf-8", errors="replace")


@functools.cache
def default_library() -> Library:
    """The library of ``$SMING_HOST_LIBRARY``, or of this checkout; it is built if it is not there."""
    given = os.environ.get("SMING_HOST_LIBRARY")
    return Library(given) if given else engine_library(ENGINE)


@functools.cache
def engine_library(engine: str) -> Library:
    """The library with an engine, "Bearssl" or "Axtls", of this checkout; it is built if it is not there."""
    folder = build_folder()
    path = folder / built(engine)
    if not exists(path):
        build(folder, engine)
    return Library(path)


def built(engine: str) -> Path:
    """Where the build puts the library with an engine, relative to its folder."""
    return Path("out", "host", engine.lower(), "host-api", "libsming-host.so")


def build_folder() -> Path:
    """Where the library is built: the checkout, or for an installed package a folder in the user's cache."""
    home = find_home()
    if (home / "SConstruct").exists():
        return home
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "sming-host" / f"host-api-{__version__}"


def build(folder: Path, engine: str = ENGINE) -> None:
    """Have the build make the library in a folder."""
    path = folder / built(engine)
    print(f"sming_host.tls: building {path}", file=sys.stderr)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        script = folder / "SConstruct"
        if not script.exists():
            script.write_text("from sming_host.build import application\n\napplication()\n", encoding="utf-8")
        command = [sys.executable, "-m", "SCons", "-s", "SMING_SOC=host", f"ENABLE_SSL={engine}", "host-api"]
        result = subprocess.run(command, cwd=folder, stdout=sys.stderr, check=False)
    except OSError as error:
        raise LibraryError(f"{folder}: {error.strerror}") from error
    if result.returncode != 0 or not exists(path):
        raise LibraryError(f"{path} could not be built", hint="See the messages above.")
