"""The kinds of step that make files: compile, archive, link and flash image, as SCons builders.

Each is an object that holds its whole command but for the file names, so that SCons neither substitutes variables
nor starts a shell, and what makes a step run again is exactly a change of its command or of its sources.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import SCons.Action
import SCons.Builder
import SCons.Errors

from sming_host.board.images import FORMATS, image_command
from sming_host.build.progress import Progress
from sming_host.build.regions import overflow_report
from sming_host.build.soc import Soc


def tool_environment() -> dict[str, str]:
    """Return the environment of compilers.

    gcc writes the value of PWD, if it really is the working directory, into debug information; this name for it is
    the same in every checkout.
    """
    return {**os.environ, "PWD": "/proc/self/cwd"}


class Step:
    """A command that makes one file out of others."""

    verb = ""

    def __init__(self, progress: Progress, environment: Mapping[str, str], command: Sequence[str]) -> None:
        self.progress = progress
        self.environment = dict(environment)
        self.command = tuple(command)

    def arguments(self, target: str, sources: Sequence[str]) -> list[str]:
        """Return the full command for some files."""
        raise AssertionError(f"{type(self).__name__} must say how its command ends")

    def signature(self) -> str:
        """Return what the result depends on besides the sources."""
        return repr(self.command)

    def label(self, target: str, sources: Sequence[str]) -> str:
        """Return what the step's line names."""
        return target

    def wrapped(self, arguments: list[str]) -> list[str]:
        """Return the command as it is run."""
        return arguments

    def explain(self, target: str, output: str) -> str:
        """Return what helps to understand why the command has failed, given its output."""
        return ""

    def run(self, target: str, sources: Sequence[str]) -> None:
        """Run the command; raise SCons' BuildError if it fails."""
        arguments = self.wrapped(self.arguments(target, sources))
        try:
            done = subprocess.run(
                arguments,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        except OSError as error:
            raise SCons.Errors.BuildError(target, f"{arguments[0]} does not start: {error.strerror}") from error
        self.progress.output(done.stdout)
        if done.returncode:
            self.progress.output(self.explain(target, done.stdout.decode("utf-8", "replace")).encode())
            how = f"signal {-done.returncode}" if done.returncode < 0 else f"exit status {done.returncode}"
            raise SCons.Errors.BuildError(target, f"{self.verb} {self.label(target, sources)} failed ({how})")

    # What SCons calls.

    def __call__(self, target: list[Any], source: list[Any], env: Any) -> None:
        self.run(str(target[0]), [str(node) for node in source])

    def strfunction(self, target: list[Any], source: list[Any], env: Any) -> str:
        """Return the line that announces the step."""
        name, sources = str(target[0]), [str(node) for node in source]
        if self.progress.verbose:
            return shlex.join(self.wrapped(self.arguments(name, sources)))
        return f"{self.verb} {self.label(name, sources)}"

    def builder(self, scanner: Any = None) -> Any:
        """Return an SCons builder that takes this step. SCons makes a file again when the digest has changed."""
        digest = hashlib.sha256(self.signature().encode()).hexdigest()
        action = SCons.Action.Action(self, varlist=["STEP_DIGEST"])
        return SCons.Builder.Builder(action=action, source_scanner=scanner, STEP_DIGEST=digest)


class Compile(Step):
    """Make an object of one source. The launcher (ccache, distcc) stands in front and leaves the result as it is."""

    def __init__(
        self,
        progress: Progress,
        environment: Mapping[str, str],
        command: Sequence[str],
        *,
        verb: str,
        identity: str,
        launcher: Sequence[str],
    ) -> None:
        super().__init__(progress, environment, command)
        self.verb = verb
        self.identity = identity
        self.launcher = tuple(launcher)

    def arguments(self, target: str, sources: Sequence[str]) -> list[str]:
        return [*self.command, "-c", sources[0], "-o", target]

    def signature(self) -> str:
        return repr((self.identity, self.command))

    def label(self, target: str, sources: Sequence[str]) -> str:
        return sources[0]

    def wrapped(self, arguments: list[str]) -> list[str]:
        colour = ["-fdiagnostics-color=always"] if self.progress.colour else []
        return [*self.launcher, arguments[0], *colour, *arguments[1:]]


class Embed(Compile):
    """Make an object of the contents of some files: nothing is compiled."""


class Archive(Step):
    """Put objects into a static library without time stamps."""

    verb = "AR"

    def arguments(self, target: str, sources: Sequence[str]) -> list[str]:
        return [*self.command, "rcsD", target, *sources]


class Link(Step):
    """Make a program or a shared library, and beside it the linker's map: `size` reads it."""

    verb = "LINK"

    def __init__(
        self, progress: Progress, environment: Mapping[str, str], command: Sequence[str], last: Sequence[str] = ()
    ) -> None:
        super().__init__(progress, environment, command)
        self.last = tuple(last)

    def arguments(self, target: str, sources: Sequence[str]) -> list[str]:
        return [*self.command, f"-Wl,-Map={target}.map", "-o", target, *sources, *self.last]

    def signature(self) -> str:
        return repr((self.command, self.last))

    def explain(self, target: str, output: str) -> str:
        return overflow_report(Path(f"{target}.map"), output)


class MakeImage(Step):
    """Make what goes into a chip's flash out of its program."""

    verb = "IMAGE"

    def __init__(self, progress: Progress, environment: Mapping[str, str], soc: Soc) -> None:
        super().__init__(progress, environment, image_command(soc, "", "")[:-2])
        self.format = repr((FORMATS.get(soc.image), metadata.version("esptool")))

    def arguments(self, target: str, sources: Sequence[str]) -> list[str]:
        return [*self.command, sources[0], target]

    def signature(self) -> str:
        # The Python that runs it is not part of the result.
        return repr((self.command[1:], self.format))
