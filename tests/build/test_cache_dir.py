"""CACHE_DIR: what one checkout has compiled, the next one takes."""

from __future__ import annotations

from pathlib import Path

from tests.build.project import Project


def test_second_project_compiles_nothing(tmp_path: Path) -> None:
    cache = f"CACHE_DIR={tmp_path / 'cache'}"
    # The folder's name is the application's.
    one, two = tmp_path / "one" / "thing", tmp_path / "other place" / "thing"
    for folder in (one, two):
        folder.mkdir(parents=True)
    first = Project(one).scons(cache, "ENABLE_SSL=Bearssl").succeeded()
    assert first.compiled
    second = Project(two).scons(cache, "ENABLE_SSL=Bearssl").succeeded()
    assert second.compiled == set()
    assert {step.split(" ")[0] for step in second.steps} == {"CACHE"}
    assert len(second.steps) == len(first.steps)
    program = "out/host/bearssl/thing/firmware"
    assert (one / program).read_bytes() == (two / program).read_bytes()
    assert Project(two).scons("ENABLE_SSL=Bearssl", "run").status == 0
