"""Runs conversations that go wrong (or only look as if), and checks that the engine answers each as the RFCs say."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Optional, Union

from cryptography.hazmat.primitives.serialization import Encoding

from tests.axtls import tls12
from tests.axtls.conftest import NAME, World
from tests.axtls.native import Settings
from tests.axtls.openssl import SUITES
from tests.axtls.peers import Client, Server

ServerAct = Callable[[Client], None]
ClientAct = Callable[[Server], None]

#: The conversation does not fail, and the engine is connected at its end.
CONNECTED = "connected"
#: It does not fail, and is not at its end.
GOING_ON = "going on"
#: The engine ends without a word, because the peer's alert was fatal.
SILENT = "silent"


@dataclass
class Case:
    """What a crafted peer does, and the alert that must come; or one of the words above."""

    name: str
    act: Callable[..., object]
    expected: str
    suite: int = 0xC02B
    #: Changes the engine's settings.
    prepare: Optional[Callable[[Settings], None]] = None


@dataclass
class Group:
    name: str
    role: str
    cases: Callable[[World], Iterator[Case]]


GROUPS: list[Group] = []


def group(role: str) -> Callable[[Callable[[World], Iterator[Case]]], Callable[[World], Iterator[Case]]]:
    """Conversations in which the engine has this role."""

    def register(cases: Callable[[World], Iterator[Case]]) -> Callable[[World], Iterator[Case]]:
        GROUPS.append(Group(f"{role}-{cases.__name__}", role, cases))
        return cases

    return register


@dataclass
class Tally:
    count: int = 0
    wrong: list[str] = field(default_factory=list)


def settings_for(world: World, role: str, case: Case) -> Settings:
    settings = world.server_settings() if role == "server" else world.client_settings()
    settings.suites(list(SUITES))
    if case.prepare:
        case.prepare(settings)
    return settings


def crafted(world: World, role: str, settings: Settings, suite: int) -> Union[Client, Server]:
    if role == "server":
        return Client(settings.server(), suite)
    kind = "ec256" if suite in (0xC02B, 0xCCA9) else "rsa2048"
    identity = world.servers[kind]
    chain = [identity.der, *(c.public_bytes(Encoding.DER) for c in identity.chain)]
    return Server(settings.client(NAME), chain, identity.key, suite)


def verdict(peer: Union[Client, Server], expected: str) -> Optional[str]:
    """None, or what is wrong."""
    peer.take()
    state = peer.engine.state
    alerts = [alert for alert in peer.received.alerts if alert[0] == 2]
    if expected in (CONNECTED, GOING_ON):
        if state.error != "NONE" or alerts or state.connected != (expected == CONNECTED):
            return f"{state}"
        return None
    if expected == SILENT:
        if alerts or state.alert_sent or not state.closed:
            return f"{alerts} {state}"
    else:
        if alerts != [(2, expected)] or state.alert_sent != expected:
            return f"alerts {peer.received.alerts}, {state.error}"
        if peer.received.types[-1] != tls12.ALERT or not state.closed:
            return "something came after the alert"
    # Nothing more, whatever comes
    before = len(peer.received.types)
    for kind in (tls12.HANDSHAKE, tls12.DATA, tls12.ALERT):
        data = tls12.record(kind, b"\1\0\0\0")
        if peer.engine.feed(data) != len(data):
            return "not everything is dropped after the end"
    peer.take()
    return "it still speaks" if len(peer.received.types) != before else None


def run(world: World, member: Group) -> Tally:
    tally = Tally()
    for case in member.cases(world):
        tally.count += 1
        settings = settings_for(world, member.role, case)
        peer = crafted(world, member.role, settings, case.suite)
        try:
            case.act(peer)
            problem = verdict(peer, case.expected)
        except Exception:
            problem = traceback.format_exc(limit=-3)
        if problem:
            tally.wrong.append(f"{case.name}: expected {case.expected}, but {problem}")
        peer.engine.free()
        settings.free()
    return tally
