"""Sessions that are resumed: when they are, when they must not be, and what they cost."""

from __future__ import annotations

import contextlib
import datetime
import gc
import ssl
import time
from typing import Any, Optional

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from sming_host.tls import Pin, Resumption, ServerShare, Session, TlsError, UsageError
from tests.ssl.conftest import World
from tests.ssl.test_server import exchange
from tests.ssl.wire import CHANGE_CIPHER_SPEC, HANDSHAKE, Peer, Record, records, talk
from tests.support.adapters import Traits
from tests.support.pki import DAY, Authority, Identity, now


class Pair:
    """A server with its share, and clients that go on from one another's sessions."""

    def __init__(self, world: World, identity: Optional[Identity] = None, **server: Any) -> None:
        self.world = world
        self.identity = identity or world.ec
        self.share = ServerShare()
        self.options = {"resume": True, "share": self.share, **server}
        self.kept: Optional[Resumption] = None

    def connect(self, error: str = "", **client: Any) -> tuple[Session, Session]:
        server = self.world.server(self.identity, **self.options)
        device = self.world.client(**{"resume": True, "port": 443, "resumption": self.kept, **client})
        self.kept = None
        if error:
            with pytest.raises(TlsError) as caught:
                exchange(device, server)
            assert caught.value.code == error
        else:
            exchange(device, server)
            device.write(b"ping")
            server.write(b"pong")
            exchange(device, server)
            assert (server.read(), device.read()) == (b"ping", b"pong")
            assert device.resumed == server.resumed
        self.kept = device.take_resumption()
        return device, server


@pytest.mark.parametrize("identity", ["ec", "rsa"])
def test_resumed_again_and_again(world: World, identity: str) -> None:
    pair = Pair(world, getattr(world, identity))
    first, _ = pair.connect()
    assert not first.resumed and pair.kept is not None and len(pair.share) == 1
    before = first.library.statistics.resumed
    for _ in range(3):
        again, server = pair.connect()
        assert again.resumed and again.verified and server.resumed
        assert again.session_id == first.session_id and again.cipher_suite == first.cipher_suite
        assert again.peer_certificate == first.peer_certificate, "the certificate is remembered"
    assert first.library.statistics.resumed == before + 6
    assert len(pair.share) == 1


def test_no_public_key_operation(world: World) -> None:
    """The second handshake takes at most half the time of the first."""
    pair = Pair(world)
    full, short = [], []
    for _ in range(5):
        pair.kept = None
        start = time.perf_counter()
        pair.connect()
        middle = time.perf_counter()
        assert pair.connect()[0].resumed
        full.append(middle - start)
        short.append(time.perf_counter() - middle)
    assert min(short) < min(full) / 2, (min(short), min(full))


@pytest.mark.parametrize(
    "change",
    [{"host_name": "DEVICE.local", "same": True}, {"port": 8443}, {"resume": False}, {"cipher_suites": [0xCCA9]}],
    ids=["other case", "other port", "switched off", "other suites"],
)
def test_only_to_the_same_server(world: World, change: dict[str, Any]) -> None:
    pair = Pair(world)
    pair.connect()
    options = dict(change)
    same = options.pop("same", False)
    assert pair.connect(**options)[0].resumed == same


def test_not_to_another_name(world: World) -> None:
    """A name that the certificate is not for is refused, not resumed."""
    pair = Pair(world)
    pair.connect()
    pair.connect("certificateName", host_name="other.local")
    assert pair.kept is None
    pair.connect()


def test_pins_hold_for_the_remembered_certificate(world: World) -> None:
    right, wrong = Pin("pki-sha256", world.ec.spki_sha256), Pin("pki-sha256", bytes(32))
    pair = Pair(world)
    pair.connect()
    assert pair.connect(pins=[right])[0].resumed
    pair.connect("pinMismatch", pins=[wrong])
    assert pair.kept is None
    # And where the first session was judged by nothing at all
    first, _ = pair.connect(trust=[], verify_later=True)
    assert not first.verified
    kept = pair.kept
    again, _ = pair.connect(pins=[right], verify_later=True)
    assert kept is not None and again.resumed and again.verified
    pair.connect("pinMismatch", pins=[wrong], verify_later=True)


def test_unverified_sessions_are_not_resumed_as_verified(world: World) -> None:
    """Neither from verifyLater, nor from a pin, to a chain that nobody ever checked."""
    stranger = world.stranger.issue("device.local")
    pair = Pair(world, stranger)
    pair.connect(trust=[], verify_later=True)
    pair.connect("unknownCa")
    pair.connect(pins=[Pin("pki-sha256", stranger.spki_sha256)])
    pair.connect("unknownCa")
    pair.connect(trust=[world.stranger.der])
    pair.connect("unknownCa")
    pair.connect(trust=[world.stranger.der])
    assert pair.connect(trust=[world.stranger.der])[0].resumed


@pytest.mark.parametrize(
    ("ends", "domain", "error"),
    [(DAY, "example.org", "certificateConstraint"), (datetime.timedelta(0), "device.local", "certificateExpired")],
    ids=["constraints", "dates"],
)
def test_anchor_of_the_same_key_that_allows_less(
    world: World, ends: datetime.timedelta, domain: str, error: str
) -> None:
    """What one set of anchors vouched for is not resumed under another that would refuse it."""
    source = world.authority.certificate
    builder = x509.CertificateBuilder(
        source.issuer, source.subject, source.public_key(), source.serial_number,
        source.not_valid_before_utc, now() + ends, list(source.extensions),
    )  # fmt: skip
    builder = builder.add_extension(x509.NameConstraints([x509.DNSName(domain)], None), critical=True)
    narrower = builder.sign(world.authority.key, hashes.SHA256()).public_bytes(Encoding.DER)
    pair = Pair(world)
    pair.connect()
    assert pair.connect()[0].resumed
    pair.connect(error, trust=[narrower], time=now() + datetime.timedelta(hours=1))


def test_dates_count_when_resuming(world: World) -> None:
    soon = world.authority.issue("device.local", not_after=now() + DAY)
    pair = Pair(world, soon)
    pair.connect()
    assert pair.connect(time=now() + DAY - datetime.timedelta(minutes=1))[0].resumed
    pair.connect("certificateExpired", time=now() + 2 * DAY)
    pair.connect()
    pair.connect("clockNotSet", time=None)


def test_failed_sessions_are_forgotten_on_both_sides(world: World) -> None:
    pair = Pair(world)
    device, server = pair.connect()
    assert len(pair.share) == 1
    for end in (device, server):
        with pytest.raises(TlsError):
            end.feed(b"\x17\x03\x03\0\x20" + bytes(32))
    assert len(pair.share) == 0 and device.take_resumption() is None


def test_not_asked_for(world: World, traits: Traits) -> None:
    nothing: dict[str, Any] = {}
    off: dict[str, Any] = {"resume": False}
    for options, client in ((off, nothing), ({"cache_size": 0}, nothing), (nothing, off)):
        pair = Pair(world, **options)
        pair.connect(**client)
        assert not pair.connect(**client)[0].resumed
        # An id that the server forgot at once may be kept; nothing comes of it
        assert (pair.kept is None) == (bool(client) or not traits.unused_ids)


def test_cache_is_bounded_and_keeps_what_is_used(world: World) -> None:
    pair = Pair(world, cache_size=3)
    kept = []
    for _ in range(3):
        pair.connect()
        kept.append(pair.kept)
        pair.kept = None
    pair.kept = kept[0]
    assert pair.connect()[0].resumed  # used now, so the second is the oldest
    kept[0] = pair.kept
    pair.kept = None
    pair.connect()
    assert len(pair.share) == 3
    for number, expected in ((0, True), (2, True), (1, False)):
        pair.kept = kept[number]
        assert pair.connect()[0].resumed == expected


def test_no_session_with_a_client_certificate(world: World) -> None:
    """Without extended master secret an identity must not be carried over (triple handshake)."""
    person = Authority("People")
    own = person.issue("person", usages=())
    pair = Pair(world, client_authentication=True, trust=[person.der])
    for _ in range(2):
        device, server = pair.connect(certificate=own.chain_pem, key=own.key_pem)
        assert not server.resumed and server.verified and pair.kept is None
    assert len(pair.share) == 0
    # A server that takes to asking for certificates does not resume what it remembers from before
    plain = Pair(world)
    plain.connect()
    asking: dict[str, Any] = {
        "resume": True,
        "share": plain.share,
        "client_authentication": True,
        "trust": [person.der],
    }
    device, server = world.client(resume=True, port=443, resumption=plain.kept), world.server(**asking)
    with pytest.raises(TlsError):
        exchange(device, server)
    assert not server.handshake_done


def test_other_certificate_after_renewal(world: World) -> None:
    """A renewed certificate counts for new sessions; old ones may still be resumed by who trusts the old one."""
    pair = Pair(world)
    pair.connect()
    pair.identity = world.authority.issue("device.local")
    assert pair.connect()[0].resumed
    pair.kept = None
    device, _ = pair.connect()
    assert device.peer_certificate is not None and device.peer_certificate.sha256 == pair.identity.sha256


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_version_that_is_allowed_now_counts(world: World, traits: Traits) -> None:
    """A server that no longer takes an old version does not take it from its cache either."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=world.authority.pem.decode())
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_1
    share = ServerShare()
    both: dict[str, Any] = {"resume": True, "share": share, "cipher_suites": "full"}
    peer = Peer(context, False, "device.local")
    error, _ = talk(world.server(**both, legacy_versions=True), peer)
    assert (error is None) == peer.done == traits.legacy_versions
    if error is not None:
        return
    session = peer.tls.session
    again = Peer(context, False, "device.local", session)
    assert talk(world.server(**both, legacy_versions=True), again)[0] is None and again.tls.session_reused
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    refused = Peer(context, False, "device.local", session)
    device = world.server(**both)
    talk(device, refused)
    assert not device.resumed and not (device.handshake_done and device.version != "TLSv1.2")


def test_suite_that_is_allowed_now_counts(world: World) -> None:
    pair = Pair(world)
    pair.connect(cipher_suites=[0xC02B, 0xCCA9])
    pair.options["cipher_suites"] = [0xCCA9]
    device, _ = pair.connect(cipher_suites=[0xC02B, 0xCCA9])
    assert not device.resumed and device.cipher_suite == "ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"


def test_with_openssl_as_client(world: World) -> None:
    """Session ids only: a server here gives no tickets."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=world.authority.pem.decode())
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    share, session = ServerShare(), None
    for number in range(3):
        peer = Peer(context, False, "device.local", session)
        device = world.server(resume=True, share=share)
        assert talk(device, peer)[0] is None and peer.done
        assert device.resumed == bool(peer.tls.session_reused) == (number > 0)
        session = peer.tls.session


def test_with_openssl_as_server(world: World) -> None:
    server, kept = world.openssl_server(), None
    context = server.tls.context
    context.options |= ssl.OP_NO_TICKET
    for number in range(3):
        device, peer = world.client(resume=True, resumption=kept), Peer(context, True)
        assert talk(device, peer)[0] is None and peer.done
        assert device.resumed == (number > 0) and device.verified
        # OpenSSL forgets a session that did not end in order
        device.close()
        peer.feed(device.drain())
        with contextlib.suppress(ssl.SSLError):
            peer.tls.unwrap()
        kept = device.take_resumption()


def test_openssl_that_does_not_know_the_session(world: World) -> None:
    device = world.client(resume=True)
    assert talk(device, world.openssl_server())[0] is None
    again = world.client(resume=True, resumption=device.take_resumption())
    assert talk(again, world.openssl_server())[0] is None
    assert not again.resumed and again.verified


def test_server_that_lies_about_resuming(world: World) -> None:
    """It answers with the id offered, but does not know the secret."""
    pair = Pair(world)
    session_id = pair.connect()[0].session_id
    device, server = world.client(resume=True, port=443, resumption=pair.kept), world.server()
    server.feed(device.drain())
    hello = next(records(server.drain()))
    body = bytearray(hello.body)
    size = int.from_bytes(body[1:4], "big")
    body[39 : 39 + 32] = session_id
    with pytest.raises(TlsError) as caught:
        device.feed(bytes(Record(HANDSHAKE, bytes(body[: 4 + size]))))
        device.feed(bytes(Record(CHANGE_CIPHER_SPEC, b"\1")) + bytes(Record(HANDSHAKE, bytes(40))))
    assert caught.value.code in ("badRecordMac", "illegalParameter") and not device.verified


def test_everything_is_given_back(world: World) -> None:
    library = world.client().library
    Pair(world).connect()
    gc.collect()
    before = library.memory.total
    pair = Pair(world)
    for _ in range(4):
        pair.connect()
    assert library.memory.by_tag["session_cache"].current > 0
    del pair
    gc.collect()
    after = library.memory.total
    assert (after.current, after.count) == (before.current, before.count)
    assert library.memory.by_tag["session_cache"].current == 0


def test_share_is_not_freed_under_a_session(world: World) -> None:
    share = ServerShare()
    identity = world.authority.issue("device.test")
    server = Session("server", certificate=identity.chain_pem, key=identity.key_pem, share=share)
    with pytest.raises(UsageError, match="free them first"):
        share.free()
    server.free()
    share.free()
    with pytest.raises(UsageError, match="was freed"):
        Session("server", certificate=identity.chain_pem, key=identity.key_pem, share=share)
