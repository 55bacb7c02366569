"""Trust anchors: from certificates at run time, and as a table for flash, which must come to the same."""

from __future__ import annotations

import datetime
import ssl
import subprocess
from pathlib import Path
from typing import Optional

import pytest

from sming_host import trust
from sming_host.build.archive import source_package
from sming_host.build.paths import find_home
from sming_host.errors import UserError
from sming_host.tls.library import default_library
from tests.x509 import der, makers
from tests.x509.makers import NOW, Certificate, Extension, authority, basic, constraints, dns, leaf, usage

PRINT = r"""
#include <stdio.h>
#include <stdlib.h>
#include <x509/validator.h>

static void hex(const char *name, const uint8_t *data, size_t length)
{
	printf("%s=", name);
	for(size_t i = 0; data != NULL && i < length; ++i) {
		printf("%02x", data[i]);
	}
	printf(" ");
}

static void show(const x509_anchor *anchor)
{
	hex("subject", anchor->subject_hash, X509_SUBJECT_HASH_SIZE);
	if(anchor->key.key_type == BR_KEYTYPE_RSA) {
		hex("n", anchor->key.key.rsa.n, anchor->key.key.rsa.nlen);
		hex("e", anchor->key.key.rsa.e, anchor->key.key.rsa.elen);
	} else {
		printf("curve=%d ", anchor->key.key.ec.curve);
		hex("q", anchor->key.key.ec.q, anchor->key.key.ec.qlen);
	}
	printf("from=%lld to=%lld ", (long long)anchor->not_before, (long long)anchor->not_after);
	printf("path=%d ", anchor->path_length);
	hex("certificate", anchor->certificate_hash, 32);
	hex("constraints", anchor->name_constraints, anchor->name_constraints_length);
	printf("\n");
}

/* Arguments: DER files. Prints the table, then what the device makes of each file, twice: with enough memory, and
 * with just what it said it needs. */
int main(int argc, char **argv)
{
	static x509_context work;
	static uint8_t data[70000];
	for(size_t i = 0; i < x509_built_in_anchors.count; ++i) {
		const x509_anchor *anchor = &x509_built_in_anchors.anchors[i];
		const x509_anchor *found = NULL;
		do {
			found = x509_anchor_table_find((void *)&x509_built_in_anchors, anchor->subject_hash, found);
		} while(found != NULL && found != anchor);
		printf(found == anchor ? "table " : "lost ");
		show(anchor);
	}
	uint8_t none[X509_SUBJECT_HASH_SIZE] = {0};
	if(x509_anchor_table_find((void *)&x509_built_in_anchors, none, NULL) != NULL) {
		return 1;
	}
	for(int i = 1; i < argc; ++i) {
		FILE *file = fopen(argv[i], "rb");
		size_t length = fread(data, 1, sizeof(data), file);
		fclose(file);
		x509_anchor anchor;
		size_t used = 0;
		x509_error error = x509_anchor_from_certificate(&work, data, length, &anchor, NULL, 0, &used);
		if(error != X509_ERROR_BUFFER) {
			printf("refused %s\n", x509_error_name(error));
			continue;
		}
		uint8_t *memory = malloc(used);
		error = x509_anchor_from_certificate(&work, data, length, &anchor, memory, used - 1, &used);
		if(error != X509_ERROR_BUFFER) {
			return 1;
		}
		error = x509_anchor_from_certificate(&work, data, length, &anchor, memory, used, &used);
		if(error != X509_ERROR_NONE || (used > X509_ANCHOR_MEMORY && anchor.name_constraints == NULL)) {
			return 1;
		}
		printf("run ");
		show(&anchor);
		free(memory);
	}
	return 0;
}
"""


def pem(*certificates: Certificate) -> bytes:
    return b"".join(ssl.DER_cert_to_PEM_cert(c.der).encode("ascii") for c in certificates)


def write(folder: Path, *certificates: Certificate, name: str = "ca.pem") -> Path:
    path = folder / name
    path.write_bytes(pem(*certificates))
    return path


def run(folder: Path, table: Path, *certificates: Path) -> list[str]:
    """Compile the printing program with a table, as firmware would be, and run it."""
    default_library()  # so that BearSSL is compiled
    home = find_home()
    (folder / "print.c").write_text(PRINT, encoding="utf-8")
    library = next((home / "out" / "lib").glob("host-debug/bearssl/libbearssl.a"))
    includes = [f"-I{home / 'components' / 'x509' / 'include'}", f"-I{source_package('bearssl') / 'inc'}"]
    sources = [*(home / "components" / "x509" / "src").glob("*.c"), folder / "print.c", table]
    command = ["gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined", *includes]
    subprocess.run([*command, *map(str, sources), str(library), "-o", str(folder / "print")], check=True)
    command = [str(folder / "print"), *map(str, certificates)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


GOOD = {
    "P-256": authority("EC", key_name="ec256"),
    "P-384": authority("EC 384", key_name="ec384"),
    "P-521": authority("EC 521", key_name="ec521"),
    "RSA-2048": authority("RSA", key_name="rsa2048"),
    "RSA-4096": authority("RSA 4096", key_name="rsa4096"),
    "path length": authority("Path").extend(basic(True, 3)),
    "constraints": authority("Constraints").extend(constraints([dns("example.org")], [dns("a.example.org")])),
    "many constraints": authority("Many").extend(constraints([dns(f"{i}.example.org") for i in range(60)])),
    "name of two words and no ASCII": authority("Zoë's Wurzel */ CA\\"),
    "serial number of 300 octets": authority("Long serial").with_(serial=der.tlv(2, b"\x7f" * 300)),
    "serial number 0": authority("Zero").with_(serial=der.integer(0)),
    "end entity": leaf(authority("Issuer")),
    "without key usage": authority("Bare").drop(makers.USAGE),
    "same name, other key": authority("EC", key_name="ec256:second"),
    # as Certum Trusted Network CA 2 and Trustwave Global ECC have it; in what a peer sends dates are not excused
    "GeneralizedTime before 2050": authority("Early").with_(not_after=der.tlv(0x18, b"20461006083956Z")),
    "key usage with zeros at its end": authority("Zeros").extend(Extension(makers.USAGE, der.bits(b"\x06\0", 7), True)),
    "valid for ever": authority("Ever").with_(not_after=der.tlv(0x18, b"99991231235959Z")),
}


def test_table_and_run_time_agree(tmp_path: Path) -> None:
    """Every field, for every kind of certificate; and each anchor of the table is found by its hash."""
    table = trust.generate([write(tmp_path, *GOOD.values())], tmp_path / "anchors.c")
    assert len(table.anchors) == len(GOOD)
    assert table.warnings == ()
    files = []
    for number, certificate in enumerate(GOOD.values()):
        files.append(tmp_path / f"{number}.der")
        files[-1].write_bytes(certificate.der)
    lines = run(tmp_path, tmp_path / "anchors.c", *files)
    tabled = sorted(line[6:] for line in lines if line.startswith("table "))
    made = sorted(line[4:] for line in lines if line.startswith("run "))
    assert len(tabled) == len(GOOD)
    assert tabled == made


def test_system(tmp_path: Path) -> None:
    """The machine's own authorities: the device makes the same of each that is in the table."""
    table = trust.generate([trust.SYSTEM], tmp_path / "anchors.c")
    files = []
    for number, certificate in enumerate(trust.read_certificates(trust.system_bundle())):
        files.append(tmp_path / f"{number}.der")
        files[-1].write_bytes(certificate)
    lines = run(tmp_path, tmp_path / "anchors.c", *files)
    tabled = {line[6:] for line in lines if line.startswith("table ")}
    made = {line[4:] for line in lines if line.startswith("run ")}
    assert len(tabled) == len(table.anchors) > 50
    assert tabled <= made
    assert not any(line.startswith(("lost", "refused MALFORMED", "refused BAD")) for line in lines)
    size = subprocess.run(["size", str(_compile(tmp_path))], check=True, capture_output=True, text=True).stdout
    print(f"{len(tabled)} anchors; size on 64 bit:\n{size}")


def _compile(folder: Path) -> Path:
    includes = [f"-I{find_home() / 'components' / 'x509' / 'include'}", f"-I{source_package('bearssl') / 'inc'}"]
    command = ["gcc", "-std=c11", "-Os", "-c", *includes, str(folder / "anchors.c"), "-o", str(folder / "anchors.o")]
    subprocess.run(command, check=True)
    return folder / "anchors.o"


def test_order_and_repetition(tmp_path: Path) -> None:
    """Sorted by hash, every anchor once, and the same file for the same anchors in any order."""
    a, b = write(tmp_path, *GOOD.values(), name="a.pem"), write(tmp_path, *reversed(GOOD.values()), name="b.pem")
    table = trust.generate([a, b, a], tmp_path / "one.c")
    hashes = [anchor.subject_hash for anchor in table.anchors]
    assert len(hashes) == len(GOOD)
    assert hashes == sorted(hashes)
    trust.generate([b], tmp_path / "two.c")
    assert (tmp_path / "one.c").read_bytes() == (tmp_path / "two.c").read_bytes()


def test_untouched_when_nothing_changed(tmp_path: Path) -> None:
    source = write(tmp_path, authority())
    trust.generate([source], tmp_path / "anchors.c")
    before = (tmp_path / "anchors.c").stat().st_mtime_ns
    trust.generate([source], tmp_path / "anchors.c")
    assert (tmp_path / "anchors.c").stat().st_mtime_ns == before
    assert {path.name for path in tmp_path.iterdir()} == {"ca.pem", "anchors.c"}


def test_der_file(tmp_path: Path) -> None:
    path = tmp_path / "ca.der"
    path.write_bytes(authority().der)
    assert len(trust.load([path]).anchors) == 1


def test_text_around_pem_blocks(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(b"Root: Zo\xeb\n" + pem(authority()) + b"\nsome words\n" + pem(authority("Other")))
    assert len(trust.load([path]).anchors) == 2


def test_expired_is_warned_of(tmp_path: Path) -> None:
    old = authority("Old root").with_(not_after=NOW - datetime.timedelta(days=400))
    table = trust.load([write(tmp_path, old, authority())], NOW)
    assert len(table.anchors) == 2
    assert len(table.warnings) == 1
    assert "Old root expired on 2024-11-27" in table.warnings[0]


def _exponent(exponent: int) -> bytes:
    """An RSA key with another exponent."""
    algorithm, bits = der.children(der.children(makers.spki("rsa2048"))[0][1])
    modulus = der.children(der.children(bits[1][1:])[0][1])[0][1]
    key = der.seq(der.tlv(2, modulus), der.integer(exponent))
    return der.seq(der.tlv(*algorithm), der.bits(key))


BAD = [
    ("RSA-1024", authority("Weak", key_name="rsa1024"), "Weak: its RSA key of 1024 bits is too weak", "WEAK_KEY"),
    ("RSA-4104", authority("Long", key_name="rsa4104"), "Long: its RSA key of 4104 bits is too long",
     "UNSUPPORTED_KEY"),
    ("RSA exponent of 72 bits", authority("Exponent", key_name="rsa2048").with_(public=_exponent(1 << 71 | 1)),
     "Exponent: its RSA exponent has more than 64 bits", "UNSUPPORTED_KEY"),
    ("Ed25519", authority("Ed", key_name="ed25519"), "Ed: its key is neither RSA nor on P-256", "UNSUPPORTED_KEY"),
    ("secp256k1", authority("K1", key_name="ec256k1"), "K1: its key is neither RSA nor on P-256", "UNSUPPORTED_KEY"),
    ("version 1", authority("V1").with_(version=None, extensions=()), "V1: it is a certificate of version 1",
     "BAD_VERSION"),
    ("CA that cannot sign", authority("No").extend(usage(makers.CRL_SIGN)), "No: its key usage", "NOT_CA"),
    ("twice the same extension", authority("Two").append(basic(True)), "Two: ", "DUPLICATE_EXTENSION"),
    ("constraint with a dot in front", authority("Dot").extend(constraints([dns(".example.org")])),
     "Dot: its name constraint '.example.org' is no DNS name", "MALFORMED"),
    ("constraint with a maximum", authority("Max").extend(constraints([dns("a.org")], tail=der.context(1, b"\1"))),
     "Max: its name constraints have a minimum or maximum", "MALFORMED"),
    ("too many constraints", authority("Lots").extend(constraints([dns(f"{i}.org") for i in range(129)])),
     "Lots: it has more than 128 name constraints", "LIMIT"),
    ("CA of bad constraints", authority("Bad").extend(Extension(makers.CONSTRAINTS, b"")), "Bad: ", "MALFORMED"),
]  # fmt: skip


@pytest.mark.parametrize(("certificate", "message"), [pytest.param(b[1], b[2], id=b[0]) for b in BAD])
def test_refused_in_a_file(tmp_path: Path, certificate: Certificate, message: str) -> None:
    with pytest.raises(UserError) as error:
        trust.load([write(tmp_path, authority(), certificate)])
    assert error.value.message.startswith(f"{tmp_path / 'ca.pem'}: {message}")
    assert error.value.hint


def test_refused_at_run_time_for_the_same_reasons(tmp_path: Path) -> None:
    files = []
    for number, (_, certificate, _, _) in enumerate(BAD):
        files.append(tmp_path / f"{number}.der")
        files[-1].write_bytes(certificate.der)
    trust.generate([write(tmp_path, authority())], tmp_path / "anchors.c")
    lines = run(tmp_path, tmp_path / "anchors.c", *files)
    assert lines[1:] == [f"refused {name}" for *_, name in BAD]


def test_refused_among_the_machines_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passed over: their owner is not the one who builds."""
    old = authority("Old root").with_(not_after=NOW - datetime.timedelta(days=400))
    bundle = write(tmp_path, *(b[1] for b in BAD), old, authority("Good"))
    monkeypatch.setattr(trust, "system_bundle", lambda: bundle)
    table = trust.load([trust.SYSTEM], NOW)
    assert [anchor.label for anchor in table.anchors] == ["Good"]
    assert table.warnings == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"", "there is no certificate in"),
        (b"# My project\n", "there is no certificate in"),
        (b"\x30\x03\x02\x01\x01", "a certificate: "),
        (b"-----BEGIN PRIVATE KEY-----\n", "there is no certificate in"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "a certificate: "),
        (b"-----BEGIN CERTIFICATE-----\n\xff\n-----END CERTIFICATE-----\n", "has a damaged certificate"),
    ],
)
def test_unusable_files(tmp_path: Path, content: Optional[bytes], message: str) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match=message):
        trust.load([path])


def test_too_many_of_one_name(tmp_path: Path) -> None:
    many = [authority("Same", key_name=f"ec256:{number}") for number in range(5)]
    assert len(trust.load([write(tmp_path, *many[:4])]).anchors) == 4
    with pytest.raises(UserError, match="more than 4 certificates of the name Same"):
        trust.load([write(tmp_path, *many)])


def test_nothing_given() -> None:
    with pytest.raises(UserError, match="no certificate authority"):
        trust.load([])
