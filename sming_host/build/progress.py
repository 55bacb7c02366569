"""One line for each step of a build, `[12/277] CC components/core/src/WString.cpp`, and its compiler's own words."""

from __future__ import annotations

import os
import sys
import threading
from typing import Any

_VERBS = {"CC": "36", "CXX": "36", "AS": "36", "AR": "34", "LINK": "32", "CACHE": "35"}


def use_colour() -> bool:
    """Tell whether output goes to a terminal that may be coloured (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


class Progress:
    """Counts the steps of the graph as SCons reaches them, whether they have to run or are up to date."""

    def __init__(self, verbose: bool) -> None:
        self.verbose = verbose
        self.colour = use_colour()
        self.total = 0
        self.ran = 0
        self._reached = 0
        self._numbers: dict[str, int] = {}
        self._steps: set[str] = set()
        self._lock = threading.Lock()

    def add(self, target: str) -> None:
        """Register a step by its output."""
        self._steps.add(target)
        self.total = len(self._steps)

    def __call__(self, node: Any) -> None:
        """Note that SCons has come to a node (called by SCons for every one, in its main thread)."""
        name = str(node)
        if name in self._steps and name not in self._numbers:
            self._reached += 1
            self._numbers[name] = self._reached

    def announce(self, text: str, target: list[Any], source: list[Any], env: Any) -> None:
        """Print the line of a step that begins (SCons' PRINT_CMD_LINE_FUNC)."""
        name = str(target[0])
        if name not in self._steps:
            return
        if text.startswith("Retrieved "):
            text = f"CACHE {name}"
        if self.colour and not self.verbose:
            verb, _, label = text.partition(" ")
            text = f"\033[{_VERBS[verb]}m{verb}\033[0m {label}"
        with self._lock:
            self.ran += 1
            print(f"[{self._numbers.get(name, self._reached)}/{self.total}] {text}", flush=True)

    def output(self, text: bytes) -> None:
        """Pass on what a program has said, in one piece and unchanged."""
        if text:
            with self._lock:
                sys.stdout.flush()
                sys.stderr.buffer.write(text)
                sys.stderr.flush()
