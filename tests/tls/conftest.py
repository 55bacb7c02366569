from __future__ import annotations

import pytest

from sming_host.tls import Library, default_library
from tests.tls.openssl import World


@pytest.fixture(scope="session")
def library() -> Library:
    return default_library()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("pki"))
