"""What a source depends on besides itself: its headers, and the files it pulls in with IMPORT_FSTR or `.incbin`."""

from __future__ import annotations

import re
from typing import Any

import SCons.Node.FS
import SCons.Scanner
import SCons.Scanner.C

# IMPORT_FSTR(name, PROJECT_DIR "/files/page.html"), or a macro in a header: #define PAGE PROJECT_DIR "/…"
_BASED = re.compile(rb'\b(PROJECT_DIR|COMPONENT_PATH)\s*"([^"\n]+)"')
# IMPORT_FSTR_LOCAL(name, "file"), IMPORT_FSTR_ARRAY(name, type, "file")
_IMPORT = re.compile(rb'\bIMPORT_FSTR\w*\s*\([^()"]*,\s*"([^"\n]+)"\s*\)')
_INCBIN = re.compile(rb'\.incbin\s+\\?"([^"\\\n]+)\\?"')


def imported_files(text: bytes) -> list[tuple[str, str]]:
    """Return (base, path) of every file that a source imports; base is PROJECT_DIR, COMPONENT_PATH or nothing."""
    found = [(base.decode(), path.decode()) for base, path in _BASED.findall(text)]
    for pattern in (_IMPORT, _INCBIN):
        found += [("", path.decode()) for path in pattern.findall(text)]
    return found


def source_scanner() -> Any:
    """Return an SCons scanner for C, C++ and assembler; the environment's IMPORT_BASE names PROJECT_DIR's folder."""
    headers = SCons.Scanner.C.CScanner()

    def scan(node: Any, env: Any, path: Any = ()) -> list[Any]:
        found: list[Any] = list(headers(node, env, path))
        for base, name in imported_files(node.get_contents() if node.exists() else b""):
            path = env["IMPORT_BASE"] + name if base else name
            imported = env.File(path if path.startswith("/") else "#" + path)
            # What is missing may stand in a comment; if not, the compiler says so.
            if imported.exists() or imported.has_builder():
                found.append(imported)
        return found

    return SCons.Scanner.Base(
        scan,
        name="SmingScanner",
        node_class=SCons.Node.FS.Base,
        path_function=SCons.Scanner.FindPathDirs("CPPPATH"),
        recursive=True,
        skeys=[".c", ".cpp", ".cc", ".S", ".h", ".hpp", ".inc"],
    )
