"""`./scons` in a checkout that has never been built in."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Optional

import pytest

from sming_host.started import INTERRUPTED
from tests.build.project import CHECKOUT
from tests.support.search_path import only


def _copy(folder: Path) -> Path:
    """Return a copy of what the launcher and `./scons help` need."""
    folder.mkdir()
    for name in ("scons", "SConstruct", "pyproject.toml"):
        shutil.copy2(CHECKOUT / name, folder / name)
    shutil.copytree(CHECKOUT / "sming_host", folder / "sming_host", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("components", "samples"):
        (folder / name).mkdir()
    return folder


def _start(
    checkout: Path, *arguments: str, cwd: Optional[Path] = None, path: str = "", **more: str
) -> subprocess.Popen[str]:
    environment = {"HOME": os.environ["HOME"], "PATH": path or os.environ["PATH"]}
    environment.update({name: value for name, value in os.environ.items() if name.startswith("PIP_")})
    environment.update(more)
    return subprocess.Popen(
        [str(checkout / "scons"), *arguments],
        cwd=cwd or checkout,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


_BECOME = """\
import os, signal, sys
from sming_host import started
started.take_interrupts()
started.watch_interrupts()
{earlier}
started.become([sys.executable, "-c", "print('it runs')"])
"""
# As SCons: what comes while it writes its state is taken by its handler, and forgotten.
_SWALLOWED = """\
signal.signal(signal.SIGINT, lambda *_: None)
os.kill(os.getpid(), signal.SIGINT)
"""


@pytest.mark.parametrize(("earlier", "status", "output"), [("", 0, "it runs\n"), (_SWALLOWED, INTERRUPTED, "")])
def test_program_does_not_start_after_ctrl_c(earlier: str, status: int, output: str) -> None:
    command = [sys.executable, "-c", _BECOME.format(earlier=earlier)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (status, output, "")


_LOADING = "import time\nprint('loading', flush=True)\ntime.sleep(60)\n"
"""A program that takes its time to import what it needs."""
_TAKEN = "from sming_host import started\nstarted.take_interrupts()\n"


@pytest.mark.parametrize("text", [_LOADING, _TAKEN + _LOADING], ids=["loading", "not caught"])
def test_ctrl_c_while_nobody_catches_it(text: str, tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(text, "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "sming_host.started", "slow"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(CHECKOUT), str(tmp_path)])},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "loading\n"
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert (process.returncode, output) == (-signal.SIGINT, "")


def test_traceback_of_anything_else(tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text("raise ValueError(7)\n", "utf-8")
    command = [sys.executable, "-m", "sming_host.started", "wrong"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(CHECKOUT), str(tmp_path)])}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Traceback") and done.stderr.endswith("ValueError: 7\n")


_SLOW_START = """\
import os, pathlib, time
if os.getpid() != os.getpgrp():
    pathlib.Path(__file__).with_name("started").touch()
    time.sleep(1)
"""


def test_ctrl_c_while_the_tests_workers_start(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(_SLOW_START, "utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "sming_host.started", "pytest", "-p", "no:cacheprovider", "-n", "2", __file__],
        cwd=CHECKOUT,
        env={**environment, "PYTHONPATH": os.pathsep.join([str(CHECKOUT), str(tmp_path)])},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    while not (tmp_path / "started").exists():
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == pytest.ExitCode.INTERRUPTED, output
    assert "Traceback" not in output


def test_ctrl_c_while_a_fuzzer_runs(tmp_path: Path) -> None:
    harness = tmp_path / "firmware"
    harness.write_text("#!/bin/sh\necho fuzzing\nexec sleep 60\n", "utf-8")
    harness.chmod(0o755)
    module = [sys.executable, "-m", "sming_host.build.fuzzing"]
    process = subprocess.Popen(
        [*module, str(tmp_path), "60", "symbolizer", "-runs=1", str(harness)],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "fuzzing\n"
    os.killpg(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert (process.returncode, output) == (130, "interrupted\n")


def _finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    output, _ = process.communicate(timeout=300)
    return process.returncode, output


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout after two first calls at once."""
    checkout = _copy(tmp_path_factory.mktemp("launcher") / "my checkout")
    for status, output in [_finish(process) for process in [_start(checkout, "help") for _ in range(2)]]:
        assert status == 0, output
        assert "usage: ./scons" in output
    return checkout


def test_first_calls_at_once_set_up_one_environment(started: Path) -> None:
    assert (started / ".venv/bin/python").is_file()
    status, output = _finish(_start(started, "help"))
    assert status == 0
    assert "Setting up" not in output


def test_later_calls_start_at_once(started: Path) -> None:
    _finish(_start(started, "help"))
    begin = time.monotonic()
    status, _ = _finish(_start(started, "help"))
    assert status == 0
    # Well under a second on an idle machine; tests share two processors.
    assert time.monotonic() - begin < 2


def test_call_from_another_folder(started: Path, tmp_path: Path) -> None:
    status, output = _finish(_start(started, "list-soc", cwd=tmp_path))
    assert status == 0
    assert "host" in output


@pytest.mark.parametrize(("closed", "seen"), [(">&-", ""), ("2>&-", "usage: ./scons"), (">&- 2>&-", "")])
def test_closed_streams(started: Path, closed: str, seen: str) -> None:
    command = ["sh", "-c", f'"$1" help {closed}', "sh", str(started / "scons")]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(seen) and bool(done.stdout) == bool(seen)


def test_an_applications_own_sconstruct_counts(started: Path, tmp_path: Path) -> None:
    (tmp_path / "SConstruct").write_text('print("my own")\nExit(3)\n', "utf-8")
    assert _finish(_start(started, cwd=tmp_path)) == (3, "my own\n")


@pytest.mark.slow
def test_changed_requirements_are_installed(started: Path, tmp_path: Path) -> None:
    checkout = tmp_path / "moved"
    shutil.copytree(started, checkout, symlinks=True)
    # A copy is another place: its environment still points at the first one.
    status, output = _finish(_start(checkout, "help"))
    assert status == 0
    assert "Setting up" in output
    with (checkout / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert "Setting up" in _finish(_start(checkout, "help"))[1]
    assert "Setting up" not in _finish(_start(checkout, "help"))[1]


def _fake_python(folder: Path, condition: str) -> str:
    """Return a PATH on which `python3` fails for commands that have a word in them."""
    folder.mkdir()
    python = folder / "python3"
    python.write_text(f'#!/bin/sh\ncase "$*" in *{condition}*) exit 1;; esac\nexec {sys.executable} "$@"\n', "utf-8")
    python.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def test_python_without_venv(tmp_path: Path) -> None:
    checkout = _copy(tmp_path / "checkout")
    path = _fake_python(tmp_path / "bin", "ensurepip")
    status, output = _finish(_start(checkout, "help", path=path))
    assert status == 1
    assert "without the 'venv' module" in output
    assert "apt install python3-venv" in output
    assert not (checkout / ".venv").exists()


def test_python_that_is_too_old(tmp_path: Path) -> None:
    checkout = _copy(tmp_path / "checkout")
    path = _fake_python(tmp_path / "bin", "version_info")
    status, output = _finish(_start(checkout, "help", path=path))
    assert status == 1
    assert "Python 3.9 or newer is needed" in output


def test_no_python(tmp_path: Path) -> None:
    checkout = _copy(tmp_path / "checkout")
    tools = only(("sh", "dirname", "cksum"), tmp_path / "bin")
    status, output = _finish(_start(checkout, "help", path=tools))
    assert status == 1
    assert "no 'python3' on this machine" in output


def test_failed_installation_leaves_nothing_half_made(tmp_path: Path) -> None:
    checkout = _copy(tmp_path / "checkout")
    # No index to ask is the same to pip as no network.
    status, output = _finish(_start(checkout, "help", PIP_NO_INDEX="1"))
    assert status == 1
    assert "could not be installed" in output
    assert "needs the network" in output
    assert not (checkout / ".venv/sming-host").exists()
    status, output = _finish(_start(checkout, "help"))
    assert status == 0, output
