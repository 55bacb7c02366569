"""The peers and the device for the interoperation table, and the line at the end that says where the table is."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from sming_host.tls import Library
from tests.interop.device import Device
from tests.interop.peers import PEERS, Peer
from tests.interop.site import Site
from tests.interop.table import Table
from tests.support import summary
from tests.support.adapters import GIVEN, build_library
from tests.support.apps import ROOT

TABLE = ROOT / "out" / "interop.md"

_table = pytest.StashKey[Table]()


@pytest.fixture(scope="session")
def devices() -> dict[str, Device]:
    """Devices that were built so far, by adapter."""
    return {}


def device_for(adapter: str, devices: dict[str, Device]) -> Device:
    """The device with an adapter, built from the sources as they are now."""
    if adapter not in devices:
        # Not from the environment of now, which tests of other folders change while they run
        if adapter == "Bearssl" and GIVEN is not None:
            devices[adapter] = Device(adapter, Library(GIVEN))
        else:
            devices[adapter] = Device(adapter, Library(build_library(adapter)))
    return devices[adapter]


@pytest.fixture(scope="session")
def interop_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("interop"))


@pytest.fixture(scope="session")
def peers(interop_site: Site) -> Iterator[dict[str, Peer]]:
    """Every peer by name. What they started ends with the tests."""
    with contextlib.ExitStack() as stack:
        yield {kind.name: kind(interop_site, stack) for kind in PEERS}


@pytest.fixture(scope="session")
def table(pytestconfig: pytest.Config) -> Table:
    """The table, written when all tests are done."""
    return pytestconfig.stash.setdefault(_table, Table())


def pytest_sessionfinish(session: pytest.Session) -> None:
    from tests.interop.cases import CASES

    found = session.config.stash.get(_table, None)
    if found is not None and found.cells:
        found.write(TABLE, CASES)
        summary.lines(session.config).append(f"interoperation table: {found.summary()} ({TABLE.relative_to(ROOT)})")
