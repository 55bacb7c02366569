"""source_package: the way from the archive to the cache, and every way in which it can fail."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import pytest

from sming_host.build import archive
from sming_host.build.archive import ArchiveError, SourcePin, pins, sources

from .fake_apt import FakeArchive, make_tarball

FILES = {"inc/lib.h": "#define LIB 1\n", "src/lib.c": "int lib(void) { return 1; }\n"}


@pytest.fixture
def pin(fake: FakeArchive, monkeypatch: pytest.MonkeyPatch) -> SourcePin:
    """The package `lib`, pinned and offered by the fake archive."""
    made = fake.add_source("lib", "1.0+dfsg", FILES)
    use(made, monkeypatch)
    return made


def use(pin: SourcePin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pins, "SOURCES", {pin.name: pin})


def leftovers(cache: Path) -> list[Path]:
    """Whatever a failed fetch must not leave behind."""
    return [path for folder in ("sources", "tools", "staging") for path in (cache / folder).glob("*")]


def fails(cache: Path, kind: type[ArchiveError], *words: str) -> ArchiveError:
    """Fetch `lib`, which must fail as said, with a hint, leaving nothing."""
    with pytest.raises(kind) as caught:
        archive.source_package("lib", progress=lambda line: None)
    assert caught.type is kind
    for word in words:
        assert word in str(caught.value)
    assert caught.value.hint
    assert leftovers(cache) == []
    return caught.value


def test_fetch_unpacks_verifies_and_records(cache: Path, fake: FakeArchive, pin: SourcePin, lines: list[str]) -> None:
    tree = archive.source_package("lib", progress=lines.append)
    assert {name: (tree / name).read_text("utf-8") for name in FILES} == FILES
    assert tree == cache / "sources" / f"lib-1.0+dfsg-{pin.sha256[:8]}" / "tree"
    record = json.loads((tree.parent / "package.json").read_text("utf-8"))
    assert (record["name"], record["version"], record["sha256"]) == ("lib", "1.0+dfsg", pin.sha256)
    assert lines[-1].startswith("fetching lib 1.0+dfsg-7 (")
    assert "kB)" in lines[-1]
    assert len(lines) == 2
    fetched = json.loads((cache / "fetched.jsonl").read_text("utf-8"))
    assert fetched["bytes"] == (fake.payload / "lib_1.0+dfsg.orig.tar.gz").stat().st_size


def test_second_use_needs_neither_apt_nor_lock_nor_progress(
    fake: FakeArchive, pin: SourcePin, cache: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str]
) -> None:
    first = archive.source_package("lib", progress=lambda line: None)
    calls = len(fake.calls())
    (cache / "lock").unlink()
    monkeypatch.setenv("PATH", "/nonexistent")
    assert archive.source_package("lib", progress=lines.append) == first
    assert (lines, len(fake.calls()), (cache / "lock").exists()) == ([], calls, False)


def test_apt_is_told_to_check_signatures(fake: FakeArchive, pin: SourcePin, cache: Path) -> None:
    archive.source_package("lib", progress=lambda line: None)
    configuration = (cache / "apt/deb-src/apt.conf").read_text("utf-8")
    assert 'AllowUnauthenticated "0"' in configuration
    assert 'AllowInsecureRepositories "0"' in configuration
    assert "#clear APT::Update::Post-Invoke-Success;" in configuration
    assert not fake.calls("allow")
    assert (cache / "apt/deb-src/sources.d/machine.sources").read_text("utf-8").startswith("Types: deb-src\n")


def test_index_is_read_once_for_several_packages(
    fake: FakeArchive, pin: SourcePin, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.source_package("lib", progress=lambda line: None)
    use(fake.add_source("other", "2", {"other.c": ""}), monkeypatch)
    archive.source_package("other", progress=lambda line: None)
    assert len(fake.calls(" update")) == 1


def test_moved_archive_is_read_again(
    fake: FakeArchive, pin: SourcePin, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.source_package("lib", progress=lambda line: None)
    new = fake.add_source("other", "2", {"other.c": ""})
    use(new, monkeypatch)
    good = fake.behaviour["showsrc"]
    fake.tell(showsrc="")
    lines: list[str] = []

    def note(line: str) -> None:
        lines.append(line)
        fake.tell(showsrc=good)  # reading the index brings the package

    assert archive.source_package("other", progress=note).is_dir()
    assert len(fake.calls(" update")) == 2


def test_own_tree(pin: SourcePin, fake: FakeArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own"
    for name, text in FILES.items():
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        (own / name).write_text(text, "utf-8")
    assert archive.source_package("lib", root=str(own)) == own
    monkeypatch.setenv("LIB_ROOT", str(own))
    assert archive.source_package("lib") == own
    assert fake.calls() == []


@pytest.mark.parametrize("value", ["/nonexistent/tree", "."])
def test_own_tree_that_is_none(value: str, pin: SourcePin, cache: Path) -> None:
    with pytest.raises(archive.RootInvalid, match="LIB_ROOT=") as caught:
        archive.source_package("lib", root=value)
    assert caught.value.hint


def test_unknown_name(cache: Path) -> None:
    with pytest.raises(archive.UnknownPackage, match="bearssl, http-parser"):
        archive.source_package("mbedtls")


def test_real_pins_are_complete() -> None:
    for pin in archive.SOURCES.values():
        assert len(bytes.fromhex(pin.sha256)) == hashlib.sha256().digest_size
        assert pin.expect
    assert archive.SOURCES["bearssl"].version == "0.6+dfsg.1"
    assert archive.SOURCES["http-parser"].variable == "HTTP_PARSER_ROOT"


def test_no_apt(pin: SourcePin, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    fails(cache, archive.NoApt, "apt-get", "LIB_ROOT")


def test_no_network(fake: FakeArchive, pin: SourcePin, cache: Path) -> None:
    message = "W: Failed to fetch http://archive.invalid/InRelease  Temporary failure resolving 'archive.invalid'\n"
    fake.tell(update={"stderr": message}, origins=[])
    fails(cache, archive.NetworkDown, "Temporary failure resolving", "LIB_ROOT", "http_proxy")


def test_network_lost_after_the_index(fake: FakeArchive, pin: SourcePin, cache: Path) -> None:
    message = "E: Failed to fetch http://archive.invalid/x  Could not connect to archive.invalid:80\n"
    fake.tell(source={"stderr": message, "status": 100})
    fails(cache, archive.NetworkDown, "Could not connect")


def test_unsigned_archive(fake: FakeArchive, pin: SourcePin, cache: Path) -> None:
    message = "E: The repository 'http://archive.invalid stable InRelease' is not signed.\n"
    fake.tell(update={"stderr": message, "status": 100}, origins=[])
    fails(cache, archive.ArchiveUnavailable, "signature", "is not signed")


def test_wrong_clock(fake: FakeArchive, pin: SourcePin, cache: Path) -> None:
    message = "E: Release file for http://archive.invalid/InRelease is not valid yet (invalid for another 30d).\n"
    fake.tell(update={"stderr": message, "status": 100}, origins=[])
    fails(cache, archive.ArchiveUnavailable, "clock")


def test_foreign_archive(fake: FakeArchive, pin: SourcePin, cache: Path) -> None:
    fake.tell(origins=["Some Vendor"])
    fails(cache, archive.ArchiveUnavailable, "Some Vendor", "not of this distribution")


def test_machine_without_sources(fake: FakeArchive, pin: SourcePin, cache: Path) -> None:
    (fake.folder / "sources.list").write_text("deb https://vendor.invalid/apt ./\n", "utf-8")
    fails(cache, archive.ArchiveUnavailable, "sources.list is empty", "LIB_ROOT")


def test_package_not_in_archive(fake: FakeArchive, pin: SourcePin, cache: Path) -> None:
    other = make_tarball("lib-2", {"lib.c": ""})
    record = f"Package: lib\nVersion: 2.0-1\nChecksums-Sha256:\n {hashlib.sha256(other).hexdigest()} 10 lib.tar.gz\n"
    fake.tell(showsrc=record)
    fails(cache, archive.PackageMissing, "it has: 2.0-1", "LIB_ROOT")


def test_wrong_checksum(fake: FakeArchive, pin: SourcePin, cache: Path) -> None:
    tarball = fake.payload / "lib_1.0+dfsg.orig.tar.gz"
    data = bytearray(tarball.read_bytes())
    data[-9] ^= 1
    tarball.write_bytes(data)
    fails(cache, archive.ChecksumMismatch, "SHA-256", pin.sha256)


def test_checksum_that_apt_refuses(fake: FakeArchive, pin: SourcePin, cache: Path) -> None:
    fake.tell(source={"stderr": "E: Failed to fetch http://archive.invalid/x  Hash Sum mismatch\n", "status": 100})
    fails(cache, archive.ChecksumMismatch, "Hash Sum mismatch")


def test_half_a_download(fake: FakeArchive, pin: SourcePin, cache: Path) -> None:
    fake.tell(truncate=100)
    fails(cache, archive.DownloadIncomplete, "100 of")


def test_connection_cut_off(fake: FakeArchive, pin: SourcePin, cache: Path) -> None:
    message = "E: Failed to fetch http://archive.invalid/x  Error reading from server - read (104: Connection reset)\n"
    fake.tell(truncate=100, source={"stderr": message, "status": 100})
    fails(cache, archive.DownloadIncomplete, "Connection reset")


def test_full_disk_seen_by_apt(fake: FakeArchive, pin: SourcePin, cache: Path) -> None:
    fake.tell(source={"stderr": "E: Write error - write (28: No space left on device)\n", "status": 100})
    fails(cache, archive.DiskFull, "XDG_CACHE_HOME")


def test_full_disk_while_unpacking(
    fake: FakeArchive, pin: SourcePin, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: object, target: object) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(shutil, "copyfileobj", full)
    fails(cache, archive.DiskFull, "no room left")


class Usage(NamedTuple):
    """What shutil.disk_usage returns."""

    total: int
    used: int
    free: int


def test_full_disk_foreseen(fake: FakeArchive, pin: SourcePin, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 10**9 - 4096, 4096))
    fails(cache, archive.DiskFull, "60 MB needed", "0 MB free")
    assert fake.calls() == []


def test_cache_that_cannot_be_made(
    pin: SourcePin, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    fails(cache, archive.CacheUnwritable, "XDG_CACHE_HOME")


def test_archive_without_an_expected_file(
    fake: FakeArchive, pin: SourcePin, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(dataclasses.replace(pin, expect=("inc/missing.h",)), monkeypatch)
    fails(cache, archive.ChecksumMismatch, "inc/missing.h")


@pytest.mark.parametrize("name", ["../evil", "top/../../evil", "/evil"])
def test_tarball_that_points_out_of_the_tree(
    name: str, fake: FakeArchive, pin: SourcePin, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tarball = fake.payload / "lib_1.0+dfsg.orig.tar.gz"
    data = make_tarball("lib", {**FILES, f"x/{name}" if name[0] != "/" else name: "evil"})
    tarball.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    record = f"Package: lib\nVersion: 1.0-1\nChecksums-Sha256:\n {digest} {len(data)} {tarball.name}\n"
    fake.tell(showsrc=record)
    use(dataclasses.replace(pin, sha256=digest), monkeypatch)
    if name.startswith("/"):
        # "lib//evil" is an ordinary name with a needless slash.
        assert (archive.source_package("lib", progress=lambda line: None) / "evil").read_text("utf-8") == "evil"
    else:
        fails(cache, archive.ChecksumMismatch, "out of the tree")


def test_leftovers_of_a_killed_build_vanish(fake: FakeArchive, pin: SourcePin, cache: Path) -> None:
    (cache / "staging/lib-half/tree").mkdir(parents=True)
    (cache / "staging/lib-half/tree/lib.h").write_text("half", "utf-8")
    tree = archive.source_package("lib", progress=lambda line: None)
    assert list((cache / "sources").iterdir()) == [tree.parent]
    assert not (cache / "staging").exists()


_CHILD = """
import json, signal, sys
# Whoever starts the tests in the background has them ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)
from sming_host.build import archive
from sming_host.build.archive import pins
pin = archive.SourcePin(**json.loads(sys.argv[1]))
pins.SOURCES = {pin.name: pin}
print(archive.source_package(pin.name))
"""


def child(pin: SourcePin) -> subprocess.Popen[str]:
    """Another build: a process of its own that wants the same package."""
    fields: Mapping[str, Any] = dataclasses.asdict(pin)
    command = [sys.executable, "-c", _CHILD, json.dumps(fields)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def test_two_builds_at_once_fetch_once(fake: FakeArchive, pin: SourcePin, cache: Path) -> None:
    fake.tell(source={"sleep": 0.5})
    builds = [child(pin), child(pin), child(pin)]
    outputs = [build.communicate(timeout=60) for build in builds]
    assert [build.returncode for build in builds] == [0, 0, 0], outputs
    assert len({output for output, _ in outputs}) == 1
    assert len(fake.calls(" source ")) == 1
    assert sum("waiting for another build" in errors for _, errors in outputs) == 2
    assert leftovers(cache) == [cache / "sources" / f"lib-1.0+dfsg-{pin.sha256[:8]}"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_interrupted_build_leaves_nothing_that_counts(
    number: int, fake: FakeArchive, pin: SourcePin, cache: Path
) -> None:
    fake.tell(source={"sleep": 30})
    build = child(pin)
    deadline = time.monotonic() + 30
    while not fake.calls(" source "):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.killpg(build.pid, number)
    build.communicate(timeout=30)
    assert build.returncode != 0
    assert not (cache / "sources").exists()
    fake.tell(source={})
    assert archive.source_package("lib", progress=lambda line: None).is_dir()


def test_real_sources_in_the_users_cache_are_sound() -> None:
    """What every build of this checkout uses; fetched by the first build, else now."""
    for name, pin in archive.SOURCES.items():
        archive.source_package(name)
        sources.source_entry(pin).verify(full=True)
