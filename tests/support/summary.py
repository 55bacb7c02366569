"""Lines for the end of a test run, wherever the test ran that has something to tell."""

from __future__ import annotations

from typing import Optional

import pytest

KEY = "lines for the end"
_lines = pytest.StashKey[list[str]]()


def lines(config: pytest.Config) -> list[str]:
    """The lines so far; in a worker of pytest-xdist, those that it will hand to the process with the terminal."""
    output: Optional[dict[str, list[str]]] = getattr(config, "workeroutput", None)
    if output is not None:
        return output.setdefault(KEY, [])
    return config.stash.setdefault(_lines, [])
