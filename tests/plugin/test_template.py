"""The template of a user's repository: its tests are green, with nothing but this package."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.build.project import CHECKOUT, SCONSTRUCT

TEMPLATE = CHECKOUT / "docs" / "template"
TESTS = 5


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The template as git has it, somewhere else."""
    folder = tmp_path / "My_Application"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard", "."],
        cwd=TEMPLATE,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(TEMPLATE / name, folder / name)
    return folder


def run_tests(python: Path, folder: Path, *options: str) -> str:
    keep = ("HOME", "LANG", "XDG_CACHE_HOME", "PIP_INDEX_URL", "PIP_CONFIG_FILE", "http_proxy", "https_proxy")
    environment = {name: os.environ[name] for name in keep if name in os.environ}
    environment["PATH"] = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [str(python), "-m", "pytest", "-v", f"--junitxml={folder}/out/tests.xml", *options],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{TESTS} passed" in done.stdout
    return done.stdout


def test_template_in_this_environment(copy: Path) -> None:
    """With what this checkout has built already."""
    run_tests(Path(sys.executable), copy, f"--sming-top={CHECKOUT}", "-p", "no:cacheprovider")
    shutil.rmtree(CHECKOUT / "out/host/bearssl" / copy.name)
    assert f'tests="{TESTS}"' in (copy / "out/tests.xml").read_text("utf-8")
    assert (copy / "out/ssl/ca.crt.pem").is_file()


@pytest.mark.slow
def test_template_with_the_wheel_alone(copy: Path, tmp_path: Path) -> None:
    """In an empty virtual environment, as the template's README and its CI file have it."""
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    for words in (["wheel", "--no-deps", "-w", "wheels", str(CHECKOUT)], ["install", "-r", "requirements.txt"]):
        subprocess.run([str(python), "-m", "pip", "-qq", *words], cwd=copy, check=True)
    output = run_tests(python, copy, f"--sming-logs={copy}/out/logs")
    # The plugin came with the package, by its entry point
    assert re.search(r"^plugins: .*sming-host-", output, re.MULTILINE), output
    assert list((copy / "out/logs").rglob("app.log"))
    # Nothing of it is git's business: keys, headers, what was built
    subprocess.run(["git", "init", "-q"], cwd=copy, check=True)
    seen = subprocess.run(
        ["git", "ls-files", "-o", "--exclude-standard"], cwd=copy, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not [name for name in seen if "ssl" in name or name.startswith("out")], seen


def test_sconstruct_has_the_three_lines() -> None:
    assert (TEMPLATE / "SConstruct").read_text("utf-8") == SCONSTRUCT


def test_ci_file_runs_what_the_readme_says() -> None:
    steps = re.findall(r"- run: (.*)", (TEMPLATE / ".github/workflows/test.yml").read_text("utf-8"))
    readme = (TEMPLATE / "README.md").read_text("utf-8")
    assert [step.split()[0] for step in steps] == ["pip", "pytest"]
    assert "pip install -r requirements.txt" in readme and ".venv/bin/pytest" in readme


def test_requirements_name_the_wheel_of_this_version_by_its_path() -> None:
    """By its name alone, pip would ask a package index, where everybody may put a package of that name."""
    lines = (TEMPLATE / "requirements.txt").read_text("utf-8").splitlines()
    wanted = [line for line in lines if not line.startswith("#")]
    assert wanted == [f"./wheels/sming_host-{version('sming-host')}-py3-none-any.whl"]
    assert "pip wheel --no-deps -w wheels " in (TEMPLATE / "README.md").read_text("utf-8")
