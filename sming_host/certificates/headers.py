"""Certificates and keys as C headers, the way applications include them: ``#include <ssl/cert.h>``.

The headers include nothing themselves, because applications also include them inside of a function.
"""

from __future__ import annotations

import re

from sming_host.errors import UserError

PER_LINE = 12


def c_bytes(data: bytes, indent: str = "\t") -> str:
    """Bytes as lines of ``0x12, 0x34, …``, each line ending in a comma."""
    rows = (data[start : start + PER_LINE] for start in range(0, len(data), PER_LINE))
    return "\n".join(indent + ", ".join(f"0x{byte:02x}" for byte in row) + "," for row in rows)


def c_header(name: str, data: bytes, comment: str) -> str:
    """A header that defines the array `name` in flash, and `name`_len."""
    quoted = "\n".join(f" * {line}".rstrip() for line in comment.splitlines())
    return f"""/*
{quoted}
 */
#pragma once

#ifndef PROGMEM
#error "include <SmingCore.h> before this file"
#endif

static const uint8_t {name}[] PROGMEM __attribute__((unused)) = {{
{c_bytes(data)}
}};

static const unsigned int {name}_len __attribute__((unused)) = sizeof({name});
"""


def parse_header(text: str, source: str) -> bytes:
    """The bytes of the first array in a C header, as `c_header` or ``xxd -i`` writes them."""
    match = re.search(r"\[\s*\d*\s*\][^;{]*=\s*\{([^}]*)\}", text)
    if match is None:
        raise UserError(f"{source} holds no array of bytes")
    values = [value.strip() for value in match.group(1).split(",") if value.strip()]
    try:
        return bytes(int(value, 0) for value in values)
    except ValueError as error:
        raise UserError(f"{source} holds something other than bytes") from error
