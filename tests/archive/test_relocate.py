"""Relocation: run paths, library folders and GCC specs."""

from __future__ import annotations

import subprocess
from pathlib import Path

from sming_host.build.archive import relocate
from sming_host.build.archive.elf import run_paths


def compile_library(path: Path, *flags: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    command = ["gcc", "-shared", "-fPIC", "-nostdlib", "-xc", "-", "-o", str(path), *flags]
    subprocess.run(command, input="int answer(void) { return 42; }\n", text=True, check=True)


def test_run_paths_of_a_real_library(tmp_path: Path) -> None:
    compile_library(tmp_path / "new.so", "-Wl,--enable-new-dtags,-rpath,/usr/lib/a:/usr/lib/b")
    compile_library(tmp_path / "old.so", "-Wl,--disable-new-dtags,-rpath,/usr/lib/c")
    compile_library(tmp_path / "none.so")
    (tmp_path / "text").write_text("#!/bin/sh\n", "utf-8")
    (tmp_path / "short").write_bytes(b"\x7fELF\x02\x01")
    found = [run_paths(tmp_path / name) for name in ("new.so", "old.so", "none.so", "text", "short")]
    assert found == [["/usr/lib/a", "/usr/lib/b"], ["/usr/lib/c"], [], [], []]


def test_library_folders(tmp_path: Path) -> None:
    compile_library(tmp_path / "usr/lib/x86-linux-gnu/liba.so.1", "-Wl,-rpath,/usr/lib/private")
    compile_library(tmp_path / "usr/lib/private/plugin.so")
    compile_library(tmp_path / "usr/lib/listed/libb.so")
    (tmp_path / "usr/lib/empty").mkdir()
    (tmp_path / "etc/ld.so.conf.d").mkdir(parents=True)
    (tmp_path / "etc/ld.so.conf.d/x.conf").write_text("# comment\n/usr/lib/listed\n/usr/lib/gone\n", "utf-8")
    assert relocate.library_folders(tmp_path) == ["usr/lib/x86-linux-gnu", "usr/lib/listed", "usr/lib/private"]


def test_links_across_a_merged_usr(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/liba.so.1").write_text("a", "utf-8")
    (tmp_path / "usr/lib").mkdir(parents=True)
    (tmp_path / "usr/lib/liba.so").symlink_to("/usr/lib/liba.so.1")
    relocate.mend_links(tmp_path)
    assert (tmp_path / "usr/lib/liba.so").read_text("utf-8") == "a"


def test_specs_become_relative_to_the_compiler(tmp_path: Path) -> None:
    folder = tmp_path / "usr/lib/chip"
    (folder / "include").mkdir(parents=True)
    (folder / "lib").mkdir()
    specs = folder / "libc.specs"
    specs.write_text(
        "*cpp:\n-isystem %{-prefix=*:%*/include; :/usr/lib/chip/include} -I/usr/lib/absent\n"
        "*startfile:\n%{-x=*:%*; :/usr/lib/chip/lib/%M/crt0%{-c=*:-%*%O;:%O}%s}\n",
        "utf-8",
    )
    relocate.relocate_specs(tmp_path)
    assert specs.read_text("utf-8") == (
        "*cpp:\n-isystem %{-prefix=*:%*/include; :%:getenv(GCC_EXEC_PREFIX ../../lib/chip/include)} -I/usr/lib/absent\n"
        "*startfile:\n%{-x=*:%*; :%:getenv(GCC_EXEC_PREFIX ../../lib/chip/lib/%M/crt0%{-c=*:-%*%O;:%O})}\n"
    )
