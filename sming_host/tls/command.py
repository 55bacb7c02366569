"""Command line ``tls-get``: fetch a page through the device's TLS code."""

from __future__ import annotations

import argparse
import http.client
import re
import shutil
import ssl
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Optional
from urllib.parse import SplitResult, urlsplit

from sming_host.errors import UserError
from sming_host.tls.library import default_library
from sming_host.tls.sockets import Connection, connect

_PEM_BLOCK = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


def add_parsers(commands: Any) -> None:
    """Add the command to an argparse object made by ``add_subparsers``."""
    get = commands.add_parser(
        "tls-get",
        help="fetch a page through the device's TLS code",
        description="Fetch a page over HTTPS through the TLS code that runs on devices, and print it.",
    )
    get.add_argument("url", help="https://HOST[:PORT]/PATH")
    get.add_argument(
        "--ca",
        action="append",
        type=Path,
        metavar="FILE",
        help="authorities to trust (default: those of this computer)",
    )
    get.add_argument(
        "--pin", action="append", default=[], help="accept the certificate with this fingerprint, e.g. pki-sha256:12ab…"
    )
    get.add_argument("--insecure", action="store_true", help="accept any certificate")
    get.add_argument(
        "--resolve", action="append", default=[], metavar="HOST:PORT:ADDR[:PORT]", help="connect to ADDR for HOST:PORT"
    )
    get.add_argument("--max-buffer-size", type=int, metavar="BYTES", help="most plaintext in a record: 512 to 16384")
    get.add_argument("--full", action="store_true", help="offer old cipher suites, too")
    get.add_argument("--timeout", type=float, default=30.0, metavar="SECONDS")
    get.add_argument(
        "-v", "--verbose", action="store_true", help="show the connection and its memory on standard error"
    )
    get.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    url, host, port = _parse(options.url)
    chosen: dict[str, Any] = {"verify_later": options.insecure, "pins": options.pin}
    if options.insecure and options.pin:
        raise UserError("--insecure and --pin contradict each other")
    if not options.insecure and not options.pin:
        chosen["trust"] = options.ca or system_authorities()
    if options.full:
        chosen["cipher_suites"] = "full"
    if options.max_buffer_size:
        chosen["max_buffer_size"] = options.max_buffer_size
    address = resolve(host, port, options.resolve)
    with connect(host, port, address=address, timeout=options.timeout, **chosen) as connection:
        status = _fetch(connection, url, options.verbose)
    return 0 if 200 <= status < 400 else 1


def _parse(text: str) -> tuple[SplitResult, str, int]:
    """A URL with its host and port."""
    try:
        url = urlsplit(text if "://" in text else "https://" + text)
        host, port = url.hostname, url.port or 443
    except ValueError as error:
        raise UserError(f"{text} is not an https:// URL: {error}") from error
    if url.scheme != "https" or not host:
        raise UserError(f"{text} is not an https:// URL")
    return url, host, port


def _fetch(connection: Connection, url: SplitResult, verbose: bool) -> int:
    """Ask for the page and print it. Returns the HTTP status."""
    if verbose:
        _show(connection)
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    request = (
        f"GET {path} HTTP/1.1\r\nHost: {url.netloc.rpartition('@')[2]}\r\nConnection: close\r\nAccept: */*\r\n\r\n"
    )
    try:
        connection.sendall(request.encode())
        # All it wants of a socket is makefile().
        sock: Any = connection
        response = http.client.HTTPResponse(sock, method="GET")
        response.begin()
        if verbose:
            print(f"{response.status} {response.reason}", file=sys.stderr)
        shutil.copyfileobj(response, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    except http.client.HTTPException as error:
        raise UserError(f"{url.netloc}: the server's answer is not HTTP: {error!r}") from error
    except OSError as error:
        raise UserError(f"{url.netloc}: {error}") from error
    return response.status


def _show(connection: Connection) -> None:
    session = connection.session
    lines = [f"{session.version}, {session.cipher_suite}, {'verified' if session.verified else 'NOT VERIFIED'}"]
    certificate = session.peer_certificate
    if certificate is not None:
        lines.append(f"subject {certificate.subject.get('CN', '')}, issuer {certificate.issuer.get('CN', '')}")
        lines.append(f"names {', '.join(certificate.names)}, until {certificate.not_after:%Y-%m-%d}")
        lines.append(f"pki-sha256:{certificate.pki_sha256.hex()}")
    memory = session.memory
    lines.append(f"heap {memory.total.current} bytes, at most {memory.total.peak}")
    print("\n".join(lines), file=sys.stderr)


def resolve(host: str, port: int, rules: Sequence[str]) -> Optional[tuple[str, int]]:
    """Where ``--resolve HOST:PORT:ADDR[:PORT]`` sends a connection; None when no rule is for it."""
    for rule in rules:
        name, _, rest = rule.partition(":")
        wanted, _, target = rest.partition(":")
        if not wanted.isdigit() or not target:
            raise UserError(f"--resolve {rule}: not HOST:PORT:ADDR[:PORT]")
        if (name.lower(), int(wanted)) != (host.lower(), port):
            continue
        if target.startswith("["):
            address, _, other = target[1:].partition("]")
            other = other.lstrip(":")
        elif target.count(":") > 1:
            address, other = target, ""
        else:
            address, _, other = target.partition(":")
        if other and not other.isdigit():
            raise UserError(f"--resolve {rule}: not HOST:PORT:ADDR[:PORT]")
        return address, int(other) if other else port
    return None


def system_authorities() -> list[bytes]:
    """The authorities that this computer trusts, without those that no device can use."""
    bundle = Path(ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt")
    hint = "Name the authorities to trust with --ca FILE."
    try:
        text = bundle.read_text(encoding="ascii", errors="replace")
    except OSError as error:
        raise UserError(f"{bundle}: {error.strerror}", hint=hint) from error
    library = default_library()
    certificates = [block.encode() for block in _PEM_BLOCK.findall(text)]
    usable = [certificate for certificate in certificates if library.can_trust(certificate)]
    if not usable:
        raise UserError(f"{bundle} holds no authority that a device can use", hint=hint)
    return usable
