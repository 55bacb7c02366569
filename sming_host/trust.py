"""Certificate authorities → a table of trust anchors in C, for flash (`TRUST_ANCHORS=ca.pem…` or `system`).

What is kept of a certificate is what the validator of `components/x509` needs: the hash of its name, its key, its
dates, its path length and its name constraints. A certificate that is no CA's becomes an anchor for just that
certificate (see `x509/anchor.h`). The table is sorted by the hash, so that a device finds an anchor among 150 with
eight comparisons, in flash, without any RAM.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import ssl
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional, TypeVar, Union

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.utils import CryptographyDeprecationWarning

from sming_host.errors import UserError
from sming_host.named import is_file

ExtensionT = TypeVar("ExtensionT", bound=x509.ExtensionType)

SYSTEM = "system"
"""In the place of a file name: the authorities that this machine trusts."""

SYMBOL = "x509_built_in_anchors"
"""The C symbol of the table, an x509_anchor_table; declared in x509/anchor.h."""

MAX_SAME_NAME = 4  # X509_MAX_ANCHORS in x509/validator.h
MAX_SUBTREES = 128  # X509_MAX_SUBTREES
MAX_PATH_LENGTH = 0x7FFF
MIN_RSA_BITS = 2048
MAX_RSA_BITS = 4096
MAX_EXPONENT_BITS = 64  # X509_KEY_BUFFER has room for no more

# BR_EC_secp256r1 … in bearssl_ec.h
CURVES = {"secp256r1": 23, "secp384r1": 24, "secp521r1": 25}


_DNS_BASE = re.compile(r"(?:[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*)?")


@dataclass(frozen=True)
class RsaKey:
    """Big-endian modulus and exponent, without leading zeros."""

    modulus: bytes
    exponent: bytes


@dataclass(frozen=True)
class EcKey:
    """Number of a curve, and an uncompressed point."""

    curve: int
    point: bytes


@dataclass(frozen=True)
class Anchor:
    """An `x509_anchor`."""

    label: str = field(compare=False)
    subject_hash: bytes
    key: Union[RsaKey, EcKey]
    not_before: int
    not_after: int
    path_length: int = -1
    name_constraints: bytes = b""
    certificate_hash: bytes = b""

    @property
    def key_bytes(self) -> bytes:
        """What tells two keys apart."""
        key = self.key
        return key.modulus + key.exponent if isinstance(key, RsaKey) else bytes([key.curve]) + key.point


@dataclass(frozen=True)
class Table:
    """Anchors in the order of the table, and what the user should know."""

    anchors: tuple[Anchor, ...]
    warnings: tuple[str, ...] = ()


class _RefusedError(Exception):
    """Why a certificate cannot be an anchor, in words that follow its name."""


_UNUSABLE = (
    _RefusedError,
    ValueError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


def generate(anchors: Iterable[Union[str, Path]], output: Path) -> Table:
    """Write the C file for `anchors` (files of PEM or DER certificates, or SYSTEM). Returns what is in it.

    A file that is already the same is left alone. A weak or unusable certificate in a file is a UserError; among the
    machine's own authorities it is passed over.
    """
    table = load(anchors)
    text = to_c(table.anchors)
    output.parent.mkdir(parents=True, exist_ok=True)
    if not output.exists() or output.read_text(encoding="utf-8") != text:
        part = output.with_name(output.name + ".part")
        part.write_text(text, encoding="utf-8")
        part.replace(output)
    return table


def load(sources: Iterable[Union[str, Path]], now: Optional[datetime.datetime] = None) -> Table:
    """Read certificates and make anchors of them, sorted and each one once."""
    now = now or datetime.datetime.now(datetime.timezone.utc)
    found: dict[Anchor, None] = {}
    said: list[str] = []
    for source in sources:
        is_system = str(source) == SYSTEM
        path = system_bundle() if is_system else Path(source)
        for der in read_certificates(path):
            try:
                certificate, anchor = _load_one(der)
            except _UNUSABLE as error:
                if is_system:
                    continue
                raise _user_error(path, der, error) from error
            if anchor.not_after < now.timestamp():
                if is_system:
                    continue
                date = certificate.not_valid_after_utc.date().isoformat()
                said.append(f"{path}: {anchor.label} expired on {date}: devices will refuse it")
            found[anchor] = None
    if not found:
        raise UserError("TRUST_ANCHORS: there is no certificate authority in what was given.")
    ordered = sorted(found, key=lambda a: (a.subject_hash, a.key_bytes, a.not_before, a.not_after, a.certificate_hash))
    _check_same_names(ordered)
    return Table(tuple(ordered), tuple(said))


def _load_one(der: bytes) -> tuple[x509.Certificate, Anchor]:
    with warnings.catch_warnings():
        # roots of 2004 with the serial number 0 are still about; nothing depends on it
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        certificate = x509.load_der_x509_certificate(der)
        return certificate, from_certificate(certificate, der)


def _check_same_names(anchors: Sequence[Anchor]) -> None:
    for anchor, later in zip(anchors, anchors[MAX_SAME_NAME:]):
        if anchor.subject_hash == later.subject_hash:
            raise UserError(
                f"TRUST_ANCHORS: more than {MAX_SAME_NAME} certificates of the name {anchor.label}.",
                "Devices look at no more than that; leave out those that have expired.",
            )


def _user_error(path: Path, der: bytes, error: Exception) -> UserError:
    try:
        name = label(x509.load_der_x509_certificate(der))
    except ValueError:
        name = "a certificate"
    return UserError(f"{path}: {name}: {error}", "Leave it out of TRUST_ANCHORS, or have its owner issue a new one.")


def system_bundle() -> Path:
    """The file with the authorities that this machine trusts."""
    paths = ssl.get_default_verify_paths()
    usual = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
    for candidate in (paths.cafile, paths.openssl_cafile, *usual):
        if candidate and is_file(candidate):
            return Path(candidate)
    raise UserError(
        "TRUST_ANCHORS=system: this machine has no bundle of certificate authorities.",
        "On Debian and Ubuntu the package ca-certificates brings one; or name a PEM file.",
    )


def read_certificates(path: Path) -> list[bytes]:
    """Return the DER of every certificate in a PEM file, or of the one in a DER file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        hint = "`./scons generate-cert` makes what out/ssl has." if path.parts[-3:-1] == ("out", "ssl") else ""
        raise UserError(f"TRUST_ANCHORS: {path} cannot be read: {error.strerror}.", hint) from error
    nothing = UserError(
        f"TRUST_ANCHORS: there is no certificate in {path}.",
        "Wanted: PEM blocks of BEGIN CERTIFICATE, or one certificate in DER.",
    )
    if b"-----BEGIN" not in data:
        if not data.startswith(b"\x30"):  # the SEQUENCE that a certificate is (RFC 5280 §4.1)
            raise nothing
        return [data]
    # one by one, so that a single one that cannot be read does not cost the others
    blocks = re.findall(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", data, re.DOTALL)
    try:
        certificates = [ssl.PEM_cert_to_DER_cert(block.decode("ascii")) for block in blocks]
    except ValueError as error:
        raise UserError(f"TRUST_ANCHORS: {path} has a damaged certificate: {error}") from error
    if not certificates:
        raise nothing
    return certificates


def from_certificate(certificate: x509.Certificate, der: bytes) -> Anchor:
    """Make the anchor of a certificate. Raises ValueError or a relative of it when it cannot be one."""
    if certificate.version != x509.Version.v3:
        raise _RefusedError("it is a certificate of version 1, which cannot say that it is a CA's")
    constraints = _extension(certificate, x509.BasicConstraints)
    usage = _extension(certificate, x509.KeyUsage)
    names = _extension(certificate, x509.NameConstraints)
    is_ca = constraints is not None and constraints.ca
    if is_ca and usage is not None and not usage.key_cert_sign:
        raise _RefusedError("its key usage does not let it sign certificates")
    length = constraints.path_length if constraints is not None and constraints.path_length is not None else -1
    return Anchor(
        label=label(certificate),
        subject_hash=hashlib.sha256(subject_der(certificate.tbs_certificate_bytes)).digest(),
        key=_key(certificate),
        not_before=int(certificate.not_valid_before_utc.timestamp()),
        not_after=int(certificate.not_valid_after_utc.timestamp()),
        path_length=min(length, MAX_PATH_LENGTH) if is_ca else -1,
        name_constraints=_constraints(names, der) if is_ca and names is not None else b"",
        certificate_hash=b"" if is_ca else hashlib.sha256(der).digest(),
    )


def _constraints(names: x509.NameConstraints, der: bytes) -> bytes:
    """Name constraints as they stand in the certificate. What the device cannot read would refuse every chain there."""
    encoded = names.public_bytes()
    if encoded not in der:
        raise _RefusedError("its name constraints have a minimum or maximum, which RFC 5280 forbids")
    subtrees = [*(names.permitted_subtrees or ()), *(names.excluded_subtrees or ())]
    if len(subtrees) > MAX_SUBTREES:
        raise _RefusedError(f"it has more than {MAX_SUBTREES} name constraints")
    for base in subtrees:
        if isinstance(base, x509.DNSName) and (len(base.value) > 253 or not _DNS_BASE.fullmatch(base.value)):
            raise _RefusedError(f"its name constraint {base.value!r} is no DNS name (RFC 5280 wants no dot in front)")
    return encoded


def _extension(certificate: x509.Certificate, kind: type[ExtensionT]) -> Optional[ExtensionT]:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _key(certificate: x509.Certificate) -> Union[RsaKey, EcKey]:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        if key.key_size < MIN_RSA_BITS:
            raise _RefusedError(f"its RSA key of {key.key_size} bits is too weak; {MIN_RSA_BITS} are needed")
        if key.key_size > MAX_RSA_BITS:
            raise _RefusedError(f"its RSA key of {key.key_size} bits is too long for a device; at most {MAX_RSA_BITS}")
        numbers = key.public_numbers()
        if numbers.e.bit_length() > MAX_EXPONENT_BITS:
            raise _RefusedError(f"its RSA exponent has more than {MAX_EXPONENT_BITS} bits")
        return RsaKey(_octets(numbers.n), _octets(numbers.e))
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in CURVES:
        return EcKey(CURVES[key.curve.name], key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    raise _RefusedError("its key is neither RSA nor on P-256, P-384 or P-521")


def _octets(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def subject_der(tbs: bytes) -> bytes:
    """Cut the subject's bytes out of a TBSCertificate as they stand: their hash is looked for, not a re-encoding's."""
    fields = _elements(tbs, _content(tbs, 0))
    first = next(fields)
    if tbs[first[0]] == 0xA0:  # version
        next(fields)  # serial number
    for _ in ("signature", "issuer", "validity"):
        next(fields)
    start, end = next(fields)
    return tbs[start:end]


def _content(data: bytes, start: int) -> tuple[int, int]:
    """Bounds of the content of the DER element at `start`; the element was found to be valid before."""
    length, offset = data[start + 1], start + 2
    if length >= 0x80:
        count = length & 0x7F
        length = int.from_bytes(data[offset : offset + count], "big")
        offset += count
    return offset, offset + length


def _elements(data: bytes, bounds: tuple[int, int]) -> Iterator[tuple[int, int]]:
    start, end = bounds
    while start < end:
        stop = _content(data, start)[1]
        yield start, stop
        start = stop


def label(certificate: x509.Certificate) -> str:
    """Name a certificate as people know it."""
    for oid in (x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATIONAL_UNIT_NAME, x509.NameOID.ORGANIZATION_NAME):
        for attribute in certificate.subject.get_attributes_for_oid(oid):
            return str(attribute.value)
    return certificate.subject.rfc4514_string() or "a certificate without a name"


def to_c(anchors: Sequence[Anchor]) -> str:
    """Return the C file."""
    lines = [
        "/* Trust anchors for flash, made by sming_host.trust. Changes get lost. */",
        "#include <x509/anchor.h>",
    ]
    pool: dict[bytes, str] = {}
    rows = []
    for anchor in anchors:
        chunks = [anchor.name_constraints, anchor.certificate_hash]
        if isinstance(anchor.key, RsaKey):
            chunks += [anchor.key.modulus, anchor.key.exponent]
        else:
            chunks.append(anchor.key.point)
        for chunk in filter(None, chunks):
            if chunk not in pool:
                pool[chunk] = f"data{len(pool)}"
                lines += ["", f"static const uint8_t {pool[chunk]}[{len(chunk)}] = {{", *_array(chunk), "};"]
        rows += _row(anchor, pool)
    lines += ["", f"static const x509_anchor anchors[{len(anchors)}] = {{", *rows, "};", ""]
    lines += [f"const x509_anchor_table {SYMBOL} = {{anchors, {len(anchors)}}};", ""]
    return "\n".join(lines)


def _row(anchor: Anchor, pool: dict[bytes, str]) -> list[str]:
    key = anchor.key
    # BearSSL's pointers lack const; nobody writes through them
    if isinstance(key, RsaKey):
        rsa_fields = f"(uint8_t *){pool[key.modulus]}, {len(key.modulus)}, (uint8_t *){pool[key.exponent]}"
        shown = f"{{BR_KEYTYPE_RSA, {{.rsa = {{{rsa_fields}, {len(key.exponent)}}}}}}}"
    else:
        shown = f"{{BR_KEYTYPE_EC, {{.ec = {{{key.curve}, (uint8_t *){pool[key.point]}, {len(key.point)}}}}}}}"
    constraints = anchor.name_constraints
    return [
        f"\t/* {_comment(anchor.label)} */",
        "\t{",
        "\t\t.subject_hash = {",
        *("\t\t" + line for line in _array(anchor.subject_hash)),
        "\t\t},",
        f"\t\t.key = {shown},",
        f"\t\t.not_before = {_int64(anchor.not_before)},",
        f"\t\t.not_after = {_int64(anchor.not_after)},",
        f"\t\t.certificate_hash = {pool.get(anchor.certificate_hash, 'NULL')},",
        f"\t\t.name_constraints = {pool.get(constraints, 'NULL')},",
        f"\t\t.name_constraints_length = {len(constraints)},",
        f"\t\t.path_length = {anchor.path_length},",
        "\t},",
    ]


def _int64(number: int) -> str:
    return f"INT64_C({number})"


def _array(data: bytes) -> Iterator[str]:
    for start in range(0, len(data), 16):
        yield "\t" + " ".join(f"0x{octet:02X}," for octet in data[start : start + 16])


def _comment(text: str) -> str:
    """Keep a name from ending the comment or leaving ASCII."""
    return "".join(c if c.isascii() and c.isprintable() and c not in "*\\" else "?" for c in text)
