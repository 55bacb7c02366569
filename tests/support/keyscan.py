"""Finds private keys in files: PEM, DER, and either as text or as an array in a program."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

_PEM = re.compile(rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(.+?)-----END", re.DOTALL)
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{60,}(?:[\s\"']+[A-Za-z0-9+/]{2,})*={0,2}")
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){40,}")
_ARRAY = re.compile(rb"(?:0[xX][0-9a-fA-F]{1,2}\s*,\s*){40,}")
_ESCAPED = re.compile(rb"(?:\\x[0-9a-fA-F]{2}[\"'\s]*){40,}")

_EC = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
_RSA = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
_PBES2 = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d"
_SEQUENCE = rb"\x30(?:[\x00-\x7f]|\x81.|\x82..)"
_DER = re.compile(
    # PKCS#8: version 0, then the algorithm; encrypted PKCS#8: the scheme stands first
    rb"(?s:" + _SEQUENCE + rb"\x02\x01\x00\x30.(?:" + re.escape(_EC) + rb"|" + re.escape(_RSA) + rb")"
    rb"|"
    + _SEQUENCE
    + rb"\x30(?:[\x00-\x7f]|\x81.)"
    + re.escape(_PBES2)
    + rb"|"
    # SEC1: version 1, 32 or 48 bytes of secret, the curve
    + _SEQUENCE
    + rb"\x02\x01\x01\x04(?:\x20.{32}|\x30.{48})\xa0|"
    # PKCS#1: version 0, then a modulus of 1024 bits and more
    + _SEQUENCE
    + rb"\x02\x01\x00\x02(?:\x81[\x81-\xff]|\x82..)\x00)"
)


def find_keys(data: bytes) -> list[str]:
    """Say for each private key in some data in which form it is there."""
    # Line ends may be written as \\n in a program
    data_of_texts = data.replace(b"\\n", b"\n")
    found = ["PEM" for body in _PEM.findall(data_of_texts) if _decode_base64(body)[:1] == b"\x30"]
    found += ["DER" for _ in _DER.finditer(data)]
    for form, inner in _unfolded(data_of_texts):
        found += [form for _ in _DER.finditer(inner)]
    return found


def _unfolded(data: bytes) -> Iterator[tuple[str, bytes]]:
    """What stands in some data in another form, decoded."""
    for match in _BASE64.findall(data):
        yield "base64", _decode_base64(match)
    for match in _HEX.findall(data):
        yield "hexadecimal", bytes.fromhex(match.decode())
    for match in _ARRAY.findall(data):
        yield "array", bytes(int(text, 16) for text in re.findall(rb"0[xX]([0-9a-fA-F]+)", match))
    for match in _ESCAPED.findall(data):
        yield "string", bytes(int(text, 16) for text in re.findall(rb"\\x([0-9a-fA-F]{2})", match))


def _decode_base64(text: bytes) -> bytes:
    digits = re.sub(rb"[^A-Za-z0-9+/]", b"", text)
    # What was cut off, or follows, cannot be told from a key's own end
    return base64.b64decode(digits[: len(digits) // 4 * 4])
