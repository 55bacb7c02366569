"""What a client on a chip refuses, and why: chain, name and dates, against `openssl s_server`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from sming_host.bridge import free_port
from sming_host.emulator.chip_device import ChipDevice
from tests.emulator.chips import QUICK, openssl_server
from tests.support.apps import ADAPTER_FOLDER, ROOT, scons
from tests.support.pki import DAY, Authority, Identity, now, self_signed

pytestmark = pytest.mark.slow

_APP = "tests/apps/ChipClient"
_ADDRESS = "10.0.2.2"
_REFUSED = {
    "wrong name": "for another name",
    "expired": "has expired",
    "not yet valid": "not valid yet",
    "unknown CA": "does not lead to a trust anchor",
    "self-signed": "self-signed",
}


@dataclass(frozen=True)
class Site:
    """Servers, and the authority that the device trusts."""

    authority: Path
    identities: dict[str, Identity]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    authority = Authority("Device CA")
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    path.write_bytes(authority.pem)
    identities = {
        "good": Authority("Between", parent=authority, path_length=0).issue(_ADDRESS),
        "good RSA": authority.issue(_ADDRESS, key_type="rsa2048"),
        "wrong name": authority.issue("10.0.2.3", "www.other.test"),
        "expired": authority.issue(_ADDRESS, not_before=now() - 30 * DAY, not_after=now() - DAY),
        "not yet valid": authority.issue(_ADDRESS, not_before=now() + DAY),
        "unknown CA": Authority("Somebody else").issue(_ADDRESS),
        "self-signed": self_signed(_ADDRESS),
    }
    return Site(path, identities)


def _build(soc: str, ssl: str, site: Site) -> Path:
    words = (f"SMING_SOC={soc}", f"ENABLE_SSL={ssl}", f"APP={_APP}", f"TRUST_ANCHORS={site.authority}")
    result = scons(*words, timeout=1200)
    assert result.returncode == 0, result.stdout[-6000:]
    return ROOT / "out" / soc / ADAPTER_FOLDER[ssl] / "ChipClient" / "firmware.elf"


def _connect(chip: ChipDevice, identity: Identity, folder: Path) -> str:
    """Return what the device says of a server with this certificate."""
    certificate, key = identity.write(folder, "server")
    # s_server takes the first of the file alone, and those between from another one
    between = folder / "between.pem"
    between.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in identity.chain))
    options = ["-cert_chain", str(between)] if identity.chain else []
    port = free_port()
    output = folder / "from-device"
    with openssl_server(port, certificate, key, output, *options) as server:
        assert server.stdin is not None
        server.stdin.write(b"hello\n")
        server.stdin.flush()
        for _ in range(20):
            chip.send(f"connect {port}\n")
            said = chip.expect(r"^(accepted|refused: .*|ended: .*|cannot connect)", 60)[1]
            # Not yet listening
            if said != "ended: 0":
                break
        if said == "accepted":
            chip.expect(r"^ended: 1", 60)
        return said


@pytest.mark.parametrize("ssl", ["Bearssl", "Axtls"])
@pytest.mark.parametrize("soc", QUICK)
def test_what_is_accepted_and_refused(soc: str, ssl: str, site: Site, tmp_path: Path) -> None:
    program = _build(soc, ssl, site)
    with ChipDevice(soc, program, tmp_path) as chip:
        chip.expect("ready", 60)
        assert _connect(chip, site.identities["good"], tmp_path) == "accepted"
        assert _connect(chip, site.identities["good RSA"], tmp_path) == "accepted"
        for name, words in _REFUSED.items():
            said = _connect(chip, site.identities[name], tmp_path)
            assert said.startswith("refused: ") and words in said, (name, said)
        assert _connect(chip, site.identities["good"], tmp_path) == "accepted"


@pytest.mark.parametrize(("days", "words"), [(None, "clock is not set"), (4000, "has expired")])
def test_dates_need_the_devices_clock(days: Optional[int], words: str, site: Site, tmp_path: Path) -> None:
    program = _build("esp32c3", "Bearssl", site)
    later = now().timestamp() + (days or 0) * 86400
    with ChipDevice("esp32c3", program, tmp_path, clock=None if days is None else lambda: later) as chip:
        chip.expect("ready", 60)
        assert words in _connect(chip, site.identities["good"], tmp_path)


@pytest.mark.parametrize("ssl", ["Bearssl", "Axtls"])
def test_instructions_of_a_client(ssl: str, site: Site, tmp_path: Path) -> None:
    """Full handshakes of the ESP8266's core with the chain checked, network included."""
    program = _build("esp8266", ssl, site)
    with ChipDevice("esp8266", program, tmp_path, count_instructions=True) as chip:
        chip.expect("ready", 120)
        for name in ("good", "good RSA"):
            assert _connect(chip, site.identities[name], tmp_path) == "accepted"
            millions = [int(text) / 1000 for text in re.findall(r"busy (\d+) us", chip.output)][-1]
            print(f"{ssl}, client, {name}: {millions:.1f} million instructions")
            assert 20 < millions < 600
        chip.stop()
        print(f"{ssl}: {chip.figures}")
