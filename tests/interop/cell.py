"""One cell of the interoperation table: a conversation of the device with a peer."""

from __future__ import annotations

import contextlib
import dataclasses
from dataclasses import dataclass
from typing import Any

from sming_host.tls import ServerShare
from tests.interop.cases import CLIENT, Case
from tests.interop.device import Device, DeviceServer, Talk
from tests.interop.peers import DATA, Peer


@dataclass(frozen=True)
class Outcome:
    """What both ends say of a conversation."""

    device: Talk
    said: str
    """By the peer."""
    peer_satisfied: bool
    """A peer's client: its data came back. A peer's server says nothing that all have in common: always True."""

    @property
    def worked(self) -> bool:
        """DATA went both ways (9,900 to a peer that takes no more) and both said goodbye."""
        moved = self.device.received >= len(DATA) and self.device.sent >= 9900
        return self.device.error is None and moved and self.device.clean and self.peer_satisfied


def run(device: Device, peer: Peer, role: str, case: Case, words: str = "") -> Outcome:
    """Let them talk. `NotOffered` if the peer cannot be set up so. A server whose client fails may say `words` late."""
    return _device_calls(device, peer, case, words) if role == CLIENT else _peer_calls(device, peer, case)


def _device_calls(device: Device, peer: Peer, case: Case, words: str) -> Outcome:
    options: dict[str, Any] = {"trust": [_trusted(peer, case)], "cipher_suites": case.suites, **dict(case.options)}
    if case.show:
        files = peer.site.client(case.show)
        options.update({"certificate": files.certificate, "key": files.key})
    with contextlib.ExitStack() as stack:
        server = peer.start(stack, dataclasses.replace(case.peer, ask=case.ask, trust="site"))
        server.mark()
        if case.again:
            options.update({"resume": True, "port": server.port})
            options["resumption"] = device.call(server, **options).kept
        talk = device.call(server, **options)
        return Outcome(talk, server.wait_said("" if talk.error is None else words), True)


def _peer_calls(device: Device, peer: Peer, case: Case) -> Outcome:
    files = peer.site.server(case.peer.own)
    options: dict[str, Any] = {"certificate": files.certificate, "key": files.key, "cipher_suites": case.suites}
    if case.again:
        options.update({"resume": True, "share": ServerShare(device.library)})
    if case.ask:
        options.update({"client_authentication": True, "trust": [_trusted(peer, case)]})
    with contextlib.ExitStack() as stack:
        server = DeviceServer(device, leave_first=peer.stays, **options, **dict(case.options))
        stack.callback(server.close)
        call = peer.call(server.port, dataclasses.replace(case.peer, show=case.show, again=case.again))
        if case.again:
            first = server.next()
            assert first.error is None and not first.resumed, first
        talk = server.next()
        server.expect_no_more()
        return Outcome(talk, call.said, call.echoed)


def _trusted(peer: Peer, case: Case) -> Any:
    return peer.site.ca if case.trust == "site" else peer.site.other_ca
