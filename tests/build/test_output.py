"""What a build prints, and the files that tell of it."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sming_host.build.elf import read_sizes
from sming_host.errors import UserError
from tests.build.project import Project


def test_one_line_a_step_with_a_true_count(project: Project) -> None:
    output = project.scons().succeeded().output
    lines = [line for line in output.splitlines() if line.startswith("[")]
    numbers = [tuple(map(int, re.findall(r"\d+", line)[:2])) for line in lines]
    assert sorted(number for number, _ in numbers) == list(range(1, len(lines) + 1))
    assert {total for _, total in numbers} == {len(lines)}
    assert lines[-1].endswith(" LINK out/host/nossl/thing/firmware")
    assert "\033" not in output


def test_count_goes_on_over_what_is_up_to_date(project: Project) -> None:
    total = len(project.scons().succeeded().steps)
    project.write("include/setting.h", "#define STATUS 3\n")
    output = project.scons().succeeded().output
    assert f"[{total}/{total}] LINK" in output


def test_full_commands(project: Project) -> None:
    output = project.scons("V=1", "USER_CFLAGS=-DWORDS='a b'").succeeded().output
    assert re.search(
        r"^\[\d+/\d+\] gcc .*'-DWORDS=a b' -c components/plain/src/plain.c -o out/lib/", output, re.MULTILINE
    )
    assert re.search(r"^\[\d+/\d+\] ar rcsD out/lib/", output, re.MULTILINE)


def test_common_flags(project: Project) -> None:
    steps = project.scons("V=1").succeeded().steps
    cxx = next(step for step in steps if "-c app/application.cpp" in step)
    for flag in ("-std=c++17", "-fno-exceptions", "-fno-rtti", "-fcheck-new", "-fPIC", "-DARCH_HOST=1", "-Og"):
        assert f" {flag} " in cxx
    assert "ENABLE_SSL" not in cxx
    plain = next(step for step in steps if "-c components/plain/src/plain.c" in step)
    assert "-Werror" in plain
    assert "-std=c11" in plain
    release = project.scons("V=1", "SMING_RELEASE=1", "SANITIZERS=undefined", "COVERAGE=1").succeeded().steps[0]
    for flag in ("-O2", "-DSMING_RELEASE=1", "-fsanitize=undefined", "--coverage"):
        assert f" {flag} " in release


def test_third_party_code_is_compiled_without_warnings(project: Project) -> None:
    script = 'Import("env")\nenv.Component("plain", third_party=True)\n'
    project.write("components/plain/SConscript", script)
    project.append("components/plain/src/plain.c", "static int unused(void) { int never; return 0; }\n")
    project.append("components/plain/include/plain.h", "static inline int inner(int n) { return 1; }\n")
    assert "warning" not in project.scons().succeeded().output


def _on_a_terminal(project: Project, **more: str) -> str:
    ours, theirs = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm", "PWD": str(project.folder), **more}
    command = [sys.executable, "-m", "SCons", "-Q"]
    process = subprocess.Popen(command, cwd=project.folder, env=environment, stdout=theirs, stderr=theirs)
    os.close(theirs)
    output = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:
            break
        if not piece:
            break
        output += piece
    os.close(ours)
    assert process.wait(60) == 0, output
    return output.decode()


def test_colour_on_a_terminal_only(project: Project) -> None:
    assert "\033[36mCC\033[0m components/plain" in _on_a_terminal(project)
    shutil.rmtree(project.folder / "out")
    assert "\033" not in _on_a_terminal(project, NO_COLOR="1")


def test_warnings_come_through(project: Project) -> None:
    project.append("app/application.cpp", "static int unused;\n")
    assert re.search(r"^app/application.cpp:8:12: warning: .*unused", project.scons().succeeded().output, re.MULTILINE)


def test_summary_has_the_sizes_of_the_size_program(project: Project) -> None:
    output = project.scons().succeeded().output
    program = project.folder / "out/host/nossl/thing/firmware"
    said = subprocess.run(["size", "-B", program], capture_output=True, text=True, check=True).stdout.splitlines()[1]
    text, data, bss = map(int, said.split()[:3])
    sizes = read_sizes(program)
    assert (sizes.text, sizes.data, sizes.bss) == (text, data, bss)
    assert re.search(rf"^out/host/nossl/thing/firmware +{text} +{data} +{bss}$", output, re.MULTILINE)


def test_size_target_breaks_down_by_component(project: Project) -> None:
    output = project.scons("size").succeeded().output
    assert re.search(r"^ +plain +\d+ +\d+ +\d+$", output, re.MULTILINE)


def test_damaged_program_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "firmware"
    broken.write_bytes(b"\x7fELF\x02\x01" + b"\x00" * 30)
    with pytest.raises(UserError, match="firmware is not a whole ELF file"):
        read_sizes(broken)


def test_compile_commands(project: Project) -> None:
    project.scons("compiledb").succeeded()
    rows = {row["file"]: row for row in json.loads((project.folder / "compile_commands.json").read_text("utf-8"))}
    assert set(rows) >= {"app/application.cpp", "components/plain/src/plain.c"}
    for row in rows.values():
        assert Path(row["directory"]) == project.folder
        output = project.folder / row["output"]
        made = output.read_bytes()
        output.unlink()
        subprocess.run(row["arguments"], cwd=row["directory"], check=True, env={**os.environ, "PWD": "/proc/self/cwd"})
        assert output.read_bytes() == made


def test_no_path_of_the_checkout_is_built_in(project: Project) -> None:
    project.append("app/application.cpp", "const char* where() { return __FILE__; }\n")
    project.scons().succeeded()
    for path in (project.folder / "out").rglob("*"):
        if path.suffix in (".o", ".a") or path.name == "firmware":
            assert str(project.folder).encode() not in path.read_bytes(), path
