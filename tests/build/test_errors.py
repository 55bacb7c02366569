"""Whatever a user gets wrong is named, with what would be right; never a traceback, never status 0."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sming_host import named
from tests.build.project import CHECKOUT, Project, scons
from tests.support.search_path import only

# File systems have names of 255 bytes at most.
LONG = "name" * 75


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("ENABLE_SSL=Mbedtls", ["ENABLE_SSL=Mbedtls", "Allowed: 0, Axtls, Bearssl; 1 means Axtls"]),
        ("SMING_SOC=esp99", ["SMING_SOC=esp99", "did you mean esp", "Allowed: host, esp8266"]),
        ("SMNG_SOC=host", ["unknown variable SMNG_SOC", "did you mean SMING_SOC?"]),
        ("SMING_RELEASE=maybe", ["SMING_RELEASE=maybe", "Allowed: 0, 1"]),
        ("SANITIZERS=adress", ["SANITIZERS=adress", "did you mean address?"]),
        ("V=2", ["V=2", "Allowed: 0, 1"]),
        ("sise", ["unknown target sise", "did you mean size?"]),
        ("Basic_Sll", ["unknown target Basic_Sll", "did you mean Basic_Ssl?"]),
        ("clean", ["unknown target clean; `-c` removes what a build has made"]),
        ("all", ["unknown target all; without a target, everything is built"]),
        ("APP=Basic_Sll", ["APP=Basic_Sll", "did you mean Basic_Ssl?"]),
        ("APP=docs/nowhere", ["APP=docs/nowhere", "no such sample or folder"]),
        ("APP=tests", ["APP=tests", "has no folder app/"]),
        ("LAUNCHER=ccash", ["LAUNCHER=ccash", "no such program", "ccache"]),
        ("TOOLCHAIN=/nowhere/bin/", ["TOOLCHAIN=/nowhere/bin/", "no program /nowhere/bin/gcc"]),
        ("USER_CFLAGS='-DX", ["USER_CFLAGS='-DX", "No closing quotation"]),
        ("CACHE_DIR=README.md/x", ["README.md/x: Not a directory", "CACHE_DIR"]),
    ],
)
def test_command_line(argument: str, words: list[str]) -> None:
    scons(CHECKOUT, argument).refused(*words)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (["test", LONG], f"unknown target {LONG}"),
        (["test", f"ARGS={LONG}"], f"ARGS: there is no {LONG}"),
        ([f"APP={LONG}"], f"APP={LONG}: no such sample or folder"),
        (["cert-info", f"CERT={LONG}"], "is neither a file nor HOST:PORT"),
        ([f"CACHE_DIR={LONG}"], "CACHE_DIR is a folder of your own"),
        (["CACHE_DIR=~nobody-of-this-name/x"], "CACHE_DIR=~nobody-of-this-name/x: there is no such user"),
        (["ENABLE_SSL=Bearssl", f"BEARSSL_ROOT={LONG}"], "there is no such directory"),
        (["SMING_SOC=rp2040", f"GCC_ARM_NONE_EABI_ROOT={LONG}"], "Name the prefix of an installation"),
        (["SMING_SOC=rp2040", "GCC_ARM_NONE_EABI_ROOT=~nobody-of-this-name"], "there is no such user"),
        (["SMING_SOC=esp8266", "monitor", f"COM_PORT={LONG}"], "there is no such port"),
        (["SMING_SOC=esp8266", "read-flash", "COM_PORT=socket://127.0.0.1:1", f"FLASH_FILE={LONG}"], "FLASH_FILE=…"),
    ],
    ids=lambda value: value[-1].partition("=")[0][:12] if isinstance(value, list) else "",
)
def test_names_that_no_file_can_have(call: list[str], words: str) -> None:
    scons(CHECKOUT, *call).refused(words)


def test_cache_at_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    result = scons(CHECKOUT, "doctor", env={"XDG_CACHE_HOME": str(tmp_path / LONG)})
    result.refused("cannot be written (File name too long)", "set XDG_CACHE_HOME")


@pytest.mark.parametrize("name", [LONG, "with\0zero", "nothing/here"])
def test_what_cannot_be_named_is_not_there(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    assert not named.exists(path) and not named.is_file(path) and not named.is_dir(path)
    assert named.exists(tmp_path) and named.is_dir(tmp_path) and not named.is_file(tmp_path)


def test_commands_with_names_that_no_file_can_have(tmp_path: Path) -> None:
    for words in (["cert-info", LONG], ["generate-cert", "--project", LONG], ["generate-cert", "--application", LONG]):
        command = [sys.executable, "-m", "sming_host", *words]
        # One with a project of its own writes there
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 1 and done.stderr.startswith(f"error: {LONG}"), done.stderr


def test_value_from_the_environment_says_so(project: Project) -> None:
    project.scons(env={"ENABLE_SSL": "Mbedtls"}).refused("ENABLE_SSL=Mbedtls (environment)")


def test_targets_that_stand_alone(project: Project) -> None:
    project.scons("help", "size").refused("help stands alone")


def test_broken_source_shows_the_compilers_words_and_one_line(project: Project) -> None:
    project.scons().succeeded()
    project.append("app/application.cpp", "this is no C++;\n")
    result = project.scons()
    result.refused("app/application.cpp:8:1: error:", "CXX app/application.cpp failed (exit status 1)")
    after = result.output[result.output.index("CXX app/application.cpp failed") :]
    assert after.count("\n") == 1


@pytest.mark.parametrize("missing", ["gcc", "g++", "ar"])
def test_no_compiler(project: Project, tmp_path: Path, missing: str) -> None:
    tools = only({"gcc", "g++", "ar"} - {missing}, tmp_path / "bin")
    project.scons(env={"PATH": tools}).refused(f"no {missing} on PATH", "apt install")


def test_no_compiler_for_a_chip(project: Project) -> None:
    project.scons("SMING_SOC=rp2040", "TOOLCHAIN=/nowhere/arm-").refused(
        "no compiler at TOOLCHAIN=/nowhere/arm-", "no program /nowhere/arm-gcc"
    )
    project.scons("SMING_SOC=rp2040", "GCC_ARM_NONE_EABI_ROOT=/nowhere").refused("GCC_ARM_NONE_EABI_ROOT=/nowhere")


def test_tool_of_ones_own_that_is_not_there(project: Project, tmp_path: Path) -> None:
    """Also for a tool that only some of the build's parts ask for."""
    tools = only(("gcc", "g++", "ar"), tmp_path / "bin")
    result = project.scons("LAUNCHER=distcc", "DISTCC_ROOT=/nowhere", env={"PATH": tools})
    result.refused("DISTCC_ROOT=/nowhere: there is no program distcc")


@pytest.mark.parametrize("variable", ["SANITIZERS=address", "COVERAGE=1"])
def test_what_only_the_host_can_do(project: Project, variable: str) -> None:
    project.scons("SMING_SOC=esp32c3", variable).refused(f"{variable.partition('=')[0]} needs SMING_SOC=host")


def test_options_for_a_program_on_a_chip() -> None:
    call = ("SMING_SOC=esp32c3", "-n", "APP=Server_Ssl", "run", "ARGS=--duration=5")
    scons(CHECKOUT, *call).refused("ARGS: a program on esp32c3 takes no options", "Ctrl-C")


@pytest.mark.parametrize("name", ["tests/build", "tests/build/test_errors.py", "tests/build/test_errors.py::test_no"])
def test_files_of_tests_go_into_args(name: str) -> None:
    scons(CHECKOUT, "test", name).refused(f"{name} is no target", f"./scons test ARGS={name}")


@pytest.mark.parametrize("argument", ["CERT=out/ssl/server.crt.pem", "TRUST_ANCHORS=out/ssl/ca.crt.pem"])
def test_certificates_that_were_not_made_yet(project: Project, argument: str) -> None:
    target = ["cert-info"] if argument.startswith("CERT=") else ["ENABLE_SSL=Bearssl"]
    project.scons(*target, argument).refused("`./scons generate-cert` makes what out/ssl has")


def test_names_of_authorities_with_blanks(project: Project) -> None:
    """A blank belongs to the name of a file that is there; otherwise it separates two."""
    project.write("my ca.pem", "no certificate\n")
    project.scons("ENABLE_SSL=Bearssl", "TRUST_ANCHORS=my ca.pem,x").refused("no certificate in", "/my ca.pem.")
    project.scons("ENABLE_SSL=Bearssl", "TRUST_ANCHORS=your ca.pem").refused("/your cannot be read")


def test_component_that_is_missing(project: Project) -> None:
    project.write("components/plain/SConscript", 'Import("env")\nenv.Component("plain", requires=["sll"])\n')
    project.scons().refused("no component sll; did you mean ssl? (required by plain)")


def test_components_in_a_circle(project: Project) -> None:
    project.write("components/plain/SConscript", 'Import("env")\nenv.Component("plain", requires=["sming"])\n')
    project.scons().refused("in a circle: sming → plain → sming")


def test_misspelt_keyword_of_a_component(project: Project) -> None:
    project.write("components/plain/SConscript", 'Import("env")\nenv.Component("plain", require=["ssl"])\n')
    project.scons().refused("component plain", "env.Component has no require=; did you mean requires?")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('Import("env")\nenv.Component("plain", sources=sorces)\n', "SConscript:2: NameError: name 'sorces'"),
        ('Import("env")\nenv.Component("plain"\n', "SConscript:2: SyntaxError"),
        ('Import("env")\nenv["NOT_THERE"]\n', "SConscript:2: KeyError"),
    ],
)
def test_error_in_an_sconscript_is_told_with_its_line(project: Project, text: str, words: str) -> None:
    project.write("components/plain/SConscript", text)
    project.scons().refused(words)


def test_source_that_is_missing(project: Project) -> None:
    project.write("components/plain/SConscript", 'Import("env")\nenv.Component("plain", sources=["src/plane.c"])\n')
    project.scons().refused("component plain", "plane.c")


@pytest.mark.parametrize("keyword", ["requires", "cflags", "public_defines", "private_includes"])
def test_text_instead_of_a_list_for_a_component(project: Project, keyword: str) -> None:
    project.write("components/plain/SConscript", f'Import("env")\nenv.Component("plain", {keyword}="-O2")\n')
    project.scons().refused(f"component plain: {keyword}= takes a list, not '-O2'")


def test_text_instead_of_a_list_for_an_application(project: Project) -> None:
    project.write("SConscript", 'Import("env")\nenv.Application(cflags="-O2")\n')
    project.scons().refused("thing/SConscript: cflags= takes a list, not '-O2'")


def test_misspelt_default_of_an_application(project: Project) -> None:
    project.write("SConscript", 'Import("env")\nenv.Application(ENABLE_SLL="Bearssl")\n')
    project.scons().refused("ENABLE_SLL", "did you mean ENABLE_SSL?")


@pytest.mark.parametrize("target", ["run", "test"])
def test_arguments_that_do_not_end(project: Project, target: str) -> None:
    (project.folder / "tests").mkdir()
    project.scons(target, "ARGS='x").refused("ARGS='x", "No closing quotation")


def test_no_place_for_what_is_built(project: Project) -> None:
    project.write("out", "a file")
    project.scons().refused(f"{project.folder}/out", "Not a directory", "goes to out/")


def test_traceback_on_request(project: Project) -> None:
    assert "Traceback" in project.scons("SMING_SOC=esp99", "V=1").output
    assert "Traceback" in project.scons("SMING_SOC=esp99", env={"SMING_TRACEBACK": "1"}).output


def test_suite_without_its_packages() -> None:
    """As after a first build: only `./scons test` installs what the tests need."""
    command = [sys.executable, "-m", "pytest", "-p", "no:timeout", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [*command, f"{__file__}::test_no_compiler_for_a_chip"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert "`./scons test` installs" in run.stderr and "Traceback" not in run.stdout + run.stderr
