"""Lists that are made from the build's own tables, so that they are never out of date."""

from __future__ import annotations

import re
from collections.abc import Iterable

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from docs.extension.prose import inline
from docs.extension.reference import COMPONENTS
from sming_host.build.options import OPTIONS
from sming_host.build.targets import TARGETS

_OPTIONS = COMPONENTS / "host-process" / "src" / "options.cpp"
_STRING = r'"((?:[^"\\]|\\.)*)"'


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> nodes.table:
    """A table of texts with `code`."""
    rows = [list(row) for row in rows]
    headings = list(headings)
    group = nodes.tgroup(cols=len(headings))
    for _ in headings:
        group += nodes.colspec(colwidth=1)
    group += nodes.thead("", _row(headings))
    body = nodes.tbody()
    for row in rows:
        body += _row(row)
    group += body
    return nodes.table("", group)


def _row(cells: Iterable[str]) -> nodes.row:
    row = nodes.row()
    for cell in cells:
        row += nodes.entry("", nodes.paragraph("", "", *inline(cell)))
    return row


class Targets(SphinxDirective):
    """Every target."""

    def run(self) -> list[nodes.Node]:
        """Called by docutils."""
        self.env.note_reread()
        return [table(["target", "what it does"], [[f"`{row.name}`", row.help] for row in TARGETS])]


class Variables(SphinxDirective):
    """Every variable."""

    def run(self) -> list[nodes.Node]:
        """Called by docutils."""
        self.env.note_reread()
        rows = []
        for option in OPTIONS:
            words = [*option.values, *(alias for alias, _ in option.aliases)]
            values = ", ".join(f"`{value}`" for value in words if value)
            rows.append([f"`{option.name}`", option.help, values, f"`{option.default}`" if option.default else ""])
        return [table(["variable", "meaning", "values", "default"], rows)]


class Samples(SphinxDirective):
    """Every sample, with what its README says first."""

    def run(self) -> list[nodes.Node]:
        """Called by docutils."""
        self.env.note_reread()
        rows = []
        for readme in sorted(COMPONENTS.parent.glob("samples/*/README.md")):
            first = readme.read_text("utf-8").split("\n\n")[1]
            rows.append([f"`{readme.parent.name}`", " ".join(first.split())])
        return [table(["sample", "what it shows"], rows)]


class ProgramOptions(SphinxDirective):
    """Every option of an application in the host's emulator, from the table in its source."""

    def run(self) -> list[nodes.Node]:
        """Called by docutils."""
        self.env.note_dependency(str(_OPTIONS))
        return [table(["option", "meaning"], program_options())]


def program_options() -> list[list[str]]:
    """Name and help of every option."""
    text = _OPTIONS.read_text("utf-8").partition("descriptions[] = {")[2].partition("\n};")[0]
    value = rf"(?:nullptr|{_STRING})"
    rows = re.findall(rf"\{{{_STRING},\s*{value},\s*\w+,\s*{value},\s*{_STRING}\}}", text.replace('"\n\t "', ""))
    found = []
    for name, argument, _, meaning in rows:
        shown = f"--{name}={argument}" if argument else f"--{name}"
        found.append([f"`{shown}`", meaning.replace('\\"', '"')])
    return found
