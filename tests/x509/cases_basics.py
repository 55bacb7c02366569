"""Chains, dates, modes, versions and serial numbers."""

from __future__ import annotations

import datetime

from tests.x509 import der, makers
from tests.x509.makers import (
    CLIENT_AUTH,
    CONSTRAINTS,
    NOW,
    PURPOSES,
    SERVER_AUTH,
    UNKNOWN,
    Certificate,
    Extension,
    alt_names,
    authority,
    basic,
    dns,
    leaf,
)
from tests.x509.native import Settings
from tests.x509.scene import Case, Scene, add, also, drop, ext, put, server

SECOND, DAY = datetime.timedelta(seconds=1), datetime.timedelta(days=1)


def _unrelated(_: Scene) -> Certificate:
    return authority("Unrelated")


def _other_key(c: Certificate) -> Certificate:
    """The same certificate with another key, self-signed with it."""
    return c.with_(key="ec256:other", signer="ec256:other", issuer=c.subject)


def _flip_signature(c: Certificate) -> Certificate:
    return c.with_(signature_hook=lambda s: s[:-1] + bytes([s[-1] ^ 1]))


def _self_signed(c: Certificate) -> Certificate:
    return c.with_(issuer=c.subject, signer=c.key).drop(makers.AUTHORITY_KEY)


def _other_serial(s: Scene) -> Certificate:
    return s.leaf.with_(serial=der.integer(99))


CHAIN = [
    Case("leaf from the root", "NONE", inter=()),
    Case("one intermediate", "NONE"),
    Case("two intermediates", "NONE", inter=(None, None)),
    Case("as many as the limit allows", "NONE", inter=(None,) * 9),
    Case("one more than the limit", "LIMIT", inter=(None,) * 10),
    Case("root sent along", "NONE", chain=lambda s: [s.leaf, *s.intermediates, s.root]),
    Case("unrelated certificate at the end", "NONE", chain=lambda s: [s.leaf, *s.intermediates, _unrelated(s)]),
    Case("unrelated certificate in between", "NONE", chain=lambda s: [s.leaf, _unrelated(s), *s.intermediates]),
    Case("root before the intermediate", "NONE", chain=lambda s: [s.leaf, s.root, *s.intermediates]),
    Case("intermediate twice", "NONE", chain=lambda s: [s.leaf, *s.intermediates, *s.intermediates]),
    Case("garbage behind the path", "NONE", chain=lambda s: [s.leaf, *s.intermediates, b"\x30\x03abc"],
         laxer="pyca parses all that was sent"),
    Case("garbage within the path", "MALFORMED", chain=lambda s: [s.leaf, b"\x30\x03abc", *s.intermediates]),
    Case(
        "intermediates in the wrong order", "NONE", inter=(None, None), chain=lambda s: [s.leaf, *s.intermediates]
    ),
    Case("three intermediates upside down, and the root first", "NONE", inter=(None,) * 3,
         chain=lambda s: [s.leaf, s.root, *s.intermediates]),
    Case("upside down with a stranger and one twice", "NONE", inter=(None, None),
         chain=lambda s: [s.leaf, s.intermediates[0], _unrelated(s), s.intermediates[0], s.intermediates[1]]),
    Case("upside down without memory for copies", "UNKNOWN_CA", inter=(None, None), settings=Settings(copies=0),
         chain=lambda s: [s.leaf, *s.intermediates]),
    Case("upside down below another root", "UNKNOWN_CA", inter=(None, None), anchors=lambda s: [_unrelated(s)],
         chain=lambda s: [s.leaf, *s.intermediates]),
    Case("an expired version of the intermediate first", "NONE", chain=lambda s: [
        s.leaf, s.intermediates[0].with_(not_after=NOW - DAY), *s.intermediates]),
    Case("only an expired version, upside down", "EXPIRED", inter=(None, put(not_after=NOW - DAY)),
         chain=lambda s: [s.leaf, *s.intermediates]),
    Case("intermediates that certify each other", "UNKNOWN_CA", inter=(None, None), chain=lambda s: [
        s.leaf, s.intermediates[1],
        s.intermediates[0].with_(issuer=s.intermediates[1].subject, signer=s.intermediates[1].key)]),
    Case("leaf last", "SELF_SIGNED", chain=lambda s: [s.root, *s.intermediates, s.leaf]),
    Case("intermediate missing", "UNKNOWN_CA", chain=lambda s: [s.leaf]),
    Case("nothing sent", "EMPTY", chain=lambda s: []),
    Case("no anchors", "UNKNOWN_CA", anchors=lambda s: []),
    Case("another anchor", "UNKNOWN_CA", anchors=lambda s: [_unrelated(s)]),
    Case("anchor among others", "NONE", anchors=lambda s: [_unrelated(s), s.root, authority("Third")]),
    Case("intermediate is the anchor", "NONE", anchors=lambda s: s.intermediates),
    Case("intermediate is the anchor, not sent", "NONE", chain=lambda s: [s.leaf], anchors=lambda s: s.intermediates),
    Case("anchor of the right name with another key", "BAD_SIGNATURE", anchors=lambda s: [_other_key(s.root)]),
    Case("two anchors of the same name, the second fits", "NONE", anchors=lambda s: [_other_key(s.root), s.root]),
    Case(
        "more anchors of the same name than are tried",
        "BAD_SIGNATURE",
        anchors=lambda s: [*(s.root.with_(key=f"ec256:{i}", signer=f"ec256:{i}") for i in range(4)), s.root],
    ),
    Case(
        "two intermediates of the same name, the second fits",
        "NONE",
        chain=lambda s: [s.leaf, s.intermediates[0].with_(key="ec256:other"), s.intermediates[0]],
    ),
    Case(
        "intermediate of the right name with another key",
        "BAD_SIGNATURE",
        chain=lambda s: [s.leaf, s.intermediates[0].with_(key="ec256:other")],
    ),
    Case("leaf's signature changed", "BAD_SIGNATURE", leaf=_flip_signature),
    Case("intermediate's signature changed", "BAD_SIGNATURE", inter=(_flip_signature,)),
    Case("anchor's own signature is of no interest", "NONE", root=_flip_signature),
    Case("leaf signed by itself in the name of the CA", "BAD_SIGNATURE", leaf=put(signer="ec256:leaf")),
    Case("issuer's name in another string type", "UNKNOWN_CA", leaf=put(
        issuer=der.seq(makers.rdn(makers.COMMON_NAME, "Intermediate 1", der.PRINTABLE)))),
    Case("self-signed", "SELF_SIGNED", leaf=_self_signed, chain=lambda s: [s.leaf]),
    Case("self-signed CA as a server", "SELF_SIGNED", leaf=also(_self_signed, ext(basic(True))),
         chain=lambda s: [s.leaf]),
    Case("self-signed in the name of the anchor", "BAD_SIGNATURE", chain=lambda s: [
        leaf(s.root).with_(subject=s.root.subject, signer="ec256:leaf")]),
    Case("self-issued leaf, signed by a CA of that name", "NONE", chain=lambda s: [
        leaf(s.root).with_(subject=s.root.subject)]),
    Case("self-signed and trusted itself", "NONE", leaf=_self_signed, chain=lambda s: [s.leaf],
         anchors=lambda s: [s.leaf]),
    Case("trusted itself, signed by an unknown CA", "NONE", chain=lambda s: [s.leaf], anchors=lambda s: [s.leaf]),
    Case("trusted itself, wrong name", "WRONG_NAME", leaf=_self_signed, chain=lambda s: [s.leaf],
         anchors=lambda s: [s.leaf], settings=server("other.example.org")),
    Case("trusted itself, expired", "EXPIRED", leaf=also(_self_signed, put(not_after=NOW - DAY)),
         chain=lambda s: [s.leaf], anchors=lambda s: [s.leaf]),
    Case("trusted itself, wrong purpose", "EXTENDED_KEY_USAGE", chain=lambda s: [s.leaf], anchors=lambda s: [s.leaf],
         leaf=also(_self_signed, ext(makers.purposes(CLIENT_AUTH)))),
    Case("same name and key as one that is trusted itself", "SELF_SIGNED", leaf=_self_signed,
         chain=lambda s: [_other_serial(s)], anchors=lambda s: [s.leaf]),
    Case("an end entity that is trusted itself issues", "UNKNOWN_CA", chain=lambda s: [
        leaf(s.leaf).with_(subject=makers.name("Below"))], anchors=lambda s: [s.leaf]),
    Case("CA certificate as a server", "CA_AS_LEAF", leaf=ext(basic(True))),
    Case("intermediate presented as the server", "CA_AS_LEAF", chain=lambda s: [
        s.intermediates[0].extend(alt_names(dns("www.example.org")))]),
    Case("anchor presented as the server", "SELF_SIGNED", chain=lambda s: [
        s.root.extend(alt_names(dns("www.example.org")))]),
    Case("weak anchor", "anchor refused: WEAK_KEY", root=put(key="rsa1024")),
]  # fmt: skip


LATE = datetime.datetime(2050, 1, 1, tzinfo=makers.UTC)
T2049 = datetime.datetime(2049, 12, 31, 23, 59, 59, tzinfo=makers.UTC)
FOREVER = der.tlv(0x18, b"99991231235959Z")


def _utc(text: str) -> bytes:
    return der.tlv(0x17, text.encode())


def _general(text: str) -> bytes:
    return der.tlv(0x18, text.encode())


def _at(when: datetime.datetime) -> Settings:
    return Settings(time=int(when.timestamp()))


LONG = put(not_after=datetime.datetime(2060, 1, 1, tzinfo=makers.UTC))

DATES = [
    Case("first second", "NONE", leaf=put(not_before=NOW)),
    Case("one second early", "NOT_YET_VALID", leaf=put(not_before=NOW + SECOND)),
    Case("last second", "NONE", leaf=put(not_after=NOW)),
    Case("one second late", "EXPIRED", leaf=put(not_after=NOW - SECOND)),
    Case("never valid: the end before the beginning", "NOT_YET_VALID", leaf=put(
        not_before=NOW + DAY, not_after=NOW - DAY)),
    Case("intermediate expired", "EXPIRED", inter=(put(not_after=NOW - DAY),)),
    Case("intermediate not yet valid", "NOT_YET_VALID", inter=(put(not_before=NOW + DAY),)),
    Case("anchor expired", "ANCHOR_EXPIRED", root=put(not_after=NOW - DAY)),
    Case("anchor not yet valid", "ANCHOR_EXPIRED", root=put(not_before=NOW + DAY)),
    Case("expired anchor, and a good one of the same name and key", "NONE", root=put(not_after=NOW - DAY),
         anchors=lambda s: [s.root, s.root.with_(not_after=NOW + DAY)]),
    Case("expired root sent, the good one trusted", "NONE", chain=lambda s: [
        s.leaf, *s.intermediates, s.root.with_(not_after=NOW - DAY)]),
    Case("clock not set", "TIME_UNKNOWN", settings=Settings(time=None)),
    Case("clock not set, other errors come first", "UNKNOWN_CA", settings=Settings(time=None), anchors=lambda s: []),
    Case("clock at zero", "NOT_YET_VALID", settings=Settings(time=0)),
    Case("valid for ever (RFC 5280 §4.1.2.5)", "NONE", leaf=put(not_after=FOREVER)),
    Case("after 2050", "NONE", leaf=LONG, inter=(LONG,), root=LONG, settings=_at(LATE)),
    Case("last UTCTime", "NONE", leaf=put(not_after=T2049), inter=(LONG,), root=LONG, settings=_at(T2049)),
    Case("after the last UTCTime", "EXPIRED", leaf=put(not_after=T2049), inter=(LONG,), root=LONG,
         settings=_at(T2049 + SECOND)),
    Case("UTCTime of 1950", "NONE", leaf=put(not_before=_utc("500101000000Z"))),
    Case("GeneralizedTime before 1950", "NONE", leaf=put(not_before=_general("19491231235959Z"))),
    Case("leap day", "NONE", leaf=put(not_before=_utc("240229000000Z"))),
    Case("29 February of a common year", "BAD_TIME", leaf=put(not_before=_utc("230229000000Z"))),
    Case("29 February 2100", "BAD_TIME", leaf=put(not_after=_general("21000229000000Z"))),
    Case("31 April", "BAD_TIME", leaf=put(not_before=_utc("250431000000Z"))),
    Case("month 0", "BAD_TIME", leaf=put(not_before=_utc("250001000000Z"))),
    Case("month 13", "BAD_TIME", leaf=put(not_before=_utc("251301000000Z"))),
    Case("day 0", "BAD_TIME", leaf=put(not_before=_utc("250100000000Z"))),
    Case("hour 24", "BAD_TIME", leaf=put(not_before=_utc("250101240000Z"))),
    Case("minute 60", "BAD_TIME", leaf=put(not_before=_utc("250101006000Z"))),
    Case("leap second", "BAD_TIME", leaf=put(not_before=_utc("250101000060Z"))),
    Case("no seconds", "BAD_TIME", leaf=put(not_before=_utc("2501010000Z"))),
    Case("offset instead of Z", "BAD_TIME", leaf=put(not_before=_utc("250101000000+0000"))),
    Case("no Z", "BAD_TIME", leaf=put(not_before=_utc("250101000000"))),
    Case("fraction of a second", "BAD_TIME", leaf=put(not_after=_general("20600101000000.5Z"))),
    Case("letters", "BAD_TIME", leaf=put(not_before=_utc("25o101000000Z"))),
    Case("empty", "BAD_TIME", leaf=put(not_before=_utc(""))),
    Case("GeneralizedTime before 2050", "BAD_TIME", leaf=put(not_before=_general("20250101000000Z"))),
    Case("GeneralizedTime before 2050 in an anchor, as a public CA has it", "NONE",
         root=put(not_after=_general("20460101000000Z")), laxer="pyca does not excuse anchors"),
    Case("another type", "MALFORMED", leaf=put(not_before=der.tlv(0x16, b"250101000000Z"))),
]  # fmt: skip

CLIENT = Settings(client_certificate=True, server=None)
PINS = Settings(check_chain=False, server=None, time=None)

MODES = [
    Case("server without a name to check", "NO_NAME", settings=server(None)),
    Case("name with a space", "no server name", settings=server("www example org")),
    Case("empty name", "no server name", settings=server("")),
    Case("mistyped address", "no server name", settings=server("192.0.2")),
    Case("label of 64 characters", "no server name", settings=server("a" * 64 + ".org")),
    Case("empty label", "no server name", settings=server("www..org")),
    Case("client certificate", "NONE", settings=CLIENT),
    Case("client certificate without a SAN", "NONE", leaf=drop(makers.ALT_NAMES), settings=CLIENT,
         laxer="pyca's profile wants a SAN"),
    Case("server certificate as a client's", "EXTENDED_KEY_USAGE", leaf=ext(makers.purposes(SERVER_AUTH)),
         settings=CLIENT),
    Case("client certificate for both sides", "NONE", leaf=ext(makers.purposes(CLIENT_AUTH, SERVER_AUTH)),
         settings=CLIENT),
    Case("client certificate without purposes", "NONE", leaf=drop(PURPOSES), settings=CLIENT),
    Case("client certificate that cannot sign", "KEY_USAGE", leaf=ext(makers.usage(makers.KEY_ENCIPHERMENT)),
         settings=CLIENT),
    Case("client certificate of an unknown CA", "UNKNOWN_CA", settings=CLIENT, anchors=lambda s: []),
    Case("client certificate under an intermediate for servers", "EXTENDED_KEY_USAGE", settings=CLIENT,
         inter=(ext(makers.purposes(SERVER_AUTH)),)),
    Case("pins: nothing is said about trust", "NONE", settings=PINS, anchors=lambda s: []),
    Case("pins: self-signed CA of version 1", "NONE", settings=PINS, chain=lambda s: [
        s.root.with_(version=None, extensions=())]),
    Case("pins: expired, unknown critical extension, SHA-1", "NONE", settings=PINS, chain=lambda s: [
        leaf(s.root).with_(not_after=NOW - DAY, signer="rsa2048", digest="sha1").append(
            Extension(UNKNOWN, b"", True))]),
    Case("pins: signature algorithm of no meaning to us", "NONE", settings=PINS, chain=lambda s: [
        leaf(s.root).with_(signer="ed25519")]),
    Case("pins: what follows is not looked at", "NONE", settings=PINS, chain=lambda s: [s.leaf, b"garbage"]),
    Case("pins: nothing sent", "EMPTY", settings=PINS, chain=lambda s: []),
    Case("pins: malformed", "MALFORMED", settings=PINS, chain=lambda s: [s.leaf.der[:-1] + b"\0\0"]),
    Case("pins: truncated", "TRUNCATED", settings=PINS, chain=lambda s: [s.leaf.der[:-1]]),
    Case("pins: weak key", "WEAK_KEY", settings=PINS, leaf=put(key="rsa1024")),
    Case("pins: weak key, allowed", "NONE", leaf=put(key="rsa1024"),
         settings=Settings(check_chain=False, server=None, time=None, min_rsa_bits=1024)),
    Case("pins: key that the engine cannot use", "UNSUPPORTED_KEY", settings=PINS, leaf=put(key="ed25519", signer=(
        "ec256:Intermediate 1"))),
]  # fmt: skip


def _serial(content: bytes) -> bytes:
    return der.tlv(0x02, content)


VERSIONS = [
    Case("leaf of version 1", "BAD_VERSION", leaf=put(version=None)),
    Case("leaf of version 1 without extensions", "BAD_VERSION", leaf=put(version=None, extensions=())),
    Case("leaf of version 2 with extensions", "BAD_VERSION", leaf=put(version=1)),
    Case("leaf of version 2 without extensions", "BAD_VERSION", leaf=put(version=1, extensions=())),
    Case("version 4", "BAD_VERSION", leaf=put(version=3)),
    Case("version 1, written out", "MALFORMED", leaf=put(version=0)),
    Case("negative version", "BAD_VERSION", leaf=put(version=-1)),
    Case("version of two octets", "MALFORMED", leaf=put(version=258)),
    Case("intermediate of version 1", "BAD_VERSION", inter=(put(version=None, extensions=()),)),
    Case("intermediate of version 1 with extensions", "BAD_VERSION", inter=(put(version=None),)),
    Case("anchor of version 1", "anchor refused: BAD_VERSION", root=put(version=None, extensions=())),
    Case("unique identifiers in version 3", "NONE", leaf=put(
        unique_ids=der.context(1, b"\0a") + der.context(2, b"\0b"))),
    Case("unique identifier in version 1", "BAD_VERSION", leaf=put(version=None, extensions=(), unique_ids=der.context(
        1, b"\0a"))),
    Case("serial number 0", "BAD_SERIAL", leaf=put(serial=der.integer(0)), ),
    Case("anchor with the serial number 0", "NONE", root=put(serial=der.integer(0))),
    Case("negative serial number", "BAD_SERIAL", leaf=put(serial=der.integer(-5))),
    Case("serial number of 20 octets", "NONE", leaf=put(serial=_serial(b"\x7f" * 20))),
    Case("serial number of 20 octets and a sign", "NONE", leaf=put(serial=_serial(b"\0" + b"\xff" * 20))),
    Case("serial number of 21 octets", "BAD_SERIAL", leaf=put(serial=_serial(b"\x7f" * 21))),
    Case("serial number of 200 octets", "BAD_SERIAL", leaf=put(serial=_serial(b"\x7f" * 200))),
    Case("empty serial number", "MALFORMED", leaf=put(serial=_serial(b""))),
    Case("serial number with a zero too many", "MALFORMED", leaf=put(serial=_serial(b"\0\x01"))),
    Case("issuer without a name", "MALFORMED", leaf=put(issuer=der.seq())),
    Case("leaf without a subject, critical SAN", "NONE", leaf=also(
        put(subject=der.seq()), ext(alt_names(dns("www.example.org"), critical=True)))),
    Case("leaf without a subject", "MALFORMED", leaf=put(subject=der.seq())),
    Case("leaf with constraints on names", "MALFORMED", leaf=add(makers.constraints([dns("org")]))),
    Case("intermediate with an empty constraints list", "MALFORMED", inter=(add(
        Extension(CONSTRAINTS, der.seq(), True)),)),
]  # fmt: skip
