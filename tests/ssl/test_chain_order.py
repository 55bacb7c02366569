"""A chain that comes out of order is put in order by sessions of either role, where the heap has room for it."""

from __future__ import annotations

import gc
import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Optional

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID

from sming_host.tls import Library, TlsError
from tests.ssl.conftest import World
from tests.ssl.test_client_certificates import asked_client, asking_device
from tests.ssl.wire import talk
from tests.support.pki import Authority, Identity

Others = tuple[x509.Certificate, ...]


class Chain:
    """Three authorities below a root, and a leaf for either role."""

    def __init__(self) -> None:
        self.root = Authority("Root")
        above = self.root
        for number in range(3):
            above = Authority(f"Intermediate {number}", parent=above)
        usages = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)
        self.leaf = above.issue("device.local", usages=usages)
        self.others: Others = self.leaf.chain
        """As they should come; without the root."""
        assert len(self.others) == 3

    def send(self, order: Others) -> Identity:
        return replace(self.leaf, chain=order)


@pytest.fixture(scope="module")
def chain() -> Chain:
    return Chain()


def refusal(world: World, identity: Identity, root: Authority, **options: Any) -> Optional[TlsError]:
    """Why a client refuses that chain; None if it does not."""
    with world.client(trust=[root.der], **options) as device:
        error, _ = talk(device, world.openssl_server(identity))
        assert device.verified or error is not None
        if error is None:
            assert device.peer_certificate is not None and device.peer_certificate.sha256 == identity.sha256
            if device.memory.by_tag["handshake"].current:
                gc.collect()  # what other tests left
            assert device.memory.by_tag["handshake"].current == 0
        return error


def orders(chain: Chain) -> Iterator[Others]:
    """All of the chain; all with a stranger, with the root, with one twice."""
    yield from itertools.permutations(chain.others)
    for more in (Authority("Unrelated").certificate, chain.root.certificate, chain.others[1]):
        yield from itertools.permutations((*chain.others, more))


def test_server_sends_any_order(world: World, chain: Chain) -> None:
    for order in orders(chain):
        assert refusal(world, chain.send(order), chain.root) is None


def test_no_order_makes_up_for_the_anchor(world: World, chain: Chain) -> None:
    for order in itertools.permutations(chain.others):
        error = refusal(world, chain.send(order), world.stranger)
        assert error is not None and (error.code, error.alert) == ("unknownCa", "unknown_ca")
    without_lowest = refusal(world, chain.send(chain.others[1:]), chain.root)
    assert without_lowest is not None and without_lowest.code == "unknownCa"


def test_client_sends_any_order(world: World, tmp_path: Path, chain: Chain) -> None:
    for order in itertools.permutations(chain.others):
        identity = chain.send(order)
        device, peer = asking_device(world, trust=[chain.root.der]), asked_client(world, tmp_path, identity)
        assert talk(device, peer)[0] is None and device.verified


def test_cross_signed(world: World) -> None:
    """The same authority below two roots, of which the device knows one."""
    old, new = Authority("Old root"), Authority("New root")
    by_old, by_new = Authority("Shared", parent=old), Authority("Shared", parent=new)
    by_new.certificate = (
        x509.CertificateBuilder()
        .subject_name(by_old.name)
        .issuer_name(new.name)
        .public_key(by_old.key.public_key())
        .serial_number(7)
        .not_valid_before(by_old.certificate.not_valid_before_utc)
        .not_valid_after(by_old.certificate.not_valid_after_utc)
        .add_extension(x509.BasicConstraints(True, None), critical=True)
        .sign(new.key, hashes.SHA256())
    )
    leaf = by_old.issue("device.local")
    for order in itertools.permutations((by_old.certificate, by_new.certificate)):
        for root in (old, new):
            assert refusal(world, replace(leaf, chain=order), root) is None


def test_heap_decides(world: World, library: Library, chain: Chain) -> None:
    """Every allocation fails once, and at last all from it on: nothing crashes, and nothing bad is accepted."""
    crooked = chain.send(tuple(reversed(chain.others)))
    assert refusal(world, crooked, chain.root) is None
    gc.collect()  # what other tests left
    before = library.memory.total.current
    attempts = library.allocation_attempts
    assert refusal(world, crooked, chain.root) is None
    outcomes = []
    for number in range(1, library.allocation_attempts - attempts + 1):
        for and_later in (False, True):
            library.fail_allocation(number, and_later)
            try:
                error = refusal(world, crooked, chain.root)
                outcomes.append("accepted" if error is None else error.code)
            except TlsError as failure:
                outcomes.append(failure.code)
            finally:
                library.fail_allocation(0)
            assert library.memory.total.current == before, (number, outcomes[-1])
    assert set(outcomes) <= {"accepted", "unknownCa", "noMemory", "recordTooLarge"}, outcomes
    # the copies and the search: without them it is as if there were no second look
    assert outcomes.count("unknownCa") >= 5
    assert refusal(world, crooked, chain.root) is None


def test_in_order_takes_no_more_than_the_chain(world: World, library: Library, chain: Chain) -> None:
    """A heap that holds no copies is enough for a chain in order; one out of order is refused as ever."""
    straight, crooked = chain.send(chain.others), chain.send(tuple(reversed(chain.others)))

    def outcome(identity: Identity, room: int) -> str:
        library.set_memory_cap(library.memory.total.current + room)
        try:
            error = refusal(world, identity, chain.root)
            return "accepted" if error is None else error.code
        except TlsError as failure:
            return failure.code
        finally:
            library.set_memory_cap(None)

    rooms = range(4000, 28000, 600)
    for identity, allowed in (
        (straight, {"noMemory", "recordTooLarge"}),
        (crooked, {"noMemory", "recordTooLarge", "unknownCa"}),
    ):
        seen = [outcome(identity, room) for room in rooms]
        assert seen[0] == "noMemory" and seen[-1] == "accepted"
        assert set(seen) <= {"accepted"} | allowed, seen
