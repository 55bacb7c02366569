"""What the ESP8266 has in place of the C library's functions on text: format.c and strings.c against this machine's."""

from __future__ import annotations

import ctypes
import random
import re
import subprocess
from typing import Any

import pytest

from tests.support.apps import ROOT

_FOLDER = ROOT / "components/hal/esp8266"
_NAMES = "mem(?:cpy|move|cmp|chr)|str(?:n?len|n?cmp|ncpy|chr|cspn)|v?snprintf"

# The chip's C library makes a stream of a function; here one text is formatted at a time.
_SHIM = """
#include <stdarg.h>
#include <stdio.h>
#define FDEV_SETUP_STREAM(put, get, flush, flags) {0}
static int put_of_float(char c, FILE *stream);
static int shim_fprintf(FILE *stream, const char *format, int width, int precision, double value)
{
	char text[2000];
	int length = snprintf(text, sizeof(text), format, width, precision, value);
	for(int i = 0; i < length; ++i) {
		put_of_float(text[i], stream);
	}
	return length;
}
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("strings")
    sources = []
    for name in ("strings.c", "format.c"):
        text = (_FOLDER / name).read_text("utf-8")
        text = re.sub(rf"\b({_NAMES})\(", r"our_\1(", text).replace("fprintf(", "shim_fprintf(")
        (folder / name).write_text(
            _SHIM * (name == "format.c") + _declarations() * (name == "format.c") + text, "utf-8"
        )
        sources.append(str(folder / name))
    output = folder / "strings.so"
    flags = ["-O1", "-w", "-fno-builtin", "-shared", "-fPIC"]
    subprocess.run(["gcc", *flags, "-o", str(output), *sources], check=True)
    return ctypes.CDLL(str(output))


def _declarations() -> str:
    head = (_FOLDER / "strings.c").read_text("utf-8").partition("/* Both may")[0]
    return re.sub(rf"\b({_NAMES})\(", r"our_\1(", head)


def _format(library: Any, function: str, size: int, form: bytes, *arguments: Any) -> tuple[int, bytes]:
    buffer = ctypes.create_string_buffer(b"\xaa" * (size + 1), size + 1)
    owner = ctypes.CDLL(None) if function == "snprintf" else library
    length = getattr(owner, function)(buffer, ctypes.c_size_t(size), form, *arguments)
    return length, buffer.raw


def test_integers(library: Any) -> None:
    chance = random.Random(1)
    sizes = {b"": 32, b"h": 16, b"hh": 8, b"l": 64, b"ll": 64, b"z": 64, b"j": 64}
    for _ in range(4000):
        flags = b"".join(flag for flag in (b"-", b"+", b" ", b"#", b"0") if chance.random() < 0.25)
        width = chance.choice([b"", b"1", b"7", b"20", b"*"])
        precision = chance.choice([b"", b"", b".", b".0", b".3", b".12"])
        size = chance.choice(list(sizes))
        form = b"<%" + flags + width + precision + size + chance.choice([b"d", b"i", b"u", b"x", b"X", b"o"]) + b">"
        value = chance.choice([0, 1, -1, chance.getrandbits(64) >> chance.randrange(64)])
        arguments: list[Any] = [ctypes.c_int(chance.randrange(-12, 12))] if width == b"*" else []
        arguments.append(ctypes.c_longlong(ctypes.c_longlong(value).value))
        room = chance.choice([0, 1, 5, 60])
        expected = _format(library, "snprintf", room, form, *arguments)
        assert _format(library, "our_snprintf", room, form, *arguments) == expected, (form, value)


@pytest.mark.parametrize(
    ("form", "arguments"),
    [
        (b"%s|%5s|%-5s|%.2s|%.*s", [b"abc", b"abc", b"abc", b"abc", 1, b"abc"]),
        (b"%c%%%3c|%-3c|", [65, 66, 67]),
        (b"%p", [0x1234]),
        (b"%f %.3f %8.2f %-8.1f| %e %g", [1.5, -2.0005, 3.14159, 2.5, 12345.678, 0.0001]),
        (b"%+.1f % .0f %08.3f %#.0f", [0.25, 7.0, -1.5, 3.0]),
    ],
)
def test_others(library: Any, form: bytes, arguments: list[Any]) -> None:
    values = [
        ctypes.c_double(one) if isinstance(one, float) else ctypes.c_char_p(one) if one is None else one
        for one in arguments
    ]
    assert _format(library, "our_snprintf", 200, form, *values) == _format(library, "snprintf", 200, form, *values)


def test_memory(library: Any) -> None:
    chance = random.Random(2)
    for function in ("memcpy", "memmove"):
        for _ in range(500):
            room = bytearray(chance.randbytes(64))
            length = chance.randrange(0, 24)
            source = chance.randrange(0, 40)
            target = chance.randrange(0, 40)
            if function == "memcpy" and abs(source - target) < length:
                continue
            buffer = (ctypes.c_char * 64).from_buffer(room)
            at = ctypes.addressof(buffer)
            expected = bytearray(room)
            expected[target : target + length] = room[source : source + length]
            move = getattr(library, f"our_{function}")
            move.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]
            move.restype = ctypes.c_void_p
            assert move(at + target, at + source, length) == at + target
            assert room == expected
    assert library.our_memcmp(b"abc", b"abd", 3) < 0 < library.our_memcmp(b"ab\xff", b"ab\x01", 3)
    assert library.our_memcmp(b"abc", b"abd", 2) == 0


def test_text(library: Any) -> None:
    for function in ("strchr", "strncpy", "memchr"):
        getattr(library, f"our_{function}").restype = ctypes.c_char_p
    assert library.our_strlen(b"four") == 4
    assert library.our_strnlen(b"four", 3) == 3 and library.our_strnlen(b"", 3) == 0
    assert library.our_strcmp(b"a", b"a") == 0
    assert library.our_strcmp(b"a", b"ab") < 0 < library.our_strcmp(b"\xff", b"a")
    assert library.our_strncmp(b"abc", b"abd", 2) == 0 and library.our_strncmp(b"abc", b"abd", 3) < 0
    assert library.our_strchr(b"abcb", ord("b")) == b"bcb" and library.our_strchr(b"abc", 0) == b""
    assert library.our_strchr(b"abc", ord("x")) is None and library.our_memchr(b"abc", ord("c"), 2) is None
    assert library.our_strcspn(b"key=value", b"=:") == 3 and library.our_strcspn(b"key", b"=") == 3
    buffer = ctypes.create_string_buffer(b"xxxxxxxx", 8)
    library.our_strncpy(buffer, b"ab", 5)
    assert buffer.raw == b"ab\0\0\0xxx"
