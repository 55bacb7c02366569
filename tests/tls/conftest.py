from __future__ import annotations

import pytest

from sming_host.tls import Library
from tests.tls.openssl import World


@pytest.fixture(scope="session", autouse=True)
def _sessions(library: Library) -> None:
    """Every test here runs with every adapter."""


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("pki"))
