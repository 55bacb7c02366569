"""What all tests share: the report of what was downloaded, apart from the tests' own time, and an end to every hang."""

from __future__ import annotations

import faulthandler
import json
import os
import signal
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from sming_host.build.archive import cache_root
from sming_host.tls import Library
from tests.support import adapters, summary

_BEFORE = pytest.StashKey[int]()
_STDERR = pytest.StashKey[int]()


def _downloads() -> list[dict[str, float]]:
    """Return one row for each package that was ever fetched into the user's cache."""
    log = cache_root() / "fetched.jsonl"
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()] if log.is_file() else []


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.hasplugin("timeout"):
        raise pytest.UsageError("the tests need packages that are not there: `./scons test` installs and uses them")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # So shells start what is to run in the background, and programs under test would be as deaf to Ctrl-C
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # A worker of pytest-xdist is ready for Ctrl-C now
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    config.stash[_BEFORE] = len(_downloads())
    config.stash[_STDERR] = os.dup(2)  # capturing has not begun


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionstart() -> Generator[None, object, object]:
    """Have Ctrl-C wait until workers of pytest-xdist have started: one that still loads Python ends by a traceback.

    They start with it blocked, as this process has it.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        return (yield)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Kill a run that hangs in native code, and say where it is.

    pytest-timeout's signal is looked at only when Python goes on; by then it had a fifth of its time more.
    """
    marker = item.get_closest_marker("timeout")
    seconds = float(marker.args[0] if marker else item.config.getini("timeout") or 600)
    faulthandler.dump_traceback_later(1.2 * seconds, exit=True, file=item.config.stash[_STDERR])
    try:
        return (yield)
    finally:
        faulthandler.cancel_dump_traceback_later()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker of pytest-xdist has ended."""
    summary.lines(node.config).extend(getattr(node, "workeroutput", {}).get(summary.KEY, []))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in summary.lines(config):
        terminalreporter.write_line(line)
    fetched = _downloads()[config.stash[_BEFORE] :]
    if fetched:
        size = sum(row["bytes"] for row in fetched) / 1e6
        seconds = sum(row["seconds"] for row in fetched)
        names = ", ".join(str(row["name"]) for row in fetched)
        terminalreporter.write_line(f"downloaded {size:.1f} MB in {seconds:.0f} s of the time above: {names}")


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder of this repository."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session", params=adapters.wanted())
def adapter(request: pytest.FixtureRequest) -> str:
    """The TLS adapter that a test runs with, one after the other."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def traits(adapter: str) -> adapters.Traits:
    """How that adapter differs from others."""
    return adapters.ADAPTERS[adapter]


@pytest.fixture(scope="session")
def library(adapter: str) -> Iterator[Library]:
    """The library with that adapter, and meanwhile what sessions take by default."""
    with adapters.default_adapter(adapter) as chosen:
        yield chosen
