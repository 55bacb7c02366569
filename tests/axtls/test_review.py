"""What an independent review of the engine found, each finding with a test of its own."""

from __future__ import annotations

from tests.axtls.conftest import World
from tests.axtls.native import Settings
from tests.axtls.peers import Client
from tests.axtls.tls12 import CERTIFICATE, SERVER_HELLO_DONE, vec24


def test_chain_of_any_length(world: World) -> None:
    """A certificate may end just where a piece of the flight ends: the next length is written once all the same."""
    identity = world.servers["ec256"]
    for size in range(1, 400):
        chain = [identity.der, bytes(size), bytes(size + 1)]
        settings = Settings()
        settings.identity(chain, identity.key_der)
        client = Client(settings.server(), 0xC02B)
        client.hello()
        client.take()
        assert client.received.body(CERTIFICATE) == vec24(b"".join(vec24(c) for c in chain)), size
        assert client.received.kinds()[-1] == SERVER_HELLO_DONE
        client.engine.free()
        settings.free()
