"""The table of packages: what is fetched, in which version, and what is expected inside.

A source is pinned by upstream version and SHA-256 of its tarball; the revision behind it (``-3``, ``-2ubuntu1``)
may differ, because releases of Debian and Ubuntu carry the same tarball. A tool is pinned by the packages that
make it and by the major versions known to work; archives keep only the current build of a release, so the exact
versions are recorded beside the unpacked tool instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .errors import UnknownPackage


@dataclass(frozen=True)
class SourcePin:
    """One upstream tarball.

    `expect` lists files that the unpacked tree must have; they also tell whether a user's own tree is one.
    """

    name: str
    version: str
    sha256: str
    expect: tuple[str, ...]

    @property
    def variable(self) -> str:
        """Name of the build variable that points at a tree of the user's own, e.g. ``BEARSSL_ROOT``."""
        return _variable(self.name)


@dataclass(frozen=True)
class ToolPin:
    """One tool: packages, the programs wanted from them, and how to see that it runs.

    A program with a slash in its name is a path inside the tree (``usr/lib/chromium/chromium``) and known by its last
    part. A pin without programs is a library or headers below the tool's `root`. `majors` are the accepted major
    versions of the first package, none for any. `smoke` is a command line whose first word is one of `programs`,
    `smoke_input` what it reads; `answer` must be in its output (some programs exit with 1 after ``--version``), or,
    where it is empty, the command must exit 0 in silence. `drop` names packages that are not wanted in the closure;
    `alone` fetches nothing but `packages`. `environment` is set by the wrappers; ``{root}`` in a value stands for the
    unpacked tree, ``{folder:NAME}`` for the folder in it that has the file NAME. `host_first` takes the programs from
    PATH when all of them are there.
    """

    name: str
    packages: tuple[str, ...]
    majors: tuple[str, ...]
    programs: tuple[str, ...]
    smoke: tuple[str, ...]
    answer: str
    smoke_input: str = ""
    host_first: bool = False
    drop: tuple[str, ...] = ()
    alone: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def program_names(self) -> tuple[str, ...]:
        """What `programs` are called, without the paths inside the tree."""
        return tuple(program.rsplit("/", 1)[-1] for program in self.programs)

    @property
    def variable(self) -> str:
        """Name of the variable that points at an installation of the user's own, e.g. ``GNUTLS_ROOT``."""
        return _variable(self.name)


def _variable(name: str) -> str:
    return name.upper().replace("-", "_") + "_ROOT"


_SOURCES = (
    SourcePin(
        "bearssl",
        "0.6+dfsg.1",
        "102a625bd8f6155260867a50c508df8d8c3f796985dd744df1a68e5cd1a79004",
        ("inc/bearssl.h", "src/inner.h", "src/config.h"),
    ),
    SourcePin(
        "http-parser",
        "2.9.4",
        "467b9e30fd0979ee301065e70f637d525c28193449e1b13fbcb1b1fab3ad224f",
        ("http_parser.h", "http_parser.c"),
    ),
    SourcePin(
        "lwip",
        "2.1.3+dfsg1",
        "0a8276d09fc4e97bbba2f953d74af2388fc2195ea156be9d7589e297a68fde24",
        ("src/include/lwip/init.h", "src/core/tcp.c", "src/core/ipv4/ip4.c"),
    ),
)

_TOOLS = (
    ToolPin(
        "gnutls",
        packages=("gnutls-bin",),
        majors=("3",),
        programs=("gnutls-cli", "gnutls-serv", "certtool"),
        smoke=("gnutls-cli", "--version"),
        answer="gnutls-cli 3.",
        host_first=True,
    ),
    ToolPin(
        "openssl",
        packages=("openssl",),
        majors=("3",),
        programs=("openssl",),
        smoke=("openssl", "version"),
        answer="OpenSSL 3.",
        host_first=True,
    ),
    ToolPin(
        "distcc",
        packages=("distcc",),
        majors=("3",),
        programs=("distcc", "distccd"),
        smoke=("distcc", "--version"),
        answer="distcc 3.",
        host_first=True,
    ),
    ToolPin(
        "ccache",
        packages=("ccache",),
        majors=("4",),
        programs=("ccache",),
        smoke=("ccache", "--version"),
        answer="ccache version 4.",
        host_first=True,
    ),
    ToolPin(
        "mosquitto",
        packages=("mosquitto", "mosquitto-clients"),
        majors=("2",),
        programs=("mosquitto", "mosquitto_pub", "mosquitto_sub", "mosquitto_passwd"),
        smoke=("mosquitto_pub", "--version"),
        answer="mosquitto_pub version 2.",
        host_first=True,
    ),
    ToolPin(
        "clang",
        # libFuzzer and the sanitizers are in libclang-rt, the readers of coverage in llvm.
        packages=("clang", "libclang-rt-dev", "llvm"),
        majors=tuple(str(major) for major in range(14, 20)),
        programs=("clang", "clang++", "llvm-profdata", "llvm-cov", "llvm-symbolizer"),
        # Headers and libraries of C and C++ are those of the machine's gcc.
        drop=("lib32gcc-s1", "lib32stdc++6", "libc6-i386"),
        smoke=("clang++", "-fsanitize=fuzzer,address,undefined", "-xc++", "-"),
        smoke_input="#include <cstddef>\n#include <cstdint>\n#include <memory>\n"
        'extern "C" int LLVMFuzzerTestOneInput(const uint8_t*, size_t) { return 0; }\n',
        answer="",
    ),
    ToolPin(
        "nss",
        packages=("libnss3-tools",),
        majors=("3",),
        programs=("certutil", "pk12util", "selfserv", "tstclnt"),
        smoke=("certutil", "-H"),
        answer="certutil",
        host_first=True,
    ),
    ToolPin(
        "curl",
        packages=("curl",),
        majors=("7", "8"),
        programs=("curl",),
        smoke=("curl", "--version"),
        answer="libcurl/",
        host_first=True,
    ),
    ToolPin(
        "chromium",
        packages=("chromium",),
        # A new one every few weeks, and what tests ask of it is the same in all.
        majors=(),
        programs=("usr/lib/chromium/chromium",),
        smoke=("chromium", "--version"),
        answer="Chromium ",
    ),
    ToolPin(
        "wrk",
        packages=("wrk",),
        majors=("4",),
        programs=("wrk",),
        smoke=("wrk", "-v"),
        answer="wrk ",
        host_first=True,
    ),
    ToolPin(
        "nginx",
        packages=("nginx",),
        majors=("1",),
        programs=("usr/sbin/nginx",),
        # For its start as a service.
        drop=("iproute2",),
        smoke=("nginx", "-v"),
        answer="nginx/1.",
        host_first=True,
    ),
    ToolPin(
        "jdk",
        # Its version is that of the choice (1.17, 1.21), not of the JDK that it chooses.
        packages=("default-jdk-headless",),
        majors=("1", "2"),
        programs=("usr/lib/jvm/default-java/bin/java", "usr/lib/jvm/default-java/bin/javac"),
        # For pictures, fonts, sound, printers and the machine's own list of authorities.
        drop=(
            "libasound2",
            "libasound2t64",
            "libcups2",
            "libcups2t64",
            "libfontconfig1",
            "libfreetype6",
            "libglib2.0-0",
            "libglib2.0-0t64",
            "libharfbuzz0b",
            "libjpeg62-turbo",
            "libjpeg8",
            "liblcms2-2",
            "libssl3",
            "libssl3t64",
            "openssl",
            "util-linux",
        ),
        smoke=("javac", "-version"),
        answer="javac ",
        host_first=True,
    ),
    ToolPin(
        "gcc-xtensa-lx106",
        packages=("gcc-xtensa-lx106", "binutils-xtensa-lx106", "picolibc-xtensa-lx106-elf"),
        majors=("12",),
        programs=("xtensa-lx106-elf-gcc", "xtensa-lx106-elf-g++", "xtensa-lx106-elf-ar", "xtensa-lx106-elf-size"),
        # Needs the compiler proper, the assembler, the linker (-r: no chip's linker script yet) and picolibc's headers.
        smoke=(
            "xtensa-lx106-elf-gcc",
            "--specs={root}/usr/lib/xtensa-lx106-elf/picolibc.specs",
            "-r",
            "-u",
            "main",
            "-xc",
            "-",
        ),
        smoke_input='#include <string.h>\nint _start(void) { return (int)strlen(""); }\n',
        answer="",
    ),
    ToolPin(
        "gcc-riscv64-unknown-elf",
        packages=("gcc-riscv64-unknown-elf", "binutils-riscv64-unknown-elf", "picolibc-riscv64-unknown-elf"),
        majors=("12",),
        programs=("riscv64-unknown-elf-gcc", "riscv64-unknown-elf-g++", "riscv64-unknown-elf-ar"),
        smoke=(
            "riscv64-unknown-elf-gcc",
            "--specs={root}/usr/lib/picolibc/riscv64-unknown-elf/picolibc.specs",
            "-march=rv32imc",
            "-mabi=ilp32",
            "-c",
            "-o",
            "smoke.o",
            "-xc",
            "-",
        ),
        smoke_input='#include <string.h>\nint _start(void) { return (int)strlen(""); }\n',
        answer="",
    ),
    ToolPin(
        "gcc-arm-none-eabi",
        packages=("gcc-arm-none-eabi", "binutils-arm-none-eabi", "picolibc-arm-none-eabi"),
        # Debian's epoch and the name of ARM's release: 15:12.2.rel1-1.
        majors=("12",),
        programs=("arm-none-eabi-gcc", "arm-none-eabi-g++", "arm-none-eabi-ar"),
        smoke=(
            "arm-none-eabi-gcc",
            "--specs={root}/usr/lib/picolibc/arm-none-eabi/picolibc.specs",
            "-mcpu=cortex-m0plus",
            "-mthumb",
            "-c",
            "-o",
            "smoke.o",
            "-xc",
            "-",
        ),
        smoke_input='#include <string.h>\nint _start(void) { return (int)strlen(""); }\n',
        answer="",
    ),
    ToolPin(
        # Headers of the C++ library: of the three cross compilers, all GCC 12.2, only ARM's ships them.
        "libstdcxx",
        packages=("libstdc++-arm-none-eabi-dev",),
        majors=("12",),
        programs=(),
        alone=True,
        smoke=(),
        answer="",
    ),
    ToolPin(
        "qemu",
        packages=("qemu-system-misc",),
        majors=("7", "8", "9", "10"),
        programs=("qemu-system-xtensa",),
        smoke=("qemu-system-xtensa", "--version"),
        answer="QEMU emulator version",
        host_first=True,
    ),
    ToolPin(
        "valgrind",
        packages=("valgrind",),
        majors=("3",),
        programs=("valgrind",),
        # libexec or a library folder, by release; valgrind takes no blank in it, which the smoke test notices
        environment={"VALGRIND_LIB": "{folder:default.supp}"},
        # See libc6: a machine may have the symbols without valgrind, and the other way round.
        drop=("libc6-dbg",),
        smoke=("valgrind", "--tool=none", "-q", "/bin/true"),
        answer="",
        host_first=True,
    ),
    ToolPin(
        # Loader and C library with symbols, without which memcheck does not start. Both, because archives have the
        # symbols of the current build only, and upgrading the machine's to it takes root.
        "libc6",
        packages=("libc6", "libc6-dbg"),
        majors=("2",),
        programs=(),
        alone=True,
        smoke=(),
        answer="",
    ),
    ToolPin(
        # User-mode network of the bridge: a library, no program.
        "libslirp",
        packages=("libslirp0",),
        majors=("4",),
        programs=(),
        smoke=(),
        answer="",
    ),
)

SOURCES: Mapping[str, SourcePin] = {pin.name: pin for pin in _SOURCES}
TOOLS: Mapping[str, ToolPin] = {pin.name: pin for pin in _TOOLS}


def source_pin(name: str) -> SourcePin:
    """Raises UnknownPackage with the known names."""
    try:
        return SOURCES[name]
    except KeyError:
        known = ", ".join(SOURCES)
        raise UnknownPackage(f"no source package named {name!r} is pinned", f"Known are: {known}.") from None


def tool_pin(name: str) -> ToolPin:
    """Raises UnknownPackage with the known names."""
    try:
        return TOOLS[name]
    except KeyError:
        known = ", ".join(TOOLS)
        raise UnknownPackage(f"no tool named {name!r} is pinned", f"Known are: {known}.") from None


def root_variables() -> Mapping[str, str]:
    """Every ``…_ROOT`` variable with one line of help, for the table of build variables."""
    table = {
        pin.variable: f"use this source tree of {pin.name} {pin.version} instead of the package" for pin in _SOURCES
    }
    table.update({pin.variable: f"use {pin.name} from this prefix (its bin/) instead of the package" for pin in _TOOLS})
    return table
