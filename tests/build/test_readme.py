"""What the READMEs say is there: commands, variables, files; and what is cheap is run as it stands."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from sming_host.build.options import BY_NAME as OPTION
from sming_host.build.options import read_settings
from sming_host.build.soc import SOCS, soc_is_ready
from sming_host.build.targets import BY_NAME as TARGET
from sming_host.certificates import Settings, generate
from sming_host.tls import default_library
from tests.build.project import CHECKOUT, SCONSTRUCT
from tests.support.peers import PythonPeer, http_page, server_context

README = CHECKOUT / "README.md"
SAMPLES = sorted((CHECKOUT / "samples").glob("*/README.md"))


def blocks(language: str) -> list[str]:
    """The fenced blocks of README.md in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def commands(path: Path) -> list[list[str]]:
    """Every command of a README: lines of blocks, and what stands in backquotes in the text."""
    text = path.read_text("utf-8")
    lines = "".join(blocks("sh")).splitlines() if path == README else re.findall(r"^    (.*)$", text, re.MULTILINE)
    lines = [line for line in lines if re.match(r"\./scons|openssl|\.venv", line)]
    lines += re.findall(r"`(\./scons [^`…]+)`", text)
    return [shlex.split(line, comments=True) for line in lines]


CALLS = [(path, words[1:]) for path in (README, *SAMPLES) for words in commands(path) if words[0] == "./scons"]


def names(calls: tuple[Path, list[str]]) -> str:
    return f"{calls[0].parent.name}: {' '.join(calls[1])}"


def test_the_commands_are_found() -> None:
    assert [words for path, words in CALLS if path == README][:2] == [
        ["SMING_SOC=host", "ENABLE_SSL=Bearssl"],
        ["test"],
    ]
    assert {path for path, _ in CALLS} == {README, *SAMPLES}


@pytest.mark.parametrize("call", CALLS, ids=names)
def test_targets_and_variables_exist(call: tuple[Path, list[str]]) -> None:
    _, words = call
    variables = dict(word.split("=", 1) for word in words if "=" in word)
    settings = read_settings(variables, {})
    assert [word for word in words if "=" not in word and word not in TARGET] == []
    folder = settings["APP"]
    if folder and folder != "path/to/it":
        assert (CHECKOUT / folder / "app").is_dir() or (CHECKOUT / "samples" / folder / "app").is_dir()


def test_variables_of_the_table() -> None:
    _, _, text = README.read_text("utf-8").partition("## Options")
    rows = re.findall(r"^\| (`[A-Z].*?) \| (.*?) \|", text.partition("## SoCs")[0], re.MULTILINE)
    assert len(rows) >= 8
    for row_names, values in rows:
        for name in re.findall(r"`(\w+)`", row_names):
            assert name in OPTION
            if OPTION[name].values:
                for value in re.findall(r"`([^`]+)`", values):
                    OPTION[name].check(value, "README")


def test_table_of_chips() -> None:
    _, _, text = README.read_text("utf-8").partition("## SoCs")
    told = {}
    for line in re.findall(r"^\| `.*$", text.partition("\n## ")[0], re.MULTILINE):
        names, _, toolchain, emulator, flash, verified = (cell.strip() for cell in line.strip("| ").split(" |"))
        for name in re.findall(r"`(\w+)`", names):
            told[name] = (bool(toolchain and emulator), bool(flash), verified)
    assert told.pop("SMING_SOC", None) == (True, True, "verified where")
    assert told == {
        soc.name: (
            soc_is_ready(soc, [CHECKOUT / "components"]),
            bool(soc.image),
            # Never hardware, as long as there is none to try it on
            "this machine" if soc.is_host else "emulator",
        )
        for soc in SOCS.values()
    }


def test_options_of_the_program() -> None:
    source = (CHECKOUT / "components/host-process/src/options.cpp").read_text("utf-8")
    known = [f"--{name}" for name in re.findall(r'\{"([a-z-]+)"', source)]
    told = [option for path in (README, *SAMPLES) for option in re.findall(r"`(--[a-z-]+)", path.read_text("utf-8"))]
    assert len(told) > 5
    assert [option for option in told if option not in known and option != "--ca"] == []


@pytest.mark.parametrize("path", [README, *SAMPLES], ids=lambda path: str(path.parent.name))
def test_files_exist(path: Path) -> None:
    missing = []
    for name in re.findall(r"`([\w./]*/[\w./]*)`", path.read_text("utf-8")):
        made = name.startswith(("out/", "path/to", "files/")) or name in ("app/", "app/application.cpp")
        # What looks like a path and stands in the sample's source is a topic of MQTT
        made = made or any(f'"{name}"' in source.read_text("utf-8") for source in path.parent.glob("app/*.cpp"))
        if not made and not any((base / name).exists() for base in (CHECKOUT, path.parent)):
            missing.append(name)
    assert missing == []


def test_sconstruct() -> None:
    assert SCONSTRUCT in blocks("python")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what `generate-cert` makes in out/ssl."""
    folder = tmp_path_factory.mktemp("keys")
    generate(Settings(project=folder, application=folder))
    return folder


def test_session_from_python(keys: Path) -> None:
    (snippet,) = [block for block in blocks("python") if "Session" in block]
    script = f"{snippet}\nassert to_server[0] == 22, to_server"
    subprocess.run([sys.executable, "-c", script], cwd=keys, env=binding(), check=True)


def test_test_of_five_lines(tmp_path: Path) -> None:
    (snippet,) = [block for block in blocks("python") if "sming_app" in block]
    assert len(snippet.splitlines()) <= 5
    (tmp_path / "test_start.py").write_text(snippet, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--sming-top={CHECKOUT}", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=500, check=False)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_page_from_python(keys: Path) -> None:
    (words,) = [words for words in commands(README) if "tls-get" in words]
    context = server_context(keys / "out/ssl/server.crt.pem", keys / "out/ssl/server.key.pem")
    with PythonPeer(context, http_page(b"the page")) as peer:
        command = [sys.executable, *words[1:], f"--resolve=localhost:8443:127.0.0.1:{peer.port}"]
        done = subprocess.run(command, cwd=keys, env=binding(), capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"the page"), done.stderr


def binding() -> dict[str, str]:
    """Environment in which Python finds this checkout and its library, as it does in the checkout's folder."""
    return {"PYTHONPATH": str(CHECKOUT), "SMING_HOST_LIBRARY": str(default_library().path)}


def test_order() -> None:
    headings = re.findall(r"^## (.*)$", README.read_text("utf-8"), re.MULTILINE)
    assert headings == ["The two commands", "What you can do next", "Options", "SoCs", "How it works", "Limits"]
