"""Dates of certificates, and the clock of a device."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

import pytest

from sming_host.emulator.chip_device import ChipDevice
from tests.emulator.chips import Kind, Site, build_peer, connect, make_site
from tests.support.pki import now

pytestmark = pytest.mark.slow

_KIND = Kind("esp32c3", "Bearssl")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return make_site(tmp_path_factory.mktemp("authority"))


@pytest.mark.parametrize(("days", "words"), [(None, "clock is not set"), (4000, "has expired")])
def test_dates_need_the_devices_clock(days: Optional[int], words: str, site: Site, tmp_path: Path) -> None:
    program = build_peer(_KIND, site)
    later = now().timestamp() + (days or 0) * 86400
    with ChipDevice(_KIND.soc, program, tmp_path, clock=None if days is None else lambda: later) as chip:
        chip.expect("ready", 60)
        assert words in connect(chip, site.identities["good"], tmp_path)
