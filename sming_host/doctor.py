"""``./scons doctor``: what this machine has, what it lacks, and what to do about it.

Each check is a function that returns a `Finding`; it repairs nothing and downloads nothing but one small file that
shows whether the package archive answers.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from typing import Optional

from serial.tools import list_ports

from sming_host.build.archive import SOURCES, cache_root, machine
from sming_host.build.archive.apt import reachable
from sming_host.build.archive.cache import entries
from sming_host.build.archive.sources import source_entry, user_tree
from sming_host.errors import UserError
from sming_host.named import exists

_PYTHON = (3, 9)
# First g++ whose C++17 is complete.
_GCC = 8
_DISK_FAIL = 200_000_000
_DISK_WARN = 1_000_000_000
# Ports that samples listen on in their host build.
_PORTS = (8443, 8080, 4443)
# Certificates that are made or checked with a clock outside of these years make no sense.
_YEARS = (2025, 2060)
_COMPILE_TIMEOUT_S = 60.0
_PROBE = "#include <cstdint>\n#include <optional>\nint main() { return std::optional<int>{0}.value(); }\n"


class Status(Enum):
    """Only FAIL makes the command's exit status 1."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True)
class Finding:
    """The outcome of one check; `advice` says what to do and is empty when all is well."""

    name: str
    status: Status
    detail: str
    advice: str = ""


def report(found: Iterable[Finding], as_json: bool = False) -> bool:
    """Print every finding as it comes (or all as JSON); False if something fails."""
    findings = []
    for finding in found:
        findings.append(finding)
        if not as_json:
            print(f"{finding.status.value:<5} {finding.name}: {finding.detail}", flush=True)
            if finding.advice:
                print(f"      {finding.advice}", flush=True)
    healthy = all(finding.status is not Status.FAIL for finding in findings)
    if as_json:
        rows = [{**asdict(finding), "status": finding.status.value} for finding in findings]
        print(json.dumps({"ok": healthy, "checks": rows}, indent=2))
    return healthy


def examine(prefix: str = "", roots: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Make all checks of the machine, one after another.

    `prefix` stands before gcc and g++ (TOOLCHAIN); `roots` has the values of the ``…_ROOT`` variables.
    """
    yield check_python()
    yield check_compiler(prefix)
    yield check_git()
    yield check_clock()
    yield check_archive(roots)
    yield from check_cache()
    yield check_disk("disk of the package cache", _existing(_cache_folder()))
    yield check_disk("disk of this folder", Path.cwd())
    for port in _PORTS:
        yield check_port(port)
    yield check_serial_ports()


def check_python() -> Finding:
    """Version, and the modules that some distributions split off."""
    name, version = "Python", sys.version.split()[0]
    place = f"{version} in {sys.prefix}"
    if sys.version_info < _PYTHON:
        return Finding(name, Status.FAIL, place, f"Install Python {_PYTHON[0]}.{_PYTHON[1]} or newer.")
    lacking = [module for module in ("venv", "ensurepip", "ssl", "lzma") if importlib.util.find_spec(module) is None]
    if "ssl" in lacking:
        return Finding(name, Status.FAIL, f"{place}, without the module ssl", "Use a Python that was built with it.")
    if lacking:
        advice = "Debian, Ubuntu: apt install python3-venv xz-utils."
        return Finding(name, Status.WARN, f"{place}, without {', '.join(lacking)}", advice)
    kind = "virtual environment" if sys.prefix != sys.base_prefix else "no virtual environment"
    return Finding(name, Status.OK, f"{place} ({kind})")


def check_compiler(prefix: str = "") -> Finding:
    """gcc and g++ of the host, by compiling and linking a small C++17 program."""
    name = "compiler"
    missing = [program for program in ("gcc", "g++", "ar") if shutil.which(prefix + program) is None]
    if missing:
        advice = "Debian, Ubuntu: apt install build-essential. Or say TOOLCHAIN=/where/it/is/bin/."
        return Finding(name, Status.FAIL, f"no {', '.join(prefix + program for program in missing)} on PATH", advice)
    version = _output([prefix + "g++", "-dumpfullversion", "-dumpversion"])
    if not version[:1].isdigit() or int(version.split(".")[0]) < _GCC:
        return Finding(name, Status.FAIL, f"{prefix}g++ {version}", f"Install g++ {_GCC} or newer (C++17).")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "probe.cpp"
        source.write_text(_PROBE, "utf-8")
        command = [prefix + "g++", "-std=c++17", str(source), "-o", str(source.with_suffix(""))]
        try:
            result = subprocess.run(
                command, capture_output=True, text=True, errors="replace", timeout=_COMPILE_TIMEOUT_S, check=False
            )
        except subprocess.TimeoutExpired:
            return Finding(name, Status.FAIL, f"{prefix}g++ {version} does not end", "Look at it: it may be a wrapper.")
    if result.returncode != 0:
        reason = next((line for line in result.stderr.splitlines() if "error" in line), "no message")
        advice = "Debian, Ubuntu: apt install build-essential (headers and libraries of C and C++)."
        return Finding(name, Status.FAIL, f"{prefix}g++ {version} cannot build a C++17 program: {reason}", advice)
    return Finding(name, Status.OK, f"{prefix}g++ {version}")


def check_git() -> Finding:
    """git keeps keys out of the repository (generate-cert asks it) and brings the sources."""
    if shutil.which("git") is None:
        advice = "Install git: generate-cert cannot tell without it whether a key would be committed."
        return Finding("git", Status.WARN, "not on PATH", advice)
    return Finding("git", Status.OK, _output(["git", "--version"]))


def check_clock() -> Finding:
    """A clock far off makes package indexes and certificates look expired or not yet valid."""
    now = time.time()
    shown = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now))
    advice = "Set this machine's clock: signatures and certificates are judged by it."
    newest = Path(__file__).stat().st_mtime
    if not _YEARS[0] <= time.gmtime(now).tm_year <= _YEARS[1] or now < newest - 86400.0:
        return Finding("clock", Status.FAIL, shown, advice)
    return Finding("clock", Status.OK, shown)


def check_archive(roots: Mapping[str, str] = os.environ) -> Finding:
    """apt and its archive; needed only for what is neither in the cache nor given by a variable."""
    name = "package archive"
    wanted = _wanted_sources(roots)
    severity = Status.FAIL if wanted else Status.WARN
    need = f"still to be fetched: {', '.join(wanted)}" if wanted else "the pinned sources are at hand already"
    variables = " and ".join(SOURCES[source].variable for source in wanted or SOURCES)
    missing = machine.missing_apt_programs()
    if missing:
        return Finding(name, severity, f"no {missing[0]}; {need}", f"Point {variables} at source trees of your own.")
    problem = reachable()
    if problem:
        advice = f"Connect this machine (behind a proxy: set http_proxy), or point {variables} at source trees."
        return Finding(name, severity, f"{problem}; {need}", advice)
    return Finding(name, Status.OK, f"answers; {need}")


def _wanted_sources(roots: Mapping[str, str]) -> list[str]:
    """Pinned sources that a build would have to fetch."""
    wanted = []
    for name, pin in SOURCES.items():
        own = roots.get(pin.variable, "")
        try:
            if own:
                user_tree(pin, own)
            elif not source_entry(pin).exists():
                wanted.append(name)
        except UserError:
            wanted.append(name)
    return wanted


def check_cache() -> Iterator[Finding]:
    """Whether the package cache can be written, and every file in it against its manifest."""
    name = "package cache"
    try:
        root = cache_root()
        # Not there yet is fine; that it can never be there is not
        with contextlib.suppress(FileNotFoundError):
            root.lstat()
        with tempfile.TemporaryFile(dir=_existing(root)):
            pass
    except UserError as error:
        yield Finding(name, Status.FAIL, error.message, error.hint)
        return
    except OSError as error:
        advice = "Make it writable for this user, or set XDG_CACHE_HOME to a directory that is."
        yield Finding(name, Status.FAIL, f"{root} cannot be written ({error.strerror})", advice)
        return
    sound = 0
    size = 0
    for entry in entries():
        try:
            size += int(entry.load()["size"])
            entry.verify(full=True)
            sound += 1
        except UserError as error:
            yield Finding(name, Status.FAIL, error.message, error.hint)
    yield Finding(name, Status.OK, f"{root}, {sound} sound packages, {size / 1e6:.0f} MB")


def check_disk(name: str, folder: Path) -> Finding:
    """Free room for this user."""
    free = shutil.disk_usage(folder).free
    detail = f"{free / 1e9:.1f} GB free at {folder}"
    if free < _DISK_FAIL:
        return Finding(name, Status.FAIL, detail, "Free some space: a build needs 0.2 GB, a cross compiler 0.3 GB.")
    if free < _DISK_WARN:
        return Finding(name, Status.WARN, detail, "A build fits; compilers of other chips and test tools may not.")
    return Finding(name, Status.OK, detail)


def check_port(port: int) -> Finding:
    """Whether a sample could listen on a TCP port."""
    name = f"port {port}"
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            advice = f"Samples that listen there need another one: ARGS='--map {port}:{port + 10000}'."
            return Finding(name, Status.WARN, str(error.strerror), advice)
    return Finding(name, Status.OK, "free")


def check_serial_ports() -> Finding:
    """Boards on USB, and whether this user may talk to them."""
    name = "serial ports"
    # Those on a mainboard are always listed, whether there is anything behind them or not.
    found = {str(port.device): str(port.description) for port in list_ports.comports() if port.vid is not None}
    if not found:
        return Finding(name, Status.OK, "no board on USB")
    shown = ", ".join(f"{device} ({about})" for device, about in sorted(found.items()))
    closed = [device for device in sorted(found) if not os.access(device, os.R_OK | os.W_OK)]
    if closed:
        advice = "Debian, Ubuntu: sudo adduser $USER dialout; then log in anew."
        return Finding(name, Status.WARN, f"{shown}; no permission for {', '.join(closed)}", advice)
    return Finding(name, Status.OK, shown)


def _cache_folder() -> Path:
    try:
        return cache_root()
    except UserError:
        return Path(tempfile.gettempdir())


def _existing(folder: Path) -> Path:
    """The folder itself or the nearest of its parents that is there."""
    return next(path for path in (folder, *folder.parents) if exists(path))


def _output(command: list[str]) -> str:
    result = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    match: Optional[re.Match[str]] = re.search(r"\S.*", result.stdout)
    return match.group(0).strip() if match else "no answer"
