"""Names of servers, and constraints of CAs on names."""

from __future__ import annotations

from tests.x509 import der, makers
from tests.x509.makers import (
    ALT_NAMES,
    Certificate,
    Extension,
    alt_names,
    authority,
    constraints,
    directory,
    dns,
    email,
    ip,
    leaf,
    rdn,
    uri,
)
from tests.x509.scene import Case, add, also, drop, ext, names, put, server

WRONG = "WRONG_NAME"
LONG_LABEL = "a" * 63
LONG_NAME = ".".join([LONG_LABEL] * 3 + ["b" * 61])  # 253 characters

NAMES = [
    Case("exact", "NONE"),
    Case("another name", WRONG, settings=server("example.org")),
    Case("second of two", "NONE", leaf=names(dns("a.example.org"), dns("www.example.org"))),
    Case("capitals in the certificate", "NONE", leaf=names(dns("WWW.Example.ORG"))),
    Case("capitals in what is asked for", "NONE", settings=server("WWW.EXAMPLE.org")),
    Case("trailing dot in what is asked for", "NONE", settings=server("www.example.org.")),
    Case("trailing dot in the certificate", WRONG, leaf=names(dns("www.example.org."))),
    Case("prefix", WRONG, leaf=names(dns("www.example.or"))),
    Case("suffix", WRONG, leaf=names(dns("w.example.org"))),
    Case("more in front", WRONG, leaf=names(dns("a.www.example.org"))),
    Case("NUL behind the name", WRONG, leaf=names(dns(b"www.example.org\0.evil.example"))),
    Case("NUL in front of a name", WRONG, leaf=names(dns(b"evil.example\0www.example.org"))),
    Case("space behind the name", WRONG, leaf=names(dns("www.example.org "))),
    Case("no SAN, name in CN (RFC 9525 §2)", WRONG, leaf=also(drop(ALT_NAMES), put(
        subject=makers.name("www.example.org")))),
    Case("SAN with another name, name in CN", WRONG, leaf=also(names(dns("other.example.org")), put(
        subject=makers.name("www.example.org")))),
    Case("name as e-mail address", WRONG, leaf=names(email("www.example.org"))),
    Case("name as URI", WRONG, leaf=names(uri("https://www.example.org/"))),
    Case("name in other kinds beside", "NONE", leaf=names(
        email("a@example.org"), uri("https://www.example.org/"), directory(makers.name("x")), dns("www.example.org"))),
    Case("name of another kind only", WRONG, leaf=names(directory(makers.name("www.example.org")))),
    Case("wildcard", "NONE", leaf=names(dns("*.example.org"))),
    Case("wildcard, capitals", "NONE", leaf=names(dns("*.EXAMPLE.ORG"))),
    Case("wildcard and trailing dot in what is asked for", "NONE", leaf=names(dns("*.example.org")),
         settings=server("www.example.org.")),
    Case("wildcard does not stand for nothing", WRONG, leaf=names(dns("*.example.org")),
         settings=server("example.org")),
    Case("wildcard does not stand for two labels", WRONG, leaf=names(dns("*.example.org")),
         settings=server("a.www.example.org")),
    Case("wildcard in the second label", WRONG, leaf=names(dns("www.*.org"))),
    Case("wildcard in part of a label", WRONG, leaf=names(dns("w*.example.org"))),
    Case("wildcard behind letters", WRONG, leaf=names(dns("*w.example.org"))),
    Case("wildcard in an IDN label", WRONG, leaf=names(dns("xn--*.example.org")), settings=server("xn--a.example.org")),
    Case("wildcard for an A-label", "NONE", leaf=names(dns("*.example.org")),
         settings=server("xn--bcher-kva.example.org")),
    Case("two wildcards", WRONG, leaf=names(dns("*.*.org"))),
    Case("wildcard alone", WRONG, leaf=names(dns("*"))),
    Case("wildcard alone, single label", WRONG, leaf=names(dns("*")), settings=server("localhost")),
    Case("wildcard and a dot", WRONG, leaf=names(dns("*."))),
    Case("wildcard of a top-level domain", WRONG, leaf=names(dns("*.org")), settings=server("example.org")),
    Case("wildcard for an address", WRONG, leaf=names(dns("*.0.2.1")), settings=server("192.0.2.1")),
    Case("A-label", "NONE", leaf=names(dns("xn--bcher-kva.example")), settings=server("xn--bcher-kva.example")),
    Case("single label", "NONE", leaf=names(dns("localhost")), settings=server("localhost")),
    Case("underscore", "NONE", leaf=names(dns("my_host.example.org")), settings=server("my_host.example.org"),
         laxer="pyca takes no underscore"),
    Case("longest name", "NONE", leaf=names(dns(LONG_NAME)), settings=server(LONG_NAME)),
    Case("name that is too long", "MALFORMED", leaf=names(dns(LONG_NAME + "b"))),
    Case("name of 300 characters", "MALFORMED", leaf=names(dns("a." * 150))),
    Case("name beyond ASCII", "MALFORMED", leaf=names(dns("b\u00fccher.example"), dns("www.example.org"))),
    Case("empty name", "MALFORMED", leaf=names(dns(""), dns("www.example.org"))),
    Case("empty SAN", "MALFORMED", leaf=names()),
    Case("unknown kind of name", "MALFORMED", leaf=names(der.context(9, b"a"), dns("www.example.org"))),
    Case("constructed DNS name", "MALFORMED", leaf=names(der.explicit(2, der.tlv(der.IA5, b"www.example.org")))),
    Case("name of a universal type", "MALFORMED", leaf=names(der.tlv(der.IA5, b"www.example.org"))),
    Case("100 names, the last one fits", "NONE", leaf=names(
        *(dns(f"host-{i}.example.org") for i in range(99)), dns("www.example.org"))),
    Case("more names than the limit", "LIMIT", leaf=names(*(dns("a") for _ in range(1001)))),
    Case("name in the intermediate only", WRONG, leaf=drop(ALT_NAMES), inter=(add(alt_names(dns("www.example.org"))),)),
]  # fmt: skip

IPV6 = "2001:db8::1"

ADDRESSES = [
    Case("IPv4", "NONE", leaf=names(ip("192.0.2.1")), settings=server("192.0.2.1")),
    Case("IPv4, another", WRONG, leaf=names(ip("192.0.2.2")), settings=server("192.0.2.1")),
    Case("IPv4 as DNS name", WRONG, leaf=names(dns("192.0.2.1")), settings=server("192.0.2.1")),
    Case("IPv4 as CN", WRONG, leaf=also(drop(ALT_NAMES), put(subject=makers.name("192.0.2.1"))),
         settings=server("192.0.2.1")),
    Case("IPv6", "NONE", leaf=names(ip(IPV6)), settings=server(IPV6)),
    Case("IPv6, in brackets", "NONE", leaf=names(ip(IPV6)), settings=server(f"[{IPV6}]")),
    Case("IPv6, written in full", "NONE", leaf=names(ip(IPV6)), settings=server("2001:0DB8:0:0:0:0:0:1")),
    Case("IPv6, IPv4 at its end", "NONE", leaf=names(ip("::ffff:192.0.2.1")), settings=server("::ffff:192.0.2.1")),
    Case("IPv6, unspecified", "NONE", leaf=names(ip("::")), settings=server("::")),
    Case("IPv6, gap at the end", "NONE", leaf=names(ip("2001:db8::")), settings=server("2001:db8::")),
    Case("IPv6, another", WRONG, leaf=names(ip("2001:db8::2")), settings=server(IPV6)),
    Case("IPv6, two gaps", "no server name", settings=server("2001::1::2")),
    Case("IPv6, nine groups", "no server name", settings=server("1:2:3:4:5:6:7:8:9")),
    Case("IPv6, seven groups", "no server name", settings=server("1:2:3:4:5:6:7")),
    Case("IPv6, one colon at the end", "no server name", settings=server("2001:db8::1:")),
    Case("IPv6 with a zone", "no server name", settings=server("fe80::1%eth0")),
    Case("IPv6, bracket open", "no server name", settings=server("[2001:db8::1")),
    Case("IPv4 is no IPv6", WRONG, leaf=names(ip("::ffff:192.0.2.1")), settings=server("192.0.2.1")),
    Case("IPv4 with a leading zero", "no server name", settings=server("192.0.02.1")),
    Case("IPv4 beyond 255", "no server name", settings=server("192.0.2.256")),
    Case("address beside a name", "NONE", leaf=names(dns("www.example.org"), ip("192.0.2.1")),
         settings=server("192.0.2.1")),
    Case("name asked for, address there", WRONG, leaf=names(ip("192.0.2.1"))),
    Case("address of 5 octets", "MALFORMED", leaf=names(dns("www.example.org"), der.context(7, b"\xc0\0\2\1\0"))),
    Case("address and mask", "MALFORMED", leaf=names(
        dns("www.example.org"), der.context(7, b"\xc0\0\2\0\xff\xff\xff\0"))),
    Case("empty address", "MALFORMED", leaf=names(dns("www.example.org"), der.context(7, b""))),
]  # fmt: skip

CONSTRAINT = "NAME_CONSTRAINT"
UNSUPPORTED = "NAME_CONSTRAINT_UNSUPPORTED"


def many(count: int) -> list[bytes]:
    return [dns(f"{i}.example.org") for i in range(count)]


DNS_CONSTRAINTS = [
    Case("permitted, within", "NONE", inter=(ext(constraints([dns("example.org")])),)),
    Case("permitted, the name itself", "NONE", inter=(ext(constraints([dns("www.example.org")])),)),
    Case("permitted, capitals", "NONE", inter=(ext(constraints([dns("EXAMPLE.Org")])),)),
    Case("permitted, outside", CONSTRAINT, inter=(ext(constraints([dns("example.com")])),)),
    Case("permitted, label ends differ", CONSTRAINT, inter=(ext(constraints([dns("ample.org")])),)),
    Case("permitted, deeper than the name", CONSTRAINT, inter=(ext(constraints([dns("a.www.example.org")])),)),
    Case("permitted, second of two", "NONE", inter=(ext(constraints([dns("example.com"), dns("example.org")])),)),
    Case("permitted, one of two names outside", CONSTRAINT, leaf=names(dns("www.example.org"), dns("www.example.com")),
         inter=(ext(constraints([dns("example.org")])),)),
    Case("permitted, name asked for is the good one of two", CONSTRAINT,
         leaf=names(dns("www.example.com"), dns("www.example.org")), inter=(ext(constraints([dns("example.org")])),)),
    Case("permitted everything", "NONE", inter=(ext(constraints([dns("")])),), laxer="pyca takes no empty pattern"),
    Case("excluded everything", CONSTRAINT, inter=(ext(constraints((), [dns("")])),)),
    Case("excluded, within", CONSTRAINT, inter=(ext(constraints((), [dns("example.org")])),)),
    Case("excluded, the name itself", CONSTRAINT, inter=(ext(constraints((), [dns("www.example.org")])),)),
    Case("excluded, capitals", CONSTRAINT, inter=(ext(constraints((), [dns("EXAMPLE.ORG")])),)),
    Case("excluded, outside", "NONE", inter=(ext(constraints((), [dns("example.com")])),)),
    Case("excluded, deeper than the name", "NONE", inter=(ext(constraints((), [dns("a.www.example.org")])),)),
    Case("permitted and excluded", CONSTRAINT, inter=(ext(constraints([dns("org")], [dns("www.example.org")])),)),
    Case("permitted, another part excluded", "NONE",
         inter=(ext(constraints([dns("org")], [dns("mail.example.org")])),)),
    Case("wildcard within permitted", "NONE", leaf=names(dns("*.example.org")),
         inter=(ext(constraints([dns("example.org")])),)),
    Case("wildcard wider than permitted", CONSTRAINT, leaf=names(dns("*.example.org")),
         inter=(ext(constraints([dns("www.example.org")])),)),
    Case("wildcard may stand for what is excluded", CONSTRAINT, leaf=names(dns("*.example.org")),
         inter=(ext(constraints((), [dns("mail.example.org")])),)),
    Case("wildcard cannot stand for what is excluded", "NONE", leaf=names(dns("*.example.org")),
         inter=(ext(constraints((), [dns("a.mail.example.org")])),)),
    Case("of the anchor", CONSTRAINT, root=ext(constraints([dns("example.com")]))),
    Case("of the anchor, within", "NONE", root=ext(constraints([dns("example.org")]))),
    Case("of the anchor, leaf directly below", CONSTRAINT, inter=(), root=ext(constraints([dns("example.com")]))),
    Case("of the anchor, one of two anchors lets it through", "NONE", root=ext(constraints([dns("example.com")])),
         anchors=lambda s: [s.root, s.root.extend(constraints([dns("example.org")]))]),
    Case("of the upper of two intermediates", CONSTRAINT, inter=(ext(constraints([dns("example.com")])), None)),
    Case("of the lower of two intermediates", CONSTRAINT, inter=(None, ext(constraints([dns("example.com")])))),
    Case("of both, intersecting", "NONE",
         inter=(ext(constraints([dns("org")])), ext(constraints([dns("example.org")])))),
    Case("of both, each lets only one name through", CONSTRAINT,
         leaf=names(dns("www.example.org"), dns("www.example.com")),
         inter=(ext(constraints([dns("example.org")])), ext(constraints([dns("example.com")])))),
    Case("on a name of the intermediate below", CONSTRAINT,
         inter=(ext(constraints([dns("example.org")])), add(alt_names(dns("ca.example.com"))))),
    Case("not on the CA's own names", "NONE", inter=(add(constraints([dns("example.org")]),
         alt_names(dns("ca.example.com"))),), laxer="pyca refuses DNS names of CAs"),
    Case("not on the CA's own names, in the other order", "NONE", inter=(add(alt_names(dns("ca.example.com")),
         constraints([dns("example.org")])),), laxer="pyca refuses DNS names of CAs"),
    Case("not on self-issued intermediates (RFC 5280 §6.1.3 (b))", "NONE",
         root=ext(constraints([dns("example.org")])),
         chain=lambda s: [_rolled(s), authority("Root", s.root, "ec256:new").append(alt_names(dns("ca.example.com")))]),
    Case("leaf without names of the kind", "NONE", leaf=names(ip("192.0.2.1")), settings=server("192.0.2.1"),
         inter=(ext(constraints([dns("example.com")])),)),
    Case("not critical, outside", CONSTRAINT, inter=(ext(constraints([dns("example.com")], critical=False)),)),
    Case("leading dot", "MALFORMED", inter=(ext(constraints([dns(".example.org")])),)),
    Case("trailing dot", "MALFORMED", inter=(ext(constraints((), [dns("example.org.")])),)),
    Case("NUL in what is excluded", "MALFORMED", inter=(ext(constraints((), [dns(b"mail\0example.org")])),)),
    Case("space in what is excluded", "MALFORMED", inter=(ext(constraints((), [dns("mail example.org")])),)),
    Case("two dots in what is excluded", "MALFORMED", inter=(ext(constraints((), [dns("mail..org")])),)),
    Case("octets beyond ASCII in what is excluded", "MALFORMED", inter=(ext(constraints((), [dns(b"\xff.org")])),)),
    Case("on a name that is none, permitted", CONSTRAINT, inter=(ext(constraints([dns("example.org")])),),
         leaf=names(dns("www.example.org"), dns(b"\0.example.org"))),
    Case("on a name that is none, something else excluded", CONSTRAINT,
         inter=(ext(constraints((), [dns("example.com")])),),
         leaf=names(dns("www.example.org"), dns(b"\0.example.org"))),
    Case("wildcard as constraint", "MALFORMED", inter=(ext(constraints([dns("*.example.org")])),)),
    Case("minimum written out", "MALFORMED", inter=(ext(constraints([dns("org")], tail=der.context(0, b"\0"))),)),
    Case("maximum", "MALFORMED", inter=(ext(constraints([dns("org")], tail=der.context(1, b"\1"))),)),
    Case("subtree without a base", "MALFORMED", inter=(ext(Extension(makers.CONSTRAINTS, der.seq(
        der.explicit(0, der.seq())), True)),)),
    Case("list without a subtree", "MALFORMED", inter=(ext(Extension(makers.CONSTRAINTS, der.seq(
        der.explicit(0)), True)),)),
    Case("as many subtrees as the limit", "NONE", inter=(ext(constraints([*many(127), dns("example.org")])),)),
    Case("more subtrees than the limit", "LIMIT", inter=(ext(constraints([*many(128), dns("example.org")])),)),
    Case("more names than can be kept", "NAMES_TOO_MANY", leaf=names(dns("www.example.org"), *many(30)),
         inter=(ext(constraints([dns("example.org")])),)),
    Case("more names than can be kept, nothing is said of DNS", "NONE", leaf=names(dns("www.example.org"), *many(30)),
         inter=(ext(constraints([ip("192.0.2.0/24")])),)),
    Case("names lost beside, in an intermediate", "NAMES_TOO_MANY", root=ext(constraints([dns("example.org")])),
         inter=(add(alt_names(*many(30))),)),
]  # fmt: skip


def _rolled(scene: object) -> makers.Certificate:
    """A leaf below the root's new key."""
    return leaf(authority("Root", key_name="ec256:new"))


LEAF_V4 = names(dns("www.example.org"), ip("192.0.2.1"))
LEAF_V6 = names(dns("www.example.org"), ip(IPV6))

IP_CONSTRAINTS = [
    Case("permitted, within", "NONE", leaf=LEAF_V4, inter=(ext(constraints([ip("192.0.2.0/24")])),)),
    Case("permitted, outside", CONSTRAINT, leaf=LEAF_V4, inter=(ext(constraints([ip("198.51.100.0/24")])),)),
    Case("permitted, exactly", "NONE", leaf=LEAF_V4, inter=(ext(constraints([ip("192.0.2.1/32")])),)),
    Case("permitted, everything", "NONE", leaf=LEAF_V4, inter=(ext(constraints([ip("0.0.0.0/0")])),)),
    Case("permitted, mask within an octet", "NONE", leaf=LEAF_V4, inter=(ext(constraints([ip("192.0.0.0/22")])),)),
    Case("permitted, mask within an octet, outside", CONSTRAINT, leaf=LEAF_V4,
         inter=(ext(constraints([ip("192.0.4.0/22")])),)),
    Case("excluded, within", CONSTRAINT, leaf=LEAF_V4, inter=(ext(constraints((), [ip("192.0.2.0/24")])),)),
    Case("excluded, outside", "NONE", leaf=LEAF_V4, inter=(ext(constraints((), [ip("198.51.100.0/24")])),)),
    Case("IPv6 permitted, within", "NONE", leaf=LEAF_V6, inter=(ext(constraints([ip("2001:db8::/32")])),)),
    Case("IPv6 permitted, outside", CONSTRAINT, leaf=LEAF_V6, inter=(ext(constraints([ip("2001:db9::/32")])),)),
    Case("IPv6 excluded, within", CONSTRAINT, leaf=LEAF_V6, inter=(ext(constraints((), [ip("2001:db8::/32")])),)),
    Case("IPv4 permitted, address is IPv6", CONSTRAINT, leaf=LEAF_V6, inter=(ext(constraints([ip("0.0.0.0/0")])),)),
    Case("IPv4 and IPv6 permitted", "NONE", leaf=LEAF_V6,
         inter=(ext(constraints([ip("0.0.0.0/0"), ip("2001:db8::/32")])),)),
    Case("IPv4 excluded, address is IPv6", "NONE", leaf=LEAF_V6, inter=(ext(constraints((), [ip("0.0.0.0/0")])),)),
    Case("leaf without addresses", "NONE", inter=(ext(constraints([ip("192.0.2.0/24")])),)),
    Case("address of 4 octets as constraint", "MALFORMED", leaf=LEAF_V4, inter=(ext(constraints([ip("192.0.2.1")])),)),
    Case("mask with a hole", "MALFORMED", leaf=LEAF_V4, inter=(ext(constraints([
        der.context(7, b"\xc0\0\2\0\xff\0\xff\0")])),)),
    Case("mask with a hole in an octet", "MALFORMED", leaf=LEAF_V4, inter=(ext(constraints([
        der.context(7, b"\xc0\0\2\0\xff\xff\xa0\0")])),)),
    Case("more addresses than can be kept", "NAMES_TOO_MANY",
         leaf=names(dns("www.example.org"), *(ip(f"192.0.2.{i}") for i in range(60))),
         inter=(ext(constraints([ip("192.0.2.0/24")])),)),
]  # fmt: skip


def _with_email(certificate: Certificate) -> Certificate:
    return certificate.with_(subject=makers.name("Mail", rdn(makers.EMAIL, "a@example.org", der.IA5)))


MAIL_LEAF = names(dns("www.example.org"), email("a@example.org"))

OTHER_CONSTRAINTS = [
    Case("directory names", UNSUPPORTED, inter=(ext(constraints([directory(makers.name("x"))])),)),
    Case("directory names excluded", UNSUPPORTED, inter=(ext(constraints((), [directory(makers.name("x"))])),)),
    Case("directory names, leaf without a subject", "NONE", leaf=also(
        put(subject=der.seq()), names(dns("www.example.org"), critical=True)),
        inter=(ext(constraints([directory(makers.name("x"))])),), laxer="pyca knows no such constraints"),
    Case("e-mail, none there", "NONE", inter=(ext(constraints([email("example.org")])),)),
    Case("e-mail, one there", UNSUPPORTED, leaf=MAIL_LEAF, inter=(ext(constraints([email("example.org")])),)),
    Case("e-mail, one in the subject", UNSUPPORTED, leaf=put(subject=makers.name("Leaf", rdn(
        makers.EMAIL, "a@example.org", der.IA5))), inter=(ext(constraints([email("example.org")])),)),
    Case("e-mail there, DNS constrained", "NONE", leaf=MAIL_LEAF, inter=(ext(constraints([dns("example.org")])),)),
    Case("e-mail, one in an unrelated certificate", "NONE", inter=(ext(constraints([email("example.org")])),),
         chain=lambda s: [s.leaf, _with_email(authority("Unrelated")), *s.intermediates]),
    Case("e-mail, one in the intermediate below", UNSUPPORTED,
         inter=(ext(constraints([email("example.org")])), _with_email)),
    Case("URI, none there", "NONE", inter=(ext(constraints([uri("example.org")])),)),
    Case("URI, one there", UNSUPPORTED, leaf=names(dns("www.example.org"), uri("https://www.example.org/")),
         inter=(ext(constraints([uri("example.org")])),)),
    Case("unknown kind", "MALFORMED", inter=(ext(constraints([der.context(12, b"a")])),)),
    Case("universal type", "MALFORMED", inter=(ext(constraints([der.tlv(der.IA5, b"example.org")])),)),
    Case("private type", "MALFORMED", inter=(ext(constraints([der.tlv(0xC1, b"example.org")])),)),
    Case("e-mail, constructed", "MALFORMED", inter=(ext(constraints([der.explicit(1, der.null())])),)),
    Case("e-mail beyond ASCII", "MALFORMED", inter=(ext(constraints([der.context(1, b"\xff")])),)),
]  # fmt: skip
