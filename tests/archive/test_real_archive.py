"""The machine's real archive, from an empty cache: only in `check`, because it downloads some 300 MB."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from sming_host.build import archive
from sming_host.build.archive import pins, tools
from sming_host.build.archive.cache import entries

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
