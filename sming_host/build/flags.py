"""Compiler and linker flags of a chip under the settings of a run, and the name of the resulting ABI.

Two runs that agree on the ABI share `out/lib/<abi>`; so everything that changes an object of a component, and is not
particular to that component, is part of the name.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sming_host.build.options import SOURCE_ROOTS, Settings, adapter_of
from sming_host.build.paths import short_hash
from sming_host.build.soc import Soc
from sming_host.build.toolchain import CLANG
from sming_host.errors import UserError

_ADAPTER_FOLDERS = {"none": "nossl", "axtls": "axtls", "bearssl": "bearssl"}

FUZZER = "fuzzer"
_IGNORED = Path(__file__).with_name("fuzzing-ignore.txt")

OUR_WARNINGS = ("-Wall", "-Wextra", "-Werror")
APPLICATION_WARNINGS = ("-Wall",)
NO_WARNINGS = ("-w",)


@dataclass(frozen=True)
class Flags:
    """Flags that every object of an ABI is compiled with, in the order of the command line."""

    common: tuple[str, ...]
    c: tuple[str, ...]
    cxx: tuple[str, ...]
    # For what is not third-party code.
    ours: tuple[str, ...]
    # After everything that a component adds.
    last: tuple[str, ...]
    link: tuple[str, ...]


def compile_flags(soc: Soc, settings: Settings) -> Flags:
    """Return the flags for one chip and one set of values."""
    release = settings.flag("SMING_RELEASE")
    common = [*soc.cpu_flags, f"-DARCH_{soc.family.upper()}=1"]
    if release:
        # Flash is what chips lack. On x86, -Os also makes gcc copy and clear with one string instruction, which takes
        # tens of cycles for however few bytes.
        common += ["-O2" if soc.is_host else "-Os", "-DSMING_RELEASE=1", "-DNDEBUG"]
    else:
        # A chip has no room for code that is not optimised.
        common += ["-Og" if soc.is_host else "-Os", "-g"]
    common += ["-ffunction-sections", "-fdata-sections"]
    link = [*soc.cpu_flags, "-Wl,--gc-sections"]
    cxx = ["-std=c++17", "-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics", "-fcheck-new"]
    if soc.is_host:
        # One set of libraries serves programs and the shared library of the Python binding.
        common.append("-fPIC")
        # The resolver's threads; part of libc itself only since glibc 2.34.
        link.append("-pthread")
    else:
        # Nothing is ever destroyed, and start-up is our own.
        cxx.append("-fno-use-cxa-atexit")
        common.append("-fno-unwind-tables")
        common.append("-fno-asynchronous-unwind-tables")
        link += ["-nostartfiles", "-Wl,--no-warn-rwx-segments"]
    last = []
    if release or not soc.is_host:
        # With -Os GCC 12 also warns of objects that note their own address in another one until they end.
        last.append("-Wno-dangling-pointer")
    sanitizers = settings["SANITIZERS"]
    for name in ("SANITIZERS", "COVERAGE"):
        if not soc.is_host and settings[name] not in ("", "0"):
            raise UserError(f"{name} needs SMING_SOC=host: what it puts into programs takes an operating system")
    if sanitizers:
        # Code is instrumented for the fuzzer; the fuzzer itself, with its main(), is for programs.
        common += [f"-fsanitize={sanitizers.replace(FUZZER, f'{FUZZER}-no-link')}", "-fno-omit-frame-pointer"]
        link.append(f"-fsanitize={sanitizers}")
    if FUZZER in sanitizers.split(","):
        if settings["TOOLCHAIN"] != CLANG:
            raise UserError(
                f"SANITIZERS={sanitizers}: only clang has a fuzzer", f"Say TOOLCHAIN={CLANG}, or call ./scons fuzz."
            )
        common += [f"-fsanitize-ignorelist={_IGNORED}", f"-fsanitize-coverage-ignorelist={_IGNORED}"]
    if settings["TOOLCHAIN"] == CLANG:
        # Our code is clean for gcc; what each major version of clang thinks of it must not end a build.
        last.append("-Wno-error")
    if settings.flag("COVERAGE"):
        common.append("--coverage")
        link.append("--coverage")
    return Flags(
        common=tuple(common),
        c=("-std=c11",),
        cxx=tuple(cxx),
        # What a sanitizer finds in our code ends the program; in other people's it is only told.
        ours=("-fno-sanitize-recover=all",) if sanitizers else (),
        last=(*last, *settings.words("USER_CFLAGS")),
        link=tuple(link),
    )


def abi_name(soc: Soc, settings: Settings) -> str:
    """Return the folder below out/lib: chip family and core, kind of build, and a hash of what the user adds."""
    parts = [soc.family if soc.family == soc.cpu else f"{soc.family}-{soc.cpu}"]
    parts.append("release" if settings.flag("SMING_RELEASE") else "debug")
    parts += _instruments(settings)
    own = [settings[name] for name in ("USER_CFLAGS", "TOOLCHAIN", *SOURCE_ROOTS)]
    if any(own):
        parts.append(short_hash(*own))
    return "-".join(parts)


def program_folder(soc: Soc, settings: Settings) -> Path:
    """Return where the applications go, relative to the top folder: out/<soc>/<adapter>.

    Instrumented builds are kept apart: a test that runs them must not disturb a program of the same name.
    """
    return Path("out", soc.name, "-".join([_ADAPTER_FOLDERS[adapter_of(settings)], *_instruments(settings)]))


def _instruments(settings: Settings) -> list[str]:
    parts = settings["SANITIZERS"].split(",") if settings["SANITIZERS"] else []
    return [*parts, "coverage"] if settings.flag("COVERAGE") else parts
