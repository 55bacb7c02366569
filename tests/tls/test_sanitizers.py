"""All other tests of this folder once more, on a library built with address and undefined-behaviour sanitizers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sming_host.build.paths import find_home
from tests.support.adapters import build_library

OVERRUN = """
import cffi
from sming_host.tls import default_library
library = default_library()
libc = cffi.FFI()
libc.cdef("void* malloc(size_t);")
short = library.ffi.cast("uint8_t *", int(libc.cast("uintptr_t", libc.dlopen(None).malloc(50))))
library.ffi.memmove(short, bytes.fromhex("1603030200") + bytes(45), 50)
tls = library.lib.sming_tls_new(0, b"a.example")
library.lib.sming_tls_options(tls, library.lib.SMING_OPTION_VERIFY_LATER)
assert library.lib.sming_tls_start(tls) == 0
pointer = library.ffi.new("uint8_t const **")
library.lib.sming_tls_consume_output(tls, library.lib.sming_tls_peek_output(tls, pointer))
library.lib.sming_tls_feed(tls, short, 500)
"""


@pytest.fixture(scope="module")
def environment(adapter: str) -> dict[str, str]:
    """Builds the library, and says how Python is started with it."""
    library = build_library(adapter, "address,undefined")
    asan = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
    return {
        **os.environ,
        "LD_PRELOAD": asan.stdout.strip(),
        # Python itself lets go of its memory only by ending; our own leaks are found by test_memory.py.
        "ASAN_OPTIONS": "detect_leaks=0",
        "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
        "SMING_HOST_LIBRARY": str(library),
    }


def test_all_tests_with_sanitizers(environment: dict[str, str]) -> None:
    folder = Path(__file__).parent
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--capture=sys"]
    command += [str(folder), f"--ignore={__file__}"]
    result = subprocess.run(command, cwd=find_home(), env=environment, capture_output=True, text=True, errors="replace")
    assert result.returncode == 0, (result.stdout + result.stderr)[-20_000:]


def test_the_sanitizer_is_awake(environment: dict[str, str]) -> None:
    """A caller that announces more bytes than there are is caught."""
    result = subprocess.run([sys.executable, "-c", OVERRUN], env=environment, capture_output=True, text=True)
    assert result.returncode != 0 and "AddressSanitizer: heap-buffer-overflow" in result.stderr, result.stderr
