"""Mistakes that a review of records, keys, memory and the C API found, one test for each."""

from __future__ import annotations

import pytest

from tests.axtls.conftest import World
from tests.axtls.test_api import CACERT, CERT, OK, PKCS8, context_of, load


@pytest.mark.parametrize("end", [b"\n", b""], ids=["ended", "open"])
def test_pem_with_lines_of_windows(world: World, end: bytes) -> None:
    """No object in such a text was ever found: its label seemed to have five dashes behind it."""
    identity = world.servers["ec256"]
    with context_of() as context:
        for kind, text in ((CERT, identity.chain_pem), (PKCS8, identity.key_pem), (CACERT, world.authority.pem)):
            assert load(context, kind, text.rstrip().replace(b"\n", b"\r\n") + end) == OK


@pytest.mark.parametrize("missing", [30, 60, 400])
def test_pem_that_is_cut_off(world: World, missing: int) -> None:
    """A chain without its last certificate was taken for a whole one; a server would show it to its clients."""
    text = world.servers["ec256"].chain_pem.rstrip()[:-missing]
    assert text.count(b"BEGIN CERTIFICATE") == 2
    with context_of() as context:
        assert load(context, CERT, text) != OK
