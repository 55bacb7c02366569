"""TCP and names of the chips over lwIP, compiled for the host with sanitizers: owners that do anything at any time."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from sming_host.build.archive import source_package
from tests.support.apps import ROOT

_COMPONENTS = ROOT / "components"
_CORE = (
    "def inet_chksum init ip mem memp netif pbuf tcp tcp_in tcp_out timeouts udp dns ipv4/icmp ipv4/ip4 ipv4/ip4_addr"
)
_INCLUDES = ["hal/include", "hal/chip/include", "lwip/include", "network/include", "network/src", "core/include"]


_LANGUAGE = ["-std=c++17", "-fno-exceptions", "-fno-rtti", "-fcheck-new"]
_OWN = ["-Wall", "-Wextra", "-Werror"]
_NETWORK = _COMPONENTS / "network" / "src"


class _Lwip:
    """lwIP and our port, compiled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        tree = source_package("lwip") / "src"
        includes = [f"-I{_COMPONENTS / name}" for name in _INCLUDES] + ["-isystem", str(tree / "include")]
        self.flags = ["-g", "-O1", "-fsanitize=address", *includes]
        core = [str(tree / "core" / f"{name}.c") for name in _CORE.split()]
        self._run("gcc", "-std=c11", "-w", *self.flags, "-c", *core)
        self._run("gcc", "-std=c11", *_OWN, *self.flags, "-c", str(_COMPONENTS / "lwip" / "src" / "port.c"))
        self.objects = sorted(folder.glob("*.o"))

    def _run(self, *command: str) -> None:
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr

    def link(self, name: str, *sources: Path) -> Path:
        """Make the program of native/`name`.cpp."""
        own = Path(__file__).with_name("native") / f"{name}.cpp"
        return self.link_alone(name, own, *sources, *self.objects)

    def link_alone(self, name: str, *parts: Path) -> Path:
        """Make a program of these."""
        self._run("g++", *_LANGUAGE, *_OWN, *self.flags, "-o", name, *map(str, parts))
        return self.folder / name


@pytest.fixture(scope="module")
def lwip(tmp_path_factory: pytest.TempPathFactory) -> _Lwip:
    return _Lwip(tmp_path_factory.mktemp("lwip"))


@pytest.fixture(scope="module")
def program(lwip: _Lwip) -> Path:
    return lwip.link("lwip_tcp", *sorted((_NETWORK / "tcp" / "lwip").glob("*.cpp")))


def _run(program: Path, *arguments: str) -> str:
    done = subprocess.run([str(program), *arguments], capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-6000:]
    return done.stdout


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_owners_that_do_anything(program: Path, seed: int) -> None:
    """What is received is what was sent, nothing is used that is gone, nothing is left, and no timer stops."""
    words = _run(program, str(seed), "10000").split()
    assert int(words[0]) > 1_000_000 and int(words[2]) > 10


def test_peer_that_never_reads(program: Path) -> None:
    """It does not keep a closed connection's memory for as long as it likes."""
    assert _run(program, "deaf") == "given up\n"


def test_no_memory_to_send(program: Path) -> None:
    """Nothing to do until there is some: the chip sleeps meanwhile, and goes on then."""
    assert _run(program, "short") == "patient\n"


@pytest.mark.parametrize("seed", [1, 2])
def test_names(lwip: _Lwip, seed: int) -> None:
    """Lookups that nobody waits for any more keep no others from being made; damaged answers do no harm."""
    core = [_COMPONENTS / "core" / "src" / f"{name}.cpp" for name in ("String", "Memory", "stringutil", "numbers")]
    names = [_NETWORK / "dns" / f"{name}.cpp" for name in ("LwipResolver", "NameLookup")]
    program = lwip.link("lwip_dns", *core, *names, _NETWORK / "IpAddress.cpp")
    assert _run(program, str(seed)) == "done\n"


def test_room_without_memory(lwip: _Lwip) -> None:
    """The last byte of a handshake waits for memory like any other."""
    source = Path(__file__).with_name("native") / "tcp_gather.cpp"
    assert _run(lwip.link_alone("tcp_gather", source)) == "done\n"
