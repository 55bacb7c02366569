"""What a source depends on besides itself: its headers, and the files it pulls in with IMPORT_FSTR or `.incbin`."""

from __future__ import annotations

import re
from typing import Any

import SCons.Node.FS
import SCons.Scanner
import SCons.Scanner.C

# IMPORT_FSTR(name, PROJECT_DIR "/files/page.html"), IMPORT_FSTR_LOCAL, IMPORT_FSTR_ARRAY(name, type, "file")
_IMPORT = re.compile(rb'\bIMPORT_FSTR\w*\s*\(\s*[^()"]*?(PROJECT_DIR|COMPONENT_PATH)?\s*"([^"\n]+)"\s*\)')
_INCBIN = re.compile(rb'\.incbin\s+\\?"([^"\\\n]+)\\?"')


def imported_files(text: bytes) -> list[tuple[str, str]]:
    """Return (base, path) of every file that a source imports; base is PROJECT_DIR, COMPONENT_PATH or nothing."""
    if b"IMPORT_FSTR" not in text and b".incbin" not in text:
        return []
    found = [(base.decode(), path.decode()) for base, path in _IMPORT.findall(text)]
    return found + [("", path.decode()) for path in _INCBIN.findall(text)]


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
