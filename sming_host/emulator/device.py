"""What tests see of a running application, wherever it runs."""

from __future__ import annotations

import abc
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Optional, TypeVar, Union

from sming_host.errors import UserError
from sming_host.hints import advise

TAIL_LINES = 30
"""Lines of output that a failure shows."""

HTTP_PORTS = (80, 8080)
"""Ports whose URL begins with http:// unless something else is asked for."""

_POLL_S = 0.02

D = TypeVar("D", bound="Device")


class ExpectError(AssertionError):
    """What was waited for did not come. The message has the end of the output, advice and the name of the log."""


@dataclass(frozen=True)
class Heap:
    """The device's heap, in bytes."""

    current: int
    """Held now, or at the end if the application is over."""
    peak: int
    """Most that was held at once."""
    limit: int
    """What there is; 0: no limit was set."""
    tags: Mapping[str, Mapping[str, int]]
    """The same by purpose: "handshake", "record_buffer", "session", …, each with "current" and "peak"."""

    @property
    def free(self) -> int:
        """Bytes left; an error without a limit."""
        if self.limit == 0:
            raise UserError("the heap has no limit, so nothing is known of what is free", "Give one, for example 48K.")
        return max(0, self.limit - self.current)


class Device(abc.ABC):
    """An application that runs. Use it as a context manager, or call `stop`."""

    def __init__(self, name: str, log: Path) -> None:
        self.name = name
        self.log = log
        """File with all that the application printed."""
        self._position = 0

    def __enter__(self: D) -> D:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.stop()

    @property
    def output(self) -> str:
        """All that the application has printed so far, with plain newlines."""
        return self.log.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")

    def expect(
        self, pattern: Union[str, re.Pattern[str]], timeout: float = 20, *, anywhere: bool = False
    ) -> re.Match[str]:
        """Wait until the output has what a regular expression matches, and return the match.

        The search goes on behind the match of the last call, so that the same line can be expected twice;
        `anywhere` looks at all of the output and leaves that place where it is. `timeout` is in seconds. Raises an
        ExpectError when the time is over or the application has ended.
        """
        wanted = re.compile(pattern, re.MULTILINE) if isinstance(pattern, str) else pattern
        deadline = time.monotonic() + timeout
        while True:
            ended = self.ended()
            late = time.monotonic() >= deadline
            found = wanted.search(self.output, 0 if anywhere else self._position)
            if found:
                if not anywhere:
                    self._position = found.end()
                return found
            if ended:
                raise self.failure(f"{ended}, and its output has no match for {wanted.pattern!r}")
            if late:
                raise self.failure(f"no match for {wanted.pattern!r} within {timeout:g} s")
            time.sleep(_POLL_S)

    def failure(self, message: str) -> ExpectError:
        """Make an error of a message: with the end of the output, advice, and where the whole log is."""
        output = self.output
        lines = output.splitlines()[-TAIL_LINES:]
        parts = [message, f"the last lines of {self.name}:" if lines else f"{self.name} printed nothing"]
        parts += [f"  | {line}" for line in lines]
        parts += [f"hint: {advice}" for advice in advise(output)]
        parts.append(f"the whole log: {self.log}")
        return ExpectError("\n".join(parts))

    def url(self, path: str = "/", *, port: int = 443, scheme: Optional[str] = None) -> str:
        """Return the URL of a page that the application serves, once it listens on `port` (as the device has it)."""
        scheme = scheme or ("http" if port in HTTP_PORTS else "https")
        return f"{scheme}://{self.address}:{self.port(port)}/{path.lstrip('/')}"

    @property
    @abc.abstractmethod
    def address(self) -> str:
        """Name or address at which the device can be reached."""

    @abc.abstractmethod
    def port(self, port: int, timeout: float = 20) -> int:
        """Return the port to connect to for a port that the device listens on; waits until it does."""

    @property
    @abc.abstractmethod
    def heap(self) -> Heap:
        """The heap as it is now."""

    @abc.abstractmethod
    def send(self, text: str) -> None:
        """Type on the device's console."""

    @abc.abstractmethod
    def ended(self) -> str:
        """Say how the application has ended; empty while it runs."""

    @abc.abstractmethod
    def stop(self) -> int:
        """End it as Ctrl-C does, if it still runs. Returns the exit status."""

    def report(self) -> dict[str, Any]:
        """Figures of the device: heap, ports, handshakes, errors."""
        raise UserError(f"{self.name} gives no report", "Only applications in the host's emulator do.")
