"""All of these tests again, with the engine, the validator and BearSSL under sanitizers."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.axtls.native import HOME, SANITIZED, build

HERE = (
    "test_resumption", "test_resumption_openssl", "test_handshake", "test_features", "test_certificates", "test_memory",
    "test_conversations", "test_api", "test_review", "test_batch", "test_tickets",
)  # fmt: skip


def test_under_sanitizers() -> None:
    """In a process of its own: the sanitizer's library must be there before Python is."""
    if SANITIZED:
        return
    build(sanitize=True)
    library = subprocess.run(
        ["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True, check=True
    ).stdout.strip()
    environment = {
        **os.environ,
        "SMING_AXTLS_SANITIZE": "1",
        "LD_PRELOAD": library,
        # What Python and OpenSSL keep until the end is not ours; the tests count blocks themselves
        "ASAN_OPTIONS": "detect_leaks=0",
        "UBSAN_OPTIONS": "print_stacktrace=1",
    }
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(f"tests/axtls/{name}.py" for name in HERE)],
        cwd=HOME, env=environment, capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert run.returncode == pytest.ExitCode.OK, run.stdout[-4000:] + run.stderr[-4000:]
