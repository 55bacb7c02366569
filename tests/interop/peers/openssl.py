"""openssl s_server and s_client."""

from __future__ import annotations

import contextlib
import subprocess

from sming_host.build import archive
from tests.interop.peers.base import Call, Peer, ProgramServer, Server, Setup, converse, protocol_names, spawned
from tests.interop.site import NAME
from tests.support.peers import LOOPBACK, free_port, wait_until_listening

_VERSIONS = {"1.1": "-tls1_1", "1.2": "-tls1_2", "1.3": "-tls1_3"}


class OpenSsl(Peer):
    name = "OpenSSL"

    @property
    def program(self) -> str:
        return str(archive.tool_package("openssl").program("openssl"))

    @property
    def version(self) -> str:
        printed = subprocess.run([self.program, "version"], capture_output=True, text=True, check=True).stdout
        return " ".join(printed.split()[:2])

    def _options(self, setup: Setup) -> list[str]:
        options = [_VERSIONS[setup.version]] if setup.version else []
        if setup.suite:
            options += ["-cipher", setup.suite.openssl]
        if setup.version == "1.1":
            # It speaks 1.1 only when told to forget about security.
            options += ["-cipher", "ALL:@SECLEVEL=0"]
        if setup.group:
            options += ["-groups", setup.group.replace("FFDHE", "ffdhe")]
        return options

    def start(self, stack: contextlib.ExitStack, setup: Setup) -> Server:
        port, files = free_port(), self.site.server(setup.own)
        log = self.site.folder / f"openssl-{port}.log"
        command = [self.program, "s_server", "-accept", f"{LOOPBACK}:{port}", "-rev", *self._options(setup)]
        command += ["-cert", str(files.certificate), "-key", str(files.key), "-cert_chain", str(files.certificate)]
        if setup.ask:
            command += ["-Verify", "3", "-verify_return_error", "-CAfile", str(self.ca(setup))]
        process = stack.enter_context(spawned(command, log))
        wait_until_listening(port, process)
        return ProgramServer(log, port, "reverse")

    def call(self, port: int, setup: Setup) -> Call:
        command = [self.program, "s_client", "-connect", f"{LOOPBACK}:{port}", "-servername", NAME, "-brief"]
        command += ["-CAfile", str(self.ca(setup)), "-verify_return_error", "-verify_hostname", NAME, "-nocommands"]
        shown = self.shown(setup)
        if shown:
            command += ["-cert", str(shown.certificate), "-key", str(shown.key)]
        if setup.fragment:
            command += ["-maxfraglen", str(setup.fragment)]
        if setup.protocols:
            command += ["-alpn", ",".join(protocol_names(setup.protocols))]
        command += self._options(setup)
        if not setup.again:
            return converse(command)
        session = self.site.folder / f"openssl-{port}.session"
        first = converse([*command, "-sess_out", str(session)])
        second = converse([*command, "-sess_in", str(session)])
        return Call(first.echoed and second.echoed, first.said + second.said)
