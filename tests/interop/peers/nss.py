"""selfserv and tstclnt, the test programs of NSS, the library of Firefox."""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path
from typing import Optional

from sming_host.build import archive
from tests.interop.peers.base import DATA, WAIT_S, Call, NotOffered, Peer, ProgramServer, Server, Setup, spawned
from tests.interop.site import NAME, PASSWORD, Files
from tests.support.peers import LOOPBACK, free_port, wait_until_listening

_GROUPS = {"P-256": "P256", "P-384": "P384", "P-521": "P521", "X25519": "x25519", "FFDHE2048": "FF2048"}
_VERSIONS = {"": "tls1.0:", "1.1": "tls1.1:tls1.1", "1.2": "tls1.2:tls1.2", "1.3": "tls1.3:tls1.3"}


class Nss(Peer):
    name = "NSS"
    stays = True

    def _program(self, name: str) -> str:
        return str(archive.tool_package("nss").program(name))

    @property
    def version(self) -> str:
        exact = archive.tool_package("nss").versions.get("libnss3", "of this machine")
        return "NSS " + exact.split(":")[-1].split("-")[0]

    def _database(self, trust: Path, files: Optional[Files]) -> str:
        """A folder of keys and certificates as NSS keeps them."""
        folder = self.site.folder / f"nss-{trust.stem}-{files.p12.stem if files else 'none'}"
        database = f"sql:{folder}"
        if not folder.exists():
            folder.mkdir()
            self._run("certutil", "-N", "-d", database, "--empty-password")
            for number, pem in enumerate(trust.read_text().split("-----END CERTIFICATE-----\n")[:-1]):
                root = folder / f"root{number}.pem"
                root.write_text(pem + "-----END CERTIFICATE-----\n")
                self._run("certutil", "-A", "-d", database, "-n", f"root{number}", "-t", "CT,,", "-i", str(root))
            if files:
                self._run("pk12util", "-i", str(files.p12), "-d", database, "-W", PASSWORD, "-K", "")
        return database

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run([self._program(program), *arguments], check=True, capture_output=True)

    def _options(self, setup: Setup) -> list[str]:
        options = ["-V", _VERSIONS[setup.version]]
        if setup.suite:
            options += ["-c", setup.suite.nss]
        if setup.group:
            if setup.group not in _GROUPS:
                raise NotOffered(f"NSS does not have {setup.group}")
            options += ["-I", _GROUPS[setup.group]]
        return options

    def start(self, stack: contextlib.ExitStack, setup: Setup) -> Server:
        port, files = free_port(), self.site.server(setup.own)
        log = self.site.folder / f"nss-{port}.log"
        folder = self.site.folder / "nss-files"
        folder.mkdir(exist_ok=True)
        (folder / "data.txt").write_bytes(DATA)
        command = [self._program("selfserv"), "-p", str(port), "-d", self._database(self.ca(setup), files), "-v"]
        command += ["-n" if setup.own.startswith("rsa") else "-e", "own", *self._options(setup)]
        if setup.ask:
            command += ["-r", "-r"]
        process = stack.enter_context(spawned(command, log, folder))
        wait_until_listening(port, process)
        return ProgramServer(log, port, "file")

    def call(self, port: int, setup: Setup) -> Call:
        if setup.fragment:
            raise NotOffered("tstclnt does not ask for a fragment length")
        if setup.protocols:
            raise NotOffered("tstclnt has nothing that makes its ClientHello long")
        if setup.again:
            raise NotOffered("tstclnt has data for the first of its connections only")
        shown = self.shown(setup)
        command = [self._program("tstclnt"), "-h", LOOPBACK, "-p", str(port), "-a", NAME, "-4", "-f"]
        command += ["-d", self._database(self.ca(setup), shown), *self._options(setup)]
        if shown:
            command += ["-n", "own"]
        # It does not notice the end of a pipe, only that of a file; then it waits for the device to say goodbye.
        data = self.site.folder / "nss-data.txt"
        data.write_bytes(DATA)
        with data.open("rb") as source:
            process = subprocess.Popen(command, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            printed, errors = process.communicate(timeout=WAIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            printed, errors = process.communicate()
        said = f"{printed.replace(DATA, b'(DATA)').decode(errors='replace')}\n{errors.decode(errors='replace')}"
        return Call(DATA in printed and process.returncode == 0, f"{said}\nexit status {process.returncode}")
