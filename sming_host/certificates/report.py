"""``cert-info``: print certificates for people, with fingerprints ready to paste into an application."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Optional

from sming_host.certificates.headers import c_bytes
from sming_host.certificates.inspect import CertificateInfo
from sming_host.errors import UserError


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def describe_time_left(info: CertificateInfo, now: datetime.datetime) -> str:
    """ "817 days left", "expired 3 days ago", "not valid before …"."""
    if now < info.not_before:
        return f"not valid before {info.not_before:%Y-%m-%d %H:%M} UTC"
    left = info.time_left(now)
    if left.total_seconds() <= 0:
        return f"expired {(-left).days} days ago"
    return f"{left.days} days left"


def fingerprints(info: CertificateInfo) -> str:
    """C++ definitions of the three fingerprints of a certificate."""
    parts = (
        ("Cert::Sha1", "certSha1", info.sha1),
        ("Cert::Sha256", "certSha256", info.sha256),
        ("Pki::Sha256", "publicKeySha256", info.pki_sha256),
    )
    return "\n".join(
        f"static const Ssl::Fingerprint::{kind} {name} PROGMEM = {{\n{c_bytes(data)}\n}};" for kind, name, data in parts
    )


def _colons(data: bytes) -> str:
    return ":".join(f"{byte:02X}" for byte in data)


def report(certificates: Sequence[CertificateInfo], now: Optional[datetime.datetime] = None) -> str:
    """Everything about the certificates, first the server's own. Fingerprints are given for that one."""
    moment = now or _now()
    blocks = []
    for index, info in enumerate(certificates):
        kind = "authority" if info.is_authority else "end entity"
        signed = ", self-signed" if info.is_self_signed else ""
        lines = [
            f"Subject:    {info.subject or '(empty)'}",
            f"Issuer:     {info.issuer or '(empty)'}",
            f"Names:      {', '.join(info.names) or '(none)'}",
            f"Valid:      {info.not_before:%Y-%m-%d %H:%M} to {info.not_after:%Y-%m-%d %H:%M} UTC",
            f"            {describe_time_left(info, moment)}",
            f"Key:        {info.key_type}",
            f"Kind:       {kind}{signed}, signed with {info.signature_algorithm}",
            f"Serial:     {info.serial_number:x}",
            f"SHA-1:      {_colons(info.sha1)}",
            f"SHA-256:    {_colons(info.sha256)}",
            f"Public key: {_colons(info.pki_sha256)} (SHA-256)",
        ]
        if index == 0:
            lines += ["", fingerprints(info)]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def check_expiry(certificates: Sequence[CertificateInfo], days: int, now: Optional[datetime.datetime] = None) -> None:
    """Raise when one of the certificates expires within `days`, or is not valid now."""
    moment = now or _now()
    for info in certificates:
        left = info.time_left(moment)
        if left < datetime.timedelta(days=days) or moment < info.not_before:
            raise UserError(
                f"certificate of {info.subject}: {describe_time_left(info, moment)}, wanted at least {days}",
                hint="generate-cert CERT_DAYS=… issues a new one for the same key.",
            )
