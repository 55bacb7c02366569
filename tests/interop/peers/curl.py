"""The curl program: a client only."""

from __future__ import annotations

import contextlib
import subprocess

from sming_host.build import archive
from tests.interop.peers.base import DATA, WAIT_S, Call, NotOffered, Peer, Server, Setup
from tests.interop.site import NAME
from tests.support.peers import LOOPBACK


class Curl(Peer):
    name = "curl"
    serves = False

    @property
    def program(self) -> str:
        return str(archive.tool_package("curl").program("curl"))

    @property
    def version(self) -> str:
        printed = subprocess.run([self.program, "--version"], capture_output=True, text=True, check=True).stdout
        return " ".join(printed.split()[:2])

    def start(self, stack: contextlib.ExitStack, setup: Setup) -> Server:
        raise NotOffered("curl is a client")

    def call(self, port: int, setup: Setup) -> Call:
        if setup.fragment:
            raise NotOffered("curl does not ask for a fragment length")
        if setup.protocols:
            raise NotOffered("curl has nothing that makes its ClientHello long")
        data = self.site.folder / "curl-data.txt"
        data.write_bytes(DATA)
        command = [self.program, "--disable", "--silent", "--show-error", "--http1.1", "--max-time", str(WAIT_S)]
        command += ["--noproxy", "*", "--resolve", f"{NAME}:{port}:{LOOPBACK}", "--cacert", str(self.ca(setup))]
        command += ["--data-binary", f"@{data}", f"https://{NAME}:{port}/"]
        if setup.again:
            # The device closes each connection, so the second address takes a second one.
            command.append(f"https://{NAME}:{port}/")
        if setup.suite:
            command += ["--ciphers", setup.suite.openssl]
        if setup.version == "1.1":
            command += ["--tls-max", "1.1", "--ciphers", "ALL:@SECLEVEL=0"]
        elif setup.version:
            command += [f"--tlsv{setup.version}", "--tls-max", setup.version]
        if setup.group:
            command += ["--curves", setup.group.replace("FFDHE", "ffdhe")]
        shown = self.shown(setup)
        if shown:
            command += ["--cert", str(shown.certificate), "--key", str(shown.key)]
        done = subprocess.run(command, capture_output=True, check=False)
        said = f"{done.stderr.decode(errors='replace')}\nexit status {done.returncode}"
        return Call(done.stdout == DATA * (2 if setup.again else 1) and done.returncode == 0, said)
