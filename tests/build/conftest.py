"""Projects to build."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A small project outside of the repository."""
    folder = tmp_path / "thing"
    folder.mkdir()
    return Project(folder)
