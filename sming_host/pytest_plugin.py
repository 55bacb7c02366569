"""Fixtures for tests of Sming applications. pytest loads this by itself once the package is installed.

    def test_start(sming_app):
        app = sming_app("Basic_Ssl", adapter="Bearssl", heap="48K")
        app.expect("Ready for SSL tests", timeout=10)

`sming_app` builds and starts an application, as often as it is called; what it started is stopped at the end of the
test (`sming_app_module`: of the module). `tls_session` gives TLS sessions in memory. With ``--sming-port=URL`` the
same tests talk to a device behind a serial port instead.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, Union

import pytest

from sming_host.errors import UserError
from sming_host.named import is_dir
from sming_host.started import take_interrupts

if TYPE_CHECKING:
    from sming_host.emulator import Device
    from sming_host.tls import Session

__all__ = ["SmingApp", "TlsSession"]

_ROUNDS = 1000
# Without an image: the application is built for the chip first.
_EMULATED = re.compile(r"emu://(\w+)/?")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the command line."""
    group = parser.getgroup("sming", "Sming applications")
    group.addoption("--sming-port", metavar="URL", help="serial port (any URL of pyserial) instead of the emulator")
    group.addoption("--sming-baud", metavar="N", type=int, default=115200, help="its speed (default: 115200)")
    group.addoption("--sming-bridge", action="store_true", help="its image is one of ours: the network is on the line")
    group.addoption("--sming-address", metavar="ADDRESS", help="where the device behind the port is in the network")
    group.addoption("--sming-top", metavar="FOLDER", help="build in this project, not in that of the tests")
    group.addoption("--sming-logs", metavar="FOLDER", help="where logs go (default: a temporary folder)")


def pytest_configure() -> None:
    """Have pytest see Ctrl-C, which `./scons test` has left to the system while pytest was loaded."""
    take_interrupts()


def pytest_report_header(config: pytest.Config) -> Optional[str]:
    """Say where the applications run, if that is no emulator."""
    port = config.getoption("--sming-port")
    return f"sming: device at {port}" if port else None


class SmingApp:
    """The fixture `sming_app`: call it to have an application built and started."""

    def __init__(self, config: pytest.Config, folder: Path, built: dict[object, Path]) -> None:
        self._config = config
        self._folder = folder
        self._built = built
        self._devices: list[Device] = []

    def __call__(
        self,
        application: Union[str, Path, None] = None,
        *,
        adapter: Optional[str] = None,
        heap: Union[str, int, None] = None,
        env: Optional[Mapping[str, str]] = None,
        arguments: Sequence[str] = (),
        variables: Optional[Mapping[str, str]] = None,
        build_timeout: float = 600,
    ) -> Device:
        """Build an application and start it.

        `application` is a sample's name or a folder (relative to pytest's root); without it, the project that the
        tests belong to. `adapter` is a value of ENABLE_SSL. `heap` caps the device's heap ("48K"), `env` adds to the
        process's environment, `arguments` are options of the executable, `variables` are further ones of the build.
        With ``--sming-port=emu://SOC`` the application is built for that chip and runs in its emulator; `heap`, `env`
        and `arguments` are without effect. With another port nothing is built or started either: the device is reset.
        """
        port = self._config.getoption("--sming-port")
        folder = self._folder / f"{len(self._devices)}"
        device: Device
        emulated = _EMULATED.fullmatch(port or "")
        if port and not emulated:
            device = self._open(port, folder)
        else:
            soc = emulated[1] if emulated else "host"
            program, name = self._build(application, soc, adapter, dict(variables or {}), build_timeout)
            if emulated:
                from sming_host.emulator.chip_device import ChipDevice

                device = ChipDevice(soc, program, folder)
            else:
                from sming_host.emulator import HostDevice

                device = HostDevice.start(program, folder, *arguments, name=name, heap=heap, env=env)
        self._devices.append(device)
        return device

    def close(self) -> None:
        """Stop all that was started; raise for what had broken down without being noticed."""
        broken = []
        for device in self._devices:
            expected = getattr(device, "stopped", False)
            status = device.stop()
            # Also what only its end has shown: a sanitizer's report of what was not given back
            if status != 0 and not expected:
                broken.append(device.failure(device.ended()))
        if broken:
            raise broken[0]

    def _open(self, port: str, folder: Path) -> Device:
        """Open a serial port."""
        from sming_host.emulator import SerialDevice
        from sming_host.emulator.bridged import BridgedDevice

        baud = self._config.getoption("--sming-baud")
        if self._config.getoption("--sming-bridge"):
            return BridgedDevice(port, folder, baud=baud)
        device = SerialDevice(port, folder, baud=baud, address=self._config.getoption("--sming-address"))
        device.reset()
        return device

    def _build(
        self,
        application: Union[str, Path, None],
        soc: str,
        adapter: Optional[str],
        variables: Mapping[str, str],
        timeout: float,
    ) -> tuple[Path, str]:
        """Build once in a session for each way to build; return the executable and the application's name."""
        from sming_host.emulator import build, find_top

        root = self._config.rootpath
        top = project = find_top(root)
        if self._config.getoption("--sming-top"):
            top = Path(self._config.getoption("--sming-top")).resolve()
            application = project if application is None else application
        if application is not None and is_dir(root / application / "app"):
            application = (root / application).resolve()
        key = (application, soc, adapter, tuple(sorted(variables.items())))
        if key not in self._built:
            self._built[key] = build(
                application,
                top=top,
                soc=soc,
                adapter=adapter,
                variables=variables,
                copy_to=self._config.stash[_PROGRAMS] / str(len(self._built)),
                timeout=timeout,
            )
        return self._built[key], Path(application or project).name


class TlsSession:
    """The fixture `tls_session`: call it for a session of `sming_host.tls` with its own arguments."""

    def __call__(self, role: str = "client", *, adapter: Optional[str] = None, **arguments: Any) -> Session:
        """Start a session; the other arguments are those of `sming_host.tls.Session`.

        `adapter` is "Bearssl" or "Axtls": sessions of both can talk to each other.
        """
        from sming_host.tls import Session, engine_library

        if adapter is not None:
            arguments["library"] = engine_library(adapter)
        return Session(role, **arguments)

    @staticmethod
    def exchange(one: Session, other: Session) -> None:
        """Carry bytes between two sessions until neither has any to send; raises the error that ended one."""
        for _ in range(_ROUNDS):
            there, back = one.drain(), other.drain()
            if not there and not back:
                return
            if there:
                other.feed(there)
            if back:
                one.feed(back)
        raise AssertionError(f"the sessions still talk after {_ROUNDS} rounds")


_PROGRAMS = pytest.StashKey[Path]()


@pytest.fixture(scope="session")
def _sming_programs(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> dict[object, Path]:
    """Executables that this session has built."""
    pytestconfig.stash[_PROGRAMS] = tmp_path_factory.mktemp("sming-programs")
    return {}


@pytest.fixture
def sming_app(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    _sming_programs: dict[object, Path],
) -> Iterator[SmingApp]:
    """Build and start an application, for one test: see `SmingApp`."""
    yield from _applications(request, tmp_path_factory, _sming_programs)


@pytest.fixture(scope="module")
def sming_app_module(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    _sming_programs: dict[object, Path],
) -> Iterator[SmingApp]:
    """Build and start an application that all tests of a module share: see `SmingApp`."""
    yield from _applications(request, tmp_path_factory, _sming_programs)


@pytest.fixture(scope="session")
def sming_certificates(pytestconfig: pytest.Config) -> Path:
    """Have `generate-cert` make what the project lacks; return the folder with ``ca.crt.pem`` and the rest."""
    from sming_host.certificates import Settings, generate
    from sming_host.emulator import find_top
    from sming_host.emulator.building import turn

    top = find_top(pytestconfig.rootpath)
    store = top / "out" / "ssl"
    # As headers beside the application, or, if there are several of them, below out/ where a build looks for them, too
    with turn(top):
        generate(Settings(project=top, application=top if (top / "app").is_dir() else None))
    return store


@pytest.fixture
def tls_session() -> TlsSession:
    """TLS sessions in memory: see `TlsSession`."""
    return TlsSession()


def _applications(
    request: pytest.FixtureRequest, factory: pytest.TempPathFactory, built: dict[object, Path]
) -> Iterator[SmingApp]:
    name = re.sub(r"[^\w.-]+", "_", request.node.nodeid)
    logs = request.config.getoption("--sming-logs")
    folder = Path(logs).resolve() / name if logs else factory.mktemp("sming")
    app = SmingApp(request.config, folder, built)
    yield app
    app.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what a user can put right as a message, not as a traceback of ours."""
    report = yield
    if call.excinfo is not None and call.excinfo.errisinstance(UserError) and report.outcome == "failed":
        report.longrepr = f"error: {call.excinfo.value}"
    return report
