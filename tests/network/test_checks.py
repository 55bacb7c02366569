"""The checks of tests/apps/NetworkTest: what needs no peer."""

from __future__ import annotations

from tests.network.conftest import SANITIZERS
from tests.support.apps import build_app, run_app


def test_checks() -> None:
    run = run_app(build_app("tests/apps/NetworkTest", SANITIZERS=SANITIZERS))
    assert run.status == 0, run.output
    assert " 0 failed" in run.output
