"""The real TLS implementations that the device's code is held against."""

from __future__ import annotations

from tests.interop.peers.base import DATA, LINES, WAIT_S, Call, NotOffered, Peer, Server, Setup
from tests.interop.peers.curl import Curl
from tests.interop.peers.gnutls import GnuTls
from tests.interop.peers.jsse import Jsse
from tests.interop.peers.nss import Nss
from tests.interop.peers.openssl import OpenSsl
from tests.interop.peers.python import Python

PEERS: tuple[type[Peer], ...] = (OpenSsl, GnuTls, Nss, Jsse, Curl, Python)
"""In the order of the table's columns."""

__all__ = ["DATA", "LINES", "PEERS", "WAIT_S", "Call", "NotOffered", "Peer", "Server", "Setup"]
