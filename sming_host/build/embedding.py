"""The project's key and certificate in programs, as an object of their own.

Applications include `<ssl/private_key.h>` and `<ssl/cert.h>`. One that has such headers itself (generate-cert APP=…
writes them) compiles its key in. For all others the build has headers that only declare the names, the same in every
checkout, and an assembler source that takes in the files of `out/ssl`. So a checkout compiles the same objects whatever
its key is, and what holds the key is made by nothing that keeps or sends it: no CACHE_DIR, no LAUNCHER.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from sming_host.build.paths import Workspace, make_folder
from sming_host.build.program import Application
from sming_host.build.scanner import imported_files

# Header, the name that it declares, and the file of out/ssl with the contents.
_PARTS = (
    ("private_key.h", "default_private_key", "server.key.der"),
    ("cert.h", "default_certificate", "server.crt.der"),
)
_NAMED = re.compile(rb"[\w./+-]*(?:private_key\.h|\bssl/cert\.h)")
_SHARED = frozenset(f"ssl/{header}".encode() for header, _, _ in _PARTS)
_QUOTED = re.compile(r'"([^"\n]+)"')
# How a key begins in DER: a version (PKCS#8, PKCS#1, SEC1, PKCS#12), or the kind of encryption; no certificate does.
_DER_KEY = re.compile(rb"\x30(?:[\x00-\x7f]|\x81.|\x82..)(?:\x02\x01[\x00\x01\x03]|\x30[\x00-\x7f]\x06)", re.DOTALL)

# A compiler on PATH may be a link to one of these: they are told, too.
PRIVATE_ENVIRONMENT = {"CCACHE_DISABLE": "1", "DISTCC_HOSTS": "localhost", "ICECC": "disable"}


@dataclass(frozen=True)
class Embedding:
    """What an application gets for the headers that it has not."""

    includes: Path
    source: Path


@dataclass(frozen=True)
class KeyUse:
    """How an application comes to its key and certificate."""

    # It has headers of its own.
    own: bool
    # It includes those that the build may provide.
    shared: bool
    # A key is compiled into its objects.
    secret: bool

    @classmethod
    def of(cls, application: Application, folders: Iterable[Path], top: Path) -> KeyUse:
        """Look into an application of the project in `top`; `folders` is where its headers are looked for."""
        names = {name for text in application.texts() for name in _NAMED.findall(text.read_bytes())}
        own = any((folder / "ssl" / header).is_file() for folder in folders for header, _, _ in _PARTS)
        # In quotes, a name is looked for beside the file that includes it first.
        own = own or any(True for _ in (application.folder / "app").rglob("ssl/private_key.h"))
        keys = {name for name in names if name.endswith(b"private_key.h")}
        secret = bool(keys if own else keys - _SHARED) or any(map(_holds_key, application.texts()))
        secret = secret or any(map(_holds_key, _imported(application, top)))
        return cls(own, bool(names & _SHARED) and not own, secret)


def _imported(application: Application, top: Path) -> Iterator[Path]:
    """Yield the files that may get into a program: by IMPORT_FSTR, or as files of a chip."""
    yield from (application.folder / "files").rglob("*")
    folders = {"PROJECT_DIR": str(application.folder), "COMPONENT_PATH": str(application.folder)}
    for text in application.texts():
        for base, name in imported_files(text.read_bytes()):
            yield Path(folders[base] + name) if base else top / name
    for define in application.defines:
        yield from (top / name for name in _QUOTED.findall(define))


def _holds_key(path: Path) -> bool:
    data = path.read_bytes() if path.is_file() else b""
    return b"PRIVATE KEY-----" in data or _DER_KEY.match(data) is not None


def exposed_keys(application: Application) -> list[Path]:
    """Return the files with a private key among those that an application may send to whoever asks for them."""
    if not application.mentions(b"sendFile"):
        return []
    return sorted(filter(_holds_key, (application.folder / "files").rglob("*")))


def is_ready(workspace: Workspace) -> bool:
    """Tell whether the project has a key and a certificate."""
    return all((workspace.out / "ssl" / file).is_file() for _, _, file in _PARTS)


def provide(workspace: Workspace) -> Optional[Embedding]:
    """Write the headers and the assembler source, unless they are there; None without a key and a certificate."""
    if not is_ready(workspace):
        return None
    folder = workspace.out / "source" / "certificate"
    for header, name, file in _PARTS:
        _write(folder / "include" / "ssl" / header, _declaration(name, file))
    source = folder / "certificate.S"
    _write(source, "".join(_definition(name, f"out/ssl/{file}") for _, name, file in _PARTS) + _NO_STACK)
    return Embedding(folder / "include", source)


def _write(path: Path, text: str) -> None:
    if not path.is_file() or path.read_text("utf-8") != text:
        make_folder(path.parent)
        path.write_text(text, "utf-8")


def _declaration(name: str, file: str) -> str:
    """Return a header that may be included anywhere, also in a function and more than once."""
    return f"""\
/*
 * {name}: contents of out/ssl/{file}, in an object of their own; {name}_len: how many bytes these are.
 * In functions it is an array: sizeof() works, and is {name}_len. The size is that of the key which is linked in, and
 * unknown when this is compiled; so outside of functions the array cannot be used.
 */
#ifndef PROGMEM
#error "include <SmingCore.h> before this file"
#endif

/* Some compilers would warn: the size is not known yet, and what an unnamed namespace declares is not defined in it. */
#pragma GCC system_header
#ifdef __clang__
#pragma clang diagnostic ignored "-Wvla-extension"
#endif
extern const unsigned int {name}_len __asm__("{name}_len");
extern const uint8_t sming_{name}[] __asm__("{name}");
#undef {name}
#define {name} (*(const uint8_t(*)[{name}_len])sming_{name})
"""


def _definition(name: str, file: str) -> str:
    """Return assembler code that any core's assembler understands. Some read flash by words only: to the last one."""
    return f"""\
	.section .rodata.{name},"a",%progbits
	.balign 4
	.globl {name}
	.type {name}, %object
{name}:
	.incbin "{file}"
	.size {name}, . - {name}
	.set .L{name}_size, . - {name}
	.balign 4

	.section .rodata.{name}_len,"a",%progbits
	.balign 4
	.globl {name}_len
	.type {name}_len, %object
{name}_len:
	.long .L{name}_size
	.size {name}_len, 4

"""


# Without this Linux would give the program a stack that can be executed. On chips nothing has it, and the linker would
# ask why.
_NO_STACK = """\
#ifdef __linux__
	.section .note.GNU-stack,"",%progbits
#endif
"""
