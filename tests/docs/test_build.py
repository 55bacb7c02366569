"""`docs` builds without a warning, and everything is in it."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from docs.extension.headers import TYPES, documented_components, public_headers, read_header
from sming_host.build.options import OPTIONS
from sming_host.build.targets import TARGETS
from tests.build.project import CHECKOUT, Project, scons
from tests.support.keyscan import find_keys


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """The text of every page, by its name."""
    output = scons(CHECKOUT, "docs").succeeded().output
    assert output.endswith("out/docs/index.html\n")
    folder = CHECKOUT / "out" / "docs"
    return {str(path.relative_to(folder)): text_of(path) for path in folder.rglob("*.html")}


def text_of(path: Path) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", path.read_text("utf-8")))


def test_targets_variables_and_options(pages: dict[str, str]) -> None:
    page = pages["reference/build.html"]
    for name in [*(target.name for target in TARGETS), *(option.name for option in OPTIONS)]:
        assert name in page
    for option in re.findall(r'\{"([a-z-]+)"', (CHECKOUT / "components/host-process/src/options.cpp").read_text()):
        assert f"--{option}" in page


def test_every_public_class(pages: dict[str, str]) -> None:
    for component in documented_components():
        for path in public_headers(component):
            page = pages[f"reference/{component.name}.html"]
            header = read_header(path)
            assert str(path.relative_to(component / "include")) in page or not (header.doc or header.entities)
            for entity in header.entities:
                if entity.kind in TYPES:
                    assert entity.name in page


def test_no_key(pages: dict[str, str]) -> None:
    folder = CHECKOUT / "out" / "docs"
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > len(pages)
    assert {path.name: keys for path in files if (keys := find_keys(path.read_bytes()))} == {}


def test_project_without_documentation(tmp_path: Path) -> None:
    Project(tmp_path).scons("docs").refused("there is no docs/conf.py")
