"""What certificates are for: basic constraints, key usage, extended key usage; and extensions as such."""

from __future__ import annotations

from tests.x509 import der, makers
from tests.x509.makers import (
    ANY_PURPOSE,
    AUTHORITY_ACCESS,
    AUTHORITY_KEY,
    BASIC,
    CERT_SIGN,
    CLIENT_AUTH,
    CODE_SIGNING,
    CRL_POINTS,
    CRL_SIGN,
    DECIPHER_ONLY,
    DIGITAL_SIGNATURE,
    INHIBIT_ANY_POLICY,
    ISSUER_ALT_NAMES,
    KEY_AGREEMENT,
    KEY_ENCIPHERMENT,
    NON_REPUDIATION,
    POLICIES,
    POLICY_CONSTRAINTS,
    POLICY_MAPPINGS,
    PURPOSES,
    SERVER_AUTH,
    SUBJECT_KEY,
    UNKNOWN,
    USAGE,
    Extension,
    authority,
    basic,
    dns,
    leaf,
    purposes,
    uri,
    usage,
)
from tests.x509.scene import Case, Scene, add, also, drop, ext, put


def _basic(*parts: bytes) -> Extension:
    return Extension(BASIC, der.seq(*parts), True)


def _self_issued(scene: Scene) -> list[makers.Certificate]:
    """Leaf, intermediate, and the root's new key signed by its old one: not counted in path lengths."""
    rolled = authority("Root", scene.root, "ec256:new")
    below = authority("Intermediate 1", rolled)
    return [leaf(below), below, rolled]


BASIC_CONSTRAINTS = [
    Case("intermediate is no CA", "NOT_CA", inter=(ext(basic(False)),)),
    Case("intermediate without basic constraints", "NOT_CA", inter=(drop(BASIC),)),
    Case("intermediate is no CA but may sign", "NOT_CA", inter=(ext(basic(False), usage(CERT_SIGN)),)),
    Case("a leaf issues", "NOT_CA", chain=lambda s: [leaf(s.leaf).with_(subject=makers.name("Below")), s.leaf,
         *s.intermediates]),
    Case("upper of two intermediates is no CA", "NOT_CA", inter=(ext(basic(False)), None)),
    Case("not critical", "NONE", inter=(ext(basic(True, critical=False)),), laxer="pyca wants it to be critical"),
    Case("leaf without basic constraints", "NONE", leaf=drop(BASIC)),
    Case("leaf with empty basic constraints", "NONE", leaf=ext(basic(False))),
    Case("leaf with empty basic constraints, not critical", "NONE", leaf=ext(basic(False, critical=False))),
    Case("FALSE written out (X.690 §11.5)", "MALFORMED", leaf=ext(_basic(der.boolean(False)))),
    Case("TRUE as 01 (X.690 §11.1)", "MALFORMED", inter=(ext(_basic(der.tlv(1, b"\1"))),)),
    Case("boolean of two octets", "MALFORMED", inter=(ext(_basic(der.tlv(1, b"\xff\xff"))),)),
    Case("path length 0, nothing below", "NONE", inter=(ext(basic(True, 0)),)),
    Case("path length 0, an intermediate below", "PATH_LENGTH", inter=(ext(basic(True, 0)), None)),
    Case("path length 1, one intermediate below", "NONE", inter=(ext(basic(True, 1)), None)),
    Case("path length 1, two intermediates below", "PATH_LENGTH", inter=(ext(basic(True, 1)), None, None)),
    Case("path length 200", "NONE", inter=(ext(basic(True, 200)), None)),
    Case("path length of many octets", "NONE", inter=(ext(basic(True, 1 << 100)), None),
         laxer="pyca takes 8 bits only"),
    Case("path length of the anchor 0, nothing below", "NONE", inter=(), root=ext(basic(True, 0))),
    Case("path length of the anchor 0, an intermediate below", "PATH_LENGTH", root=ext(basic(True, 0))),
    Case("path length of the anchor 1, one below", "NONE", root=ext(basic(True, 1))),
    Case("path length, a self-issued one is not counted", "NONE", root=ext(basic(True, 1)), chain=_self_issued,
         laxer="pyca counts it"),
    Case("path length, one too many beside a self-issued one", "PATH_LENGTH", root=ext(basic(True, 0)),
         chain=_self_issued),
    Case("lower intermediate allows more than the upper", "PATH_LENGTH",
         inter=(ext(basic(True, 0)), ext(basic(True, 5)))),
    Case("negative path length", "MALFORMED", inter=(ext(basic(True, -1)),)),
    Case("path length without CA", "MALFORMED", leaf=ext(basic(False, 0))),
    Case("path length in front of CA", "MALFORMED", inter=(ext(_basic(der.integer(0), der.boolean(True))),)),
    Case("empty path length", "MALFORMED", inter=(ext(_basic(der.boolean(True), der.tlv(2, b""))),)),
    Case("path length with a zero too many", "MALFORMED", inter=(ext(_basic(der.boolean(True), der.tlv(2, b"\0\0"))),)),
    Case("something behind", "MALFORMED", inter=(ext(_basic(der.boolean(True), der.integer(0), der.null())),)),
    Case("value of no sequence", "MALFORMED", inter=(ext(Extension(BASIC, der.boolean(True), True)),)),
    Case("empty value", "MALFORMED", inter=(ext(Extension(BASIC, b"", True)),)),
    Case("octets behind the value", "MALFORMED", inter=(ext(Extension(BASIC, basic(True).value + b"\0", True)),)),
]  # fmt: skip

RSA = put(key="rsa2048")

KEY_USAGE = [
    Case("intermediate may not sign certificates", "NOT_CA", inter=(ext(usage(DIGITAL_SIGNATURE, CRL_SIGN)),)),
    Case("intermediate without key usage", "NONE", inter=(drop(USAGE),), laxer="pyca wants it in CAs"),
    Case("intermediate may do anything", "NONE", inter=(ext(usage(*range(9))),)),
    Case("anchor may not sign certificates", "anchor refused: NOT_CA", root=ext(usage(CRL_SIGN))),
    Case("leaf without key usage", "NONE", leaf=drop(USAGE)),
    Case("leaf signs", "NONE", leaf=ext(usage(DIGITAL_SIGNATURE))),
    Case("RSA leaf decrypts", "NONE", leaf=also(RSA, ext(usage(KEY_ENCIPHERMENT)))),
    Case("EC leaf agrees", "NONE", leaf=ext(usage(KEY_AGREEMENT))),
    Case("EC leaf decrypts", "KEY_USAGE", leaf=ext(usage(KEY_ENCIPHERMENT))),
    Case("RSA leaf agrees", "KEY_USAGE", leaf=also(RSA, ext(usage(KEY_AGREEMENT)))),
    Case("leaf does not repudiate, only", "KEY_USAGE", leaf=ext(usage(NON_REPUDIATION))),
    Case("leaf signs CRLs, only", "KEY_USAGE", leaf=ext(usage(CRL_SIGN))),
    Case("leaf signs certificates, too", "KEY_USAGE", leaf=ext(usage(DIGITAL_SIGNATURE, CERT_SIGN))),
    Case("nine bits", "NONE", leaf=ext(usage(DIGITAL_SIGNATURE, KEY_AGREEMENT, DECIPHER_ONLY))),
    Case("not critical", "NONE", leaf=ext(Extension(USAGE, usage(DIGITAL_SIGNATURE).value))),
    Case("no bit set", "MALFORMED", leaf=ext(Extension(USAGE, der.bits(b""), True))),
    Case("only zeros", "MALFORMED", leaf=ext(Extension(USAGE, der.bits(b"\0"), True))),
    Case("zeros at the end, as a public CA has it", "NONE", leaf=ext(Extension(USAGE, der.bits(b"\x80", 0), True))),
    Case("an octet of zeros at the end", "NONE", leaf=ext(Extension(USAGE, der.bits(b"\x80\0", 7), True))),
    Case("unused bits that are set", "MALFORMED", leaf=ext(Extension(USAGE, der.bits(b"\x83", 7), True))),
    Case("8 unused bits", "MALFORMED", leaf=ext(Extension(USAGE, der.bits(b"\x80", 8), True))),
    Case("three octets", "MALFORMED", leaf=ext(Extension(USAGE, der.bits(b"\x80\0\1"), True))),
    Case("no count of unused bits", "MALFORMED", leaf=ext(Extension(USAGE, der.tlv(3), True))),
    Case("an octet string", "MALFORMED", leaf=ext(Extension(USAGE, der.octets(b"\7\x80"), True))),
]  # fmt: skip

PURPOSE = "EXTENDED_KEY_USAGE"

PURPOSE_CASES = [
    Case("server", "NONE", leaf=ext(purposes(SERVER_AUTH))),
    Case("none", "NONE", leaf=drop(PURPOSES)),
    Case("client only", PURPOSE, leaf=ext(purposes(CLIENT_AUTH))),
    Case("code only", PURPOSE, leaf=ext(purposes(CODE_SIGNING))),
    Case("client and server", "NONE", leaf=ext(purposes(CLIENT_AUTH, SERVER_AUTH))),
    Case("any", "NONE", leaf=ext(purposes(ANY_PURPOSE)), laxer="pyca does not take anyExtendedKeyUsage"),
    Case("critical", "NONE", leaf=ext(purposes(SERVER_AUTH, critical=True)), laxer="pyca wants it not to be critical"),
    Case("critical, client only", PURPOSE, leaf=ext(purposes(CLIENT_AUTH, critical=True))),
    Case("an OID that begins like the right one", PURPOSE, leaf=ext(purposes(SERVER_AUTH + ".1"))),
    Case("an OID that the right one begins with", PURPOSE, leaf=ext(purposes("1.3.6.1.5.5.7.3"))),
    Case("20 others and the right one", "NONE", leaf=ext(purposes(*(f"1.3.6.1.4.1.99999.{i}" for i in range(20)),
         SERVER_AUTH))),
    Case("an OID of 300 octets", "MALFORMED", leaf=ext(Extension(PURPOSES, der.seq(
        der.tlv(6, b"\x2a" + b"\1" * 299))))),
    Case("OID with a zero in front of a number", "MALFORMED", leaf=ext(Extension(PURPOSES, der.seq(
        der.tlv(6, b"\x2b\x80\x06"))))),
    Case("OID that does not end", "MALFORMED", leaf=ext(Extension(PURPOSES, der.seq(der.tlv(6, b"\x2b\x86"))))),
    Case("empty OID", "MALFORMED", leaf=ext(Extension(PURPOSES, der.seq(der.tlv(6))))),
    Case("empty list", "MALFORMED", leaf=ext(purposes())),
    Case("not an OID", "MALFORMED", leaf=ext(Extension(PURPOSES, der.seq(der.integer(1))))),
    Case("intermediate for servers", "NONE", inter=(ext(purposes(SERVER_AUTH)),)),
    Case("intermediate for clients", PURPOSE, inter=(ext(purposes(CLIENT_AUTH)),)),
    Case("intermediate for anything", "NONE", inter=(ext(purposes(ANY_PURPOSE)),)),
    Case("upper intermediate for code", PURPOSE, inter=(ext(purposes(CODE_SIGNING)), None)),
    Case("anchor for clients: an anchor is trusted for what its owner says", "NONE",
         root=ext(purposes(CLIENT_AUTH)), laxer="pyca checks it"),
]  # fmt: skip


def _policies(*oids: str) -> bytes:
    return der.seq(*(der.seq(der.oid(o)) for o in oids))


ANY_POLICY = "2.5.29.32.0"
CRITICAL = "CRITICAL_EXTENSION"


def _unknown(number: int, critical: bool = False) -> Extension:
    return Extension(f"{UNKNOWN}.{number}", b"anything", critical)


def _double(extension: Extension) -> Case:
    return Case(f"twice: {extension.oid}", "DUPLICATE_EXTENSION", leaf=also(ext(extension), add(extension)))


ACCESS = der.seq(der.seq(der.oid("1.3.6.1.5.5.7.48.1"), uri("http://ocsp.example.org/")))
POINTS = der.seq(der.seq(der.explicit(0, der.explicit(0, uri("http://crl.example.org/x.crl")))))

EXTENSIONS = [
    Case("unknown", "NONE", leaf=add(_unknown(1))),
    Case("unknown, critical", CRITICAL, leaf=add(_unknown(1, True))),
    Case("unknown, critical, in the intermediate", CRITICAL, inter=(add(_unknown(1, True)),)),
    Case("unknown, critical, in the anchor", "NONE", root=add(_unknown(1, True)), laxer="pyca looks at anchors, too"),
    Case("unknown, critical, in an unrelated certificate", "NONE", chain=lambda s: [
        s.leaf, authority("Unrelated").append(_unknown(1, True)), *s.intermediates]),
    Case("16 unknown ones", "NONE", leaf=add(*(_unknown(i) for i in range(16)))),
    Case("more unknown ones than can be told apart", "LIMIT", leaf=add(*(_unknown(i) for i in range(17)))),
    Case("more than the limit", "LIMIT", leaf=add(*(_unknown(i) for i in range(33)))),
    Case("an empty value", "NONE", leaf=add(Extension(UNKNOWN, b""))),
    Case("a large value", "NONE", leaf=add(Extension(UNKNOWN, b"x" * 20000))),
    Case("certificate beyond 64 KB", "LIMIT", leaf=add(Extension(UNKNOWN, b"x" * 70000))),
    Case("policies", "NONE", leaf=add(Extension(POLICIES, _policies(ANY_POLICY)))),
    Case("policies, critical", "NONE", leaf=add(Extension(POLICIES, _policies("2.23.140.1.2.1"), True)),
         laxer="pyca refuses it as unknown"),
    Case("policy mappings, critical", "NONE", inter=(add(Extension(POLICY_MAPPINGS, der.seq(der.seq(
        der.oid("1.2.3"), der.oid("1.2.4"))), True)),), laxer="pyca refuses it as unknown"),
    Case("policy constraints, critical", "NONE", inter=(add(Extension(POLICY_CONSTRAINTS, der.seq(
        der.context(1, b"\0")), True)),), laxer="pyca refuses it as unknown"),
    Case("inhibitAnyPolicy, critical", "NONE", inter=(add(Extension(INHIBIT_ANY_POLICY, der.integer(0), True)),),
         laxer="pyca refuses it as unknown"),
    Case("authority information access", "NONE", leaf=add(Extension(AUTHORITY_ACCESS, ACCESS))),
    Case("authority information access, critical (RFC 5280 §4.2.2.1)", CRITICAL,
         leaf=add(Extension(AUTHORITY_ACCESS, ACCESS, True))),
    Case("CRL distribution points", "NONE", leaf=add(Extension(CRL_POINTS, POINTS))),
    Case("CRL distribution points, critical: we read no CRLs", CRITICAL, leaf=add(Extension(CRL_POINTS, POINTS, True))),
    Case("issuer alternative name", "NONE", leaf=add(Extension(ISSUER_ALT_NAMES, der.seq(dns("ca.example"))))),
    Case("issuer alternative name, critical", CRITICAL,
         leaf=add(Extension(ISSUER_ALT_NAMES, der.seq(dns("ca.example")), True))),
    Case("key identifiers missing", "NONE", leaf=drop(SUBJECT_KEY, AUTHORITY_KEY), inter=(
        drop(SUBJECT_KEY, AUTHORITY_KEY),)),
    Case("key identifiers of other keys: hints only", "NONE", leaf=ext(
        Extension(AUTHORITY_KEY, der.seq(der.context(0, b"\1" * 20))))),
    Case("authority key identifier, critical (RFC 5280 §4.2.1.1)", CRITICAL, leaf=ext(
        Extension(AUTHORITY_KEY, der.seq(der.context(0, b"\1" * 20)), True))),
    _double(usage(DIGITAL_SIGNATURE)),
    _double(purposes(SERVER_AUTH)),
    _double(makers.alt_names(dns("www.example.org"))),
    _double(basic(False)),
    _double(Extension(SUBJECT_KEY, der.octets(b"\1" * 20))),
    _double(_unknown(7)),
    Case("twice, in the intermediate", "DUPLICATE_EXTENSION", inter=(add(basic(True)),)),
    Case("twice, with other values", "DUPLICATE_EXTENSION", leaf=add(makers.alt_names(dns("a.example")))),
    Case("empty list", "MALFORMED", leaf=put(raw_extensions=der.explicit(3, der.seq()))),
    Case("not a list", "MALFORMED", leaf=put(raw_extensions=der.explicit(3, der.null()))),
    Case("nothing in the field", "MALFORMED", leaf=put(raw_extensions=der.explicit(3))),
    Case("two lists", "MALFORMED", leaf=lambda c: c.with_(raw_extensions=2 * der.explicit(3, der.seq(
        *(e.der for e in c.extensions))))),
    Case("critical FALSE written out", "MALFORMED", leaf=put(raw_extensions=der.explicit(3, der.seq(der.seq(
        der.oid(UNKNOWN), der.boolean(False), der.octets(b"")))))),
    Case("extension without a value", "MALFORMED", leaf=put(raw_extensions=der.explicit(3, der.seq(der.seq(
        der.oid(UNKNOWN)))))),
    Case("extension without an OID", "MALFORMED", leaf=put(raw_extensions=der.explicit(3, der.seq(der.seq(
        der.octets(b"")))))),
    Case("extension with a fourth field", "MALFORMED", leaf=put(raw_extensions=der.explicit(3, der.seq(der.seq(
        der.oid(UNKNOWN), der.octets(b""), der.null()))))),
]  # fmt: skip
