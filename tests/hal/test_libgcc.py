"""libgcc-lx106: arithmetic in C, against this machine's own."""

from __future__ import annotations

import ctypes
import math
import random
import re
import struct
import subprocess
from typing import Any, Callable

import pytest

from tests.support.apps import ROOT

_SOURCES = ROOT / "components/libgcc-lx106/src"
_U64 = ctypes.c_uint64
_U32 = ctypes.c_uint32


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The functions under names that the machine's compiler does not use itself."""
    folder = tmp_path_factory.mktemp("libgcc")
    sources = []
    for source in _SOURCES.glob("*.c"):
        renamed = folder / source.name
        renamed.write_text(re.sub(r"\b__(?=[a-z]+\d?\w*\()(?!builtin)", "our_", source.read_text("utf-8")), "utf-8")
        sources.append(str(renamed))
    output = folder / "libgcc.so"
    subprocess.run(
        ["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", output, *sources], check=True
    )
    return ctypes.CDLL(str(output))


def _bits(value: float) -> int:
    return int(struct.unpack("<Q", struct.pack("<d", value))[0])


def _value(bits: int) -> float:
    return float(struct.unpack("<d", struct.pack("<Q", bits))[0])


def _call(library: Any, name: str, result: Any, *arguments: Any) -> int:
    function = getattr(library, f"our_{name}")
    function.restype = result
    function.argtypes = [type(argument) for argument in arguments]
    return int(function(*arguments))


def _doubles(seed: int, count: int = 4000) -> list[float]:
    chance = random.Random(seed)
    edges = [0.0, 1.0, math.inf, math.nan, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308]
    near = [_value(_bits(1.0) + chance.randrange(-4, 5)) for _ in range(20)]
    close = [chance.uniform(-1, 1) * 2.0 ** chance.randrange(-60, 60) for _ in range(count)]
    wild = [_value(chance.getrandbits(64)) for _ in range(count)]
    numbers = [*edges, *(-edge for edge in edges), *near, *close, *wild]
    chance.shuffle(numbers)
    return numbers


def _divide(a: float, b: float) -> float:
    if b == 0:
        return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1, b)
    return a / b


@pytest.mark.parametrize(
    ("name", "python"),
    [
        ("adddf3", lambda a, b: a + b),
        ("subdf3", lambda a, b: a - b),
        ("muldf3", lambda a, b: a * b),
        ("divdf3", _divide),
    ],
)
def test_double(library: Any, name: str, python: Callable[[float, float], float]) -> None:
    for a, b in zip(_doubles(1), _doubles(2)):
        expected = python(a, b)
        got = _value(_call(library, name, _U64, _U64(_bits(a)), _U64(_bits(b))))
        if math.isnan(expected):
            assert math.isnan(got), (a, b)
        else:
            assert _bits(got) == _bits(expected), (a, b, got, expected)


def test_conversions(library: Any) -> None:
    chance = random.Random(3)
    for a in _doubles(4):
        short = _call(library, "truncdfsf2", _U32, _U64(_bits(a)))
        expected = ctypes.c_float(a).value
        if math.isnan(a):
            assert short & 0x7F800000 == 0x7F800000 and short & 0x7FFFFF
            continue
        assert struct.unpack("<f", struct.pack("<I", short))[0] == expected, a
        assert _value(_call(library, "extendsfdf2", _U64, _U32(short))) == expected, a
        if abs(a) < 2**31 - 1:
            assert _call(library, "fixdfsi", ctypes.c_int32, _U64(_bits(a))) == int(a), a
        if 0 <= a < 2**32 - 1:
            assert _call(library, "fixunsdfsi", _U32, _U64(_bits(a))) == int(a), a
    for _ in range(1000):
        n = chance.getrandbits(32) >> chance.randrange(32)
        assert _value(_call(library, "floatunsidf", _U64, _U32(n))) == n
        signed = ctypes.c_int32(n).value
        assert _value(_call(library, "floatsidf", _U64, ctypes.c_int32(signed))) == signed


def test_integers(library: Any) -> None:
    chance = random.Random(5)
    for _ in range(5000):
        n = chance.getrandbits(64) >> chance.randrange(64)
        d = (chance.getrandbits(64) >> chance.randrange(64)) or 1
        assert _call(library, "udivdi3", _U64, _U64(n), _U64(d)) == n // d
        assert _call(library, "umoddi3", _U64, _U64(n), _U64(d)) == n % d
        assert _call(library, "muldi3", _U64, _U64(n), _U64(d)) == n * d % 2**64
        small, divisor = n & 0xFFFFFFFF, (d & 0xFFFFFFFF) or 1
        assert _call(library, "udivsi3", _U32, _U32(small), _U32(divisor)) == small // divisor
        assert _call(library, "umodsi3", _U32, _U32(small), _U32(divisor)) == small % divisor
        assert _call(library, "umulsidi3", _U64, _U32(small), _U32(divisor)) == small * divisor
        a, b = ctypes.c_int32(small).value, ctypes.c_int32(divisor).value or 1
        if (a, b) != (-(2**31), -1):
            assert _call(library, "divsi3", ctypes.c_int32, ctypes.c_int32(a), ctypes.c_int32(b)) == int(a / b)
        x, y = ctypes.c_int64(n).value, ctypes.c_int64(d).value
        quotient = abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)
        assert _call(library, "divdi3", ctypes.c_int64, ctypes.c_int64(x), ctypes.c_int64(y)) == quotient
