"""Every class of a public header is documented; what reads the headers finds them all, and their comments."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.extension.headers import (
    TYPES,
    Entity,
    Header,
    clean_comment,
    documented_components,
    public_headers,
    read_header,
)
from tests.build.project import CHECKOUT

COMPONENTS = documented_components()
HEADERS = [path for component in COMPONENTS for path in public_headers(component)]
SAMPLE = """\
/**
 * Thing: does things.
 *
 *     Thing thing;
 */
#pragma once
#include <cstdint>

#define THINGS(X)  \\
	X(one) \\
	X(two)

/** Sizes of things. */
enum class Size : uint8_t {
	small, ///< less than a hand
	#define X(name) name,
	THINGS(X)
	#undef X
	large = 7,
};

namespace Far
{
struct Ahead;
using Callback = Delegate<void(int a, int b)>;

template <typename T> class Thing : public Base<T>
{
public:
	explicit Thing(int a = f(1, 2)) : Base(a), b{a}
	{
		if(a) { b = '}'; }
	}
	/** Do it. @param n how often @return false when refused */
	virtual bool run(unsigned n) const = 0;
	Thing& operator=(const Thing&) = delete;
	bool operator!=(int other) const { return true; }
	int size = 0; ///< in bytes
	int (*hook)(void*) = nullptr;
	struct Inner {
		int a : 3;
	};

protected:
	void more();

private:
	friend class Other;
	int b;
};
extern int count;
} // namespace Far
"""


@pytest.fixture
def sample(tmp_path: Path) -> Header:
    path = tmp_path / "Thing.h"
    path.write_text(SAMPLE)
    return read_header(path)


def only(entities: list[Entity], name: str) -> Entity:
    (found,) = [entity for entity in entities if entity.name == name]
    return found


def test_file_and_names(sample: Header) -> None:
    assert sample.doc == "Thing: does things.\n\n    Thing thing;"
    assert [(entity.kind, entity.name) for entity in sample.entities] == [
        ("enum", "Size"),
        ("type", "Far::Callback"),
        ("class", "Far::Thing"),
        ("variable", "Far::count"),
    ]


def test_enumeration(sample: Header) -> None:
    size = only(sample.entities, "Size")
    assert size.doc == "Sizes of things."
    assert [(one.signature, one.doc) for one in size.members] == [("small", "less than a hand"), ("large = 7", "")]


def test_class(sample: Header) -> None:
    thing = only(sample.entities, "Far::Thing")
    assert thing.signature == "template <typename T> class Thing : public Base<T>"
    assert sample.document(thing) == sample.doc
    assert [(one.kind, one.name.rpartition("::")[2], one.access) for one in thing.members] == [
        ("function", "Thing", "public"),
        ("function", "run", "public"),
        ("function", "operator=", "public"),
        ("function", "operator!=", "public"),
        ("variable", "size", "public"),
        ("variable", "hook", "public"),
        ("struct", "Inner", "public"),
        ("function", "more", "protected"),
        ("variable", "b", "private"),
    ]
    assert thing.members[0].signature == "explicit Thing(int a = f(1, 2))"
    assert thing.members[1].doc == "Do it. @param n how often @return false when refused"
    assert thing.members[4].doc == "in bytes"


@pytest.mark.parametrize(
    ("comment", "text"),
    [
        ("/** One line. */", "One line."),
        ("///< behind", "behind"),
        ("/**\n * A.\n *\n *     code\n */", "A.\n\n    code"),
        ("/**< behind */", "behind"),
    ],
)
def test_comments(comment: str, text: str) -> None:
    assert clean_comment(comment) == text


@pytest.mark.parametrize("path", HEADERS, ids=lambda path: path.name)
def test_types_of_a_header_are_found(path: Path) -> None:
    """By another, simpler way of reading it."""
    plain = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text("utf-8"), flags=re.DOTALL)
    pattern = r"^\s*(?:template\s*<[^;{]*?>\s*)?(?:class|struct|enum class|enum|union)\s+(\w+)[^;(){]*\{"
    declared = set(re.findall(pattern, plain, re.MULTILINE))
    assert declared - {entity.name.rpartition("::")[2] for entity in read_header(path).types()} == set()


def undocumented(header: Header, entities: list[Entity]) -> list[str]:
    found = []
    for entity in entities:
        if entity.kind in TYPES and entity.access == "public":
            if "(" not in entity.name and not header.document(entity):
                found.append(f"{entity.name}, line {entity.line}")
            found += undocumented(header, entity.members)
    return found


@pytest.mark.parametrize("path", HEADERS, ids=lambda path: path.name)
def test_every_public_type_says_what_it_is(path: Path) -> None:
    header = read_header(path)
    assert undocumented(header, header.entities) == []


def test_every_component_has_its_page() -> None:
    pages = {path.stem for path in (CHECKOUT / "docs/reference").glob("*.rst") if ".. headers::" in path.read_text()}
    # A component that is new wants a page in docs/reference like the others, and a line in docs/reference/cpp.rst
    assert pages == {component.name for component in COMPONENTS}
    listed = (CHECKOUT / "docs/reference/cpp.rst").read_text("utf-8")
    assert all(f"   {page}\n" in listed for page in pages)
