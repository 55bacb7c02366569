"""JSSE, the TLS of Java, in a program of ours (InteropPeer.java): one virtual machine holds all conversations."""

from __future__ import annotations

import contextlib
import functools
import re
import subprocess
import threading
from pathlib import Path
from typing import Optional

from sming_host.build import archive
from sming_host.build.archive.pins import tool_pin
from sming_host.build.archive.tools import Tool, fetched_tool
from tests.interop.peers.base import DATA, Call, NotOffered, Peer, Server, Setup, protocol_names
from tests.interop.site import NAME, Site

SOURCE = Path(__file__).with_name("InteropPeer.java")
OLDEST = 12
"""First release of Java with ChaCha20-Poly1305."""

_GROUPS = {"P-256": "secp256r1", "P-384": "secp384r1", "P-521": "secp521r1"}


@functools.cache
def jdk() -> tuple[Tool, str]:
    """This machine's Java, unless it is too old; then that of the package archive. And its version."""
    tool = archive.tool_package("jdk")
    version = _release(tool)
    if tool.origin == "machine" and int(version.split(".")[0]) < OLDEST:
        tool = fetched_tool(tool_pin("jdk"), archive.print_progress)
        version = _release(tool)
    return tool, version


def _release(tool: Tool) -> str:
    printed = subprocess.run([tool.program("java"), "-version"], capture_output=True, text=True, check=True).stderr
    match = re.search(r'version "(?:1\.)?([0-9.]+)', printed)
    assert match, printed
    return match.group(1)


class Machine:
    """A Java virtual machine that runs InteropPeer."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lock = threading.Lock()

    def ask(self, *words: str) -> str:
        """Give a command; return the answer."""
        assert self._process.stdin and self._process.stdout
        with self._lock:
            self._process.stdin.write("\t".join(word or "-" for word in words) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        assert answer, f"Java ended with status {self._process.wait(5)}"
        return answer.strip()

    def stop(self) -> None:
        """It ends by itself with its input."""
        assert self._process.stdin and self._process.stdout
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


class Jsse(Peer):
    name = "JSSE"

    def __init__(self, site: Site, stack: contextlib.ExitStack) -> None:
        super().__init__(site, stack)
        self._machines: dict[tuple[str, str], Machine] = {}

    @property
    def version(self) -> str:
        return f"JSSE of Java {jdk()[1]}"

    def _machine(self, setup: Setup) -> Machine:
        """The virtual machine for a setup: groups and what counts as too weak are settings of a whole machine."""
        old = setup.version == "1.1" or (setup.suite is not None and setup.suite.name.startswith("RSA"))
        kind = (setup.group, "legacy" if old else "stock")
        if kind not in self._machines:
            folder = self.site.folder / "java"
            if not folder.exists():
                subprocess.run([jdk()[0].program("javac"), "-d", folder, SOURCE], check=True, capture_output=True)
            command = [str(jdk()[0].program("java")), "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", str(folder)]
            if setup.group:
                command.append(f"-Djdk.tls.namedGroups={_GROUPS.get(setup.group, setup.group.lower())}")
            process = subprocess.Popen(
                [*command, "InteropPeer", kind[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            self._machines[kind] = Machine(process)
            self.stack.callback(self._machines[kind].stop)
        return self._machines[kind]

    def start(self, stack: contextlib.ExitStack, setup: Setup) -> Server:
        machine = self._machine(setup)
        files = self.site.server(setup.own)
        suite = setup.suite.java if setup.suite else ""
        ask = "ask" if setup.ask else ""
        answer = machine.ask("listen", str(self.ca(setup)), str(files.p12), suite, setup.version, ask)
        assert answer.startswith("port "), answer
        return _Listener(machine, int(answer.split()[1]))

    def call(self, port: int, setup: Setup) -> Call:
        if setup.fragment:
            raise NotOffered("Java's sockets do not ask for a fragment length")
        machine = self._machine(setup)
        shown = self.shown(setup)
        suite = setup.suite.java if setup.suite else ""
        data = self.site.folder / "java-data.txt"
        data.write_bytes(DATA)
        words = (str(self.ca(setup)), str(shown.p12) if shown else "", suite, setup.version)
        for _ in range(2 if setup.again else 1):
            answer = machine.ask("call", str(port), NAME, *words, ",".join(protocol_names(setup.protocols)), str(data))
        return Call(answer.startswith("ok "), answer)


class _Listener(Server):
    def __init__(self, machine: Machine, port: int) -> None:
        self._machine = machine
        self.port = port
        self._said: Optional[str] = None

    def mark(self) -> None:
        self._said = None

    def said(self) -> str:
        if self._said is None:
            self._said = self._machine.ask("served", str(self.port))
        return self._said
