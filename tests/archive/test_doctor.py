"""The doctor's findings: what fails, what only warns, and what each says to do."""

from __future__ import annotations

import json
import os
import shutil
import socket
import time
from pathlib import Path
from typing import Optional

import pytest

from sming_host import doctor
from sming_host.build import archive
from sming_host.build.archive import pins
from sming_host.doctor import Finding, Status

from .fake_apt import FakeArchive


def test_report_prints_findings_and_advice(capsys: pytest.CaptureFixture[str]) -> None:
    found = [Finding("a", Status.OK, "fine"), Finding("b", Status.WARN, "odd", "Look."), Finding("c", Status.OK, "")]
    assert doctor.report(found)
    assert capsys.readouterr().out.splitlines()[:3] == ["OK    a: fine", "WARN  b: odd", "      Look."]
    assert not doctor.report([*found, Finding("d", Status.FAIL, "gone", "Mend.")])


def test_report_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert not doctor.report([Finding("d", Status.FAIL, "gone", "Mend.")], as_json=True)
    row = {"name": "d", "status": "FAIL", "detail": "gone", "advice": "Mend."}
    assert json.loads(capsys.readouterr().out) == {"ok": False, "checks": [row]}


def test_this_machine_can_build() -> None:
    assert doctor.check_python().status is Status.OK
    assert doctor.check_compiler().status is Status.OK
    assert doctor.check_clock().status is Status.OK


def test_no_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    finding = doctor.check_compiler()
    assert finding.status is Status.FAIL
    assert "no gcc, g++, ar on PATH" in finding.detail
    assert "build-essential" in finding.advice


@pytest.mark.parametrize(
    ("version", "said"), [("7.5.0", "g++ 7.5.0"), ("12.2.0", "cannot build a C++17 program: x: error: no headers")]
)
def test_unfit_compiler(version: str, said: str, tmp_path: Path) -> None:
    script = f"#!/bin/sh\ncase $* in *version*) echo {version};; *) echo 'x: error: no headers' >&2; exit 1;; esac\n"
    for name in ("gcc", "g++", "ar"):
        (tmp_path / name).write_text(script, "utf-8")
        (tmp_path / name).chmod(0o755)
    finding = doctor.check_compiler(f"{tmp_path}/")
    assert finding.status is Status.FAIL
    assert said in finding.detail


@pytest.mark.parametrize("now", [0.0, 4_000_000_000.0])
def test_wrong_clock(now: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: now)
    assert doctor.check_clock().status is Status.FAIL


def test_archive_matters_only_while_something_is_to_be_fetched(
    fake: FakeArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "reachable", lambda: "no answer (Could not connect)")
    pin = fake.add_source("lib", "1", {"lib.h": ""})
    monkeypatch.setattr(pins, "SOURCES", {"lib": pin})
    monkeypatch.setattr(doctor, "SOURCES", {"lib": pin})
    before = doctor.check_archive()
    assert before.status is Status.FAIL
    assert "still to be fetched: lib" in before.detail
    assert "LIB_ROOT" in before.advice
    (tmp_path / "lib.h").write_text("", "utf-8")
    assert doctor.check_archive({"LIB_ROOT": str(tmp_path)}).status is Status.WARN
    archive.source_package("lib", progress=lambda line: None)
    assert doctor.check_archive().status is Status.WARN
    monkeypatch.setattr(doctor, "reachable", lambda: "")
    assert doctor.check_archive().status is Status.OK
    monkeypatch.setenv("PATH", str(tmp_path))
    assert doctor.check_archive().detail.startswith("no apt-get")


def test_cache_is_verified_in_full(fake: FakeArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [finding.status for finding in doctor.check_cache()] == [Status.OK]
    pin = fake.add_source("lib", "1", {"lib.h": "int a;\n"})
    monkeypatch.setattr(pins, "SOURCES", {"lib": pin})
    header = archive.source_package("lib", progress=lambda line: None) / "lib.h"
    assert "1 sound packages" in next(iter(doctor.check_cache())).detail
    before = header.stat()
    header.write_text("int b;\n", "utf-8")
    os.utime(header, ns=(before.st_atime_ns, before.st_mtime_ns))
    damaged, rest = doctor.check_cache()
    assert damaged.status is Status.FAIL
    assert "tree/lib.h has other content" in damaged.detail
    assert "rm -rf" in damaged.advice
    assert "0 sound packages" in rest.detail


def test_cache_that_cannot_be_written(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    (finding,) = doctor.check_cache()
    assert finding.status is Status.FAIL
    assert "XDG_CACHE_HOME" in finding.advice


@pytest.mark.parametrize(("free", "status"), [(10**6, Status.FAIL), (5 * 10**8, Status.WARN), (10**10, Status.OK)])
def test_free_room(free: int, status: Status, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    assert doctor.check_disk("disk", tmp_path).status is status


def test_port_in_use() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        finding = doctor.check_port(other.getsockname()[1])
    assert finding.status is Status.WARN
    assert "--map" in finding.advice


def test_serial_ports(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Ports of a mainboard do not count; one without permission is worth a warning."""

    class Port:
        def __init__(self, device: Path, vid: Optional[int]) -> None:
            self.device, self.description, self.vid = str(device), "CP2102", vid

    board = tmp_path / "ttyUSB0"
    board.touch()
    ports = [Port(tmp_path / "ttyS0", None)]
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: ports)
    assert doctor.check_serial_ports() == Finding("serial ports", Status.OK, "no board on USB")
    ports.append(Port(board, 0x10C4))
    assert doctor.check_serial_ports().detail == f"{board} (CP2102)"
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    closed = doctor.check_serial_ports()
    assert closed.status is Status.WARN and "dialout" in closed.advice
