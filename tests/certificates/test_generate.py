"""generate-cert: what it makes, what it keeps, what it refuses."""

from __future__ import annotations

import datetime
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from sming_host.build import archive
from sming_host.certificates import Settings, authority, files, generate, headers, settings_from_variables
from sming_host.errors import UserError

NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
SECRETS = ("out/ssl/ca.key.pem", "out/ssl/server.key.pem", "out/ssl/server.key.der", "include/ssl/private_key.h")


def settings(folder: Path, **changes: Any) -> Settings:
    return Settings(project=folder, application=folder, **changes)


def header_bytes(folder: Path, name: str) -> bytes:
    path = folder / "include" / "ssl" / name
    return headers.parse_header(path.read_text(), str(path))


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def server_certificate(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / "out/ssl/server.crt.pem").read_bytes())


def test_everything_is_made_and_belongs_together(tmp_path: Path) -> None:
    outcome = generate(settings(tmp_path))
    assert {action for action, _ in outcome.files} == {"wrote"}
    certificate = server_certificate(tmp_path)
    key = serialization.load_der_private_key(header_bytes(tmp_path, "private_key.h"), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == "secp256r1"
    assert key.public_key() == certificate.public_key()
    assert header_bytes(tmp_path, "cert.h") == certificate.public_bytes(serialization.Encoding.DER)
    assert (tmp_path / "out/ssl/server.crt.der").read_bytes() == header_bytes(tmp_path, "cert.h")
    assert (tmp_path / "out/ssl/server.key.der").read_bytes() == header_bytes(tmp_path, "private_key.h")
    assert certificate.signature_hash_algorithm is not None and certificate.signature_hash_algorithm.name == "sha256"


def openssl() -> str:
    return str(archive.tool_package("openssl").program("openssl"))


@pytest.mark.parametrize("key_type", ["ec256", "ec384", "rsa2048"])
def test_openssl_accepts_chain_and_name(tmp_path: Path, key_type: str) -> None:
    generate(settings(tmp_path, key_type=key_type, names=["device.local", "192.168.4.1"]))
    store = tmp_path / "out" / "ssl"
    for option, name in (("-verify_hostname", "device.local"), ("-verify_ip", "192.168.4.1")):
        command = [
            openssl(),
            "verify",
            "-x509_strict",
            "-purpose",
            "sslserver",
            option,
            name,
            "-CAfile",
            "ca.crt.pem",
            "server.crt.pem",
        ]
        result = subprocess.run(command, cwd=store, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr
    wrong = [openssl(), "verify", "-verify_hostname", "other.local", "-CAfile", "ca.crt.pem", "server.crt.pem"]
    assert subprocess.run(wrong, cwd=store, capture_output=True).returncode != 0


def test_large_rsa_keys(tmp_path: Path) -> None:
    for key_type, bits in (("rsa3072", 3072), ("RSA4096", 4096)):
        key = authority.make_key(key_type)
        assert isinstance(key, rsa.RSAPrivateKey) and key.key_size == bits
        assert authority.key_type_of(key) == key_type.lower()


def test_days_and_names(tmp_path: Path) -> None:
    generate(settings(tmp_path, days=30, names=["a.example", "10.0.0.1", "fe80::1"]), now=NOW)
    certificate = server_certificate(tmp_path)
    assert certificate.not_valid_after_utc == NOW + datetime.timedelta(days=30)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["a.example"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["10.0.0.1", "fe80::1"]


def test_files_of_keys_are_private_whatever_the_umask(tmp_path: Path) -> None:
    for mask in (0o000, 0o022, 0o277):
        folder = tmp_path / f"{mask:03o}"
        # Only files are at stake here: the folders have to stay usable.
        for part in ("out/ssl", "include/ssl"):
            (folder / part).mkdir(parents=True)
        previous = os.umask(mask)
        try:
            generate(settings(folder))
        finally:
            os.umask(previous)
        for name in SECRETS:
            assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600, name
        assert stat.S_IMODE((folder / "out/ssl/server.crt.pem").stat().st_mode) == 0o644


def test_no_moment_with_a_readable_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is created with its final or a stricter mode: nothing is opened wide and narrowed later."""
    modes: list[int] = []
    original = os.open

    def spy(path: os.PathLike[str], flags: int, mode: int = 0o777, **rest: int) -> int:
        descriptor = original(path, flags, mode, **rest)
        if flags & os.O_CREAT:
            modes.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
            assert flags & (os.O_EXCL | os.O_NOFOLLOW)
        return descriptor

    monkeypatch.setattr(os, "open", spy)
    previous = os.umask(0)
    try:
        generate(settings(tmp_path))
    finally:
        os.umask(previous)
    assert len(modes) >= 10 and all(mode & 0o077 == 0 for mode in modes)


def test_second_call_changes_nothing(tmp_path: Path) -> None:
    generate(settings(tmp_path))
    before = snapshot(tmp_path)
    outcome = generate(settings(tmp_path))
    assert outcome.written == []
    assert snapshot(tmp_path) == before


def test_a_replaced_key_is_not_lost(tmp_path: Path) -> None:
    """FORCE=1 with a mistyped password makes a new authority, but the old one's key is still there."""
    generate(settings(tmp_path, password="right"))
    store = tmp_path / "out" / "ssl"
    before = (store / "ca.key.pem").read_bytes()
    outcome = generate(settings(tmp_path, password="rihgt", force=True))
    saved = {path.name.split(".2")[0]: path for action, path in outcome.files if action.startswith("saved")}
    assert set(saved) == {"ca.key.pem", "server.key.pem", "server.key.der", "private_key.h"}
    assert saved["ca.key.pem"].read_bytes() == before != (store / "ca.key.pem").read_bytes()
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in saved.values())


def test_force_replaces_the_key_but_not_the_authority(tmp_path: Path) -> None:
    generate(settings(tmp_path))
    before = snapshot(tmp_path)
    outcome = generate(settings(tmp_path, force=True))
    after = snapshot(tmp_path)
    assert ("replaced", tmp_path / "out/ssl/server.key.pem") in outcome.files
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        "out/ssl/server.key.pem",
        "out/ssl/server.key.der",
        "out/ssl/server.crt.pem",
        "out/ssl/server.crt.der",
        "include/ssl/private_key.h",
        "include/ssl/cert.h",
    }


def test_renewal_keeps_the_key(tmp_path: Path) -> None:
    generate(settings(tmp_path, days=10, names=["kept.example"]), now=NOW - datetime.timedelta(days=11))
    before = snapshot(tmp_path)
    generate(settings(tmp_path), now=NOW)
    after = snapshot(tmp_path)
    assert before["out/ssl/server.key.pem"] == after["out/ssl/server.key.pem"]
    assert before["out/ssl/server.crt.pem"] != after["out/ssl/server.crt.pem"]
    certificate = server_certificate(tmp_path)
    assert certificate.not_valid_after_utc > NOW
    assert "kept.example" in str(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    assert header_bytes(tmp_path, "cert.h") == certificate.public_bytes(serialization.Encoding.DER)


def test_other_names_mean_another_certificate_for_the_same_key(tmp_path: Path) -> None:
    generate(settings(tmp_path))
    key = (tmp_path / "out/ssl/server.key.pem").read_bytes()
    generate(settings(tmp_path, names=["new.example"]))
    assert (tmp_path / "out/ssl/server.key.pem").read_bytes() == key
    assert "new.example" in server_certificate(tmp_path).subject.rfc4514_string()


def test_another_application_shares_the_pair(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    generate(Settings(project=tmp_path, application=first))
    generate(Settings(project=tmp_path, application=second))
    assert header_bytes(first, "private_key.h") == header_bytes(second, "private_key.h")


def test_another_key_type_is_refused(tmp_path: Path) -> None:
    generate(settings(tmp_path))
    before = snapshot(tmp_path)
    with pytest.raises(UserError, match="exists and is of type ec256, not rsa2048"):
        generate(settings(tmp_path, key_type="rsa2048"))
    assert snapshot(tmp_path) == before


def test_a_key_header_of_the_users_own_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "include" / "ssl" / "private_key.h"
    own.parent.mkdir(parents=True)
    own.write_text("static const uint8_t default_private_key[] = { 0x30, 0x03, 0x02, 0x01, 0x00 };\n")
    before = own.read_bytes()
    with pytest.raises(UserError, match="exists already and holds"):
        generate(settings(tmp_path))
    assert own.read_bytes() == before
    assert not (tmp_path / "out/ssl/server.key.pem").exists()
    generate(settings(tmp_path, force=True))
    assert own.read_bytes() != before


def test_password(tmp_path: Path) -> None:
    generate(settings(tmp_path, password="s3cret ü"))
    store = tmp_path / "out" / "ssl"
    for name, form in (("server.key.pem", "PEM"), ("server.key.der", "DER"), ("ca.key.pem", "PEM")):
        command = [openssl(), "pkey", "-inform", form, "-in", name, "-passin", "stdin", "-pubout"]
        good = subprocess.run(command, cwd=store, input="s3cret ü\n".encode(), capture_output=True)
        assert good.returncode == 0, good.stderr
        assert subprocess.run(command, cwd=store, input=b"wrong\n", capture_output=True).returncode != 0
    # The scheme that devices read: PBES2, PBKDF2 with HMAC-SHA-256, AES-256-CBC.
    shown = subprocess.run(
        [openssl(), "asn1parse", "-inform", "DER", "-in", "server.key.der"], cwd=store, capture_output=True, text=True
    ).stdout
    for name in ("PBES2", "PBKDF2", "hmacWithSHA256", "aes-256-cbc"):
        assert f":{name}" in shown
    assert header_bytes(tmp_path, "private_key.h") == (store / "server.key.der").read_bytes()
    assert generate(settings(tmp_path, password="s3cret ü")).written == []
    for wrong in ("other", None):
        with pytest.raises(UserError, match=r"wrong KEY_PASSWORD|is encrypted"):
            generate(settings(tmp_path, password=wrong))


def test_password_for_a_key_without_one_is_refused(tmp_path: Path) -> None:
    generate(settings(tmp_path))
    with pytest.raises(UserError, match="exists and is not encrypted"):
        generate(settings(tmp_path, password="x"))
    generate(settings(tmp_path, password="x", force=True))
    assert b"ENCRYPTED" in (tmp_path / "out/ssl/server.key.pem").read_bytes()


def test_forgotten_password_of_the_authority(tmp_path: Path) -> None:
    generate(settings(tmp_path, password="forgotten"))
    generate(settings(tmp_path, password="new", force=True))
    generate(settings(tmp_path, password="new"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"key_type": "rsa512"}, "KEY_TYPE=rsa512 is not known"),
        ({"names": ["bad name"]}, "is not a host name"),
        ({"names": ["-x.example"]}, "is not a host name"),
        ({"names": ["IP:host"]}, "is not an IP address"),
        ({"names": []}, "CERT_SANS is empty"),
        ({"days": 0}, "CERT_DAYS=0"),
        ({"days": 10_000_000}, "CERT_DAYS=10000000"),
        ({"password": ""}, "KEY_PASSWORD is empty"),
    ],
)
def test_bad_settings(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        generate(settings(tmp_path, **changes))


def test_many_at_once_agree(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from sming_host.certificates import Settings, generate;"
        "p = Path(sys.argv[1]); generate(Settings(project=p, application=p))"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(4)]
    assert [process.wait() for process in processes] == [0] * 4
    assert generate(settings(tmp_path)).written == []
    assert not [path for path in tmp_path.rglob(".*") if path.name not in (".gitignore", ".lock")]


def test_link_never_overwrites(tmp_path: Path) -> None:
    """Without the lock, too, exactly one of several writers wins and nobody sees a part of a file."""
    path = tmp_path / "key"
    results: list[bool] = []

    def race(number: int) -> None:
        try:
            files.write(path, bytes([number]) * 100_000, files.SECRET, replace=False)
            results.append(True)
        except FileExistsError:
            results.append(False)

    threads = [threading.Thread(target=race, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False] * 7 + [True]
    assert len(set(path.read_bytes())) == 1 and path.stat().st_size == 100_000


def test_file_system_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    generate(settings(tmp_path))
    assert stat.S_IMODE((tmp_path / SECRETS[0]).stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        files.write(tmp_path / SECRETS[0], b"other", files.SECRET, replace=False)


def test_symbolic_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    with pytest.raises(FileExistsError):
        link = tmp_path / "key"
        link.symlink_to(elsewhere)
        files.write(link, b"secret", files.SECRET, replace=False)
    assert elsewhere.read_text() == "mine"


def test_unwritable_place(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file where a folder is needed")
    with pytest.raises(UserError):
        generate(settings(tmp_path))


@pytest.mark.parametrize("force", [False, True])
def test_headers_that_cannot_be_written(tmp_path: Path, force: bool) -> None:
    """The server's key stays the one in the headers."""
    generate(Settings(project=tmp_path, application=tmp_path / "first"))
    before = snapshot(tmp_path)
    (tmp_path / "second" / "include").mkdir(parents=True)
    (tmp_path / "second" / "include" / "ssl").write_text("a file where a folder is needed")
    with pytest.raises(UserError):
        generate(Settings(project=tmp_path, application=tmp_path / "second", force=force))
    (tmp_path / "second" / "include" / "ssl").unlink()
    assert snapshot(tmp_path) == before


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=test", "-c", "user.email=test@localhost", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def test_git_ignores_what_was_made(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    generate(settings(tmp_path))
    assert git(tmp_path, "status", "--porcelain", "--untracked-files=all") == ""


def test_own_gitignore_is_extended(tmp_path: Path) -> None:
    own = tmp_path / "include" / "ssl" / ".gitignore"
    own.parent.mkdir(parents=True)
    own.write_text("*.bak")
    generate(settings(tmp_path))
    assert own.read_text().splitlines() == ["*.bak", "/private_key.h", "/private_key.h.*.old", "/cert.h"]
    extended = own.read_text()
    generate(settings(tmp_path))
    assert own.read_text() == extended, "the second call adds nothing"


@pytest.mark.parametrize("name", ["include/ssl/private_key.h", "out/ssl/server.key.pem", "include/ssl/cert.h"])
def test_path_that_git_tracks_is_refused(tmp_path: Path, name: str) -> None:
    git(tmp_path, "init", "-q")
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text("placeholder")
    git(tmp_path, "add", "-f", name)
    git(tmp_path, "commit", "-q", "-m", "a key by accident")
    path.unlink()
    for force in (False, True):
        with pytest.raises(UserError, match="is tracked by git"):
            generate(settings(tmp_path, force=force))
    assert not path.exists()


def test_tracked_is_seen_under_another_repositorys_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when called from a git hook, where GIT_DIR names the outer repository."""
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "nowhere" / "index"))
    test_tracked = tmp_path / "inner"
    test_tracked.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    key = test_tracked / "out" / "ssl" / "ca.key.pem"
    key.parent.mkdir(parents=True)
    key.write_text("x")
    for arguments in (["init", "-q"], ["add", "-f", "out"]):
        subprocess.run(["git", *arguments], cwd=test_tracked, env=environment, check=True)
    with pytest.raises(UserError, match="is tracked by git"):
        generate(settings(test_tracked))


def test_repository_without_git_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="git is not installed"):
        generate(settings(tmp_path))


def test_without_an_application_there_are_no_headers(tmp_path: Path) -> None:
    """The build takes what is in out/ssl."""
    outcome = generate(Settings(project=tmp_path))
    assert (tmp_path / "out/ssl/server.key.der") in outcome.written
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    again = generate(Settings(project=tmp_path))
    assert again.written == []


def test_headers_compile_where_applications_include_them(tmp_path: Path) -> None:
    generate(settings(tmp_path))
    source = tmp_path / "application.cpp"
    source.write_text(
        "#include <cstdint>\n#define PROGMEM\n"
        "unsigned use() {\n#include <ssl/private_key.h>\n#include <ssl/cert.h>\n"
        "return sizeof(default_private_key) + default_certificate_len; }\n"
        "void unused() {}\n"
    )
    command = ["g++", "-std=c++17", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-Iinclude", source.name]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_variables(tmp_path: Path) -> None:
    made = settings_from_variables(
        {
            "KEY_TYPE": "rsa2048",
            "CERT_SANS": "a.example, 10.0.0.1,a.example",
            "CERT_DAYS": "30",
            "FORCE": "1",
            "KEY_PASSWORD": "x",
        },
        tmp_path,
        tmp_path / "app",
    )
    assert made == Settings(tmp_path, tmp_path / "app", ["a.example", "10.0.0.1"], "rsa2048", 30, "x", True)
    assert settings_from_variables({"FORCE": 0, "KEY_TYPE": None}, tmp_path, tmp_path) == Settings(tmp_path, tmp_path)
    for name, value in (("CERT_DAYS", "soon"), ("FORCE", "maybe")):
        with pytest.raises(UserError, match=name):
            settings_from_variables({name: value}, tmp_path, tmp_path)
