"""Build variables of ``generate-cert``, so that the build and the command line agree on them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Optional

from sming_host.certificates.authority import DEFAULT_DAYS, DEFAULT_KEY_TYPE, DEFAULT_NAMES, KEY_TYPES
from sming_host.certificates.generate import Settings
from sming_host.errors import UserError

VARIABLES = {
    "KEY_TYPE": f"key of generate-cert: {', '.join(KEY_TYPES)} (default: {DEFAULT_KEY_TYPE})",
    "KEY_PASSWORD": "password that encrypts the private key (default: not encrypted)",
    "CERT_SANS": f"names and addresses of the server, separated by commas (default: {','.join(DEFAULT_NAMES)})",
    "CERT_DAYS": f"days that the server's certificate is valid (default: {DEFAULT_DAYS})",
    "FORCE": "1 lets generate-cert replace a key that exists",
}
"""Name and help of every variable."""

_TRUE = ("1", "true", "yes", "on")
_FALSE = ("", "0", "false", "no", "off")


def split_names(text: str) -> list[str]:
    """Names separated by commas or blanks, without repetition."""
    return list(dict.fromkeys(text.replace(",", " ").split()))


def settings_from_variables(variables: Mapping[str, object], project: Path, application: Optional[Path]) -> Settings:
    """Settings out of build variables. Those that are missing, None or empty take their defaults."""

    def text(name: str) -> str:
        value = variables.get(name)
        return "" if value is None or value is False else str(value)

    days = text("CERT_DAYS")
    if days and not days.isdecimal():
        raise UserError(f"CERT_DAYS={days} is not a number of days")
    force = text("FORCE").lower()
    if force not in _TRUE + _FALSE:
        raise UserError(f"FORCE={force} is neither 0 nor 1")
    return Settings(
        project=project,
        application=application,
        names=split_names(text("CERT_SANS")) or None,
        key_type=text("KEY_TYPE") or None,
        days=int(days) if days else None,
        password=text("KEY_PASSWORD") or None,
        force=force in _TRUE,
    )
