from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import adapters
from tests.x509 import native

FIRST, *OTHERS = adapters.wanted()


@pytest.fixture(
    scope="session",
    autouse=True,
    params=[FIRST, *(pytest.param(other, marks=pytest.mark.slow) for other in OTHERS)],
)
def _library(request: pytest.FixtureRequest) -> Iterator[None]:
    """One validator for every adapter; that it is the same one in each library is seen in `./scons check`."""
    name: str = request.param
    with adapters.default_adapter(name):
        native.load.cache_clear()
        yield
    native.load.cache_clear()
