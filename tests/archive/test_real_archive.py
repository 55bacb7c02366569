"""The machine's real archive, from an empty cache: only in `check`, because it downloads some 300 MB."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from sming_host.build import archive
from sming_host.build.archive import pins, tools
from sming_host.build.archive.cache import entries
from tests.support import valgrind

pytestmark = pytest.mark.slow


def test_sources_and_tools_from_an_empty_cache(cache: Path, lines: list[str]) -> None:
    for name in archive.SOURCES:
        start = time.perf_counter()
        tree = archive.source_package(name, progress=lines.append)
        assert time.perf_counter() - start < 300
        assert all((tree / wanted).is_file() for wanted in archive.SOURCES[name].expect)
    for name, pin in archive.TOOLS.items():
        tool = tools.fetched_tool(pin, lines.append)
        assert set(tool.programs) == set(pin.program_names)
        assert pins.TOOLS[name].packages[0] in tool.versions
    fetched = [line for line in lines if line.startswith("fetching ")]
    assert len(fetched) == len(archive.SOURCES) + len(archive.TOOLS)
    assert len([line for line in lines if line.startswith("reading the index")]) == 2
    for entry in entries():
        entry.verify(full=True)


def test_fetched_programs_do_real_work(cache: Path, tmp_path: Path) -> None:
    certtool = tools.fetched_tool(archive.TOOLS["gnutls"], print).program("certtool")
    key = subprocess.run([certtool, "--generate-privkey", "--ecc"], capture_output=True, text=True, check=True).stdout
    assert "BEGIN EC PRIVATE KEY" in key
    compiler = tools.fetched_tool(archive.TOOLS["gcc-xtensa-lx106"], print)
    (tmp_path / "x.c").write_text("#include <stdint.h>\nuint32_t twice(uint32_t a) { return 2 * a; }\n", "utf-8")
    assert compiler.root is not None
    specs = f"--specs={compiler.root}/usr/lib/xtensa-lx106-elf/picolibc.specs"
    subprocess.run([compiler.program("xtensa-lx106-elf-gcc"), specs, "-Os", "-c", "x.c"], cwd=tmp_path, check=True)
    sizes = subprocess.run(
        [compiler.program("xtensa-lx106-elf-size"), "x.o"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert int(sizes.stdout.splitlines()[1].split()[0]) > 0


def test_fetched_valgrind_finds_what_is_undefined(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the C library and symbols that are fetched for it, whatever the machine has."""
    tool = tools.fetched_tool(archive.TOOLS["valgrind"], print)
    with monkeypatch.context() as fresh:
        fresh.setattr(valgrind, "tool_package", lambda name: tools.fetched_tool(archive.TOOLS[name], print))
        fresh.setattr(valgrind, "has_symbols", lambda loader: False)
        ready = valgrind.valgrind(tmp_path / "symbols")
    assert ready.command[0] == str(tool.program("valgrind"))
    source = "#include <stdlib.h>\nint main(void) { int *p = malloc(sizeof(int)); return p ? *p : 1; }\n"
    (tmp_path / "x.c").write_text(source, "utf-8")
    subprocess.run(["gcc", "-O0", "-o", "x", "x.c", *ready.compiler_flags], cwd=tmp_path, check=True)
    command = [*ready.command, "-q", "--error-exitcode=9", "./x"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
    assert run.returncode == 9 and "exit_group(status) contains uninitialised" in run.stderr, run.stderr
