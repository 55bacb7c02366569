"""Find the compiler of a chip, and say what to install where there is none."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sming_host.build import archive
from sming_host.build.options import Settings
from sming_host.build.soc import Soc
from sming_host.errors import UserError

# Package that brings a missing tool of the host, as Debian and Ubuntu call it.
_HOST_PACKAGES = {"gcc": "gcc", "g++": "g++", "ar": "binutils"}
LAUNCHERS = ("ccache", "distcc", "icecc")
# What TOOLCHAIN says instead of a prefix for the clang of the package archive.
CLANG = "clang"


@dataclass(frozen=True)
class Toolchain:
    """The programs that build for one chip."""

    cc: str
    cxx: str
    ar: str
    # Says which compiler this is; part of every object's signature.
    identity: str
    # Stands before every compilation; no part of a signature.
    launcher: tuple[str, ...] = ()


def find_toolchain(soc: Soc, settings: Settings, out: Path) -> Toolchain:
    """Return the tools for a chip, each found on PATH or below TOOLCHAIN."""
    given = settings["TOOLCHAIN"]
    if given == CLANG:
        return _clang(soc, settings, out)
    prefix = given or soc.prefix
    found = {tool: _find(prefix, tool, soc, settings) for tool in ("gcc", "g++", "ar")}
    return Toolchain(
        cc=prefix + "gcc",
        cxx=prefix + "g++",
        ar=prefix + "ar",
        identity=_identity(found["gcc"], out),
        launcher=find_launcher(settings["LAUNCHER"]),
    )


def _clang(soc: Soc, settings: Settings, out: Path) -> Toolchain:
    """Return clang, fetched on first use. Headers and libraries are those of the machine's gcc."""
    if soc.name != "host":
        raise UserError(f"TOOLCHAIN={CLANG} builds for the host only, not for {soc.name}")
    tool = archive.tool_package(CLANG, root=settings["CLANG_ROOT"] or None)
    return Toolchain(
        cc=str(tool.program("clang")),
        cxx=str(tool.program("clang++")),
        ar=str(_find("", "ar", soc, settings)),
        identity=_identity(tool.program("clang"), out),
        launcher=find_launcher(settings["LAUNCHER"]),
    )


def _find(prefix: str, tool: str, soc: Soc, settings: Settings) -> Path:
    path = shutil.which(prefix + tool)
    if path:
        return Path(path)
    if prefix and settings["TOOLCHAIN"]:
        raise UserError(
            f"no compiler at TOOLCHAIN={prefix}: there is no program {prefix}{tool}",
            "TOOLCHAIN is what stands before gcc, g++ and ar: a folder with a slash at its end, or a cross prefix.",
        )
    if soc.name == "host":
        raise UserError(
            f"no {tool} on PATH: the host build needs gcc, g++ and ar",
            f"Debian, Ubuntu: apt install {_HOST_PACKAGES[tool]} (all three: apt install build-essential).",
        )
    raise UserError(
        f"no {prefix}{tool} on PATH: the build for {soc.name} needs it",
        "Install that compiler, or say TOOLCHAIN=/where/it/is/bin/" + prefix,
    )


def find_launcher(name: str) -> tuple[str, ...]:
    """Return the command that LAUNCHER stands for: nothing, or one program, on PATH or from the package archive."""
    if not name:
        return ()
    if shutil.which(name):
        return (name,)
    if name in archive.TOOLS:
        return (str(archive.tool_package(name).program(name)),)
    known = ", ".join(LAUNCHERS)
    install = f"Debian, Ubuntu: apt install {name}." if name in LAUNCHERS else f"Known: {known}; or give a path."
    raise UserError(f"LAUNCHER={name}: no such program on PATH", install)


def _identity(compiler: Path, out: Path) -> str:
    """Return the first line of `gcc --version` and the machine it builds for, remembered until the program changes."""
    real = compiler.resolve()
    stat = real.stat()
    key = f"{real} {stat.st_size} {stat.st_mtime_ns}"
    memory = out / "compilers.json"
    try:
        known = json.loads(memory.read_text("utf-8"))
    except (OSError, ValueError):
        known = {}
    if key not in known:
        version = _ask(compiler, "--version").splitlines()[0]
        known[key] = f"{version} {_ask(compiler, '-dumpmachine').strip()}"
        memory.parent.mkdir(parents=True, exist_ok=True)
        memory.write_text(json.dumps(known, indent=1), "utf-8")
    return str(known[key])


def _ask(compiler: Path, question: str) -> str:
    try:
        answer = subprocess.run([compiler, question], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise UserError(f"{compiler} does not run: {error}", "Is the compiler installed completely?") from error
    return answer or "unknown"
