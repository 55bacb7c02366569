"""What this module has to know about the machine: its distribution, its libc, where apt keeps its lists."""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

_APT_PROGRAMS = ("apt-get", "apt-cache", "apt-config", "dpkg-deb")
# The C library belongs to the running system: a program started with the machine's dynamic loader must get the
# machine's libc. Names differ on alpha and ia64.
LIBC_PACKAGES = ("libc6", "libc6.1")


def missing_apt_programs() -> list[str]:
    """Programs of apt and dpkg that are not on PATH; empty on Debian and Ubuntu."""
    return [name for name in _APT_PROGRAMS if shutil.which(name) is None]


def os_release() -> Mapping[str, str]:
    """The fields of os-release(5), empty where the machine has none."""
    for path in (Path("/etc/os-release"), Path("/usr/lib/os-release")):
        try:
            text = path.read_text("utf-8", "replace")
        except OSError:
            continue
        fields: dict[str, str] = {}
        for line in text.splitlines():
            name, separator, value = line.partition("=")
            if separator and not name.startswith("#"):
                fields[name.strip()] = "".join(shlex.split(value))
        return fields
    return {}


def distribution() -> tuple[str, str]:
    """Name for cache entries ("debian-12-x86_64") and the release's code name ("bookworm", may be empty)."""
    release = os_release()
    version = release.get("VERSION_ID") or release.get("VERSION_CODENAME") or "rolling"
    return f"{release.get('ID', 'linux')}-{version}-{platform.machine()}", release.get("VERSION_CODENAME", "")


def origins() -> frozenset[str]:
    """Lower-case ``Origin`` values of the distribution's own Release files: its id and those it is built on."""
    release = os_release()
    names = {release.get("ID", ""), *release.get("ID_LIKE", "").split()}
    return frozenset(name.lower() for name in names if name)


def plain_environment() -> dict[str, str]:
    """The caller's environment (proxies!) with untranslated messages, for programs whose output is read."""
    environment = dict(os.environ)
    environment.pop("LANGUAGE", None)
    environment.update(LC_ALL="C", LANG="C")
    return environment


def apt_directories() -> tuple[Path, Path]:
    """The machine's sources.list and sources.list.d, as its own apt configuration names them."""
    result = subprocess.run(
        ["apt-config", "shell", "LIST", "Dir::Etc::sourcelist/f", "PARTS", "Dir::Etc::sourceparts/d"],
        capture_output=True,
        text=True,
        env=plain_environment(),
        check=False,
    )
    values: dict[str, str] = {}
    for word in shlex.split(result.stdout):
        name, _, value = word.partition("=")
        values[name] = value
    return Path(values.get("LIST") or "/etc/apt/sources.list"), Path(values.get("PARTS") or "/etc/apt/sources.list.d")


def libc_status() -> str:
    """Paragraphs for a dpkg status file in which nothing but this machine's C library is installed.

    With it apt leaves the library out of a tool's closure as long as the machine's satisfies the tool, and says so
    (by wanting to upgrade it) when it does not.
    """
    show = "Package: ${Package}\nStatus: install ok installed\nVersion: ${Version}\nArchitecture: ${Architecture}\n"
    show += "Multi-Arch: same\nMaintainer: none\nDescription: C library of this machine\n\n"
    try:
        result = subprocess.run(
            ["dpkg-query", "-W", "-f=${db:Status-Abbrev} " + show.replace("\n", "\v"), *LIBC_PACKAGES],
            capture_output=True,
            text=True,
            env=plain_environment(),
            check=False,
        )
    except FileNotFoundError:
        return ""
    native = native_architecture()
    paragraphs = []
    for chunk in result.stdout.split("\v\v"):
        status, _, paragraph = chunk.partition(" Package:")
        text = "Package:" + paragraph.replace("\v", "\n")
        if status.strip().startswith("ii") and f"\nArchitecture: {native}\n" in text + "\n":
            paragraphs.append(text.rstrip("\n") + "\n\n")
    return "".join(paragraphs)


def native_architecture() -> str:
    """dpkg's name of this machine, e.g. "amd64"."""
    result = subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, env=plain_environment(), check=False
    )
    return result.stdout.strip()
