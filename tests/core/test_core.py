"""The C++ checks of components/core and of the host's hal, plain and under sanitizers."""

from __future__ import annotations

import re

import pytest

from tests.support.apps import ROOT, Run, build_app, run_app, scons

APP = "tests/apps/CoreTest"


def check(run: Run) -> None:
    """Every check passed, and there were some."""
    assert run.status == 0, run.output[-4000:]
    summary = re.search(r"(\d+) passed, (\d+) failed", run.output)
    assert summary and int(summary[1]) > 2000 and int(summary[2]) == 0, run.output[-4000:]
    # A static object of the application prints from its constructor and from its destructor
    lines = run.output.splitlines()
    assert lines[0] == "constructed" and "destroyed 1" in lines[-2:], run.output[-4000:]
    assert "runtime error" not in run.output and "ERROR: " not in run.output, run.output[-4000:]


def test_core() -> None:
    run = run_app(build_app(APP, ssl="0"))
    check(run)
    assert run.report["end"] == "quit"
    # What the checks leave behind is what static objects of theirs hold.
    assert run.report["heap"]["total"]["current"] < 500

    # In the same test, because both are the same file to SCons
    check(run_app(build_app(APP, ssl="0", SMING_RELEASE="1")))


def test_core_sanitized(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASAN_OPTIONS", "detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1")
    monkeypatch.setenv("UBSAN_OPTIONS", "print_stacktrace=1")
    result = scons("SMING_SOC=host", "ENABLE_SSL=0", f"APP={APP}", "SANITIZERS=address,undefined")
    assert result.returncode == 0, result.stdout[-4000:]
    check(run_app(ROOT / "out/host/nossl-address-undefined/CoreTest/firmware"))
