"""The files of an application as one block for a chip's flash; files_image.h of components/core says its format."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from sming_host.build.paths import make_folder
from sming_host.errors import UserError

MAX_NAME = 127
MAX_FILES = 1024
# No flash chip of the table is larger.
MAX_SIZE = 16 << 20

_MAGIC = b"SFI1"
_HEADER = struct.Struct("<4sIII")
_ROW = struct.Struct("<IIII")
_WORDS_IN_A_LINE = 8


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return the image of some files; raise a UserError for a name or a size that it cannot hold."""
    names = sorted((_encoded(name), name) for name in files)
    if len(names) > MAX_FILES:
        raise UserError(f"{len(names)} files are too many for a chip", f"An image holds {MAX_FILES}.")
    at = _HEADER.size + _ROW.size * len(names)
    name_offsets = []
    for encoded, _ in names:
        name_offsets.append(at)
        at += len(encoded)
    body = bytearray(b"".join(encoded for encoded, _ in names))
    body += bytes(-at % 4)
    rows = bytearray()
    start = _HEADER.size + _ROW.size * len(names)
    for (encoded, name), offset in zip(names, name_offsets):
        data = files[name]
        rows += _ROW.pack(offset, len(encoded), start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    rest = bytes(rows + body)
    size = _HEADER.size + len(rest)
    if size > MAX_SIZE:
        raise UserError(f"files of {size} bytes are too many for a chip", f"An image holds {MAX_SIZE} bytes.")
    return _HEADER.pack(_MAGIC, size, len(names), zlib.crc32(rest)) + rest


def _encoded(name: str) -> bytes:
    data = name.encode("utf-8", "surrogateescape")
    if not data or len(data) > MAX_NAME:
        raise UserError(f"files/{name}: the name is too long for a chip", f"It may have {MAX_NAME} bytes.")
    if any(byte < 0x20 or byte in (0x5C, 0x7F) for byte in data):
        raise UserError(f"files/{name!r}: a name with this sign cannot be opened", "Give the file another one.")
    return data


def c_source(image: bytes) -> str:
    """Return C code with an image, as words: what lies in some chips' flash can be read no other way."""
    words = [f"0x{word:08x}," for (word,) in struct.iter_unpack("<I", image)]
    lines = [" ".join(words[at : at + _WORDS_IN_A_LINE]) for at in range(0, len(words), _WORDS_IN_A_LINE)]
    return "\n".join(
        [
            "/* The application's files, see files_image.h */",
            "#include <stdint.h>",
            "",
            "extern const uint32_t sming_files_image[];",
            "extern const uint32_t sming_files_image_size;",
            f"const uint32_t sming_files_image_size = {len(image)};",
            "const uint32_t sming_files_image[] = {",
            *(f"\t{line}" for line in lines),
            "};",
            "",
        ]
    )


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder by their names; nothing if there is no such folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in _files(folder)}


def _files(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def write(folder: Path, output: Path) -> Path:
    """Write C code with the files of a folder, unless it is there already; returns its path."""
    text = c_source(pack(read_folder(folder)))
    if not output.is_file() or output.read_text("utf-8") != text:
        make_folder(output.parent)
        output.write_text(text, "utf-8")
    return output
