"""Reads our public headers: what they declare, and the comments that belong to it.

No compiler is needed for that: the headers are written in one style. A comment that begins with two stars, or with
three slashes, belongs to the declaration behind it; one that goes on with `<` to the one before it; one in front of
`#pragma once` to the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

TYPES = ("class", "struct", "union", "enum")
"""Kinds of entities that have members."""

_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_DIRECTIVE = re.compile(r"#(?:[^\n\\]|\\.)*", re.DOTALL)
_ACCESS = re.compile(r"(public|protected|private)\s*:(?!:)")
# A table of an X macro, on a line of its own
_MACRO_CALL = re.compile(r"[A-Z][A-Z0-9_]*\([^()\n]*\)[ \t]*\n(?!\s*\{)")
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)+\'')
_NAMESPACE = re.compile(r"(?:inline\s+)?namespace\s*([\w:]*)\s*\{|extern\s+\"C\"\s*\{")
_TYPE = re.compile(
    r"(?:template\s*<.*?>\s*)?(?:typedef\s+)?(enum\s+class|enum\s+struct|class|struct|union|enum)\b\s*"
    r"(?:__attribute__\s*\(\(.*?\)\)\s*)?([\w:]*)",
    re.DOTALL,
)
_GUARDED = re.compile(r"#\s*ifdef\s+__cplusplus|#\s*if\b|#\s*el|#\s*endif|#\s*include|#\s*undef|#\s*error|#\s*ifndef")


@dataclass
class Entity:
    """Something that a header declares."""

    kind: str
    """"class", "struct", "union", "enum", "enumerator", "function", "type", "variable" or "macro"."""
    name: str
    """With its namespaces and classes."""
    signature: str
    """The declaration on one line, without its body."""
    doc: str = ""
    line: int = 0
    access: str = "public"
    members: list[Entity] = field(default_factory=list)

    def types(self) -> Iterator[Entity]:
        """This one and all below it that have members."""
        if self.kind in TYPES:
            yield self
        for member in self.members:
            yield from member.types()


@dataclass
class Header:
    """All of a file."""

    path: Path
    doc: str
    entities: list[Entity]

    def types(self) -> Iterator[Entity]:
        """Every class, structure and enumeration, nested ones too."""
        for entity in self.entities:
            yield from entity.types()

    def document(self, entity: Entity) -> str:
        """What is said of an entity: its own comment, or the file's, if that is about it."""
        short = entity.name.rpartition("::")[2]
        return entity.doc or (self.doc if re.search(rf"\b{re.escape(short)}\b", self.doc) else "")


def documented_components() -> list[Path]:
    """Our components that have public headers; recipes over the sources of others have documentation of their own."""
    components = Path(__file__).resolve().parents[2] / "components"
    return [
        folder
        for folder in sorted(components.iterdir())
        if public_headers(folder) and "third_party=True" not in (folder / "SConscript").read_text("utf-8")
    ]


def public_headers(component: Path) -> list[Path]:
    """The headers that a component gives to its users."""
    return sorted((component / "include").rglob("*.h"), key=lambda path: (len(path.parts), str(path)))


def read_header(path: Path) -> Header:
    """Read a header."""
    reader = _Reader(path.read_text("utf-8"))
    entities = reader.read_scope("", "")
    return Header(path, reader.file_doc, entities)


def clean_comment(comment: str) -> str:
    """The text of a comment: without its marks, and with what all of its lines are indented by taken away."""
    if comment.startswith("//"):
        return re.sub(r"^///?<?\s?", "", comment).strip()
    body = re.sub(r"^/\*\*?<?", "", comment)[:-2].rstrip("*")
    lines = [re.sub(r"^[ \t]*\* ?", "", line.expandtabs(4)).rstrip() for line in body.splitlines()]
    if lines:
        lines[0] = lines[0].strip()
    indents = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    margin = min(indents, default=0)
    return "\n".join([lines[0] if lines else "", *(line[margin:] for line in lines[1:])]).strip()


class _Reader:
    """Goes through the text once, from its begin to its end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.file_doc = ""
        self._pending = ""

    def read_scope(self, prefix: str, access: str) -> list[Entity]:
        """Read declarations up to the brace that ends the scope, or the end of the file. `access`: empty: no class."""
        found: list[Entity] = []
        while self.at < len(self.text):
            char = self.text[self.at]
            if char.isspace() or char == ";":
                self.at += 1
            elif char == "}":
                self.at += 1
                break
            elif self.text.startswith(("/*", "//"), self.at):
                self._comment(found)
            elif char == "#":
                self._directive(found)
            elif access and (label := _ACCESS.match(self.text, self.at)):
                access, self.at, self._pending = label[1], label.end(), ""
            elif call := _MACRO_CALL.match(self.text, self.at):
                self.at = call.end()
            elif space := _NAMESPACE.match(self.text, self.at):
                self.at = space.end()
                self._pending = ""
                found += self.read_scope(f"{prefix}{space[1]}::" if space[1] else prefix, "")
            else:
                found += self._declaration(prefix, access)
        return found

    def _comment(self, found: list[Entity]) -> None:
        comment = self._match(_COMMENT)
        if comment.startswith(("///<", "/**<", "/*!<")):
            if found:
                found[-1].doc = " ".join(filter(None, [found[-1].doc, clean_comment(comment)]))
        elif comment.startswith(("/**", "///")):
            # Several lines of /// are one comment
            joined = comment.startswith("///") and self._pending
            self._pending = (self._pending + "\n" if joined else "") + clean_comment(comment)
        elif comment.startswith("/*"):
            # The heading of a group, or of the file
            self._pending = ""
            if not self.file_doc and not found and self.at < 2000:
                self._pending = clean_comment(comment)

    def _directive(self, found: list[Entity]) -> None:
        line = self._line()
        text = self._match(_DIRECTIVE)
        if re.match(r"#\s*pragma\s+once", text):
            self.file_doc, self._pending = self._pending, ""
        elif define := re.match(r"#\s*define\s+(\w+)(\([^)]*\))?", text):
            if self._pending:
                body = re.sub(r"[ \t]*\\\n", "\n", text)
                found.append(Entity("macro", define[1], body.expandtabs(4), self._take(), line))
        elif not _GUARDED.match(text):
            self._pending = ""

    def _declaration(self, prefix: str, access: str) -> list[Entity]:
        begin, line = self.at, self._line()
        doc = self._take()
        end = self._skip_to("{;")
        head = self.text[begin:end]
        kind = _TYPE.match(head)
        is_type = kind is not None and self.text[end : end + 1] == "{" and "(" not in _without_arguments(head)
        if kind is not None and is_type:
            self.at = end + 1
            return [self._type(kind, head, prefix, access, doc, line)]
        if self.text[end : end + 1] == "{":
            self.at = end
            self._skip_braces()
            rest = re.match(r"\s*(?:,[^;{]*)?;", self.text[self.at :])
            if rest:
                self.at += rest.end()
        else:
            self.at = end + 1
        entity = _entity(head, prefix, access or "public", doc, line)
        if entity is None:
            return []
        found = [entity]
        self._trailing(found)
        return found

    def _type(self, kind: re.Match[str], head: str, prefix: str, access: str, doc: str, line: int) -> Entity:
        word = kind[1].split()[0]
        name = kind[2]
        signature = _one_line(head)
        if word == "enum":
            members = self._enumerators(f"{prefix}{name}::" if name else prefix)
        else:
            members = self.read_scope(f"{prefix}{name}::", "private" if word == "class" else "public")
        end = self._skip_to(";")
        declared = re.search(r"(\w+)\s*$", _COMMENT.sub("", self.text[self.at : end]))
        if head.startswith("typedef") and declared:
            name = declared[1]
        self.at = end + 1
        entity = Entity(word, prefix + (name or f"({word})"), signature, doc, line, access or "public", members)
        self._trailing([entity])
        self._pending = ""
        return entity

    def _enumerators(self, prefix: str) -> list[Entity]:
        found: list[Entity] = []
        while self.at < len(self.text) and self.text[self.at] != "}":
            if self.text[self.at].isspace() or self.text[self.at] == ",":
                self.at += 1
            elif self.text.startswith(("/*", "//"), self.at):
                self._comment(found)
            elif self.text[self.at] == "#":
                self._directive([])
            else:
                begin, line = self.at, self._line()
                doc = self._take()
                self.at = self._skip_to(",}\n")
                text = _one_line(self.text[begin : self.at])
                # What a table of an X macro makes is shown with the table
                if re.match(r"\w+\s*(=|$)", text):
                    found.append(Entity("enumerator", prefix + text.split("=")[0].strip(), text, doc, line))
        self.at += 1
        self._pending = ""
        return found

    def _trailing(self, found: list[Entity]) -> None:
        """Take a comment that stands behind a declaration on its line."""
        match = re.compile(r"[ \t]*(?=///<|/\*\*<)").match(self.text, self.at)
        if match:
            self.at = match.end()
            self._comment(found)

    def _match(self, pattern: re.Pattern[str]) -> str:
        """Go beyond what matches here; a comment that never ends is the rest of the file."""
        match = pattern.match(self.text, self.at)
        begin, self.at = self.at, match.end() if match else len(self.text)
        return self.text[begin : self.at]

    def _take(self) -> str:
        doc, self._pending = self._pending, ""
        return doc

    def _line(self) -> int:
        return self.text.count("\n", 0, self.at) + 1

    def _skip_to(self, ends: str) -> int:
        """The place of the next of some characters that is in no string, comment or bracket."""
        at, depth = self.at, 0
        while at < len(self.text):
            char = self.text[at]
            skipped: Optional[re.Match[str]] = None
            if char in "\"'":
                skipped = _STRING.match(self.text, at)
            elif char == "/":
                skipped = _COMMENT.match(self.text, at)
            if skipped:
                at = skipped.end()
                continue
            if depth == 0 and char in ends:
                return at
            depth += (char in "([") - (char in ")]")
            at += 1
        return at

    def _skip_braces(self) -> None:
        depth = 0
        while self.at < len(self.text):
            self.at = self._skip_to("{}")
            depth += 1 if self.text[self.at : self.at + 1] == "{" else -1
            self.at += 1
            if depth == 0:
                return


def _entity(head: str, prefix: str, access: str, doc: str, line: int) -> Optional[Entity]:
    """What a declaration without members is."""
    text = _one_line(_COMMENT.sub("", head))
    if not text or re.match(r"(friend|static_assert|template\s*<[^>]*>\s*friend)\b", text):
        return None
    bare = _without_templates(text)
    if re.match(r"(class|struct|union|enum)\s+(class\s+)?\w+$", bare):
        return None  # a declaration ahead
    alias = (
        re.match(r"using\s+(\w+)\s*=", bare)
        or re.match(r"typedef\b.*\(\s*\*\s*(\w+)\s*\)\s*\(", bare)
        or re.match(r"typedef\b.*?(\w+)$", bare)
    )
    if alias:
        return Entity("type", prefix + alias[1], text, doc, line, access)
    if bare.startswith("using "):
        return Entity("type", prefix + bare[6:].strip(), text, doc, line, access)
    operator = re.search(r"\boperator\s*(?:\(\)|[^\s\w(]+|\s[\w ]+[*&]*)(?=\s*\()", bare)
    if operator:
        return Entity("function", prefix + operator[0].strip(), _signature(text), doc, line, access)
    pointer = re.search(r"\(\s*\*\s*(\w+)\s*\)\s*\(", bare)
    if pointer:
        return Entity("variable", prefix + pointer[1], text, doc, line, access)
    function = re.search(r"(~?[A-Za-z_]\w*)\s*\(", bare)
    if function and not re.match(r"[^(]*=[^=(]*\(|alignas\b", bare):
        return Entity("function", prefix + function[1].strip(), _signature(text), doc, line, access)
    variable = re.search(r"(\w+)\s*(\[[^\]]*\])*\s*(:\s*\d+)?\s*(=.*)?$", bare)
    return Entity("variable", prefix + variable[1], text, doc, line, access) if variable else None


def _signature(text: str) -> str:
    """A function's declaration without its list of initialisers."""
    depth = 0
    for at, char in enumerate(text):
        depth += (char in "(<") - (char in ")>" and text[at - 1 : at] != "-")
        if char == ":" and depth <= 0 and text[at + 1 : at + 2] != ":" and text[at - 1] != ":":
            return text[:at].rstrip()
    return text


def _without_templates(text: str) -> str:
    """The declaration without `template <…>` in front and attributes."""
    text = re.sub(r"__attribute__\s*\(\(.*?\)\)|\[\[.*?\]\]", "", text)
    while text.startswith("template"):
        depth = 0
        for at, char in enumerate(text):
            depth += (char == "<") - (char == ">")
            if char == ">" and depth == 0:
                text = text[at + 1 :].lstrip()
                break
        else:
            break
    return text


def _without_arguments(text: str) -> str:
    """The declaration without anything in angle brackets."""
    text = _without_templates(text)
    while (shorter := re.sub(r"<[^<>]*>", "", text)) != text:
        text = shorter
    return text


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", _COMMENT.sub("", text)).strip()
