"""The emulator process of HostTest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.host_process import Starter
from tests.support.apps import build_app


@pytest.fixture(scope="module")
def program() -> Path:
    return build_app("tests/apps/HostTest", ssl="0")


@pytest.fixture
def start(program: Path, tmp_path: Path) -> Iterator[Starter]:
    starter = Starter(program, tmp_path)
    yield starter
    starter.stop()
