"""What the validator says beside its verdict: hashes, names, key, details, and how much memory it takes."""

from __future__ import annotations

import datetime
import hashlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.x509 import der, makers, native
from tests.x509.makers import NOW, Certificate, alt_names, authority, dns, ip, leaf, rdn
from tests.x509.native import Settings

PINS = Settings(check_chain=False, server=None, time=None)
CHECKS = [pytest.param(Settings(), id="full check"), pytest.param(PINS, id="pins")]


def judge(certificate: Certificate, settings: Settings = PINS) -> native.Result:
    return native.validate([certificate.der], [authority().der], settings)


@pytest.mark.parametrize("settings", CHECKS)
@pytest.mark.parametrize("key", ["ec256", "ec384", "rsa2048", "rsa4096"])
def test_hashes(settings: Settings, key: str) -> None:
    certificate = leaf(authority(), key_name=key)
    result = judge(certificate, settings)
    public = x509.load_der_x509_certificate(certificate.der).public_key()
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert result.accepted
    assert result.sha1 == hashlib.sha1(certificate.der, usedforsecurity=False).digest()
    assert result.sha256 == hashlib.sha256(certificate.der).digest()
    assert result.spki_sha256 == hashlib.sha256(spki).digest()


def test_hashes_are_there_after_a_refusal() -> None:
    """So that a message can show what to pin."""
    certificate = leaf(authority("Unknown"))
    result = judge(certificate, Settings())
    assert result.error == "UNKNOWN_CA"
    assert result.sha256 == hashlib.sha256(certificate.der).digest()


def test_no_hashes_of_half_a_certificate() -> None:
    result = native.validate([leaf(authority()).der[:-1]], [], PINS)
    assert result.error == "TRUNCATED"
    assert result.sha256 == b""


def test_key_only_when_accepted() -> None:
    good, refused = judge(leaf(authority()), Settings()), judge(leaf(authority("Unknown")), Settings())
    assert (good.key_type, good.key_detail) == (2, 23)
    assert refused.key_type == 0


@pytest.mark.parametrize(
    ("key", "bits", "usages"),
    [
        ("ec256", (makers.DIGITAL_SIGNATURE,), 32),
        ("ec256", (makers.KEY_AGREEMENT,), 16),
        ("rsa2048", (makers.DIGITAL_SIGNATURE, makers.KEY_ENCIPHERMENT), 48),
        ("rsa2048", (makers.KEY_ENCIPHERMENT,), 16),
    ],
)
def test_usages(key: str, bits: tuple[int, ...], usages: int) -> None:
    assert judge(leaf(authority(), key_name=key).extend(makers.usage(*bits)), Settings()).usages == usages


def test_no_key_usage_means_any() -> None:
    assert judge(leaf(authority()).drop(makers.USAGE)).usages == 48


def test_names() -> None:
    made = leaf(authority("Issuing CA"), dns("a.example"), ip("192.0.2.1"), ip("2001:db8::1"), dns("*.b.example"))
    result = judge(made)
    assert (result.subject, result.issuer) == ("Leaf", "Issuing CA")
    assert result.dns_names == ("a.example", "*.b.example")
    assert result.names == "a.example, 192.0.2.1, 2001:db8:0:0:0:0:0:1, *.b.example"


def test_names_in_a_message_are_harmless() -> None:
    made = leaf(authority(), dns(b"a\x1b[31m\n\0b"))
    assert judge(made).names == "a?[31m??b"


def test_names_that_did_not_fit() -> None:
    result = judge(leaf(authority(), *(dns(f"host-{i}.example.org") for i in range(40))))
    assert result.names.startswith("host-0.example.org, ")
    assert result.names.endswith("…")


def test_names_of_the_leaf_only() -> None:
    root = authority()
    above = authority("Intermediate", root).append(alt_names(dns("ca.example")))
    result = native.validate([leaf(above).der, above.der], [root.der], Settings(server="other.example"))
    assert (result.error, result.names) == ("WRONG_NAME", "www.example.org")


def test_names_of_the_leaf_only_after_the_whole_chain() -> None:
    """Who asks a validated client for its names must not see those of its CA."""
    root = authority()
    upper = authority("Upper", root).append(alt_names(dns("admin.example.org")))
    above = authority("Intermediate", upper).append(alt_names(ip("192.0.2.1")))
    result = native.validate([leaf(above).der, above.der, upper.der], [root.der])
    assert (result.error, result.names) == ("NONE", "www.example.org")


def test_one_name_never_looks_like_two() -> None:
    root = authority()
    made = leaf(root, dns("a.example, admin.example.org"), client=True)
    result = native.validate([made.der], [root.der], Settings(client_certificate=True, server=None))
    assert (result.error, result.names) == ("NONE", "a.example??admin.example.org")


@pytest.mark.parametrize(
    ("tag", "raw", "text"),
    [
        (der.UTF8, "Zoë €😀".encode(), "Zoë €😀"),
        (der.PRINTABLE, b"plain", "plain"),
        (der.IA5, b"plain", "plain"),
        (der.TELETEX, "Zoë".encode("latin-1"), "Zoë"),
        (der.BMP, "Zoë €".encode("utf-16-be"), "Zoë €"),
        (der.BMP, "😀".encode("utf-16-be"), "😀"),
        (der.UTF8, b"x" * 64, "x" * 64),
        (der.UTF8, b"", ""),
        # not to be had: too long, invalid, or of a type that nobody uses
        (der.UTF8, b"x" * 65, ""),
        (der.UTF8, b"\xc0\xaf", ""),
        (der.UTF8, b"\xed\xa0\x80", ""),
        (der.UTF8, b"\xf4\x90\x80\x80", ""),
        (der.UTF8, b"\xe2\x82", ""),
        (der.UTF8, b"a\0b", ""),
        (der.IA5, b"\xe9", ""),
        (der.BMP, b"\x00", ""),
        (der.BMP, b"\xd8\x00", ""),
        (der.BMP, b"\xdc\x00\x00\x41", ""),
        (0x1C, b"\0\0\0a", ""),
    ],
)
def test_text_of_a_name(tag: int, raw: bytes, text: str) -> None:
    made = leaf(authority()).with_(subject=der.seq(rdn(makers.COMMON_NAME, raw, tag)))
    assert judge(made).subject == text


def test_second_common_name_is_not_the_first() -> None:
    subject = der.seq(rdn(makers.COMMON_NAME, "first"), rdn(makers.COMMON_NAME, "second"))
    assert judge(leaf(authority()).with_(subject=subject)).subject == "first"


def test_details_of_an_expired_intermediate() -> None:
    root = authority()
    end = NOW - datetime.timedelta(days=1)
    above = authority("Intermediate", root).with_(not_after=end)
    result = native.validate([leaf(above).der, above.der], [root.der])
    assert (result.error, result.depth, result.not_after) == ("EXPIRED", 1, int(end.timestamp()))


def test_details_of_an_expired_anchor() -> None:
    end = NOW - datetime.timedelta(days=1)
    root = authority().with_(not_after=end)
    result = native.validate([leaf(root).der], [root.der])
    assert (result.error, result.not_after) == ("ANCHOR_EXPIRED", int(end.timestamp()))


def test_dates_as_numbers() -> None:
    for when in (
        datetime.datetime(1950, 1, 1, tzinfo=makers.UTC),
        datetime.datetime(1970, 1, 1, tzinfo=makers.UTC),
        datetime.datetime(2000, 2, 29, 23, 59, 59, tzinfo=makers.UTC),
        datetime.datetime(2049, 12, 31, tzinfo=makers.UTC),
        datetime.datetime(2050, 1, 1, tzinfo=makers.UTC),
        datetime.datetime(2400, 2, 29, tzinfo=makers.UTC),
        datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=makers.UTC),
        datetime.datetime(1, 1, 1, tzinfo=makers.UTC),
    ):
        root = authority()
        result = native.validate([leaf(root).with_(not_before=when, not_after=when).der], [root.der])
        assert result.not_after == int(when.timestamp()), when


def test_errors_have_names_and_sentences() -> None:
    ffi, lib = native.load()
    for code in range(256):
        name, text = ffi.string(lib.sming_x509_error_name(code)), ffi.string(lib.sming_x509_error_text(code))
        assert (name == b"?") == (text == b"?")
        assert not text.endswith(b".")
    assert native.error_name(0) == "NONE"


def test_size_of_the_state() -> None:
    """At most 1.2 KB beside the buffers for two keys and a signature (components/x509/src/chain.c asserts it, too)."""
    _, lib = native.load()
    print(f"context {lib.sming_x509_context_size()} bytes, of which state {lib.sming_x509_state_size()}")
    assert lib.sming_x509_state_size() <= 1200
    assert lib.sming_x509_context_size() <= 1200 + 2 * 520 + 512
