"""Comments of headers as nodes of a document. Nothing in them is markup but what is handled here."""

from __future__ import annotations

import re
from typing import Optional

from docutils import nodes

_CODE = re.compile(r"`([^`\n]+)`")
_TAG = re.compile(r"^@(param|return|retval|tparam|note|see)\b(?:\[\w+\])?\s*")
_BULLET = re.compile(r"^\s{0,3}[-*•]\s+")


def inline(text: str) -> list[nodes.Node]:
    """Text with `code`."""
    found: list[nodes.Node] = []
    for at, part in enumerate(_CODE.split(text)):
        if part:
            found.append(nodes.literal(part, part) if at % 2 else nodes.Text(part))
    return found


def signature(text: str) -> nodes.literal_block:
    """A declaration, coloured."""
    block = nodes.literal_block(text, text)
    block["language"] = "cpp"
    # Comments show pieces, with … for what is left out
    block["force"] = True
    return block


def prose(text: str) -> list[nodes.Node]:
    """Paragraphs, lists, indented examples, parameters and results."""
    found: list[nodes.Node] = []
    fields: Optional[nodes.field_list] = None
    for kind, block in _blocks(text):
        if kind == "code":
            found.append(signature(block))
        elif kind == "list":
            items = nodes.bullet_list()
            for item in block.split("\0"):
                items += nodes.list_item("", nodes.paragraph("", "", *inline(item)))
            found.append(items)
        elif kind == "tag":
            if fields is None:
                fields = nodes.field_list()
                found.append(fields)
            fields += _field(block)
        else:
            found.append(nodes.paragraph("", "", *inline(block)))
    return found


def _field(text: str) -> nodes.field:
    match = _TAG.match(text)
    word = match[1] if match else "note"
    rest = text[match.end() :] if match else text
    title = {"return": "Returns", "retval": "Returns", "note": "Note", "see": "See"}.get(word, "")
    name: nodes.Node = nodes.Text(title)
    if not title:
        first, _, rest = rest.partition(" ")
        name = nodes.literal(first, first)
    body = nodes.field_body("", nodes.paragraph("", "", *inline(rest.strip())))
    return nodes.field("", nodes.field_name("", "", name), body)


def _blocks(text: str) -> list[tuple[str, str]]:
    """Tell paragraphs, lists, examples and tags apart; items of a list are separated by NUL."""
    found: list[tuple[str, str]] = []
    fresh = True
    # A tag begins a block wherever it stands
    for line in re.sub(r"\s+(?=@(?:param|return)\b)", "\n", text).splitlines():
        kind, last = "", found[-1][0] if found else ""
        if not line.strip():
            fresh = True
            continue
        if _TAG.match(line.strip()):
            kind = "tag"
        elif _BULLET.match(line):
            kind = "list"
        elif line.startswith("    ") and (fresh or last == "code") and last not in ("list", "tag"):
            kind = "code"
        stripped = line.strip()
        if kind == "tag":
            found.append(("tag", stripped))
        elif kind == "list":
            item = _BULLET.sub("", line)
            found.append(("list", item)) if last != "list" else _extend(found, "\0" + item)
        elif kind == "code":
            found.append(("code", line[4:])) if last != "code" else _extend(found, "\n" + "\n" * fresh + line[4:])
        elif last in ("tag", "list", "text") and not fresh:
            _extend(found, " " + stripped)
        else:
            found.append(("text", stripped))
        fresh = False
    return found


def _extend(found: list[tuple[str, str]], more: str) -> None:
    kind, text = found[-1]
    found[-1] = (kind, text + more)
