"""A machine with a package archive of the test's own: apt-get, apt-cache and apt-config as small programs on PATH.

dpkg-deb, dpkg and dpkg-query stay the machine's, so that packages are really unpacked.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import tarfile
from pathlib import Path
from typing import Any, Optional

from sming_host.build.archive import SourcePin, ToolPin, machine

_PROGRAM = """#!{python} -SE
import json, os, shutil, sys, time
state = {state!r}
with open(state + "/calls", "a") as log:
    log.write(os.path.basename(sys.argv[0]) + " " + " ".join(sys.argv[1:]) + "\\n")
with open(state + "/behaviour.json") as stream:
    told = json.load(stream)
words = sys.argv[1:]

def end(step):
    step = told.get(step) or {{}}
    time.sleep(step.get("sleep", 0))
    sys.stderr.write(step.get("stderr", ""))
    sys.exit(step.get("status", 0))

def deliver(name):
    data = open(state + "/payload/" + name, "rb").read()[: told.get("truncate")]
    with open(name, "wb") as stream:
        stream.write(data)

if sys.argv[0].endswith("apt-config"):
    print("LIST='" + state + "/sources.list'\\nPARTS='" + state + "/sources.list.d/'")
elif sys.argv[0].endswith("apt-cache"):
    print(told["showsrc"])
elif "update" in words:
    end("update")
elif "indextargets" in words:
    print("\\n".join(told["origins"]))
elif "source" in words:
    deliver(told["tarball"])
    end("source")
elif "install" in words:
    for line in told["uris"]:
        print(line)
    end("install")
elif "download" in words:
    for line in told["uris"]:
        deliver(line.split()[1])
    end("download")
"""


class FakeArchive:
    """The fake machine; `behaviour` is what its programs are told, to be changed before a call by `tell`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.payload = folder / "payload"
        for path in (self.bin, self.payload, folder / "sources.list.d"):
            path.mkdir(parents=True)
        program = _PROGRAM.format(python=sys.executable, state=str(folder))
        for name in ("apt-get", "apt-cache", "apt-config"):
            (self.bin / name).write_text(program, "utf-8")
            (self.bin / name).chmod(0o755)
        codename = machine.distribution()[1] or "stable"
        (folder / "sources.list").write_text(f"deb http://archive.invalid/debian {codename} main\n", "utf-8")
        self.behaviour: dict[str, Any] = {"origins": [machine.os_release()["ID"].capitalize()], "uris": []}
        self.tell()

    def tell(self, **changes: Any) -> None:
        """Change what the programs do: exit status, messages, what they deliver."""
        self.behaviour.update(changes)
        (self.folder / "behaviour.json").write_text(json.dumps(self.behaviour), "utf-8")

    def calls(self, word: str = "") -> list[str]:
        """Every call so far whose command line contains `word`."""
        log = self.folder / "calls"
        return [line for line in log.read_text("utf-8").splitlines() if word in line] if log.exists() else []

    def add_source(self, name: str, version: str, files: dict[str, str]) -> SourcePin:
        """Offer a source package in Debian revision 7 of `version`; returns the pin that fits it."""
        tarball = f"{name}_{version}.orig.tar.gz"
        data = make_tarball(f"{name}-upstream", files)
        (self.payload / tarball).write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        record = f"Package: {name}\nVersion: {version}-7\nChecksums-Sha256:\n"
        record += f" {'0' * 64} 100 {name}_{version}-7.dsc\n {digest} {len(data)} {tarball}\n"
        self.tell(showsrc=record, tarball=tarball)
        return SourcePin(name, version, digest, tuple(files))

    def add_deb(self, name: str, version: str, files: dict[str, str], **more: Any) -> None:
        """Offer a binary package."""
        filename = f"{name}_{version}_all.deb"
        data = make_deb(name, version, files, **more)
        (self.payload / filename).write_bytes(data)
        line = f"'http://archive.invalid/{filename}' {filename} {len(data)} SHA256:{hashlib.sha256(data).hexdigest()}"
        self.tell(uris=[*self.behaviour["uris"], line])


def make_tarball(top: str, files: dict[str, str]) -> bytes:
    """A .tar.gz with `files` below the folder `top`."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, text in files.items():
            _add(archive, f"{top}/{name}", text)
    return buffer.getvalue()


def make_deb(
    name: str, version: str, files: dict[str, str], links: Optional[dict[str, str]] = None, postinst: str = ""
) -> bytes:
    """A binary package as deb(5) describes it: an ar archive of two tarballs. Files below bin are executable."""
    control = io.BytesIO()
    with tarfile.open(fileobj=control, mode="w:gz") as archive:
        text = f"Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: nobody\nDescription: test\n"
        _add(archive, "./control", text)
        if postinst:
            _add(archive, "./postinst", postinst)
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        for path, text in files.items():
            _add(archive, f"./{path}", text, 0o755 if "bin/" in path else 0o644)
        for path, target in (links or {}).items():
            member = tarfile.TarInfo(f"./{path}")
            member.type, member.linkname = tarfile.SYMTYPE, target
            archive.addfile(member)
    parts = {"debian-binary": b"2.0\n", "control.tar.gz": control.getvalue(), "data.tar.gz": data.getvalue()}
    deb = b"!<arch>\n"
    for part, content in parts.items():
        deb += f"{part:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n".encode()
        deb += content + b"\n" * (len(content) % 2)
    return deb


def tool_pin(**changes: Any) -> ToolPin:
    """The pin of a tool with one program, `hello`, that answers ``hello 3``."""
    fields: dict[str, Any] = {
        "name": "hello",
        "packages": ("hello",),
        "majors": ("3",),
        "programs": ("hello",),
        "smoke": ("hello", "--version"),
        "answer": "hello 3",
    }
    return ToolPin(**{**fields, **changes})


def _add(archive: tarfile.TarFile, name: str, text: str, mode: int = 0o644) -> None:
    member = tarfile.TarInfo(name)
    content = text.encode()
    member.size, member.mode, member.mtime = len(content), mode, 1_000_000_000
    archive.addfile(member, io.BytesIO(content))
