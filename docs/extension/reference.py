"""The reference of a component: a section for each public header, and in it one for each type."""

from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from docs.extension.domain import SmingDomain
from docs.extension.headers import TYPES, Entity, Header, public_headers, read_header
from docs.extension.prose import inline, prose, signature

CHECKOUT = Path(__file__).resolve().parents[2]
COMPONENTS = CHECKOUT / "components"

_MACRO_LINES = 80


class HeadersDirective(SphinxDirective):
    """All public headers of a component."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Called by docutils."""
        found: list[nodes.Node] = []
        component = COMPONENTS / self.arguments[0]
        # A header that is new is no dependency yet
        self.env.note_reread()
        for path in public_headers(component):
            header = read_header(path)
            if header.doc or header.entities:
                found.append(self._header(header, path.relative_to(component / "include")))
        if not found:
            raise self.error(f"{component} has no public headers")
        return found

    def _header(self, header: Header, name: Path) -> nodes.section:
        section = nodes.section(ids=[_anchor("header", str(name))], names=[])
        section += nodes.title("", "", nodes.literal("", str(name)))
        section += prose(header.doc)
        groups: list[Entity] = []
        for entity in header.entities:
            if entity.kind in TYPES:
                section += self._members(groups)
                groups = []
                section += self._type(entity)
            else:
                groups.append(entity)
        section += self._members(groups)
        return section

    def _type(self, entity: Entity) -> nodes.section:
        unnamed = "(" in entity.name
        anchor = _anchor("type", f"{entity.name}-{entity.line}" if unnamed else entity.name)
        domain = self.env.get_domain("sming")
        if isinstance(domain, SmingDomain) and not unnamed:
            domain.note(entity.name, anchor)
        section = nodes.section(ids=[anchor], names=[])
        section += nodes.title("", entity.name)
        self.state.document.note_explicit_target(section)
        section += signature(entity.signature)
        section += prose(entity.doc)
        visible = [member for member in entity.members if member.access == "public"]
        section += self._members([member for member in visible if member.kind not in TYPES])
        for member in visible:
            if member.kind in TYPES:
                section += self._type(member)
        derived = [member for member in entity.members if member.access == "protected" and member.kind not in TYPES]
        if derived:
            section += nodes.rubric("", "For derived classes")
            section += self._members(derived)
        return section

    def _members(self, entities: list[Entity]) -> list[nodes.Node]:
        """A list of declarations; those that follow one another without a comment share the next one's place."""
        if not entities:
            return []
        found = nodes.definition_list(classes=["members"])
        for entity in entities:
            lines = entity.signature.splitlines()
            text = "\n".join([*lines[:_MACRO_LINES], *(["…"] if len(lines) > _MACRO_LINES else [])])
            item = nodes.definition_list_item()
            body = nodes.definition()
            if len(lines) > 1:
                item += nodes.term("", "", nodes.literal("", entity.name))
                body += signature(text)
            else:
                item += nodes.term("", "", nodes.literal(text, text, classes=["cpp"]))
            body += prose(entity.doc) if "\n" in entity.doc else [nodes.paragraph("", "", *inline(entity.doc))]
            item += body
            found += item
        return [found]


def _anchor(kind: str, name: str) -> str:
    return f"{kind}-" + re.sub(r"\W+", "-", name).strip("-")
