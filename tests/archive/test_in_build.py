"""What a user of `./scons` sees of the archive: a build that asks for a source package, and how it ends."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from sming_host.build import archive
from tests.build.project import Project, Result

from .fake_apt import FakeArchive

RECIPE = """\
Import("env")
root = env.SourcePackage("http-parser")
env.Component("plain", sources=[root / "http_parser.c"], includes=[root, "include"], third_party=True)
"""


class Thing:
    """A small project whose component `plain` is compiled from the package http-parser."""

    def __init__(self, folder: Path, cache: Path, path: str) -> None:
        folder.mkdir()
        self._project = Project(folder)
        self._project.write("components/plain/SConscript", RECIPE)
        self._project.write("app/application.cpp", 'int adapter();\nextern "C" int init() { return adapter() - 1; }\n')
        self._env = {"XDG_CACHE_HOME": str(cache.parent), "PATH": path}

    def scons(self, *arguments: str) -> Result:
        return self._project.scons("ENABLE_SSL=Bearssl", *arguments, env=self._env)


@pytest.fixture
def thing(fake: FakeArchive, cache: Path, tmp_path: Path) -> Thing:
    """The project on a machine whose archive does not answer."""
    message = "W: Failed to fetch http://archive.invalid/InRelease  Temporary failure resolving 'archive.invalid'\n"
    fake.tell(update={"stderr": message}, origins=[])
    return Thing(tmp_path / "thing", cache, os.environ["PATH"])


@pytest.fixture(scope="session")
def real() -> Path:
    """The real package in the user's own cache: made before any test has a cache or an apt of its own."""
    return archive.source_package("http-parser").parent


@pytest.fixture
def cached(real: Path, cache: Path) -> Path:
    """A copy of the real package in the test's cache; its tree."""
    entry = cache / "sources" / real.name
    shutil.copytree(real, entry, symlinks=True)
    return entry / "tree"


def test_no_network(thing: Thing) -> None:
    result = thing.scons()
    result.refused("error: ", "Temporary failure resolving", "HTTP_PARSER_ROOT=")
    assert result.steps == []


def test_no_network_is_no_matter_once_it_is_cached(thing: Thing, cached: Path) -> None:
    assert thing.scons("run").status == 0
    assert thing.scons().succeeded().steps == []


def test_no_apt(cache: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("gcc", "g++", "ar", "as", "ld", "size"):
        found = shutil.which(name)
        assert found is not None
        (tools / name).symlink_to(found)
    lonely = Thing(tmp_path / "lonely", cache, str(tools))
    lonely.scons().refused("error: this machine has no apt-get", "HTTP_PARSER_ROOT=")


def test_damaged_cache(thing: Thing, cached: Path) -> None:
    source = cached / "http_parser.c"
    source.write_text(source.read_text("utf-8").replace("return", "retour", 1), "utf-8")
    result = thing.scons()
    result.refused("error: cached package", "tree/http_parser.c has other content", "rm -rf")
    assert result.steps == []


def test_own_tree(thing: Thing, cached: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    cached.rename(own)
    assert thing.scons("run", f"HTTP_PARSER_ROOT={own}").status == 0
    assert thing.scons("run", "HTTP_PARSER_ROOT=../own").status == 0
    (own / "http_parser.h").unlink()
    thing.scons(f"HTTP_PARSER_ROOT={own}").refused("HTTP_PARSER_ROOT=", "it has no http_parser.h")
