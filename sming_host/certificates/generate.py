"""``generate-cert``: an authority, a server's key and certificate, and the C headers of an application.

Files, in the project (the checkout, or the folder with the user's ``SConstruct``):

    out/ssl/ca.key.pem       key of the authority                               0600
    out/ssl/ca.crt.pem       its certificate: install it in clients
    out/ssl/ca.crt.der
    out/ssl/server.key.pem   key of the server, PKCS#8                          0600
    out/ssl/server.key.der                                                      0600
    out/ssl/server.crt.pem   its certificate, signed by the authority
    out/ssl/server.crt.der

and beside the application if one is named, the last two as arrays ``default_private_key`` and ``default_certificate``:

    include/ssl/private_key.h                                                   0600
    include/ssl/cert.h

Calling it again changes nothing while the certificate is in order. A certificate that has expired, or that
was asked for with other names, is issued anew for the same key. Keys are replaced with `Settings.force`
only, and what was replaced stays beside the new file as ``<name>.<time>.old``. The authority is kept even
then, as clients trust it, unless it cannot be used any more.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

from sming_host.certificates import authority as ca
from sming_host.certificates import files, headers
from sming_host.certificates.authority import PrivateKey
from sming_host.certificates.inspect import describe_names
from sming_host.errors import UserError
from sming_host.named import exists

KEY_HEADER = "private_key.h"
CERTIFICATE_HEADER = "cert.h"


@dataclass(frozen=True)
class Settings:
    """What to generate, and where."""

    project: Path
    """Folder whose ``out/ssl`` holds the files."""
    application: Optional[Path] = None
    """Folder whose ``include/ssl`` gets the headers; without one there are none (the build embeds ``out/ssl``)."""
    names: Optional[Sequence[str]] = None
    """Host names and addresses of the server; None keeps those there are, or else stands for `DEFAULT_NAMES`."""
    key_type: Optional[str] = None
    """One of `KEY_TYPES`; None takes the key there is, or makes one of `DEFAULT_KEY_TYPE`."""
    days: Optional[int] = None
    """Validity of the server's certificate; None stands for `DEFAULT_DAYS`."""
    password: Optional[str] = None
    """Password that encrypts new keys and opens the ones there are."""
    force: bool = False
    """Replace keys that exist."""


@dataclass
class Outcome:
    """What `generate` did: every file with "wrote", "kept", "replaced" or "saved the previous key as"."""

    files: list[tuple[str, Path]] = field(default_factory=list)

    def note(self, action: str, path: Path) -> None:
        self.files.append((action, path))

    @property
    def written(self) -> list[Path]:
        """Files that are new or changed."""
        return [path for action, path in self.files if action != "kept"]


@dataclass(frozen=True)
class _Pair:
    key: PrivateKey
    certificate: x509.Certificate


def generate(settings: Settings, now: Optional[datetime.datetime] = None) -> Outcome:
    """Do what ``generate-cert`` does. `now` is for tests."""
    return _Generator(settings, now or datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)).run()


class _Generator:
    def __init__(self, settings: Settings, now: datetime.datetime) -> None:
        self.settings = settings
        self.now = now
        self.store = settings.project / "out" / "ssl"
        self.include = settings.application / "include" / "ssl" if settings.application is not None else None
        self.outcome = Outcome()

    def run(self) -> Outcome:
        settings = self.settings
        # Everything that can be refused is refused before anything is written.
        for name in settings.names or ():
            ca.parse_name(name)
        if settings.names is not None and not settings.names:
            raise UserError("CERT_SANS is empty", hint="Give the names and addresses that clients connect to.")
        if settings.key_type is not None and settings.key_type.lower() not in ca.KEY_TYPES:
            raise UserError(f"KEY_TYPE={settings.key_type} is not known", hint="Allowed: " + ", ".join(ca.KEY_TYPES))
        if settings.password == "":
            raise UserError(
                "KEY_PASSWORD is empty", hint="Give a password, or leave KEY_PASSWORD away for no encryption."
            )
        stored = [
            self.store / f"{name}.{kind}.{end}"
            for name in ("ca", "server")
            for kind in ("key", "crt")
            for end in ("pem", "der")
        ]
        include = self.include
        shown = [include / name for name in (KEY_HEADER, CERTIFICATE_HEADER)] if include is not None else []
        files.refuse_tracked([*stored, *shown])
        with files.locked(self.store):
            files.ignore_in_git(self.store, ["*"])
            if include is not None:
                self._check_headers(include)
            authority = self._authority()
            server = self._server(authority)
            if include is not None:
                self._headers(include, server)
        return self.outcome

    # Files of out/ssl

    def _authority(self) -> _Pair:
        key_path = self.store / "ca.key.pem"
        pair = self._load_authority(key_path)
        if pair is None:
            replace = exists(key_path)
            key = ca.make_key(ca.DEFAULT_KEY_TYPE if self.settings.key_type is None else self.settings.key_type)
            certificate = ca.make_authority(key, f"sming-host authority {self.now:%Y-%m-%d}", self.now)
            self._write_key(key_path, ca.serialise_key(key, Encoding.PEM, self.settings.password), replace)
            pair = _Pair(key, certificate)
        else:
            self.outcome.note("kept", key_path)
        self._write_certificate("ca", pair.certificate)
        return pair

    def _load_authority(self, key_path: Path) -> Optional[_Pair]:
        """The authority there is; None when there is none, or when it is unusable and may be replaced."""
        if not exists(key_path):
            return None
        try:
            key = ca.load_key(files.read(key_path), self.settings.password, str(key_path))
        except UserError:
            if self.settings.force:
                return None
            raise
        certificate = _read_certificate(self.store / "ca.crt.pem")
        if certificate is None or ca.public_bytes(certificate) != ca.public_bytes(key):
            # The key is what clients trust in the end; without its certificate it can be given a new one.
            certificate = ca.make_authority(key, f"sming-host authority {self.now:%Y-%m-%d}", self.now)
        if certificate.not_valid_after_utc <= self.now:
            if self.settings.force:
                return None
            raise UserError(
                f"the authority {key_path} expired on {certificate.not_valid_after_utc:%Y-%m-%d}",
                hint="FORCE=1 makes a new one; clients then need its new ca.crt.pem.",
            )
        return _Pair(key, certificate)

    def _server(self, authority: _Pair) -> _Pair:
        settings = self.settings
        key_path = self.store / "server.key.pem"
        binary_path = self.store / "server.key.der"
        if exists(key_path) and not settings.force:
            key = ca.load_key(files.read(key_path), settings.password, str(key_path))
            self._check_kept_key(key, key_path)
            self.outcome.note("kept", key_path)
        else:
            key = ca.make_key(settings.key_type or ca.DEFAULT_KEY_TYPE)
            self._write_key(key_path, ca.serialise_key(key, Encoding.PEM, settings.password), settings.force)
        if self._holds_key(binary_path, key):
            self.outcome.note("kept", binary_path)
        else:
            self._write_key(binary_path, ca.serialise_key(key, Encoding.DER, settings.password), settings.force)

        present = _read_certificate(self.store / "server.crt.pem")
        if present is None or self._must_issue(present, key, authority):
            kept_names = describe_names(present) if present is not None else []
            names = settings.names or kept_names or ca.DEFAULT_NAMES
            days = ca.DEFAULT_DAYS if settings.days is None else settings.days
            present = ca.make_server(key, names, authority.certificate, authority.key, self.now, days)
        self._write_certificate("server", present)
        return _Pair(key, present)

    def _check_kept_key(self, key: PrivateKey, path: Path) -> None:
        wanted, found = self.settings.key_type, ca.key_type_of(key)
        if wanted is not None and wanted.lower() != found:
            raise UserError(
                f"{path} exists and is of type {found}, not {wanted.lower()}",
                hint="FORCE=1 replaces the key and its certificate.",
            )
        if self.settings.password is not None and not _is_encrypted(files.read(path)):
            raise UserError(
                f"{path} exists and is not encrypted",
                hint="FORCE=1 replaces it by a new one, encrypted with KEY_PASSWORD.",
            )

    def _must_issue(self, certificate: x509.Certificate, key: PrivateKey, authority: _Pair) -> bool:
        """Whether the server needs another certificate than the one it has."""
        if ca.public_bytes(certificate) != ca.public_bytes(key) or certificate.not_valid_after_utc <= self.now:
            return True
        try:
            certificate.verify_directly_issued_by(authority.certificate)
        except (InvalidSignature, ValueError, TypeError):
            return True
        names = self.settings.names
        if names is not None and [ca.parse_name(name) for name in names] != _alternative_names(certificate):
            return True
        if self.settings.days is None:
            return False
        # CERT_DAYS asks for so many days from now; the same call twice on one day is to change nothing.
        wanted = ca.end_of_validity(self.now, self.settings.days, authority.certificate)
        return abs(wanted - certificate.not_valid_after_utc) > datetime.timedelta(days=1)

    def _write_key(self, path: Path, data: bytes, replace: bool) -> None:
        existed = exists(path)
        # There is no second chance with a private key: FORCE=1 and a mistyped password must not destroy one.
        kept = files.keep_previous(path) if replace else None
        if kept is not None:
            self.outcome.note("saved the previous key as", kept)
        try:
            files.write(path, data, files.SECRET, replace)
        except FileExistsError as error:
            raise UserError(f"{path} exists and is not overwritten", hint="FORCE=1 replaces it.") from error
        self.outcome.note("replaced" if existed else "wrote", path)

    def _write_certificate(self, name: str, certificate: x509.Certificate) -> None:
        for end, encoding in (("pem", Encoding.PEM), ("der", Encoding.DER)):
            self._write_public(self.store / f"{name}.crt.{end}", certificate.public_bytes(encoding))

    def _write_public(self, path: Path, data: bytes) -> None:
        existed = exists(path)
        if existed and files.read(path) == data:
            self.outcome.note("kept", path)
            return
        files.write(path, data, files.PUBLIC, replace=True)
        self.outcome.note("replaced" if existed else "wrote", path)

    def _holds_key(self, path: Path, key: PrivateKey) -> bool:
        """Whether a file holds this very key, encrypted or not as the settings ask for it."""
        if not exists(path):
            return False
        data = files.read(path)
        if path.suffix == ".h":
            data = headers.parse_header(data.decode(errors="replace"), str(path))
        try:
            found = ca.load_key(data, self.settings.password, str(path))
        except UserError:
            return False
        return ca.public_bytes(found) == ca.public_bytes(key)

    # Headers of the application

    def _check_headers(self, include: Path) -> None:
        """Refuse early when the application has a key of its own, or its headers cannot be written."""
        files.make_folder(include)
        if not os.access(include, os.W_OK | os.X_OK):
            raise UserError(f"{include} cannot be written to", hint="Nothing was changed.")
        path = include / KEY_HEADER
        if self.settings.force or not exists(path):
            return
        key_path = self.store / "server.key.pem"
        hint = "FORCE=1 replaces it. If it is the only copy of that key, save it first."
        if not exists(key_path):
            raise UserError(f"{path} exists already and holds a key that is not in {self.store}", hint=hint)
        key = ca.load_key(files.read(key_path), self.settings.password, str(key_path))
        if not self._holds_key(path, key):
            raise UserError(f"{path} exists already and holds another key than {key_path}", hint=hint)

    def _headers(self, include: Path, server: _Pair) -> None:
        files.ignore_in_git(include, ["/" + KEY_HEADER, f"/{KEY_HEADER}.*.old", "/" + CERTIFICATE_HEADER])
        key_path = include / KEY_HEADER
        if not self.settings.force and self._holds_key(key_path, server.key):
            self.outcome.note("kept", key_path)
        else:
            kind = ca.key_type_of(server.key)
            protection = (
                "encrypted with a password (PKCS#8, PBES2)"
                if self.settings.password is not None
                else "not encrypted (PKCS#8)"
            )
            comment = f"Private key, {kind}, {protection}. Made by generate-cert. Do not publish."
            text = headers.c_header("default_private_key", files.read(self.store / "server.key.der"), comment)
            self._write_key(key_path, text.encode(), self.settings.force)
        names = ", ".join(describe_names(server.certificate))
        until = server.certificate.not_valid_after_utc
        comment = f"Certificate for {names},\nvalid until {until:%Y-%m-%d}. Made by generate-cert."
        text = headers.c_header("default_certificate", server.certificate.public_bytes(Encoding.DER), comment)
        self._write_public(include / CERTIFICATE_HEADER, text.encode())


def _alternative_names(certificate: x509.Certificate) -> list[x509.GeneralName]:
    try:
        return list(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        return []


def _read_certificate(path: Path) -> Optional[x509.Certificate]:
    """The certificate in a PEM file; None when there is none that can be read, as a new one can be issued."""
    if not exists(path):
        return None
    parse: Callable[[bytes], x509.Certificate] = x509.load_pem_x509_certificate
    try:
        return parse(files.read(path))
    except ValueError:
        return None


def _is_encrypted(pem: bytes) -> bool:
    return b"ENCRYPTED" in pem
