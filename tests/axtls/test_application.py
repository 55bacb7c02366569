"""The engine in an application, built by the project's own build and flags."""

from __future__ import annotations

import re

from tests.support.apps import build_app, run_app


def test_application() -> None:
    run = run_app(build_app("tests/apps/AxtlsTest", ssl="0"))
    assert run.status == 0, run.output[-4000:]
    summary = re.search(r"(\d+) passed, (\d+) failed", run.output)
    assert summary and int(summary[1]) > 30 and int(summary[2]) == 0, run.output[-4000:]
