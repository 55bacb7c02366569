"""Keys, signatures, and the encoding as such."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import rsa

from tests.x509 import der, makers
from tests.x509.makers import Certificate, algorithm, leaf, pss_parameters
from tests.x509.scene import Case, Change, also, drop, ext, put

RSA_OID, EC_OID = "1.2.840.113549.1.1.1", "1.2.840.10045.2.1"
P256 = "1.2.840.10045.3.1.7"


def _rsa(modulus: bytes, exponent: bytes, parameters: bytes = b"\x05\x00") -> Change:
    """An RSA key of any content; the integers are given with their own headers."""
    return put(public=der.seq(der.seq(der.oid(RSA_OID), parameters), der.bits(der.seq(modulus, exponent))))


def _modulus() -> int:
    key = makers.key("rsa2048")
    assert isinstance(key, rsa.RSAPrivateKey)
    return key.public_key().public_numbers().n


def _good() -> bytes:
    return der.integer(_modulus())


E65537 = der.integer(65537)


def _point(curve: str = P256, parameters: bytes = b"", size: int = 65, first: int = 4) -> Change:
    return put(public=der.seq(der.seq(der.oid(EC_OID), parameters or der.oid(curve)),
                              der.bits(bytes([first]) + b"\1" * (size - 1))))  # fmt: skip


def _later(change: object) -> Change:
    """A change that needs a key, made when the case is built."""

    def apply(certificate: Certificate) -> Certificate:
        assert callable(change)
        made = change()(certificate)
        assert isinstance(made, Certificate)
        return made

    return apply


BAD, UNSUPPORTED = "BAD_KEY", "UNSUPPORTED_KEY"
ROOT_RSA = put(key="rsa2048:root")

KEYS = [
    Case("P-256", "NONE", leaf=put(key="ec256")),
    Case("P-384", "NONE", leaf=put(key="ec384")),
    Case("P-521", "NONE", leaf=put(key="ec521")),
    Case("RSA-2048", "NONE", leaf=put(key="rsa2048")),
    Case("RSA-3072", "NONE", leaf=put(key="rsa3072")),
    Case("RSA-4096", "NONE", leaf=put(key="rsa4096")),
    Case("RSA-2056, its top bit in an octet of its own", "NONE", leaf=put(key="rsa2056")),
    Case("RSA-1024", "WEAK_KEY", leaf=put(key="rsa1024")),
    Case("RSA-2047", "WEAK_KEY", leaf=_later(lambda: _rsa(der.integer(_modulus() >> 1 | 1), E65537))),
    Case("RSA-8192", UNSUPPORTED, leaf=_later(lambda: _rsa(der.integer(_modulus() ** 4 | 1), E65537))),
    Case("RSA-4104", UNSUPPORTED, leaf=_later(lambda: _rsa(der.integer(1 << 4103 | 1), E65537))),
    Case("intermediate with RSA-1024", "WEAK_KEY", inter=(put(key="rsa1024"),)),
    Case("intermediate with RSA-4096", "NONE", inter=(put(key="rsa4096"),)),
    Case("intermediate with Ed25519", "UNSUPPORTED_SIGNATURE", inter=(put(key="ed25519"),)),
    Case("Ed25519", UNSUPPORTED, leaf=put(key="ed25519")),
    Case("DSA", UNSUPPORTED, leaf=put(key="dsa")),
    Case("P-224", UNSUPPORTED, leaf=put(key="ec224")),
    Case("secp256k1", UNSUPPORTED, leaf=put(key="ec256k1")),
    Case("explicit curve parameters", UNSUPPORTED, leaf=_point(parameters=der.seq(der.integer(1)))),
    Case("inherited curve parameters", UNSUPPORTED, leaf=_point(parameters=der.null())),
    Case("compressed point", UNSUPPORTED, leaf=_point(size=33, first=2)),
    Case("point too short", BAD, leaf=_point(size=64)),
    Case("point too long", BAD, leaf=_point(size=66)),
    Case("point of another curve's size", BAD, leaf=_point(size=97)),
    Case("hybrid point", BAD, leaf=_point(first=6)),
    Case("empty point", BAD, leaf=put(public=der.seq(der.seq(der.oid(EC_OID), der.oid(P256)), der.bits(b"")))),
    Case("EC key without parameters", "MALFORMED", leaf=put(public=der.seq(
        der.seq(der.oid(EC_OID)), der.bits(b"\4" + b"\1" * 64)))),
    Case("RSA key without parameters", "MALFORMED", leaf=_later(lambda: _rsa(_good(), E65537, b""))),
    Case("RSA key with other parameters", "MALFORMED", leaf=_later(lambda: _rsa(_good(), E65537, der.oid(P256)))),
    Case("RSA exponent 3", "NONE", leaf=_later(lambda: _rsa(_good(), der.integer(3)))),
    Case("RSA exponent 1", BAD, leaf=_later(lambda: _rsa(_good(), der.integer(1)))),
    Case("RSA exponent even", BAD, leaf=_later(lambda: _rsa(_good(), der.integer(65536)))),
    Case("RSA exponent negative", "MALFORMED", leaf=_later(lambda: _rsa(_good(), der.integer(-3)))),
    Case("RSA exponent 0", "MALFORMED", leaf=_later(lambda: _rsa(_good(), der.integer(0)))),
    Case("RSA exponent of 64 bits", "NONE", leaf=_later(lambda: _rsa(_good(), der.integer((1 << 62) + 1)))),
    Case("RSA exponent of 128 bits", UNSUPPORTED, leaf=_later(lambda: _rsa(_good(), der.integer((1 << 126) + 1)))),
    Case("RSA modulus even", BAD, leaf=_later(lambda: _rsa(der.integer(_modulus() - 1), E65537))),
    Case("RSA modulus negative", "MALFORMED", leaf=_later(lambda: _rsa(der.integer(-_modulus()), E65537))),
    Case("RSA modulus with a zero too many", "MALFORMED", leaf=_later(lambda: _rsa(
        der.tlv(2, b"\0\0", _modulus().to_bytes(256, "big")), E65537))),
    Case("RSA modulus empty", "MALFORMED", leaf=_later(lambda: _rsa(der.tlv(2), E65537))),
    Case("RSA key with a third number", "MALFORMED", leaf=_later(lambda: _rsa(_good(), E65537 + E65537))),
    Case("RSA key without an exponent", "MALFORMED", leaf=_later(lambda: _rsa(_good(), b""))),
    Case("bits left over", "MALFORMED", leaf=put(public=der.seq(
        der.seq(der.oid(EC_OID), der.oid(P256)), der.bits(b"\4" + b"\1" * 64, 1)))),
    Case("bit string without its first octet", "MALFORMED", leaf=put(public=der.seq(
        der.seq(der.oid(EC_OID), der.oid(P256)), der.tlv(3)))),
    Case("anchor on P-521", "NONE", root=put(key="ec521"), inter=(put(digest="sha512"),)),
    Case("anchor with Ed25519", "anchor refused: UNSUPPORTED_KEY", root=put(key="ed25519")),
]  # fmt: skip


def _signed(key: str, digest: str = "sha256", **fields: object) -> Case:
    """Leaf directly below a root with this key."""
    title = f"{key}, {digest}" + (", PSS" if fields.get("pss") else "")
    return Case(title, "NONE", inter=(), root=put(key=key), leaf=put(digest=digest, **fields))


def _pss(parameters: bytes, expected: str, title: str, salt: int = 32) -> Case:
    identifier = der.seq(der.oid("1.2.840.113549.1.1.10"), parameters)
    return Case(f"PSS: {title}", expected, inter=(), root=ROOT_RSA, laxer="pyca wants a salt of the hash's length",
                leaf=put(pss=True, salt=salt, inner_algorithm=identifier))  # fmt: skip


WEAK, NOT_SUPPORTED, FALSE_ = "WEAK_SIGNATURE", "UNSUPPORTED_SIGNATURE", "BAD_SIGNATURE"
RSA_SHA256 = "1.2.840.113549.1.1.11"
ECDSA_SHA256 = "1.2.840.10045.4.3.2"


SIGNATURES = [
    _signed("rsa2048"),
    _signed("rsa2048", "sha384"),
    _signed("rsa2048", "sha512"),
    _signed("rsa3072"),
    _signed("rsa4096", "sha512"),
    _signed("rsa2056"),
    _signed("ec256"),
    _signed("ec256", "sha384"),
    _signed("ec256", "sha512"),
    _signed("ec384", "sha256"),
    _signed("ec384", "sha384"),
    _signed("ec521", "sha512"),
    _signed("rsa2048", "sha256", pss=True),
    _signed("rsa2048", "sha384", pss=True),
    _signed("rsa2048", "sha512", pss=True),
    _signed("rsa4096", "sha256", pss=True),
    _signed("rsa2049", "sha256", pss=True),
    _signed("rsa2056", "sha256", pss=True),
    Case("PSS: intermediate", "NONE", root=ROOT_RSA, inter=(put(pss=True),)),
    Case("PSS: below an RSA intermediate", "NONE", inter=(put(key="rsa2048"),), leaf=put(pss=True)),
    Case("PSS: below an RSA intermediate, changed", FALSE_, inter=(put(key="rsa2048"),), leaf=put(
        pss=True, signature_hook=lambda s: s[:-1] + bytes([s[-1] ^ 1]))),
    Case("PSS: another key of that name first, then the right one", "NONE", leaf=put(pss=True),
         inter=(put(key="rsa2048"),), chain=lambda s: [
             s.leaf, s.intermediates[0].with_(key="rsa2048:root"), s.intermediates[0]]),
    _pss(pss_parameters("sha256", salt=0), "NONE", "no salt", 0),
    _pss(pss_parameters("sha256", salt=20), "NONE", "salt of 20 octets", 20),
    _pss(pss_parameters("sha256", salt=32), FALSE_, "salt of another length", 20),
    _pss(pss_parameters("sha256", salt=127), FALSE_, "long salt", 20),
    _pss(pss_parameters("sha256", salt=-1), "MALFORMED", "negative salt", 20),
    _pss(pss_parameters("sha256", salt=300), "MALFORMED", "salt longer than anything", 20),
    _pss(pss_parameters("sha256", "sha384"), NOT_SUPPORTED, "two hashes"),
    _pss(pss_parameters("sha1"), WEAK, "SHA-1"),
    _pss(der.seq(), WEAK, "defaults"),
    _pss(b"", WEAK, "no parameters"),
    _pss(der.null(), "MALFORMED", "NULL"),
    _pss(der.seq(der.explicit(0, der.seq(der.oid("1.2.3")))), NOT_SUPPORTED, "unknown hash"),
    Case("MD5", WEAK, root=ROOT_RSA, inter=(), leaf=put(digest="md5")),
    Case("SHA-1", WEAK, root=ROOT_RSA, inter=(), leaf=put(digest="sha1")),
    Case("SHA-1, ECDSA", WEAK, inter=(), leaf=put(digest="sha1")),
    Case("SHA-1 in the intermediate", WEAK, inter=(put(digest="sha1"),)),
    Case("SHA-1 in the anchor, which nobody verifies", "NONE", root=put(digest="sha1")),
    Case("SHA-224", NOT_SUPPORTED, root=ROOT_RSA, inter=(), leaf=put(digest="sha224")),
    Case("Ed25519", NOT_SUPPORTED, leaf=put(signer="ed25519")),
    Case("unknown algorithm", NOT_SUPPORTED, leaf=put(inner_algorithm=der.seq(der.oid("1.2.3.4")))),
    Case("unknown algorithm with long parameters", NOT_SUPPORTED, leaf=put(
        inner_algorithm=der.seq(der.oid("1.2.3.4"), der.octets(b"x" * 500)))),
    Case("two algorithms", "ALGORITHM_MISMATCH", leaf=put(outer_algorithm=algorithm("ec256", "sha384"))),
    Case("two algorithms, the weak one outside", "ALGORITHM_MISMATCH", leaf=put(
        outer_algorithm=algorithm("ec256", "sha1"))),
    Case("two algorithms, RSA inside", "ALGORITHM_MISMATCH", leaf=put(
        inner_algorithm=der.seq(der.oid(RSA_SHA256), der.null()), outer_algorithm=algorithm("ec256", "sha256"))),
    Case("the same algorithm, NULL outside only", "ALGORITHM_MISMATCH", leaf=put(
        outer_algorithm=der.seq(der.oid(ECDSA_SHA256), der.null()))),
    Case("algorithm of another kind of key", FALSE_, leaf=put(
        inner_algorithm=der.seq(der.oid(RSA_SHA256), der.null()))),
    Case("RSA without parameters (RFC 4055 §5)", "NONE", root=ROOT_RSA, inter=(), leaf=put(
        inner_algorithm=der.seq(der.oid(RSA_SHA256))), laxer="pyca wants NULL"),
    Case("RSA with other parameters", "MALFORMED", root=ROOT_RSA, inter=(), leaf=put(
        inner_algorithm=der.seq(der.oid(RSA_SHA256), der.integer(1)))),
    Case("RSA with a NULL that is not empty", "MALFORMED", root=ROOT_RSA, inter=(), leaf=put(
        inner_algorithm=der.seq(der.oid(RSA_SHA256), der.tlv(5, b"\0")))),
    Case("ECDSA with NULL (RFC 5758 §3.2)", "MALFORMED", leaf=put(
        inner_algorithm=der.seq(der.oid(ECDSA_SHA256), der.null()))),
    Case("signature empty", "MALFORMED", leaf=put(signature_hook=lambda s: b"")),
    Case("signature of 600 octets", NOT_SUPPORTED, leaf=put(signature_hook=lambda s: b"\1" * 600)),
    Case("RSA signature one octet short", FALSE_, root=ROOT_RSA, inter=(), leaf=put(signature_hook=lambda s: s[1:])),
    Case("RSA signature with a zero in front", FALSE_, root=ROOT_RSA, inter=(), leaf=put(
        signature_hook=lambda s: b"\0" + s)),
    Case("RSA signature of zeros", FALSE_, root=ROOT_RSA, inter=(), leaf=put(signature_hook=lambda s: bytes(len(s)))),
    Case("PSS signature of zeros", FALSE_, root=ROOT_RSA, inter=(), leaf=put(
        pss=True, signature_hook=lambda s: bytes(len(s)))),
    Case("PSS signature as PKCS #1", FALSE_, root=ROOT_RSA, inter=(), leaf=put(
        pss=True, inner_algorithm=der.seq(der.oid(RSA_SHA256), der.null()))),
    Case("ECDSA signature of zeros", FALSE_, leaf=put(
        signature_hook=lambda s: der.seq(der.integer(0), der.integer(0)))),
    Case("ECDSA signature not DER", FALSE_, leaf=put(signature_hook=lambda s: b"\1" * 70)),
    Case("signature of another certificate", FALSE_, leaf=lambda c: c.with_(
        signature_hook=lambda s: makers.sign(c.signer, c.tbs + b"\0", "sha256"))),
    Case("serial number changed after signing", FALSE_, leaf=put(hook=lambda d: d.replace(
        der.integer(0x1234567890), der.integer(0x1234567891), 1))),
]  # fmt: skip


def _cut(count: int) -> Change:
    return put(hook=lambda d: d[:count])


def _long_length(data: bytes) -> bytes:
    """Outer length in three octets instead of two."""
    assert data[:2] == b"\x30\x82"
    return b"\x30\x83\0" + data[2:]


def _name(*parts: bytes) -> Change:
    return put(subject=der.seq(*parts))


CN = der.oid(makers.COMMON_NAME)

ENCODING = [
    Case("empty certificate", "TRUNCATED", leaf=_cut(0)),
    Case("one octet", "TRUNCATED", leaf=_cut(1)),
    Case("header only", "TRUNCATED", leaf=_cut(4)),
    Case("half a certificate", "TRUNCATED", leaf=_cut(200)),
    Case("last octet missing", "TRUNCATED", leaf=put(hook=lambda d: d[:-1])),
    Case("one octet more", "MALFORMED", leaf=put(hook=lambda d: d + b"\0")),
    Case("another certificate behind", "MALFORMED", leaf=put(hook=lambda d: d + d)),
    Case("intermediate truncated", "TRUNCATED", inter=(put(hook=lambda d: d[:-1]),)),
    Case("PEM", "MALFORMED", leaf=put(hook=lambda d: b"-----BEGIN CERTIFICATE-----\nMIIB")),
    Case("indefinite length", "MALFORMED", leaf=put(hook=lambda d: b"\x30\x80" + d[4:] + b"\0\0")),
    Case("length in more octets than needed", "MALFORMED", leaf=put(hook=_long_length)),
    Case("short length in long form", "MALFORMED", leaf=put(serial=b"\x02\x81\x01\x05")),
    Case("length of 126 octets", "MALFORMED", leaf=put(serial=b"\x02\xfe" + b"\1" * 126)),
    Case("tag of more than one octet", "MALFORMED", leaf=put(serial=b"\x1f\x02\x01\x05")),
    Case("end-of-contents", "MALFORMED", leaf=put(unique_ids=b"\0\0")),
    Case("serial number missing", "MALFORMED", leaf=put(serial=b"")),
    Case("serial number of another type", "MALFORMED", leaf=put(serial=der.octets(b"\5"))),
    Case("two serial numbers", "MALFORMED", leaf=put(serial=der.integer(5) * 2)),
    Case("constructed serial number", "MALFORMED", leaf=put(serial=der.tlv(0x22, der.integer(5)))),
    Case("field behind the extensions", "MALFORMED", leaf=lambda c: c.with_(raw_extensions=der.explicit(3, der.seq(
        *(e.der for e in c.extensions))) + der.null())),
    Case("extensions without their tag", "MALFORMED", leaf=lambda c: c.with_(raw_extensions=der.seq(
        *(e.der for e in c.extensions)))),
    Case("name: relative name as a sequence", "MALFORMED", leaf=_name(der.seq(der.seq(CN, der.tlv(der.UTF8, b"a"))))),
    Case("name: relative name empty", "MALFORMED", leaf=_name(der.set_of())),
    Case("name: attribute without a value", "MALFORMED", leaf=_name(der.set_of(der.seq(CN)))),
    Case("name: attribute with two values", "MALFORMED", leaf=_name(der.set_of(der.seq(
        CN, der.tlv(der.UTF8, b"a"), der.tlv(der.UTF8, b"b"))))),
    Case("name: two attributes in one", "NONE", leaf=_name(der.set_of(
        der.seq(CN, der.tlv(der.UTF8, b"a")), der.seq(der.oid(makers.ORGANIZATION), der.tlv(der.UTF8, b"b"))))),
    Case("name: value of a type of its own", "NONE", leaf=_name(der.set_of(der.seq(CN, der.seq(der.integer(1)))))),
    Case("name: 400 characters", "NONE", leaf=_name(makers.rdn(makers.ORGANIZATION, "o" * 400))),
    Case("name: 100 attributes", "NONE", leaf=_name(*(makers.rdn(makers.ORGANIZATION, "o") for _ in range(100)))),
    Case("octets behind the subject", "MALFORMED", leaf=lambda c: c.with_(subject=c.subject + der.null())),
    Case("validity with one date", "MALFORMED", leaf=put(not_after=b"")),
    Case("validity with three dates", "MALFORMED", leaf=put(not_after=der.time(makers.NOW) * 2)),
    Case("signature with bits left over", "MALFORMED", leaf=put(hook=lambda d: _change_unused_bits(d))),
    Case("deep nesting in a value that nobody reads", "NONE", leaf=ext(makers.Extension(
        makers.UNKNOWN, b"\x30\x80" * 500))),
    Case("deep nesting in a name", "MALFORMED", leaf=_name(*[b"\x31\x80\x30\x80" * 50])),
    Case("without AKI and with everything else", "NONE", leaf=also(drop(makers.AUTHORITY_KEY))),
    Case("leaf twice", "UNKNOWN_CA", chain=lambda s: [leaf(s.intermediates[0]), leaf(s.intermediates[0])]),
]  # fmt: skip


def _change_unused_bits(data: bytes) -> bytes:
    """Set the count of unused bits of the signature to 1; its length tells where it stands."""
    for size in range(60, 80):
        at = len(data) - size - 3
        if data[at] == 3 and data[at + 1] == size + 1 and data[at + 2] == 0:
            return data[: at + 2] + b"\1" + data[at + 3 :]
    raise AssertionError("no ECDSA signature at the end")
