"""Memory figures of the engine on the ESP8266's core, in QEMU.

    python -m tests.axtls.lx106 --prefix xtensa-lx106-elf- --libc-include DIR --libc FILE [--qemu qemu-system-xtensa]

Compiler, picolibc and QEMU are whatever the arguments name (Debian: gcc-xtensa-lx106, picolibc-xtensa-lx106-elf,
qemu-system-misc).
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.axtls import native, programs
from tests.axtls.conftest import make_world

HERE = native.SHIM / "lx106"
FLAGS = (
    "-std=gnu11", "-Os", "-w", "-mlongcalls", "-mtext-section-literals", "-ffunction-sections", "-fdata-sections",
    "-fno-builtin-printf", "-DBR_LOMUL=1", "-DBR_SLOW_MUL15=1", *native.BEARSSL,
)  # fmt: skip


def build(arguments: argparse.Namespace, folder: Path) -> Path:
    """Compile everything; returns the ELF file."""
    root = native.bearssl_root()
    compiler = arguments.prefix + "gcc"
    include = [root / "inc", root / "src", native.COMPONENTS / "axtls/include", native.COMPONENTS / "axtls/src"]
    include += [native.COMPONENTS / "x509/include", folder]
    (folder / "identity.h").write_text(programs.identity_header(make_world(folder)), "utf-8")
    flags = [*FLAGS, "-isystem", arguments.libc_include, *(f"-I{d}" for d in include)]
    sources = [*sorted((root / "src").rglob("*.c")), *sorted((native.COMPONENTS / "axtls/src").glob("*.c"))]
    sources += [native.SHIM / "figures.c", HERE / "runtime.c", HERE / "start.S"]

    def one(source: Path) -> str:
        target = folder / f"{source.parent.name}_{source.stem}.o"
        subprocess.run([compiler, *flags, "-c", str(source), "-o", str(target)], check=True)
        return str(target)

    with ThreadPoolExecutor(2) as pool:
        objects = list(pool.map(one, sources))
    libgcc = subprocess.run(
        [compiler, "-print-libgcc-file-name"], capture_output=True, text=True, check=True
    ).stdout.strip()
    program = folder / "figures.elf"
    subprocess.run(
        [compiler, "-nostdlib", "-Wl,--gc-sections", "-T", str(HERE / "memory.ld"), *objects, arguments.libc, libgcc,
         "-o", str(program)],
        check=True,
    )  # fmt: skip
    return program


def main() -> None:
    parser = argparse.ArgumentParser(description="Memory figures of the engine on the ESP8266's core")
    parser.add_argument("--prefix", default="xtensa-lx106-elf-")
    parser.add_argument("--libc-include", required=True)
    parser.add_argument("--libc", required=True)
    parser.add_argument("--qemu", default="qemu-system-xtensa")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        program = build(arguments, Path(folder))
        subprocess.run(
            [*arguments.qemu.split(), "-M", "sim", "-cpu", "lx106", "-semihosting", "-display", "none", "-monitor",
             "none", "-serial", "none", "-device", f"loader,file={program},cpu-num=0"],
            check=True, timeout=300,
        )  # fmt: skip


if __name__ == "__main__":
    main()
