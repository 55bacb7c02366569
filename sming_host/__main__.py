"""Command line: ``sming-host COMMAND``, or ``python -m sming_host COMMAND``."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Optional

from sming_host import __version__
from sming_host.errors import UserError

COMMANDS = ("sming_host.certificates.command", "sming_host.tls.command")
"""Modules with an ``add_parsers``; a command sets the function to run as ``run``."""


def make_parser() -> argparse.ArgumentParser:
    """The parser with all commands."""
    parser = argparse.ArgumentParser(prog="sming-host", description="Build, run and test Sming applications.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for module in COMMANDS:
        importlib.import_module(module).add_parsers(commands)
    return parser


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Run a command. Returns the exit status: 0, 1 for an error of the user's, 2 for wrong arguments."""
    options = make_parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except UserError as error:
        if os.environ.get("SMING_TRACEBACK") == "1":
            raise
        print(f"error: {error.message}", file=sys.stderr)
        if error.hint:
            print(error.hint, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our output has seen enough. Keep Python from complaining when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
