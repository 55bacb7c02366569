"""Find the compiler of a chip, and say what to install where there is none."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sming_host.build import archive
from sming_host.build.options import Settings
from sming_host.build.paths import Workspace, short_hash
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
    # Where its C and C++ libraries are: for every compilation, for C++ alone, for the linker.
    common: tuple[str, ...] = ()
    cxx_headers: tuple[str, ...] = ()
    link: tuple[str, ...] = ()


def find_toolchain(soc: Soc, settings: Settings, workspace: Workspace) -> Toolchain:
    """Return the tools for a chip: those below TOOLCHAIN, on PATH, or from the package archive."""
    given = settings["TOOLCHAIN"]
    out = workspace.out
    if given == CLANG:
        return _clang(soc, settings, out)
    prefix = given or soc.prefix
    if soc.compiler and not given and not shutil.which(prefix + "g++"):
        return _fetched(soc, settings, workspace)
    found = {tool: _find(prefix, tool, soc, settings) for tool in ("gcc", "g++", "ar")}
    return Toolchain(
        cc=prefix + "gcc",
        cxx=prefix + "g++",
        ar=prefix + "ar",
        identity=_identity(found["gcc"], out),
        launcher=find_launcher(settings["LAUNCHER"]),
    )


def to_be_fetched(soc: Soc, settings: Settings) -> list[str]:
    """Return the packages of a compiler that `find_toolchain` would have to fetch first."""
    if not soc.compiler or settings["TOOLCHAIN"] or shutil.which(soc.prefix + "g++"):
        return []
    root = settings[archive.TOOLS[soc.compiler].variable] or None
    packages = {soc.compiler: root, "libstdcxx": None}
    return [name for name, own in packages.items() if not archive.tool_is_here(name, root=own)]


def _fetched(soc: Soc, settings: Settings, workspace: Workspace) -> Toolchain:
    """Return a compiler of the package archive, with picolibc.

    Of the cross compilers, all GCC 12.2, only ARM's has the headers of the C++ library; they serve all cores.
    """
    tool = archive.tool_package(soc.compiler, root=settings[archive.TOOLS[soc.compiler].variable] or None)
    headers = archive.tool_package("libstdcxx")
    if tool.root is None or headers.root is None:
        raise UserError(f"{soc.compiler}: no folder of its own", "Say TOOLCHAIN=… for a compiler of yours.")
    root = workspace.link(f"{soc.compiler}-{short_hash(str(tool.root))}", tool.root)
    cxx = workspace.link(f"libstdcxx-{short_hash(str(headers.root))}", headers.root)
    specs = sorted(tool.root.glob("usr/lib/**/picolibc.specs"))
    version = sorted(headers.root.glob("usr/include/newlib/c++/*"))
    if not specs or not version:
        raise UserError(f"{soc.compiler}: picolibc or the C++ headers are missing from the package")
    library = workspace.name(cxx / version[-1].relative_to(headers.root))
    specs_flag = f"--specs={workspace.name(root / specs[0].relative_to(tool.root))}"
    return Toolchain(
        cc=str(tool.program(soc.prefix + "gcc")),
        cxx=str(tool.program(soc.prefix + "g++")),
        ar=str(tool.program(soc.prefix + "ar")),
        identity=_identity(tool.program(soc.prefix + "gcc"), workspace.out),
        launcher=find_launcher(settings["LAUNCHER"]),
        common=(specs_flag,),
        cxx_headers=("-nostdinc++", "-isystem", library, "-isystem", f"{library}/arm-none-eabi/thumb/v6-m/nofp"),
        link=(specs_flag,),
    )


def _clang(soc: Soc, settings: Settings, out: Path) -> Toolchain:
    """Return clang, fetched on first use. Headers and libraries are those of the machine's gcc."""
    if not soc.is_host:
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
    if soc.is_host:
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
