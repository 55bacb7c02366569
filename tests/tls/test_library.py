"""The shared library and its header: what is shown, what is refused."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from sming_host.tls import Library, LibraryError, Pin, UsageError
from sming_host.tls import library as module
from sming_host.tls.errors import class_for
from sming_host.tls.library import declarations, find_header
from tests.tls.openssl import World, client


def test_header_is_plain_c(tmp_path: Path) -> None:
    source = tmp_path / "user.c"
    source.write_text("#include <sming_host/tls.h>\nint use(void) { return (int)sming_api_version(); }\n")
    include = find_header().parent.parent
    for compiler, standard in (("gcc", "-std=c99"), ("gcc", "-std=c11"), ("g++", "-std=c++17")):
        command = [compiler, standard, "-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only", f"-I{include}"]
        kind = ["-xc++"] if compiler == "g++" else []
        result = subprocess.run([*command, *kind, str(source)], capture_output=True, text=True)
        assert result.returncode == 0, result.stderr


def test_only_the_interface_is_shown(library: Library) -> None:
    command = ["nm", "-D", "--defined-only", str(library.path)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    names = {line.split()[-1].partition("@")[0] for line in shown.splitlines()}
    assert not [name for name in names if not name.startswith("sming_")]
    header = declarations(find_header().read_text())
    assert {name for name in names if name + "(" in header} >= {"sming_tls_new", "sming_api_version"}


def test_every_declared_function_is_there(library: Library) -> None:
    for name in dir(library.lib):
        getattr(library.lib, name)


def test_other_version_is_refused(library: Library, tmp_path: Path) -> None:
    header = tmp_path / "tls.h"
    text = find_header().read_text()
    header.write_text(re.sub(r"(#define SMING_API_VERSION) \d+", r"\1 999", text))
    with pytest.raises(LibraryError, match="needs 999") as caught:
        Library(library.path, header)
    assert "./scons" in caught.value.hint


def test_no_library(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="cannot be loaded"):
        Library(tmp_path / "missing.so")
    with pytest.raises(LibraryError, match="is not a library of this project"):
        Library("/proc/self/exe" if not _libm() else _libm())


def _libm() -> str:
    result = subprocess.run(["gcc", "-print-file-name=libm.so.6"], capture_output=True, text=True, check=True)
    return result.stdout.strip()


def test_missing_library_is_built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The build is asked for it; when that does not help, the message says so."""
    calls: list[tuple[list[str], Path]] = []

    def run(command: list[str], cwd: Path, **_: object) -> subprocess.CompletedProcess[bytes]:
        calls.append((command, cwd))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(module, "find_home", lambda: tmp_path / "wheel")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = module.build_folder()
    assert tmp_path / "cache" in folder.parents
    with pytest.raises(LibraryError, match="could not be built"):
        module.build(folder)
    assert calls[0][0][-1] == "host-api" and "ENABLE_SSL=Bearssl" in calls[0][0] and calls[0][1] == folder
    assert "sming_host.build" in (folder / "SConstruct").read_text()


def test_engine_and_errors(library: Library, adapter: str) -> None:
    assert library.engine == adapter
    assert library.error_names[0] == "none" and len(set(library.error_names)) == len(library.error_names)
    texts = [library.text(library.lib.sming_error_text, code) for code in range(len(library.error_names))]
    assert all(texts) and len(set(texts)) == len(texts)
    for name in library.error_names:
        assert class_for(name).__name__ != "Exception"


def test_long_text_is_whole(library: Library, world: World) -> None:
    """A text that does not fit the first buffer is asked for again."""
    with client(world, host_name="x" * 60 + "." + "y" * 60 + "." + "z" * 60 + ".example") as session:
        assert session.error is None
    assert library.text(library.lib.sming_cipher_suite_name, 0x1234) == "0x1234"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("cert-sha1:" + "0a" * 20, "cert-sha1"),
        ("cert-sha256:" + ":".join(["0A"] * 32), "cert-sha256"),
        ("sha256//CgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgo=", "pki-sha256"),
    ],
)
def test_pins_as_text(text: str, kind: str) -> None:
    pin = Pin.parse(text)
    assert pin.kind == kind and set(pin.value) == {10}


def test_usage_error_is_no_user_error() -> None:
    from sming_host.errors import UserError

    assert not issubclass(UsageError, UserError)
