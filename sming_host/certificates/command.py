"""Command lines ``generate-cert`` and ``cert-info``."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any, Optional

from sming_host.certificates import authority as ca
from sming_host.certificates import files
from sming_host.certificates.generate import Settings, generate
from sming_host.certificates.inspect import load
from sming_host.certificates.report import check_expiry, report
from sming_host.certificates.variables import split_names

_GENERATE = (
    "Make an authority, a key and a certificate for a device: in out/ssl of the project, and as C headers in "
    "include/ssl of the application. What is in order is kept; keys are replaced with --force only."
)


def add_parsers(commands: Any) -> None:
    """Add both commands to an argparse object made by ``add_subparsers``."""
    make = commands.add_parser("generate-cert", help="make a key and a certificate for a device", description=_GENERATE)
    make.add_argument(
        "--project", type=Path, default=Path(), help="folder whose out/ssl holds the files (default: here)"
    )
    make.add_argument(
        "--application", type=Path, help="folder whose include/ssl gets the headers (default: the project)"
    )
    make.add_argument(
        "--name", action="append", metavar="NAME", help="host name or address of the server; may be given several times"
    )
    make.add_argument("--key-type", choices=sorted(ca.KEY_TYPES), help=f"default: {ca.DEFAULT_KEY_TYPE}")
    make.add_argument("--days", type=int, help=f"validity in days (default: {ca.DEFAULT_DAYS})")
    make.add_argument(
        "--password-file",
        type=Path,
        help="encrypt the key with the first line of this file (default: $KEY_PASSWORD, if set)",
    )
    make.add_argument("--force", action="store_true", help="replace keys that exist")
    make.set_defaults(run=_generate)

    show = commands.add_parser(
        "cert-info", help="show certificates and their fingerprints", description="Show certificates."
    )
    show.add_argument(
        "source",
        nargs="?",
        default=Path("out", "ssl", "server.crt.pem"),
        help="file (PEM, DER, cert.h) or HOST:PORT (default: %(default)s)",
    )
    show.add_argument(
        "--fail-if-expires-within",
        type=int,
        metavar="DAYS",
        help="exit 1 when a certificate is valid for less than DAYS",
    )
    show.set_defaults(run=_show)


def _password(path: Optional[Path]) -> Optional[str]:
    if path is None:
        return os.environ.get("KEY_PASSWORD") or None
    return files.read(path).decode().split("\n", 1)[0].rstrip("\r")


def _generate(options: argparse.Namespace) -> int:
    names = [name for text in options.name or () for name in split_names(text)]
    outcome = generate(
        Settings(
            project=options.project,
            application=options.application or options.project,
            names=names or None,
            key_type=options.key_type,
            days=options.days,
            password=_password(options.password_file),
            force=options.force,
        )
    )
    for action, path in outcome.files:
        print(f"{action:8} {path}")
    return 0


def _show(options: argparse.Namespace) -> int:
    certificates = load(options.source)
    print(report(certificates))
    if options.fail_if_expires_within is not None:
        check_expiry(certificates, options.fail_if_expires_within)
    return 0
