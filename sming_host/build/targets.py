"""Every target of the build: name, group, one line of help. `help`, `help --json` and a test are made from this."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """When a target does its work."""

    # Makes files: part of SCons' graph.
    BUILD = "build"
    # Done before anything is built, in the order of the command line.
    COMMAND = "command"
    # Done instead of a build.
    ALONE = "alone"
    # Done with a board, once all is built.
    BOARD = "board"


@dataclass(frozen=True)
class Target:
    """A word of the command line."""

    name: str
    group: str
    help: str
    kind: Kind


TARGETS = (
    Target(
        "default", "Build", "Build what APP names, else all samples, and the library of the Python binding", Kind.BUILD
    ),
    Target("run", "Build", "Build an application (APP, else Basic_Ssl) and start it with ARGS", Kind.BUILD),
    Target("heap-plot", "Build", "As run, and draw the application's heap over time (PNG, SVG)", Kind.BUILD),
    Target("size", "Build", "Build and show how much memory applications and components take", Kind.BUILD),
    Target(
        "size-table",
        "Build",
        "Build all samples for all chips with both adapters and show what memory each takes and leaves (--json)",
        Kind.ALONE,
    ),
    Target("host-api", "Build", "Build the shared library that sming_host.tls binds", Kind.BUILD),
    Target("compiledb", "Build", "Write compile_commands.json for editors and clang tools", Kind.BUILD),
    Target("test", "Test", "Run the quick tests; ARGS goes to pytest", Kind.ALONE),
    Target("fuzz", "Test", "Build the fuzzing harnesses (TARGET, else all) with clang and run them", Kind.BUILD),
    Target("check", "Test", "Run all tests, the long ones too", Kind.ALONE),
    Target("flash", "Board", "Build an application (APP) and write it to a board; --dry-run shows how", Kind.BOARD),
    Target("monitor", "Board", "Show a board's console; ARGS: --link, --log=FILE, --no-reset", Kind.BOARD),
    Target("erase-flash", "Board", "Erase all of a board's flash", Kind.BOARD),
    Target("read-flash", "Board", "Read all of a board's flash into FLASH_FILE", Kind.BOARD),
    Target("generate-cert", "Certificates", "Make a CA, a server certificate and its key", Kind.COMMAND),
    Target("cert-info", "Certificates", "Show a certificate, its days left and its fingerprints", Kind.COMMAND),
    Target("list-soc", "Look around", "List the chips", Kind.ALONE),
    Target("list-components", "Look around", "List the components", Kind.ALONE),
    Target("list-config", "Look around", "List the variables, their values and where these come from", Kind.ALONE),
    Target("doctor", "Look around", "Check what this machine has and say what is missing", Kind.ALONE),
    Target("docs", "Look around", "Build the documentation into out/docs", Kind.ALONE),
    Target("help", "Look around", "Show this help (--json: for programs)", Kind.ALONE),
)

BY_NAME = {target.name: target for target in TARGETS}
