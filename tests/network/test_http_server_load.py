"""Many connections at once that ask again and again: no request is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.network.http_server import HttpServer, build_server, running_server
from tests.network.tls_server import client_context
from tests.support.load import run_wrk
from tests.support.pki import Authority, Identity


@pytest.fixture(params=["0", "Axtls", "Bearssl"])
def busy_server(
    request: pytest.FixtureRequest, authority: Authority, identity: Identity, tmp_path: Path
) -> Iterator[HttpServer]:
    """Without sanitizers: it is to be fast."""
    executable = build_server(tmp_path, ssl=request.param)
    tls = None if request.param == "0" else client_context(authority)
    with running_server(executable, tls) as running:
        if tls:
            running.load(identity, tmp_path)
        yield running


def test_50_connections(busy_server: HttpServer, tmp_path: Path) -> None:
    busy_server.listen(limit=60, keep=60)  # wrk first looks with one more whether anybody is there
    before = busy_server.figures()
    scheme = "https" if busy_server.tls else "http"
    requests = 0
    for _ in range(10):
        load = run_wrk(tmp_path, f"{scheme}://127.0.0.1:{busy_server.port}/", connections=50, seconds=2)
        assert load.lost == 0
        requests += load.requests
        if requests >= 10000:
            break
    assert requests >= 10000
    assert busy_server.is_well()
    assert busy_server.figures()["answered"] > before["answered"] + requests
