"""apt with a state of its own: the machine's archive, keys and proxies, but none of its directories.

Everything is set by one configuration file that apt reads after the machine's (``-c``), so that hooks of the
machine's configuration, which would run as this user, and options that loosen signature checks are gone.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Optional
from urllib.parse import unquote

from . import machine
from .cache import Progress, explained
from .errors import (
    ArchiveError,
    ArchiveUnavailable,
    CacheUnwritable,
    ChecksumMismatch,
    DownloadIncomplete,
    NetworkDown,
    NoApt,
    PackageMissing,
    disk_full,
)
from .machine_sources import Stanza, parse_deb822, read_sources, render, select

# Needed by maintainer scripts alone, which are never run here. Left out, distcc needs 20 packages instead of 55.
_MAINTAINER_ONLY = (
    "adduser",
    "debconf",
    "dpkg",
    "init-system-helpers",
    "install-info",
    "lsb-base",
    "netbase",
    "passwd",
    "perl",
    "sysvinit-utils",
    "ucf",
    "usrmerge",
)
# Long enough that a build which fetches five packages reads the lists once; a list that is older than the archive
# shows up as a missing file and is read again (see `Apt.refresh`).
_LISTS_FRESH_S = 6 * 3600.0

_PROBE_TIMEOUT_S = 10

_CONFIGURATION = """\
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Architectures;
#clear APT::Default-Release;
APT::Architectures {{ "{architecture}"; }};
APT::Install-Recommends "0";
APT::Install-Suggests "0";
APT::Get::AllowUnauthenticated "0";
APT::Sandbox::User "";
Acquire::AllowInsecureRepositories "0";
Acquire::AllowWeakRepositories "0";
Acquire::AllowDowngradeToInsecureRepositories "0";
Acquire::Languages "none";
Acquire::PDiffs "0";
Acquire::Retries "2";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
Acquire::IndexTargets::deb::CNF::DefaultEnabled "0";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "0";
Acquire::IndexTargets::deb::DEP-11-icons::DefaultEnabled "0";
Acquire::IndexTargets::deb::DEP-11-icons-small::DefaultEnabled "0";
Acquire::IndexTargets::deb::DEP-11-icons-large::DefaultEnabled "0";
Acquire::IndexTargets::deb::DEP-11-icons-hidpi::DefaultEnabled "0";
Acquire::IndexTargets::deb::DEP-11-icons-large-hidpi::DefaultEnabled "0";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "0";
Acquire::IndexTargets::deb-src::Contents-dsc::DefaultEnabled "0";
Debug::NoLocking "1";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "{state}/sources.d";
Dir::Etc::preferences "{state}/preferences";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "{state}";
Dir::State::lists "{state}/lists";
Dir::State::status "{state}/status";
Dir::State::extended_states "{state}/extended_states";
Dir::Cache "{state}/cache";
Dir::Cache::archives "{state}/cache/archives";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Dir::Log "{state}/log";
"""

_OFFLINE = re.compile(
    r"Temporary failure resolving|Could not resolve|Something wicked happened resolving|Could not connect"
    r"|Unable to connect|Connection (?:timed out|failed|refused)|Network is unreachable|No route to host"
    r"|Could not (?:create a socket|handshake)"
)
_CUT_OFF = re.compile(
    r"unexpected size|Error reading from server|[Cc]onnection reset|Undetermined Error|closed the conn"
)
_ALTERED = re.compile(r"Hash Sum mismatch")
_UNTRUSTED = re.compile(r"NO_PUBKEY|is not signed|signatures? (?:were|was|couldn't be) |EXPKEYSIG|REVKEYSIG|BADSIG")
_CLOCK = re.compile(r"is not valid yet|is expired|not valid until|invalid since|certificate is not yet valid")
_FULL = re.compile(r"No space left on device|enough free space|Disk quota exceeded")
_DENIED = re.compile(r"Permission denied|Read-only file system")
_FETCH_LINE = re.compile(r"^'([^']*)' (\S+) (\d+)")


@dataclass(frozen=True)
class Deb:
    """One binary package that is to be downloaded; `size` in bytes."""

    name: str
    version: str
    architecture: str
    filename: str
    size: int


class Apt:
    """One private state, for sources ("deb-src") or for binaries ("deb"): each user needs only one index of ~9 MB.

    The caller holds the cache lock.
    """

    def __init__(self, root: Path, kind: str, progress: Progress, variable: str) -> None:
        self._kind = kind
        self._progress = progress
        self._variable = variable
        self._state = root / "apt" / kind
        self._updated = False
        missing = machine.missing_apt_programs()
        if missing:
            raise NoApt(
                f"this machine has no {missing[0]}, so nothing can come from a Debian or Ubuntu package archive",
                f"Get it in another way and point {variable}=… at it.",
            )

    def update(self, force: bool = False) -> None:
        """Read the archive's index unless that was done within the last hours with the same sources."""
        stanzas = self._machine_sources()
        with explained(self._state, "preparing the private apt state"):
            stale = self._write_state(stanzas) or force
        stamp = self._state / "updated"
        if not stale and stamp.exists() and 0 <= time.time() - stamp.stat().st_mtime < _LISTS_FRESH_S:
            return
        content = "programs" if self._kind == "deb" else "sources"
        self._progress(f"reading the index of {content} of this machine's package archive (some 10 MB, once)")
        result = self._run("apt-get", ["update", "--quiet", "--quiet"])
        origins = self._index_origins()
        if not any(origin.lower() in machine.origins() for origin in origins):
            raise self._explain(result.stderr, "the package archive's index could not be read", origins)
        if result.returncode == 0 and "W: Failed to fetch" not in result.stderr:
            stamp.touch()
        elif re.search(_FULL, result.stderr):
            raise self._explain(result.stderr, "the package archive's index could not be read", origins)
        self._updated = True

    def refresh(self) -> bool:
        """After something was missing: read the index anew; False when this process just did."""
        if self._updated:
            return False
        self.update(force=True)
        return True

    def source_version(self, name: str, sha256: str) -> tuple[str, str, int]:
        """Newest version of source package `name` whose tarball has `sha256`: (version, file name, bytes)."""
        result = self._run("apt-cache", ["showsrc", "--only-source", name])
        offered: list[str] = []
        for record in parse_deb822(result.stdout):
            offered.append(record.get("Version", "?"))
            for line in record.get("Checksums-Sha256", "").splitlines():
                words = line.split()
                if len(words) == 3 and words[0] == sha256:
                    return record["Version"], words[2], int(words[1])
        versions = ", ".join(offered) or "none"
        raise PackageMissing(
            f"this machine's package archive does not carry the pinned sources of {name} (it has: {versions})",
            f"Unpack the pinned version yourself and point {self._variable}=… at it.",
        )

    def download_source(self, name: str, version: str, into: Path) -> None:
        """Fetch the upstream tarball alone: archives sometimes lack the Debian part of older revisions."""
        arguments = ["--quiet", "--quiet", "source", "--download-only", "--tar-only", f"{name}={version}"]
        result = self._run("apt-get", arguments, cwd=into)
        if result.returncode != 0:
            raise self._explain(result.stderr, f"the sources of {name} {version} could not be downloaded")

    def closure(self, packages: Sequence[str], drop: Sequence[str], *, alone: bool = False) -> list[Deb]:
        """`packages` with everything they depend on, except the machine's C library and `drop`; or they `alone`."""
        installed = machine.libc_status()
        (self._state / "status").write_text(installed + _pretended((*_MAINTAINER_ONLY, *drop)), "utf-8")
        listing = self._run("apt-get", ["--print-uris", "--yes", "download" if alone else "install", *packages])
        if listing.returncode != 0:
            raise PackageMissing(
                f"this machine's package archive cannot supply {' '.join(packages)}: {_last_error(listing.stderr)}",
                f"Install it in another way and point {self._variable}=… at its prefix.",
            )
        debs = [_deb(match) for match in map(_FETCH_LINE.match, listing.stdout.splitlines()) if match is not None]
        for deb in debs:
            if deb.name in machine.LIBC_PACKAGES and deb.name not in packages:
                have = parse_deb822(installed)[0]["Version"] if installed else "none"
                raise PackageMissing(
                    f"{' '.join(packages)} of this archive needs {deb.name} {deb.version}, the machine has {have}",
                    f"Upgrade the machine, or point {self._variable}=… at an installation that works on it.",
                )
        return debs

    def download(self, debs: Sequence[Deb], into: Path) -> None:
        """Fetch binary packages; apt checks each against the signed index."""
        names = [f"{deb.name}:{deb.architecture}={deb.version}" for deb in debs]
        result = self._run("apt-get", ["--quiet", "--quiet", "download", *names], cwd=into)
        if result.returncode != 0:
            raise self._explain(result.stderr, f"{debs[-1].name} could not be downloaded")

    def _machine_sources(self) -> list[Stanza]:
        stanzas = select(read_sources(*machine.apt_directories()), machine.distribution()[1])
        if not stanzas:
            raise ArchiveUnavailable(
                "apt on this machine is not set up with an archive of its distribution (sources.list is empty)",
                f"Add the distribution's entry to apt's sources, or point {self._variable}=… at what is needed.",
            )
        return stanzas

    def _write_state(self, stanzas: Sequence[Stanza]) -> bool:
        """Bring the private files up to date; True if the sources changed, so that old lists do not count."""
        for folder in ("sources.d", "lists/partial", "cache/archives/partial", "log"):
            (self._state / folder).mkdir(parents=True, exist_ok=True)
        if '"' in str(self._state):
            raise CacheUnwritable(
                f"the package cache {self._state} has a quote in its path, which apt cannot take",
                "Set XDG_CACHE_HOME to another directory.",
            )
        text = _CONFIGURATION.format(state=self._state, architecture=machine.native_architecture())
        (self._state / "apt.conf").write_text(text, "utf-8")
        (self._state / "status").write_text("", "utf-8")
        (self._state / "preferences").write_text(_preferences(), "utf-8")
        sources = self._state / "sources.d" / "machine.sources"
        wanted = render(stanzas, self._kind)
        changed = not sources.exists() or sources.read_text("utf-8") != wanted
        sources.write_text(wanted, "utf-8")
        return changed

    def _index_origins(self) -> list[str]:
        identifier = "Packages" if self._kind == "deb" else "Sources"
        arguments = ["indextargets", "--format", "$(ORIGIN)", f"Identifier: {identifier}"]
        return self._run("apt-get", arguments).stdout.split("\n")[:-1]

    def _run(
        self, program: str, arguments: Sequence[str], cwd: Optional[Path] = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, "-c", str(self._state / "apt.conf"), *arguments],
            cwd=self._state if cwd is None else cwd,
            env=machine.plain_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )

    def _explain(self, stderr: str, what: str, origins: Sequence[str] = ()) -> ArchiveError:
        """The remedy that apt's own words ask for."""
        detail = _last_error(stderr)
        if _FULL.search(stderr):
            return disk_full(self._state.parent.parent, "fetching from the package archive")
        if _DENIED.search(stderr):
            return CacheUnwritable(
                f"{what}: {detail}", f"Make {self._state.parent.parent} writable for this user, or set XDG_CACHE_HOME."
            )
        if _CLOCK.search(stderr):
            return ArchiveUnavailable(f"{what}: {detail}", "Set this machine's clock, then build again.")
        if _UNTRUSTED.search(stderr):
            return ArchiveUnavailable(
                f"{what}, because its signature does not check out: {detail}",
                "The machine's own 'apt-get update' (as root) should show the same; its archive keyring is out of "
                f"date. Or point {self._variable}=… at a copy of your own.",
            )
        if _ALTERED.search(stderr):
            return ChecksumMismatch(
                f"{what}: {detail}",
                "It was not kept. A proxy or a mirror in the middle of its update is likely; retry.",
            )
        if _CUT_OFF.search(stderr):
            return DownloadIncomplete(
                f"{what}: {detail}", "Build again when the connection is stable. Nothing half-made was kept."
            )
        if _OFFLINE.search(stderr):
            return NetworkDown(
                f"{what}: no answer from the network ({detail})",
                f"Connect this machine (behind a proxy: set http_proxy), or point {self._variable}=… at a copy.",
            )
        if any(origins):
            return ArchiveUnavailable(
                f"{what}: the configured archives ({', '.join(sorted(set(origins)))}) are not of this distribution",
                f"Add the distribution's own archive to apt's sources, or point {self._variable}=… at a copy.",
            )
        return ArchiveUnavailable(f"{what}: {detail}", f"Or point {self._variable}=… at a copy of your own.")


def reachable() -> str:
    """Why the machine's archive does not answer, "" if it does: one small file of it is fetched and thrown away."""
    stanzas = select(read_sources(*machine.apt_directories()), machine.distribution()[1])
    if not stanzas:
        return "apt is not set up with an archive of the distribution"
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        (state / "machine.sources").write_text(render(stanzas[:1], "deb"), "utf-8")
        for name in ("lists/partial", "parts"):
            (state / name).mkdir(parents=True)
        listing = _run_plain(
            "apt-get",
            f"-oDir::Etc::sourcelist={state}/machine.sources",
            f"-oDir::Etc::sourceparts={state}/parts",
            f"-oDir::State::lists={state}/lists",
            "-oDebug::NoLocking=1",
            "update",
            "--print-uris",
        )
        match = re.search(r"^'([^']*InRelease)'", listing.stdout, re.MULTILINE)
        helper = _run_plain("apt-config", "shell", "METHODS", "Dir::Bin::methods/d").stdout.partition("=")[2]
        programs = [Path(word).parent / "apt-helper" for word in shlex.split(helper)]
        if match is None or not programs:
            return f"apt does not say where its archive is: {_last_error(listing.stderr)}"
        fetched = _run_plain(
            str(programs[0]),
            "-oAcquire::Retries=0",
            f"-oAcquire::http::Timeout={_PROBE_TIMEOUT_S}",
            f"-oAcquire::https::Timeout={_PROBE_TIMEOUT_S}",
            "-oAPT::Sandbox::User=",
            "download-file",
            match.group(1),
            f"{state}/InRelease",
        )
    return "" if fetched.returncode == 0 else f"no answer ({_last_error(fetched.stderr)})"


def _run_plain(*command: str) -> subprocess.CompletedProcess[str]:
    """A program of apt with the machine's own configuration."""
    environment = machine.plain_environment()
    return subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment, check=False)


def _preferences() -> str:
    """apt preferences: only the distribution counts, whatever else is among the machine's sources."""
    allowed = "".join(
        f"Package: *\nPin: release o={spelling}\nPin-Priority: 500\n\n"
        for origin in sorted(machine.origins())
        for spelling in dict.fromkeys((origin, origin.capitalize(), origin.upper()))
    )
    return allowed + "Package: *\nPin: release o=*\nPin-Priority: -1\n"


def _pretended(names: Sequence[str]) -> str:
    """Paragraphs of a status file for packages that are not wanted; the version satisfies every lower bound."""
    architecture = machine.native_architecture()
    return "".join(
        f"Package: {name}\nStatus: install ok installed\nVersion: 9999\nArchitecture: {architecture}\n"
        "Multi-Arch: foreign\nMaintainer: none\nDescription: left out\n\n"
        for name in names
    )


def _deb(match: re.Match[str]) -> Deb:
    filename = match.group(2)
    name, version, rest = filename.split("_", 2)
    return Deb(name, unquote(version), rest.rsplit(".", 1)[0], filename, int(match.group(3)))


def _last_error(stderr: str) -> str:
    """apt's most telling line: the first error about a fetch, else the last error or warning."""
    lines = [line.strip() for line in stderr.splitlines() if line.startswith(("E: ", "W: ", "Err:", "dpkg"))]
    for line in lines:
        if "Failed to fetch" in line:
            return line[3:]
    return lines[-1][3:] if lines else "apt gave no reason"


def versions(debs: Sequence[Deb]) -> Mapping[str, str]:
    """Exact version by package name."""
    table: dict[str, str] = {deb.name: deb.version for deb in debs}
    return table
