from __future__ import annotations

import os

import pytest

from sming_host.tls import Library, default_library
from tests.support.apps import scons
from tests.tls.openssl import World


@pytest.fixture(scope="session", autouse=True)
def library() -> Library:
    """The library, built from the sources as they are now."""
    if "SMING_HOST_LIBRARY" not in os.environ:
        built = scons("SMING_SOC=host", "ENABLE_SSL=Bearssl", "host-api")
        assert built.returncode == 0, built.stdout
    return default_library()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("pki"))
