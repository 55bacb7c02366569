"""Applications written for Sming's WebSocket and MQTT compile as they are, with TLS and without."""

from __future__ import annotations

import pytest

from tests.support.apps import build_app


@pytest.mark.parametrize("ssl", ["Bearssl", "0"])
def test_names_of_sming(ssl: str) -> None:
    assert build_app("tests/apps/SmingMessaging", ssl=ssl).is_file()
