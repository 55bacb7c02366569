"""The project's key in an object of its own: no other object depends on it, and nobody else gets to see it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from sming_host.build import archive, embedding
from sming_host.build.options import read_settings
from sming_host.build.paths import Workspace
from sming_host.build.program import Application
from sming_host.build.soc import SOCS
from sming_host.build.toolchain import find_toolchain
from sming_host.certificates import Settings, generate
from tests.build.project import Project

APPLICATION = """\
#include <cstdint>
#include <cstdio>
#define PROGMEM
#include <ssl/cert.h>
#include <ssl/private_key.h>
namespace {
void show(const uint8_t* data, unsigned length, unsigned same) {
	for(unsigned i = 0; i < length; ++i) { printf("%02x", data[i]); }
	printf(" %u\\n", same);
}
}
int adapter();
extern "C" int init() {
	show(default_private_key, sizeof(default_private_key), default_private_key_len);
	show(default_certificate, sizeof(default_certificate), default_certificate_len);
	return adapter() - 1;
}
"""
CPP = "app/application.cpp"
PROGRAM = "out/host/bearssl/thing/firmware"
OBJECT = "out/lib/host-debug/certificate/certificate.o"
EMBED = "EMBED out/source/certificate/certificate.S"


def keyed(folder: Path) -> Project:
    """A project whose application has the project's key."""
    folder.mkdir(parents=True)
    project = Project(folder)
    project.write(CPP, APPLICATION)
    project.write("SConscript", 'Import("env")\nenv.Application(ENABLE_SSL="Bearssl", certificate=True)\n')
    return project


def key_of(project: Project) -> bytes:
    return (project.folder / "out/ssl/server.key.der").read_bytes()


def shown(project: Project) -> list[str]:
    """What the program says of its key and its certificate."""
    output = subprocess.run([project.folder / PROGRAM], capture_output=True, text=True, check=True).stdout
    return output.splitlines()


def told(project: Project) -> list[str]:
    """What it has to say."""
    parts = [(project.folder / "out/ssl" / name).read_bytes() for name in ("server.key.der", "server.crt.der")]
    return [f"{data.hex()} {len(data)}" for data in parts]


def contents(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


def test_another_checkout_has_its_own_key_and_compiles_nothing(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    one, two = keyed(tmp_path / "one/thing"), keyed(tmp_path / "two/thing")
    assert CPP in one.scons(f"CACHE_DIR={cache}").succeeded().compiled
    result = two.scons(f"CACHE_DIR={cache}").succeeded()
    assert result.compiled == set()
    assert [step for step in result.steps if not step.startswith("CACHE ")] == [EMBED, f"LINK {PROGRAM}"]
    for project in (one, two):
        assert shown(project) == told(project)
    assert key_of(one) != key_of(two)
    own = {OBJECT, PROGRAM, f"{PROGRAM}.map"}
    made = {
        str(path.relative_to(one.folder)) for path in (one.folder / "out").rglob("*") if path.suffix in (".o", ".a")
    }
    assert OBJECT in made and len(made) > 5
    for name in made - own:
        assert (one.folder / name).read_bytes() == (two.folder / name).read_bytes(), name
    kept = contents(cache)
    assert len(kept) >= len(made) - 1
    for project in (one, two):
        assert not any(key_of(project) in data for data in kept)
        assert key_of(project) in (project.folder / PROGRAM).read_bytes()


def test_same_key_same_program(tmp_path: Path) -> None:
    one, two = keyed(tmp_path / "one/thing"), keyed(tmp_path / "two/thing")
    one.scons().succeeded()
    shutil.copytree(one.folder / "out/ssl", two.folder / "out/ssl")
    two.scons().succeeded()
    assert (one.folder / PROGRAM).read_bytes() == (two.folder / PROGRAM).read_bytes()


def test_new_key_is_linked_and_nothing_compiled(tmp_path: Path) -> None:
    project = keyed(tmp_path / "thing")
    project.scons().succeeded()
    before = key_of(project)
    assert project.scons().succeeded().steps == []
    # Of another length: the application learns it from the linker.
    shutil.rmtree(project.folder / "out/ssl")
    project.scons("generate-cert", "KEY_TYPE=ec384").succeeded()
    shutil.rmtree(project.folder / "include/ssl")
    assert project.scons().succeeded().steps == [EMBED, f"LINK {PROGRAM}"]
    assert shown(project) == told(project)
    assert len(key_of(project)) > len(before)
    assert before not in (project.folder / PROGRAM).read_bytes()


def test_generate_cert_for_all_applications(tmp_path: Path) -> None:
    """Without an application of its own a project has no headers with keys, and every application takes its key."""
    project = keyed(tmp_path / "thing")
    application = project.folder / "samples/thing"
    application.mkdir(parents=True)
    for name in ("app", "SConscript"):
        (project.folder / name).rename(application / name)
    made = project.scons("generate-cert").succeeded()
    assert "server.key.der" in made.output and "private_key.h" not in made.output
    project.scons().succeeded()
    assert shown(project) == told(project)
    before = key_of(project)
    project.scons("generate-cert", "FORCE=1").succeeded()
    assert project.scons().succeeded().steps == [EMBED, f"LINK {PROGRAM}"]
    assert key_of(project) != before
    assert shown(project) == told(project)
    assert not list(application.rglob("private_key.h"))


def test_without_a_key_there_is_no_header(tmp_path: Path) -> None:
    project = keyed(tmp_path / "thing")
    project.write("SConscript", 'Import("env")\nenv.Application(ENABLE_SSL="Bearssl")\n')
    project.write(
        CPP,
        "#if __has_include(<ssl/private_key.h>)\n"
        + APPLICATION
        + '#else\nextern "C" int init() { return 0; }\n#endif\n',
    )
    result = project.scons("run").succeeded()
    assert EMBED not in result.steps
    assert not (project.folder / "out/ssl").exists()


@pytest.mark.parametrize("own", [False, True])
def test_launcher_and_compiler_cache_get_no_key(own: bool, tmp_path: Path) -> None:
    """Neither one that LAUNCHER names, nor one that stands for the compiler on PATH."""
    project = keyed(tmp_path / "thing")
    if own:
        project.scons("generate-cert").succeeded()
        assert (project.folder / "include/ssl/private_key.h").is_file()
    launcher = project.write("launcher", '#!/bin/sh\necho "$*" >>launched\nexec "$@"\n')
    compilers = {}
    for tool in ("gcc", "g++"):
        real = shutil.which(tool)
        assert real is not None
        text = f'#!/bin/sh\necho "$CCACHE_DISABLE|$DISTCC_HOSTS|$ICECC|$*" >>compiled\nexec {real} "$@"\n'
        compilers[tool] = project.write(f"bin/{tool}", text)
    for program in (launcher, *compilers.values()):
        program.chmod(0o755)
    path = f"{project.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    project.scons(f"LAUNCHER={launcher}", env={"PATH": path}).succeeded()
    launched, compiled = ((project.folder / name).read_text("utf-8") for name in ("launched", "compiled"))
    sent = re.findall(r" -c (\S+) -o ", launched)
    made = re.findall(r"^(.*)\|(?:.* )?-c (\S+) -o ", compiled, re.MULTILINE)
    with_key = {CPP} if own else {"out/source/certificate/certificate.S"}
    assert "components/plain/src/plain.c" in sent and not with_key & set(sent)
    assert (CPP in sent) != own
    assert {source for how, source in made if how == "1|localhost|disable"} == with_key
    assert {how for how, source in made if source not in with_key} == {"||"}


@pytest.mark.parametrize(
    ("header", "included"),
    [
        ("include/ssl/private_key.h", "<ssl/private_key.h>"),
        ("include/keys/private_key.h", "<keys/private_key.h>"),
        ("include/my_private_key.h", '"my_private_key.h"'),
        ("app/ssl/private_key.h", '"ssl/private_key.h"'),
        ("components/plain/include/ssl/private_key.h", "<ssl/private_key.h>"),
    ],
)
@pytest.mark.parametrize("through", [False, True])
def test_own_key_is_kept_to_oneself(header: str, included: str, through: bool, tmp_path: Path) -> None:
    """Wherever the application has it from, and also by way of another header."""
    cache, project = tmp_path / "cache", keyed(tmp_path / "thing")
    project.write(header, 'const char secret[] = "the key of keys";\n')
    include = f"#include {included}\n"
    if through:
        project.write("include/deep/er.hpp", include)
        include = "#include <deep/er.hpp>\n"
    project.write(CPP, f'{include}#include <cstdio>\nextern "C" int init() {{ return puts(secret) < 0; }}\n')
    launcher = project.write("launcher", '#!/bin/sh\necho "$*" >>launched\nexec "$@"\n')
    launcher.chmod(0o755)
    result = project.scons(f"CACHE_DIR={cache}", f"LAUNCHER={launcher}").succeeded()
    assert CPP in result.compiled
    assert f" {CPP} " not in (project.folder / "launched").read_text("utf-8")
    kept = contents(cache)
    assert len(kept) > 5 and not any(b"the key of keys" in data for data in kept)
    assert b"the key of keys" in (project.folder / PROGRAM).read_bytes()


@pytest.mark.parametrize("how", ["header", "define"])
@pytest.mark.parametrize("form", ["pem", "der"])
def test_imported_key_is_kept_to_oneself(how: str, form: str, tmp_path: Path) -> None:
    """As in Basic_AWS: key and certificate are files. A certificate may be cached."""
    cache, project = tmp_path / "cache", keyed(tmp_path / "thing")
    generate(Settings(project=tmp_path / "other", password="secret" if form == "der" else None))
    for kind in ("key", "crt"):
        project.write(f"mine/own.{kind}", "").write_bytes(
            (tmp_path / f"other/out/ssl/server.{kind}.{form}").read_bytes()
        )
    imported = '#ifdef KEY_FILE\n__asm__(".section .rodata\\n.incbin \\"" KEY_FILE "\\"\\n.previous\\n");\n#endif\n'
    project.write(CPP, "#include <setting.h>\n" + imported + APPLICATION)
    script = (project.folder / "SConscript").read_text("utf-8")
    for kind in ("crt", "key"):
        if how == "header":
            project.write("include/setting.h", f'#define KEY_FILE PROJECT_DIR "/mine/own.{kind}"\n')
        else:
            define = f'KEY_FILE="mine/own.{kind}"'
            project.write("SConscript", script.replace("certificate=True", f"certificate=True, defines=[{define!r}]"))
        project.scons(f"CACHE_DIR={cache}").succeeded()
        data = (project.folder / f"mine/own.{kind}").read_bytes()
        (made,) = (project.folder / "out").rglob("application.cpp.o")
        assert data in made.read_bytes()
        assert any(data in kept for kept in contents(cache)) == (kind == "crt")


def test_key_in_a_source_is_kept_to_oneself(tmp_path: Path) -> None:
    """As many examples for AWS have it: PEM in a string."""
    cache, project = tmp_path / "cache", keyed(tmp_path / "thing")
    text = '"-----BEGIN RSA " "PRIVATE KEY-----\\n" "the key of keys"'.replace('" "PR', "PR")
    project.write("include/aws.h", f"static const char* secret = {text};\n")
    project.write(CPP, '#include <aws.h>\n#include <cstdio>\nextern "C" int init() { return puts(secret) < 0; }\n')
    project.scons(f"CACHE_DIR={cache}").succeeded()
    kept = contents(cache)
    assert len(kept) > 5 and not any(b"the key of keys" in data for data in kept)


def test_password_of_the_network_is_kept_to_oneself(tmp_path: Path) -> None:
    """It is a word of the compiler's command line, and in the object of whatever uses it."""
    cache, project = tmp_path / "cache", keyed(tmp_path / "thing")
    project.write(CPP, '#include <cstdio>\nextern "C" int init() { return puts(WIFI_PWD) < 0; }\n')
    words = (f"CACHE_DIR={cache}", "WIFI_SSID=home", "WIFI_PWD=the word of words")
    project.scons(*words).succeeded()
    assert b"the word of words" in (project.folder / PROGRAM).read_bytes()
    kept = contents(cache)
    assert len(kept) > 5 and not any(b"the word of words" in data for data in kept)


def test_kinds_of_key_files(tmp_path: Path) -> None:
    """A PKCS#12 file has a key in it, too; a certificate has none."""
    (tmp_path / "app").mkdir()
    (tmp_path / "files").mkdir()
    (tmp_path / "app/application.cpp").write_text('extern "C" int init() { return 0; }\n')
    generate(Settings(project=tmp_path))
    key = serialization.load_der_private_key((tmp_path / "out/ssl/server.key.der").read_bytes(), None)
    certificate = x509.load_der_x509_certificate((tmp_path / "out/ssl/server.crt.der").read_bytes())
    assert isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey))
    encryption = serialization.BestAvailableEncryption(b"secret")
    both = pkcs12.serialize_key_and_certificates(b"thing", key, certificate, None, encryption)
    for data, secret in ((certificate.public_bytes(serialization.Encoding.DER), False), (both, True)):
        (tmp_path / "files/identity").write_bytes(data)
        application = Application("thing", tmp_path)
        assert embedding.KeyUse.of(application, [tmp_path / "include"], tmp_path).secret == secret


def test_programs_with_a_key_are_their_owners_alone(tmp_path: Path) -> None:
    """As the key itself is: nobody else gets it out of an object, a program or a copy."""
    project = keyed(tmp_path / "thing")
    project.scons().succeeded()
    key = key_of(project)
    open_to_all = []
    for path in (project.folder / "out").rglob("*"):
        if path.is_file() and key in path.read_bytes():
            folders = [folder for folder in path.parents if project.folder / "out" in folder.parents]
            if path.stat().st_mode & 0o077 and all(folder.stat().st_mode & 0o011 for folder in folders):
                open_to_all.append(path)
    assert open_to_all == []


def test_key_in_a_file_of_the_device(tmp_path: Path) -> None:
    """The host copies it, a chip's program holds it."""
    cache, project = tmp_path / "cache", keyed(tmp_path / "thing")
    project.write("files/page.html", "<p>page</p>")
    assert CPP in project.scons(f"CACHE_DIR={cache}").succeeded().compiled
    shutil.rmtree(project.folder / "out")
    assert project.scons(f"CACHE_DIR={cache}").succeeded().compiled == set()
    shutil.rmtree(project.folder / "out")
    generate(Settings(project=tmp_path / "other"))
    key = (tmp_path / "other/out/ssl/server.key.pem").read_bytes()
    project.write("files/device.key", key.decode())
    assert project.scons(f"CACHE_DIR={cache}").succeeded().compiled == {CPP}
    assert (project.folder / "out/host/bearssl/thing/files/device.key").read_bytes() == key
    assert not any(key in kept for kept in contents(cache))


def _provided(folder: Path, key: bytes = b"a key", certificate: bytes = b"certificate") -> embedding.Embedding:
    (folder / "out/ssl").mkdir(parents=True)
    (folder / "out/ssl/server.key.der").write_bytes(key)
    (folder / "out/ssl/server.crt.der").write_bytes(certificate)
    provided = embedding.provide(Workspace(folder, folder))
    assert provided is not None
    return provided


USES = """
#include <stdint.h>
#define PROGMEM __attribute__((aligned(4)))
#define BOTH \\
	(default_private_key[0] + sizeof(default_private_key) + default_private_key_len + sizeof default_certificate)
#ifdef __cplusplus
namespace {
#endif
unsigned inside(void);
unsigned inside(void)
{
#include <ssl/private_key.h>
#include <ssl/cert.h>
	const uint8_t* first = default_certificate;
	return BOTH + *first;
}
#ifdef __cplusplus
}
#endif
#include <ssl/cert.h>
#include <ssl/private_key.h>
#ifdef __cplusplus
template <typename T> T sum(T start) { return start + T(BOTH); }
const auto lambda = [](unsigned more) { return unsigned(BOTH) + more; };
unsigned more() { return sum(1u) + lambda(2); }
const unsigned length = default_certificate_len;
unsigned all() { return more() + length; }
#endif
int main(void)
{
	return inside() == BOTH + default_certificate[0] ? 0 : 1;
}
"""


def _compile(compiler: str, language: str, folder: Path) -> None:
    provided = _provided(folder)
    (folder / f"uses.{language}").write_text(USES)
    strict = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
    for optimised in ("-O0", "-Os"):
        command = [compiler, *strict, optimised, f"-I{provided.includes}", f"uses.{language}", str(provided.source)]
        done = subprocess.run([*command, "-o", "uses"], cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        subprocess.run([folder / "uses"], check=True)


@pytest.mark.parametrize(("compiler", "language"), [("gcc", "c"), ("g++", "cpp")])
def test_headers_as_applications_use_them(compiler: str, language: str, tmp_path: Path) -> None:
    _compile(compiler, language, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("compiler", "language"), [("clang", "c"), ("clang++", "cpp")])
def test_headers_with_clang(compiler: str, language: str, tmp_path: Path) -> None:
    _compile(str(archive.tool_package("clang").program(compiler)), language, tmp_path)


@pytest.mark.parametrize("soc", ["esp8266", "esp32c3", "rp2040"])
def test_assembler_of_every_core(soc: str, tmp_path: Path) -> None:
    key, certificate = bytes(range(7)) * 11, bytes(range(100, 113)) * 17
    provided = _provided(tmp_path, key, certificate)
    chip = SOCS[soc]
    toolchain = find_toolchain(chip, read_settings({}, {}), Workspace(tmp_path, tmp_path))
    command = [toolchain.cc, *toolchain.common, *chip.cpu_flags, "-c", str(provided.source), "-o", "certificate.o"]
    subprocess.run(command, cwd=tmp_path, check=True)
    made = (tmp_path / "certificate.o").read_bytes()
    for data in (key, certificate):
        assert made.count(data) == 1 and made.index(data) % 4 == 0
        # Its length is the next object, and begins at a word, too.
        end = made.index(data) + len(data)
        assert made[end + -end % 4 :][:4] == len(data).to_bytes(4, "little")
    # Linker scripts put this kind of section into flash.
    assert b".rodata.default_private_key\0" in made and b".data.default" not in made
