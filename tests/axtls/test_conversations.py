"""Everything that a peer can do wrong, and the alert that it gets for it."""

from __future__ import annotations

import pytest

from tests.axtls import (
    client_cases,
    client_key_cases,
    record_cases,
    server_cases,
    server_hello_cases,
    server_order_cases,
)
from tests.axtls.conftest import World
from tests.axtls.conversations import GROUPS, Group, run

#: Importing them is what fills GROUPS.
MODULES = (client_cases, client_key_cases, record_cases, server_cases, server_hello_cases, server_order_cases)

COUNTS: dict[str, int] = {}


@pytest.mark.parametrize("member", GROUPS, ids=[g.name for g in GROUPS])
def test_conversations(world: World, member: Group) -> None:
    tally = run(world, member)
    COUNTS[member.name] = tally.count
    assert not tally.wrong, f"{len(tally.wrong)} of {tally.count}:\n" + "\n".join(tally.wrong[:40])


def test_there_are_enough(world: World) -> None:
    """At least 600 conversations, both roles well represented. Counts only what ran in this process."""
    if len(COUNTS) == len(GROUPS):
        assert sum(COUNTS.values()) >= 600
        for role in ("server", "client"):
            assert sum(n for name, n in COUNTS.items() if name.startswith(role)) >= 200
    print("\n".join(f"{name}: {count}" for name, count in COUNTS.items()), "\ntotal", sum(COUNTS.values()))
