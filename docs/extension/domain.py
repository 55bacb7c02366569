"""What the documentation knows of types: where each is, so that pages can refer to it and the search finds it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Optional

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.builders import Builder
from sphinx.domains import Domain, ObjType
from sphinx.environment import BuildEnvironment
from sphinx.roles import XRefRole
from sphinx.util.nodes import make_refnode


class TypeRole(XRefRole):
    """A reference to a type; one that does not exist is a warning."""

    def __init__(self) -> None:
        super().__init__(fix_parens=False, warn_dangling=True)

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Called by docutils."""
        self.name = "sming:type"
        made: tuple[list[nodes.Node], list[nodes.system_message]] = super().run()
        return made


class SmingDomain(Domain):
    """Classes, structures and enumerations of public headers."""

    name = "sming"
    label = "Sming"
    object_types: ClassVar[dict[str, ObjType]] = {"type": ObjType("type", "type")}
    roles: ClassVar[dict[str, TypeRole]] = {"type": TypeRole()}
    initial_data: ClassVar[dict[str, dict[str, object]]] = {"types": {}}

    @property
    def types(self) -> dict[str, tuple[str, str]]:
        """Page and place of each type, by its full name."""
        found: dict[str, tuple[str, str]] = self.data["types"]
        return found

    def note(self, name: str, anchor: str) -> None:
        """Remember where a type is."""
        self.types[name] = (self.env.docname, anchor)

    def clear_doc(self, docname: str) -> None:
        """Forget a page that is read anew."""
        for name in [name for name, (page, _) in self.types.items() if page == docname]:
            del self.types[name]

    def resolve_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: pending_xref,
        contnode: nodes.Element,
    ) -> Optional[nodes.reference]:
        """Find a type by its full name, or by its last part if only one has it."""
        matches = [target] if target in self.types else [n for n in self.types if n.endswith(f"::{target}")]
        if len(matches) != 1:
            return None
        page, anchor = self.types[matches[0]]
        return make_refnode(builder, fromdocname, page, anchor, [contnode], matches[0])

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """For the search."""
        for name, (page, anchor) in self.types.items():
            yield name, name, "type", page, anchor, 1

    def merge_domaindata(self, docnames: list[str], otherdata: dict[str, Any]) -> None:
        """Take over what another process has found in some pages."""
        for name, place in otherdata["types"].items():
            if place[0] in docnames:
                self.types[name] = place
