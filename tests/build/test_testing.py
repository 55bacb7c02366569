"""`test` and `check`: packages on demand, then pytest."""

from __future__ import annotations

import re
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from sming_host.build import extras, testing
from sming_host.build.paths import Workspace
from sming_host.errors import UserError
from tests.build.project import CHECKOUT, Project


def test_requirements_of_the_tests_are_exact_pins() -> None:
    requirements = [line.partition(";")[0].strip() for line in metadata.requires("sming-host") or ()]
    assert len(requirements) > 10
    for requirement in requirements:
        assert re.fullmatch(r"[A-Za-z0-9-]+==[0-9][0-9a-z.]*", requirement)


def test_what_is_installed_is_not_missing() -> None:
    assert extras.missing_packages("test") == []
    assert extras.install_packages("test", "the tests") is False


def test_extras_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", lambda _: "0.0")
    names = {extra: {pin.partition("==")[0] for pin in extras.missing_packages(extra)} for extra in ("docs", "plot")}
    assert names == {"docs": {"sphinx"}, "plot": {"matplotlib"}}
    assert "ruff" in {pin.partition("==")[0] for pin in extras.missing_packages("test")}


def test_other_version_counts_as_missing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    real = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "0.0" if name == "hypothesis" else real(name))
    commands: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    assert extras.install_packages("test", "the tests") is True
    (pin,) = [word for word in commands[0] if "==" in word]
    assert pin.startswith("hypothesis==")
    assert f"downloading for the tests: {pin}" in capsys.readouterr().out


def test_failed_installation_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "missing_packages", lambda _: ["hypothesis==0.0"])
    monkeypatch.setattr(subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1))
    with pytest.raises(UserError, match="could not be installed"):
        extras.install_packages("test", "the tests")


@pytest.mark.parametrize(
    ("everything", "selection"), [(False, ["-m", "not slow", "-n", "2", "--dist", "loadfile"]), (True, [])]
)
def test_command(monkeypatch: pytest.MonkeyPatch, everything: bool, selection: list[str]) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(testing, "become", started.append)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.chdir(CHECKOUT)
    testing.run_tests(Workspace(CHECKOUT, CHECKOUT), ["-k", "some thing"], everything=everything)
    pytest_itself = ["-m", "sming_host.started", "pytest", "-p", "no:cacheprovider"]
    assert started[0][1:] == [*pytest_itself, *selection, "-k", "some thing"]


@pytest.mark.parametrize("chosen", [["-n4"], ["-n", "0"], ["-s"], ["--pdb"], ["tests/tls/test_server.py::test_alpn"]])
def test_workers_are_left_out(chosen: list[str]) -> None:
    assert testing.workers(chosen) == []


def test_workers_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 64)
    assert testing.workers(["tests/tls", "-k", "server"]) == ["-n", "8", "--dist", "loadfile"]
    monkeypatch.setattr("os.cpu_count", lambda: None)
    assert testing.workers([])[1] == "1"


def test_project_without_tests(project: Project) -> None:
    project.scons("test").refused("there is no folder tests in")


def test_ci_runs_the_tests_of_the_readme_and_nothing_else() -> None:
    script = (CHECKOUT / ".ci/run").read_text("utf-8")
    assert [line for line in script.splitlines() if "scons" in line] == ["exec ./scons test"]
    readme: Path = CHECKOUT / "README.md"
    assert re.search(r"^\./scons test\b", readme.read_text("utf-8"), re.MULTILINE)
