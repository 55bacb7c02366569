"""The image of an application's files: what the build makes is what a chip reads, and damage is seen."""

from __future__ import annotations

import re
import struct
import subprocess
import zlib
from pathlib import Path

import pytest

from sming_host.build import files_image
from sming_host.errors import UserError
from tests.support.apps import ROOT

CORE = ROOT / "components" / "core"
HAL = ROOT / "components" / "hal"
FILES = {
    "b": b"second",
    "a": bytes(range(256)) * 5,
    "pages/index.html": b"<h1>page</h1>",
    "pages": b"1234",
    "empty": b"",
    "größe.txt": b"x",
    "n" * files_image.MAX_NAME: b"long name",
}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program that reads an image, with sanitizers."""
    program = tmp_path_factory.mktemp("reader") / "files_image"
    sources = [CORE / "src" / "files_image.c", HAL / "flash" / "crc32.c"]
    sources.append(ROOT / "tests" / "core" / "native" / "files_image.c")
    flags = ["-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined"]
    flags += ["-fno-sanitize-recover=all", f"-I{CORE / 'include'}", f"-I{HAL / 'include'}"]
    compiled = subprocess.run(
        ["cc", *flags, *map(str, sources), "-o", str(program)], capture_output=True, text=True, timeout=120, check=False
    )
    assert compiled.returncode == 0, compiled.stderr
    return program


def _read(reader: Path, image: bytes, folder: Path, *words: str) -> str:
    path = folder / "image"
    path.write_bytes(image)
    run = subprocess.run([str(reader), str(path), *words], capture_output=True, timeout=240, check=False)
    assert run.returncode == 0, (run.stdout[-2000:] + run.stderr[-2000:]).decode(errors="replace")
    return run.stdout.decode()


def test_what_is_packed_is_read(reader: Path, tmp_path: Path) -> None:
    lines = _read(reader, files_image.pack(FILES), tmp_path).splitlines()
    names = sorted(FILES, key=str.encode)
    assert lines[:-1] == [f"{name} {len(FILES[name])} {zlib.crc32(FILES[name]):08x}" for name in names]
    assert lines[-1] == f"{len(FILES)} files, 0"


def test_no_files(reader: Path, tmp_path: Path) -> None:
    assert _read(reader, files_image.pack({}), tmp_path) == "0 files, 0\n"


def test_the_order_of_files_changes_nothing() -> None:
    assert files_image.pack(FILES) == files_image.pack(dict(reversed(FILES.items())))


def test_damage(reader: Path, tmp_path: Path) -> None:
    """Whatever is in the block, nothing outside of it is read, and what is mounted can be read as it says."""
    said = _read(reader, files_image.pack(FILES), tmp_path, "damage", "20000")
    match = re.fullmatch(r"20000 damaged, (\d+) mounted\n", said)
    # Some are whole, or have other data with the right checksum.
    assert match and 500 < int(match[1]) < 15000, said


def _with(image: bytes, offset: int, value: int) -> bytes:
    """Return an image with another word, and the checksum that belongs to it."""
    changed = bytearray(image)
    struct.pack_into("<I", changed, offset, value)
    if offset >= 16:
        struct.pack_into("<I", changed, 12, zlib.crc32(changed[16:]))
    return bytes(changed)


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (0, 0x31494654),  # magic
        (4, 12),  # size: less than the header,
        (4, 0xFFFFFFFC),  # more than there is,
        (4, 50),  # no words
        (8, 0xFFFFFFFF),  # count
        (8, 1 << 28),
        (12, 0),  # checksum
        (16, 0),  # name in the header,
        (16, 0xFFFFFFFF),  # outside
        (20, 0),  # without a name
        (20, 128),  # too long a name
        (24, 8),  # data in the header,
        (24, 0xFFFFFFFC),  # outside
        (28, 0xFFFFFFFF),  # too much data
        (32, 64),  # the name of the file before: in no order
    ],
)
def test_each_field(offset: int, value: int, reader: Path, tmp_path: Path) -> None:
    image = files_image.pack({"a": b"first", "b": b"other", "c": b""})
    assert struct.unpack_from("<I", image, 16) == (64,)
    assert _read(reader, _with(image, offset, value), tmp_path) == "refused\n"


@pytest.mark.parametrize("name", ["", "x" * 128, "ä" * 64, "a\\b", "a\nb", "a\x7f"])
def test_names_that_no_chip_takes(name: str) -> None:
    with pytest.raises(UserError, match="name"):
        files_image.pack({name: b""})


def test_too_much() -> None:
    with pytest.raises(UserError, match="too many"):
        files_image.pack({str(number): b"" for number in range(files_image.MAX_FILES + 1)})
    with pytest.raises(UserError, match="too many"):
        files_image.pack({"a": bytes(files_image.MAX_SIZE)})
