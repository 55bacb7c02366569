"""Names, time and datagrams on a chip: lwIP's resolver, NtpClient and UdpConnection against peers on this machine."""

from __future__ import annotations

import socket
import struct
from pathlib import Path

import pytest

from sming_host.bridge.redirect import Redirect
from sming_host.emulator.chip_device import ChipDevice
from tests.emulator.chips import build_chip
from tests.support.datagrams import datagram_server

_UNIX_TO_NTP = 2208988800
_TIME = 1_900_000_000
_NAMES = {"time.test": "10.0.2.2", "www.device.test": "192.0.2.7"}


def _name_server(question: bytes) -> bytes:
    """Answer a question for an address (RFC 1035 §4): one record, or no such name."""
    labels = []
    at = 12
    while question[at]:
        labels.append(question[at + 1 : at + 1 + question[at]].decode())
        at += 1 + question[at]
    address = _NAMES.get(".".join(labels).lower())
    asked = question[12 : at + 5]
    head = struct.pack("!2sHHHHH", question[:2], 0x8180 if address else 0x8183, 1, 1 if address else 0, 0, 0)
    if address is None:
        return head + asked
    return head + asked + struct.pack("!HHHIH", 0xC00C, 1, 1, 60, 4) + socket.inet_aton(address)


def _time_server(question: bytes) -> bytes:
    """Answer as RFC 4330 says: stratum 2, the question's transmit time as origin."""
    assert len(question) == 48 and question[0] == 0x23
    stamp = struct.pack("!II", (_TIME + _UNIX_TO_NTP) % 2**32, 1 << 20)
    return struct.pack("!BBbb", 0x24, 2, 6, -20) + bytes(20) + question[40:48] + stamp + stamp


@pytest.mark.slow
def test_names_time_and_datagrams(tmp_path: Path) -> None:
    """The bridge's name server is asked; a name of it leads to a time server, which sets the clock."""
    program = build_chip("esp32c3", "tests/apps/ChipServices", "0")
    with (
        datagram_server(_name_server) as names,
        datagram_server(_time_server) as clock,
        datagram_server(lambda text: text.upper()) as echo,
        ChipDevice("esp32c3", program, tmp_path, clock=None, udp={53: names, 123: clock}) as chip,
    ):
        chip.expect("ready", 60)
        chip.send("dns www.device.test\n")
        chip.expect(r"^address 192\.0\.2\.7", 30)
        chip.send("dns nobody.device.test\n")
        chip.expect(r"^address 0\.0\.0\.0", 30)
        chip.send("ntp time.test\n")
        found = chip.expect(r"^time (\d+), clock (\d+), set", 30)
        assert int(found[1]) == _TIME and 0 <= int(found[2]) - _TIME <= 5
        chip.send(f"udp {echo} hello\n")
        chip.expect(rf"^datagram from 10\.0\.2\.2:{echo}: HELLO", 30)


def _packet(source: str, destination: str, ports: tuple[int, int], body: bytes, kind: int = 17) -> bytes:
    head = struct.pack("!BBHHHBBH", 0x45, 0, 28 + len(body), 1, 0, 64, kind, 0)
    head += socket.inet_aton(source) + socket.inet_aton(destination)
    return head + struct.pack("!HHHH", *ports, 8 + len(body), 0x1234) + body


def _sum(header: bytes) -> int:
    total: int = sum(struct.unpack("!10H", header))
    return (total & 0xFFFF) + (total >> 16)


def test_redirected_datagrams() -> None:
    """To another port and back, with right checksums; what is not for a redirected port, or no UDP, stays as it is."""
    redirect = Redirect({53: 40053})
    out = redirect.outgoing(_packet("10.0.2.15", "10.0.2.3", (5000, 53), b"what?"))
    assert out[12:20] == socket.inet_aton("10.0.2.15") + socket.inet_aton("10.0.2.2")
    assert struct.unpack("!HHHH", out[20:28]) == (5000, 40053, 13, 0) and out[28:] == b"what?"
    assert _sum(out[:20]) == 0xFFFF
    back = redirect.incoming(_packet("10.0.2.2", "10.0.2.15", (40053, 5000), b"that"))
    assert back[12:20] == socket.inet_aton("10.0.2.3") + socket.inet_aton("10.0.2.15")
    assert struct.unpack("!HHHH", back[20:28]) == (53, 5000, 12, 0) and back[28:] == b"that"
    for other in (
        _packet("10.0.2.15", "10.0.2.3", (5000, 54), b""),
        _packet("10.0.2.15", "10.0.2.3", (5000, 53), b"", kind=6),
        b"\x45\x00",
    ):
        assert redirect.outgoing(other) == other
    unasked = _packet("10.0.2.2", "10.0.2.15", (40053, 5001), b"")
    assert redirect.incoming(unasked) == unasked
