"""A cached package that is no longer what was put there is noticed, named and never used."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Callable

import pytest

from sming_host.build import archive
from sming_host.build.archive import pins
from sming_host.build.archive.cache import Entry, cache_root, entries

from .fake_apt import FakeArchive

FILES = {f"src/{number}.c": f"int f{number}(void) {{ return {number}; }}\n" for number in range(20)}


@pytest.fixture
def tree(fake: FakeArchive, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cached package `lib`; afterwards its archive is out of reach."""
    pin = fake.add_source("lib", "1", FILES)
    monkeypatch.setattr(pins, "SOURCES", {"lib": pin})
    path = archive.source_package("lib", progress=lambda line: None)
    fake.tell(showsrc="", source={"status": 100})
    return path


def rewrite_same_size(tree: Path) -> None:
    path = tree / "src/3.c"
    path.write_text(path.read_text("utf-8").replace("return", "retour"), "utf-8")


def shorten(tree: Path) -> None:
    (tree / "src/3.c").write_text("", "utf-8")


def remove(tree: Path) -> None:
    (tree / "src/3.c").unlink()


def add(tree: Path) -> None:
    (tree / "src/extra.c").write_text("int extra;\n", "utf-8")


def replace_by_link(tree: Path) -> None:
    (tree / "src/3.c").unlink()
    (tree / "src/3.c").symlink_to("4.c")


def damage_record(tree: Path) -> None:
    (tree.parent / "package.json").write_text("{", "utf-8")


def damage_manifest(tree: Path) -> None:
    (tree.parent / "manifest.json").write_text('{"format": 99}', "utf-8")


@pytest.mark.parametrize(
    ("harm", "named"),
    [
        (rewrite_same_size, "tree/src/3.c has other content"),
        (shorten, "tree/src/3.c has 0 bytes instead of"),
        (remove, "tree/src/3.c is missing"),
        (add, "tree/src/extra.c does not belong"),
        (replace_by_link, "tree/src/3.c is a different link"),
        (damage_record, "package.json cannot be read"),
        (damage_manifest, "manifest.json is not in format 1"),
    ],
)
def test_damage_is_named_and_mended_by_removal(
    harm: Callable[[Path], None], named: str, tree: Path, fake: FakeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    harm(tree)
    with pytest.raises(archive.CacheCorrupt, match=named) as caught:
        archive.source_package("lib")
    assert f"rm -rf '{tree.parent}'" in caught.value.hint
    assert "LIB_ROOT" not in caught.value.message


def test_a_touched_file_is_still_the_same(tree: Path) -> None:
    os.utime(tree / "src/3.c")
    assert archive.source_package("lib") == tree


def test_full_check_sees_what_size_and_time_hide(tree: Path) -> None:
    path = tree / "src/3.c"
    before = path.stat()
    rewrite_same_size(tree)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert archive.source_package("lib") == tree
    with pytest.raises(archive.CacheCorrupt, match="other content"):
        Entry(tree.parent, "tree").verify(full=True)


def test_quick_check_is_quick(tree: Path) -> None:
    best = min(_timed(lambda: archive.source_package("lib")) for _ in range(5))
    assert best < 0.05


def _timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def test_entries_lists_what_is_there(tree: Path) -> None:
    assert [entry.root for entry in entries()] == [tree]


def test_relative_cache_home_is_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_root() == tmp_path / ".cache" / "sming-host"
