"""gnutls-serv and gnutls-cli."""

from __future__ import annotations

import contextlib
import subprocess

from sming_host.build import archive
from tests.interop.peers.base import Call, NotOffered, Peer, ProgramServer, Server, Setup, converse, spawned
from tests.interop.site import NAME
from tests.support.peers import LOOPBACK, free_port, wait_until_listening

_GROUPS = {"P-256": "SECP256R1", "P-384": "SECP384R1", "P-521": "SECP521R1"}


class GnuTls(Peer):
    name = "GnuTLS"

    def _program(self, name: str) -> str:
        return str(archive.tool_package("gnutls").program(name))

    @property
    def version(self) -> str:
        command = [self._program("gnutls-cli"), "--version"]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return "GnuTLS " + printed.split()[1]

    def _options(self, setup: Setup) -> list[str]:
        """The priority string; "NORMAL" is what applications have by default."""
        words = ["NORMAL"]
        if setup.version:
            words += ["-VERS-ALL", f"+VERS-TLS{setup.version}"]
        if setup.suite:
            words += ["-VERS-ALL", "+VERS-TLS1.2", "-KX-ALL", "-CIPHER-ALL", "-MAC-ALL", setup.suite.gnutls]
        if setup.version == "1.1":
            words += ["%VERIFY_ALLOW_SIGN_WITH_SHA1"]
        if setup.group:
            words += ["-GROUP-ALL", f"+GROUP-{_GROUPS.get(setup.group, setup.group)}"]
        return [] if words == ["NORMAL"] else ["--priority=" + ":".join(words)]

    def start(self, stack: contextlib.ExitStack, setup: Setup) -> Server:
        port, files = free_port(), self.site.server(setup.own)
        log = self.site.folder / f"gnutls-{port}.log"
        command = [self._program("gnutls-serv"), f"--port={port}", "--echo", "--crlf"]
        command += [f"--x509certfile={files.certificate}", f"--x509keyfile={files.key}", *self._options(setup)]
        if setup.ask:
            command += ["--require-client-cert", "--verify-client-cert", f"--x509cafile={self.ca(setup)}"]
        process = stack.enter_context(spawned(command, log))
        wait_until_listening(port, process)
        return ProgramServer(log, port)

    def call(self, port: int, setup: Setup) -> Call:
        if setup.protocols:
            raise NotOffered("gnutls-cli has nothing that makes its ClientHello long")
        log = self.site.folder / f"gnutls-cli-{port}.log"
        command = [self._program("gnutls-cli"), f"--port={port}", f"--logfile={log}", f"--sni-hostname={NAME}"]
        command += [f"--verify-hostname={NAME}", f"--x509cafile={self.ca(setup)}", *self._options(setup)]
        if setup.fragment and setup.fragment < 4096:
            raise NotOffered("gnutls-cli drops what is beyond the first record of each 4096 bytes that it reads")
        if setup.fragment:
            command.append(f"--recordsize={setup.fragment}")
        if setup.again:
            command.append("--resume")
        shown = self.shown(setup)
        if shown:
            command += [f"--x509certfile={shown.certificate}", f"--x509keyfile={shown.key}"]
        call = converse([*command, LOOPBACK])
        printed = log.read_text(errors="replace") if log.exists() else ""
        return Call(call.echoed, f"{call.said}\n{printed}")
