"""Fixtures of the archive's tests: a fake machine and an empty cache for each test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sming_host.build import archive

from .fake_apt import FakeArchive


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty package cache of the test's own; not made yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for variable in archive.root_variables():
        monkeypatch.delenv(variable, raising=False)
    return tmp_path / "cache" / "sming-host"


@pytest.fixture
def fake(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> FakeArchive:
    """A fake apt first on PATH."""
    machine = FakeArchive(tmp_path / "machine")
    monkeypatch.setenv("PATH", f"{machine.bin}{os.pathsep}{os.environ['PATH']}")
    return machine


@pytest.fixture
def lines() -> list[str]:
    """Progress lines of the calls that are given ``lines.append``."""
    return []
