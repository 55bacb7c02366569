"""Python's ssl module."""

from __future__ import annotations

import contextlib
import socket
import ssl
import warnings
from typing import Optional

from tests.interop.peers.base import DATA, WAIT_S, Call, NotOffered, Peer, Server, Setup, protocol_names
from tests.interop.site import NAME
from tests.support.peers import LOOPBACK, PythonPeer, Seen

_CURVES = {"P-256": "prime256v1", "P-384": "secp384r1", "P-521": "secp521r1", "FFDHE2048": "ffdhe2048"}
_VERSIONS = {"1.1": ssl.TLSVersion.TLSv1_1, "1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


class Python(Peer):
    name = "Python ssl"

    @property
    def version(self) -> str:
        return "Python ssl, " + " ".join(ssl.OPENSSL_VERSION.split()[:2])

    def _context(self, setup: Setup, server: bool) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.ca(setup))
        if setup.version:
            context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            with warnings.catch_warnings():
                # Python warns of 1.1, which is right, and here on purpose.
                warnings.simplefilter("ignore", DeprecationWarning)
                context.maximum_version = _VERSIONS[setup.version]
                context.minimum_version = _VERSIONS[setup.version]
        if setup.suite:
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            context.set_ciphers(setup.suite.openssl)
        elif setup.version == "1.1":
            context.set_ciphers("ALL:@SECLEVEL=0")
        if setup.group:
            try:
                context.set_ecdh_curve(_CURVES.get(setup.group, setup.group))
            except ssl.SSLError as error:
                raise NotOffered(f"this version of Python cannot ask for {setup.group} alone") from error
        return context

    def start(self, stack: contextlib.ExitStack, setup: Setup) -> Server:
        context = self._context(setup, True)
        files = self.site.server(setup.own)
        context.load_cert_chain(files.certificate, files.key)
        if setup.ask:
            context.verify_mode = ssl.CERT_REQUIRED
        return _Echo(stack.enter_context(PythonPeer(context, _echo)))

    def call(self, port: int, setup: Setup) -> Call:
        if setup.fragment:
            raise NotOffered("Python's ssl does not ask for a fragment length")
        context = self._context(setup, False)
        if setup.protocols:
            context.set_alpn_protocols(protocol_names(setup.protocols))
        session: Optional[ssl.SSLSession] = None
        shown = self.shown(setup)
        if shown:
            context.load_cert_chain(shown.certificate, shown.key)
        try:
            for _ in range(2 if setup.again else 1):
                raw = socket.create_connection((LOOPBACK, port), WAIT_S)
                with raw, context.wrap_socket(raw, server_hostname=NAME, session=session) as tls:
                    tls.sendall(DATA)
                    received = b""
                    while len(received) < len(DATA):
                        part = tls.recv(65536)
                        if not part:
                            break
                        received += part
                    session = tls.session
                    said = f"{tls.version()} {tls.cipher()}"
                    tls.unwrap()
            return Call(received == DATA, said)
        except OSError as error:
            return Call(False, getattr(error, "reason", None) or str(error))


def _echo(tls: ssl.SSLSocket, seen: Seen) -> None:
    """Until the device says goodbye; then say it, too."""
    while part := tls.recv(65536):
        tls.sendall(part)
    tls.unwrap()


class _Echo(Server):
    def __init__(self, peer: PythonPeer) -> None:
        self._peer = peer
        self.port = peer.port
        self._mark = 0

    def mark(self) -> None:
        self._mark = len(self._peer.seen)

    def said(self) -> str:
        return "\n".join(f"{seen.version} {seen.cipher} {seen.error}" for seen in self._peer.seen[self._mark :])
