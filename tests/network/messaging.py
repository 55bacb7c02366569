"""Drives tests/apps/MessagingTest: WebSocket and MQTT, as parsers alone and as clients."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.network.console import Console, running
from tests.support.apps import build_app

APP = "tests/apps/MessagingTest"
SANITIZERS = "address,undefined"


class Messaging(Console):
    """A running MessagingTest."""

    _seen: int = 0

    def ask(self, command: str, name: str) -> str:
        """Give a command and return the text of the line that answers it, "[name] text"."""
        self.mark()
        self.send(command)
        return self.next(rf"^\[{name}\] (.*)$")[1].strip()

    def mark(self) -> None:
        """Let next() look at what comes from here on only."""
        self._seen = len(self.text)

    def next(self, regex: str, seconds: float = 20) -> re.Match[str]:
        """Wait for a line with a match of `regex` behind the one that was found last."""
        seen = self._seen
        found = self.expect_from(seen, regex, seconds)
        self._seen = found.end()
        return found

    def do(self, command: str) -> None:
        """Give a command that must succeed."""
        name, verb = command.split()[:2]
        answer = self.ask_line(command, rf"^\[{name}\] {verb} (\w+)")
        assert answer == "ok", f"{command}: {answer}\n{self.text[-3000:]}"

    def ask_line(self, command: str, regex: str) -> str:
        """Give a command and return group 1 of the first new line that matches."""
        start = len(self.text)
        self.send(command)
        return self.expect_from(start, regex, 20)[1]


def build_messaging(folder: Path, ssl: str = "Bearssl", **variables: str) -> Path:
    """Build it, with sanitizers unless the variables say otherwise, out of reach of other builds."""
    built = build_app(APP, ssl=ssl, **{"SANITIZERS": SANITIZERS, **variables})
    return Path(shutil.copy2(built, folder / f"messaging-{ssl}"))


@contextlib.contextmanager
def running_messaging(executable: Path, *arguments: str) -> Iterator[Messaging]:
    """Start it; it must end in order."""
    with running(Messaging, executable, *arguments) as console:
        yield console
