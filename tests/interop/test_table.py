"""The interoperation table: every case with every peer, the device on either side.

A cell works, or is one of `refusals` and then fails in just that way at both ends. `out/interop.md` has the table.
"""

from __future__ import annotations

import pytest

from tests.interop.cases import CASES, CLIENT, SERVER, Case
from tests.interop.cell import Outcome, run
from tests.interop.conftest import ADAPTERS, device_for
from tests.interop.device import Device
from tests.interop.peers import PEERS, NotOffered, Peer
from tests.interop.refusals import NOT_RESUMED, Refusal, expected
from tests.interop.site import Site
from tests.interop.table import FAILED, NOT_OFFERED, REFUSED, WORKED, Column, Table


def _cells() -> list[object]:
    """Peer by peer, so that what a peer needs is there once."""
    return [
        pytest.param(
            adapter,
            kind.name,
            role,
            case,
            id=f"{adapter}-{role}-{kind.name}-{case.section}-{case.name}".replace(" ", "_"),
            marks=[pytest.mark.slow] if case.slow else [],
        )
        for adapter in ADAPTERS
        for kind in PEERS
        for role in (CLIENT, SERVER)
        if role == SERVER or kind.serves
        for case in CASES
        if role in case.roles
    ]


@pytest.mark.parametrize(("adapter", "peer", "role", "case"), _cells())
def test_cell(
    adapter: str,
    peer: str,
    role: str,
    case: Case,
    devices: dict[str, Device],
    peers: dict[str, Peer],
    table: Table,
) -> None:
    other = peers[peer]
    column = Column(adapter, role, peer)
    table.versions.setdefault(peer, other.version)
    table.add(column, case, FAILED)
    refusal = expected(peer, role, case)
    try:
        outcome = run(device_for(adapter, devices), other, role, case, refusal.said if refusal else "")
    except NotOffered as reason:
        table.add(column, case, NOT_OFFERED, f"{reason}.")
        return
    if refusal is None:
        anew = NOT_RESUMED.get((role, peer), "") if case.again else ""
        _check_conversation(outcome, other.site, role, case)
        assert outcome.device.resumed == (case.again and not anew)
        table.add(column, case, WORKED, anew)
    else:
        _check_refusal(outcome, refusal)
        table.add(column, case, REFUSED, _note(refusal))


def _check_conversation(outcome: Outcome, site: Site, role: str, case: Case) -> None:
    talk = outcome.device
    assert outcome.worked, f"{talk}\nThe peer said:\n{outcome.said}"
    assert talk.version == case.version
    if case.expect:
        assert talk.suite == case.expect
    if role == CLIENT:
        assert talk.verified and talk.peer == site.server(case.peer.own).identity.sha256
    elif case.show:
        assert talk.verified and talk.peer == site.client(case.show).identity.sha256


def _check_refusal(outcome: Outcome, refusal: Refusal) -> None:
    talk = outcome.device
    assert not outcome.worked and talk.received == 0, f"it worked: {talk}"
    if refusal.code is None:
        assert talk.error is None and talk.clean
    else:
        assert talk.error is not None, talk
        received = refusal.code == "alertReceived"
        assert (talk.error.code, talk.error.alert_received) == (refusal.code, received), outcome.said
        assert talk.error.alert in (refusal.alert or "").split(" or "), outcome.said
    assert refusal.said in outcome.said, f"{talk}\nThe peer said:\n{outcome.said}"


def _note(refusal: Refusal) -> str:
    if refusal.code is None:
        return refusal.why
    sender = "The peer sends" if refusal.code == "alertReceived" else "The device sends"
    return f"{refusal.why} {sender} `{refusal.alert}`; `Ssl::Error` of the device is `{refusal.code}`."
