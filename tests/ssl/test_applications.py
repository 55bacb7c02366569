"""The C++ interface, in an application of its own: with the engine, without any, and under sanitizers."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.apps import ROOT, build_app, run_app, scons

SANITIZERS = "address,undefined"
SANITIZED = ROOT / "out" / "host" / "bearssl-address-undefined"


@pytest.mark.parametrize("ssl", ["Bearssl", "0"])
def test_cpp_interface(ssl: str) -> None:
    run = run_app(build_app("tests/apps/SslTest", ssl=ssl))
    assert run.status == 0 and ", 0 failed" in run.output, run.output


def test_cpp_interface_sanitized() -> None:
    """With leak detection, too."""
    build = scons("SMING_SOC=host", "ENABLE_SSL=Bearssl", f"SANITIZERS={SANITIZERS}", "APP=tests/apps/SslTest")
    assert build.returncode == 0, build.stdout[-3000:]
    run = run_app(SANITIZED / "SslTest" / "firmware")
    assert run.status == 0 and ", 0 failed" in run.output, run.output


def test_sessions_sanitized() -> None:
    """All other tests of sessions once more, in a Python that has the sanitizers' runtime loaded."""
    build = scons("SMING_SOC=host", "ENABLE_SSL=Bearssl", f"SANITIZERS={SANITIZERS}", "host-api")
    assert build.returncode == 0, build.stdout[-3000:]

    def runtime(name: str) -> str:
        return subprocess.run(
            ["g++", f"-print-file-name={name}"], stdout=subprocess.PIPE, text=True, check=True
        ).stdout.strip()

    environment = {
        **os.environ,
        "SMING_HOST_LIBRARY": str(SANITIZED / "host-api" / "libsming-host.so"),
        "LD_PRELOAD": f"{runtime('libasan.so')}:{runtime('libstdc++.so')}",
        # Python itself leaks; what the library holds is counted by its own allocator.
        "ASAN_OPTIONS": "detect_leaks=0",
        "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    }
    names = ("alerts", "attacks", "keys", "memory", "protocols", "regressions", "resumption", "server")
    tests = [f"test_{name}.py" for name in names]
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "-p", "no:faulthandler"]
    # What is left out takes long and does nothing that the others do not
    command += ["-k", "not all_later and not stock_programs"]
    run = subprocess.run(
        [*command, *(f"tests/ssl/{name}" for name in tests)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-6000:]
