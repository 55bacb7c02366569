"""Memory and code of the engine on the ESP8266's core (lx106): `python -m tests.axtls.lx106`.

Compiler, picolibc's headers and QEMU come through the archive code. Memory is measured by native/figures.c under QEMU,
code from the linker's map.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sming_host.build.archive import tool_package
from tests.axtls import native, programs
from tests.axtls.conftest import World, make_world

HERE = native.SHIM / "lx106"
OUT = native.OUT / "lx106"
FLAGS = (
    "-std=gnu11", "-Os", "-w", "-mlongcalls", "-mtext-section-literals", "-ffunction-sections", "-fdata-sections",
    "-fno-builtin-printf", "-DBR_LOMUL=1", "-DBR_SLOW_MUL15=1", *native.BEARSSL,
)  # fmt: skip
PREFIX = "usr/lib/xtensa-lx106-elf"
ROW = re.compile(
    r"^(\S+) +idle +(\d+) heap; handshake +(\d+) heap \+ +(\d+) stack, +(\d+) together; "
    r"1 KB record +(\d+) heap \+ +(\d+) stack",
    re.MULTILINE,
)
SERVER_ONLY = {"axtls_server_new", "axtls_engine_set_identities"}


@dataclass(frozen=True)
class Memory:
    """Of one server's connection, in bytes; 8 for the management of each block on the heap are counted."""

    idle: int
    handshake_heap: int
    handshake_stack: int
    handshake: int
    """Most of both together at one moment."""
    record_heap: int
    record_stack: int


@dataclass(frozen=True)
class Code:
    """Bytes of the engine in a program: code and constants, without error texts, X.509, ciphers and the axTLS API."""

    both_roles: int
    client: int


class Chip:
    """The tools, and everything compiled."""

    def __init__(self) -> None:
        tool = tool_package("gcc-xtensa-lx106")
        assert tool.root is not None
        self.compiler = str(tool.program("xtensa-lx106-elf-gcc"))
        libc = tool.root / PREFIX
        root = native.bearssl_root()
        include = [root / "inc", root / "src", native.COMPONENTS / "axtls/include", native.COMPONENTS / "axtls/src"]
        include.append(native.COMPONENTS / "x509/include")
        self._flags = [*FLAGS, "-isystem", str(libc / "include"), *(f"-I{folder}" for folder in include)]
        headers = native.newest([native.COMPONENTS / "axtls", native.COMPONENTS / "x509"])
        bearssl = sorted((root / "src").rglob("*.c"))
        sources = sorted((native.COMPONENTS / "axtls/src").glob("*.c"))
        with native.builds_alone():
            self._bearssl = native.compile_all(bearssl, OUT / "bearssl", self._flags, 0, self.compiler)
            self._engine = native.compile_all(sources, OUT / "engine", self._flags, headers, self.compiler)
        answer = subprocess.run([self.compiler, "-print-libgcc-file-name"], capture_output=True, text=True, check=True)
        self._libraries = [str(libc / "lib/libc.a"), answer.stdout.strip()]

    def link(self, sources: Iterable[Path], folder: Path, *options: str) -> Path:
        """Link a program for the bare chip in the folder, where its own headers are."""
        objects = []
        arithmetic = native.COMPONENTS / "libgcc-lx106" / "src" / "integer.c"
        for source in (*sources, HERE / "runtime.c", arithmetic, HERE / "start.S"):
            target = folder / f"{source.stem}.o"
            subprocess.run(
                [self.compiler, *self._flags, f"-I{folder}", "-c", str(source), "-o", str(target)], check=True
            )
            objects.append(target)
        program = folder / "program.elf"
        subprocess.run(
            [self.compiler, "-nostdlib", "-Wl,--gc-sections", "-T", str(HERE / "memory.ld"), *options,
             *map(str, [*objects, *self._engine, *self._bearssl]), *self._libraries, "-o", str(program)],
            check=True,
        )  # fmt: skip
        return program

    def memory(self, world: World, folder: Path) -> dict[str, Memory]:
        """Run native/figures.c under QEMU."""
        (folder / "identity.h").write_text(programs.identity_header(world), "utf-8")
        program = self.link([native.SHIM / "figures.c"], folder)
        qemu = tool_package("qemu").program("qemu-system-xtensa")
        run = subprocess.run(
            [str(qemu), "-M", "sim", "-cpu", "lx106", "-semihosting", "-display", "none", "-monitor", "none",
             "-serial", "none", "-device", f"loader,file={program},cpu-num=0"],
            check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=500,
        )  # fmt: skip
        return {row[0]: Memory(*map(int, row[1:])) for row in ROW.findall(run.stdout)}

    def code(self, folder: Path) -> Code:
        """Link all that an application of both roles may call, and all that a client may."""
        functions = set()
        for header in ("engine.h", "session.h"):
            text = (native.COMPONENTS / "axtls/include/axtls" / header).read_text("utf-8")
            functions.update(re.findall(r"^[\w][\w ]*[ *](axtls_\w+)\(", text, re.MULTILINE))
        assert functions > SERVER_ONLY
        client = {name for name in functions - SERVER_ONLY if not name.startswith(("axtls_cache", "axtls_ticket"))}
        return Code(self._engine_size(folder, functions), self._engine_size(folder, client))

    def _engine_size(self, folder: Path, functions: Iterable[str]) -> int:
        nothing, listing = folder / "nothing.c", folder / "map"
        nothing.write_text("int main(void) { return 0; }\n", "utf-8")
        self.link([nothing], folder, f"-Wl,-Map={listing}", *(f"-Wl,-u,{name}" for name in sorted(functions)))
        _, _, placed = listing.read_text("utf-8").partition("Linker script and memory map")
        # A section's long name has a line of its own
        placed = re.sub(r"^( \S+)\n\s+(?=0x)", r"\1 ", placed, flags=re.MULTILINE)
        sizes = re.findall(
            rf"^ \.(?:text|rodata|literal|data)\S* +0x[0-9a-f]+ +0x([0-9a-f]+) {re.escape(str(OUT / 'engine'))}/(\S+)",
            placed,
            re.MULTILINE,
        )
        return sum(int(size, 16) for size, name in sizes if name != "src_error.o")


def main() -> None:
    chip = Chip()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for connection, figures in chip.memory(make_world(folder), folder).items():
            print(connection, figures)
        print(chip.code(folder))


if __name__ == "__main__":
    main()
