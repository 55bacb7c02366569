"""Files that a source pulls in besides its headers."""

from __future__ import annotations

import pytest

from sming_host.build.scanner import imported_files


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('IMPORT_FSTR(page, PROJECT_DIR "/files/a.html");', [("PROJECT_DIR", "/files/a.html")]),
        ('IMPORT_FSTR_LOCAL( page ,COMPONENT_PATH"/b.bin")', [("COMPONENT_PATH", "/b.bin")]),
        ('IMPORT_FSTR_ARRAY(data, uint8_t,\n\tPROJECT_DIR "/c.bin");', [("PROJECT_DIR", "/c.bin")]),
        ('IMPORT_FSTR(plain, "d e.bin")', [("", "d e.bin")]),
        ('__asm__(".incbin \\"f.bin\\"\\n");', [("", "f.bin")]),
        ('.incbin "g.bin"', [("", "g.bin")]),
        ("#define IMPORT_FSTR(name, file) IMPORT_FSTR_OBJECT(, String, name, file)", []),
        ("int no_import_at_all;", []),
    ],
)
def test_imported_files(text: str, found: list[tuple[str, str]]) -> None:
    assert imported_files(text.encode()) == found
