"""One registry of targets, one table of variables: help has them all."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from sming_host.build.commands import FLAGS, help_text
from sming_host.build.options import OPTIONS
from sming_host.build.soc import SOCS
from sming_host.build.targets import TARGETS
from sming_host.certificates.authority import DEFAULT_DAYS, DEFAULT_KEY_TYPE, DEFAULT_NAMES
from tests.build.project import CHECKOUT, Project, scons


@pytest.mark.parametrize("name", [target.name for target in TARGETS])
def test_every_target_is_in_help(name: str) -> None:
    assert re.search(rf"^  {re.escape(name)} +\S", help_text(), re.MULTILINE)


@pytest.mark.parametrize("name", [option.name for option in OPTIONS])
def test_every_variable_is_in_help(name: str) -> None:
    assert re.search(rf"^  {name}( \*)? +\S", help_text(), re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "default"),
    [("KEY_TYPE", DEFAULT_KEY_TYPE), ("CERT_SANS", ",".join(DEFAULT_NAMES)), ("CERT_DAYS", str(DEFAULT_DAYS))],
)
def test_defaults_of_certificates_are_what_is_made(name: str, default: str) -> None:
    """The table of variables is read by builds that load no certificate library."""
    assert f"(default {default})" in next(option.help for option in OPTIONS if option.name == name)


def test_every_spelling_of_a_value_is_in_help() -> None:
    assert re.search(r"^  ENABLE_SSL +.*\[0\|Axtls\|Bearssl\|1, default 0\]$", help_text(), re.MULTILINE)


def test_help_as_it_is_printed() -> None:
    assert scons(CHECKOUT, "help").succeeded().output.strip() == help_text()


def test_scons_own_help_is_ours() -> None:
    assert help_text() in scons(CHECKOUT, "-h").succeeded().output


def test_words_of_the_command_line_stand_apart_from_their_help() -> None:
    for name in FLAGS:
        assert re.search(rf"^  {name}(=[A-Z]+)? +[a-z]", help_text(), re.MULTILINE)


def test_help_for_programs() -> None:
    rows = json.loads(scons(CHECKOUT, "help", "--json").succeeded().output)
    names = {kind: {row["name"] for row in rows if row["kind"] == kind} for kind in ("target", "variable", "option")}
    assert names["target"] == {target.name for target in TARGETS}
    assert names["variable"] == {option.name for option in OPTIONS}
    assert names["option"] == set(FLAGS)


def test_list_soc() -> None:
    rows = {row["name"]: row for row in json.loads(scons(CHECKOUT, "list-soc", "--json").succeeded().output)}
    assert set(rows) == set(SOCS)
    assert rows["host"]["ready"] is True


def test_list_components_of_a_project_and_of_the_package(project: Project) -> None:
    rows = json.loads(project.scons("list-components", "--json").succeeded().output)
    folders = {row["name"]: row["folder"] for row in rows}
    assert folders["plain"] == "components/plain"
    assert folders["network"] == "out/source/sming/components/network"


def test_list_config_hides_passwords() -> None:
    output = scons(CHECKOUT, "list-config", "WIFI_SSID=home", "WIFI_PWD=verysecret").succeeded().output
    assert re.search(r"^WIFI_SSID +home +command line$", output, re.MULTILINE)
    assert "verysecret" not in output


def test_list_config_keeps_a_long_value_apart() -> None:
    name = "network" * 4
    output = scons(CHECKOUT, "list-config", f"WIFI_SSID={name}").succeeded().output
    assert re.search(rf"^WIFI_SSID +{name} command line$", output, re.MULTILINE)


def test_reader_that_has_seen_enough() -> None:
    command = f"{shlex.quote(sys.executable)} -m SCons -Q help | true"
    done = subprocess.run(["sh", "-c", command], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_doctor_of_the_fetched_compiler(project: Project) -> None:
    assert "clanggcc" not in project.scons("doctor", "TOOLCHAIN=clang").output


def test_doctor(project: Project) -> None:
    output = project.scons("doctor").succeeded().output
    assert "compiler" in output
    broken = project.scons("doctor", "TOOLCHAIN=/nowhere/bin/")
    assert broken.status == 1
    assert re.search(r"^FAIL +compiler", broken.output, re.MULTILINE)


def test_doctor_fetches_no_compiler(project: Project, tmp_path: Path) -> None:
    """With an empty cache it says what a build would fetch."""
    cache = tmp_path / "cache"
    # A compiler of this machine's own would be taken
    folders = os.environ["PATH"].split(os.pathsep)
    path = os.pathsep.join(one for one in folders if not (Path(one) / "riscv64-unknown-elf-g++").exists())
    environment = {"XDG_CACHE_HOME": str(cache), "PATH": path}
    output = project.scons("doctor", "SMING_SOC=esp32c3", env=environment).output
    assert "esp32c3: the first build fetches gcc-riscv64-unknown-elf and libstdcxx" in output
    assert not list(cache.rglob("tools"))
