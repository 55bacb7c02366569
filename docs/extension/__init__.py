"""Our Sphinx extension: the C++ reference from public headers, and lists out of the build's own tables.

.. headers:: network          all public headers of a component
.. build-targets::            the targets of `./scons`
.. build-variables::          its variables
.. samples::                  the samples
.. program-options::          the options of an application in the host's emulator
:cpp-type:`Ssl::Session`      a reference to a class
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

from docs.extension.domain import SmingDomain, TypeRole
from docs.extension.reference import HeadersDirective
from docs.extension.tables import ProgramOptions, Samples, Targets, Variables


def mark_examples(app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    """Examples in our docstrings are indented by four, without the colons that Sphinx wants before them."""
    marked: list[str] = []
    inside = False
    for line in lines:
        indented = line.startswith("    ")
        if indented and not inside and (not marked or not marked[-1].strip()):
            if not any(before.rstrip().endswith("::") for before in marked[-2:]):
                marked += ["::", ""]
            inside = True
        elif line.strip() and not indented:
            inside = False
        marked.append(line)
    lines[:] = marked


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_domain(SmingDomain)
    app.add_role("cpp-type", TypeRole())
    app.add_directive("headers", HeadersDirective)
    app.add_directive("build-targets", Targets)
    app.add_directive("build-variables", Variables)
    app.connect("autodoc-process-docstring", mark_examples)
    app.add_directive("samples", Samples)
    app.add_directive("program-options", ProgramOptions)
    return {"version": "1", "env_version": 2, "parallel_read_safe": True, "parallel_write_safe": True}
