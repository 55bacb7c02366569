"""The wheel: everything that an application outside of the repository needs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.build.project import CHECKOUT, SCONSTRUCT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "-qq", "--no-deps", "--wheel-dir", str(folder), str(CHECKOUT)]
    subprocess.run(command, check=True)
    (made,) = folder.glob("sming_host-*.whl")
    return made


def _tracked(*folders: str) -> set[str]:
    listed = subprocess.run(["git", "ls-files", *folders], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    return {name for name in listed.stdout.splitlines() if (CHECKOUT / name).is_file()}


def test_wheel_carries_components_and_samples(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"sming_host/bundle/{name}" for name in _tracked("components", "samples")} <= names
    assert _tracked("sming_host") <= names
    foreign = [name for name in names if name.endswith((".pyc", ".o", ".a")) or "private_key.h" in name]
    assert foreign == []


@pytest.mark.slow
def test_application_outside_of_the_repository(wheel: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "install", "-qq", str(wheel)], check=True)
    project = tmp_path / "My_App"
    shutil.copytree(CHECKOUT / "samples" / "Basic_Ssl", project)
    (project / "SConstruct").write_text(SCONSTRUCT, "utf-8")
    keep = ("HOME", "LANG", "XDG_CACHE_HOME")
    environment = {name: os.environ[name] for name in keep if name in os.environ}
    environment["PATH"] = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
    # Plain `scons`, as pip has installed it.
    command = [str(python.parent / "scons"), "ENABLE_SSL=Bearssl"]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    program = project / "out/host/bearssl/My_App/firmware"
    helped = subprocess.run([str(program), "--help"], capture_output=True, text=True, check=True)
    assert "--heap" in helped.stdout
    again = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=True)
    assert "up to date" in again.stdout
