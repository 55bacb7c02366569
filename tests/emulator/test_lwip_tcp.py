"""TCP of the chips over lwIP, compiled for the host with sanitizers: owners that do anything at any time."""

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


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lwip")
    tree = source_package("lwip") / "src"
    includes = [f"-I{_COMPONENTS / name}" for name in _INCLUDES] + ["-isystem", str(tree / "include")]
    flags = ["-g", "-O1", "-fsanitize=address", *includes]
    core = [str(tree / "core" / f"{name}.c") for name in _CORE.split()]
    port = str(_COMPONENTS / "lwip" / "src" / "port.c")
    own = ["-Wall", "-Wextra", "-Werror"]

    def run(*command: str) -> None:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr

    run("gcc", "-std=c11", "-w", *flags, "-c", *core)
    run("gcc", "-std=c11", *own, *flags, "-c", port)
    sources = [Path(__file__).with_name("native") / "lwip_tcp.cpp"]
    sources += sorted((_COMPONENTS / "network" / "src" / "tcp" / "lwip").glob("*.cpp"))
    language = ["-std=c++17", "-fno-exceptions", "-fno-rtti", "-fcheck-new"]
    run("g++", *language, *own, *flags, "-o", "lwip_tcp", *map(str, [*sources, *sorted(folder.glob("*.o"))]))
    return folder / "lwip_tcp"


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
