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


def test_no_key_gets_into_the_cache(tmp_path: Path) -> None:
    """Others may read the cache. What has no key in it is still taken from there."""
    cache, folder = tmp_path / "cache", tmp_path / "thing"
    folder.mkdir()
    project = Project(folder)
    (folder / "include" / "ssl").mkdir(parents=True)
    (folder / "include" / "ssl" / "private_key.h").write_text('const char secret[] = "the key of keys";\n')
    source = folder / "app" / "application.cpp"
    source.write_text(
        "#include <ssl/private_key.h>\n" + source.read_text() + "\nconst char* shown() { return secret; }\n"
    )
    project.scons(f"CACHE_DIR={cache}").succeeded()
    kept = [path.read_bytes() for path in cache.rglob("*") if path.is_file()]
    assert len(kept) > 5 and not any(b"the key of keys" in data for data in kept)
    (compiled,) = folder.rglob("application.cpp.o")
    assert b"the key of keys" in compiled.read_bytes()
