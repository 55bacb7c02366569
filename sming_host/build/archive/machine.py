"""What this module has to know about the machine: its distribution, its libc, where apt keeps its lists."""

from __future__ import annotations

import os
import platform
import re
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
    (by wanting to upgrade it) when it does not. The library's own dependencies (libgcc, libcrypt) come along, word
    for word: apt calls a package broken that lacks them, and another one if its fields differ.
    """
    installed: dict[str, str] = {}
    wanted = list(LIBC_PACKAGES)
    while wanted:
        paragraphs = [text for text in _installed(wanted) if text]
        wanted = []
        for paragraph in paragraphs:
            installed[_field(paragraph, "Package")] = paragraph
            wanted += re.findall(r"(?:^|, )([a-z0-9.+-]+)", _field(paragraph, "Depends"))
        wanted = [name for name in dict.fromkeys(wanted) if name not in installed]
    return "".join(paragraph + "\n\n" for paragraph in installed.values())


def _installed(names: list[str]) -> list[str]:
    """The status paragraphs of packages, as far as they are installed in this machine's architecture."""
    native = native_architecture()
    try:
        result = subprocess.run(
            ["dpkg-query", "--status", *(f"{name}:{native}" for name in names)],
            capture_output=True,
            text=True,
            errors="replace",
            env=plain_environment(),
            check=False,
        )
    except FileNotFoundError:
        return []
    return [text for text in result.stdout.split("\n\n") if _field(text, "Status") == "install ok installed"]


def _field(paragraph: str, name: str) -> str:
    match = re.search(rf"^{name}: *(.*)$", paragraph, re.MULTILINE)
    return match.group(1) if match else ""


def native_architecture() -> str:
    """dpkg's name of this machine, e.g. "amd64"."""
    result = subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, env=plain_environment(), check=False
    )
    return result.stdout.strip()
