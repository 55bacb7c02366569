"""Components: folders with an SConscript that calls `env.Component(name, …)`, and the graph of what needs what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Union

from sming_host.build.options import nearest
from sming_host.errors import UserError
from sming_host.named import exists, is_dir

SOURCE_SUFFIXES = (".c", ".cpp", ".cc", ".S")
Source = Union[str, Path, Any]


@dataclass
class Component:
    """What a component's SConscript says of it. Paths are absolute; sources may also be SCons nodes."""

    name: str
    folder: Path
    sources: list[Source] = field(default_factory=list)
    # For itself and for all that require it.
    includes: list[Path] = field(default_factory=list)
    private_includes: list[Path] = field(default_factory=list)
    requires: list[str] = field(default_factory=list)
    # Needed to compile and link it, but nothing that its users see: they compile the same with and without.
    private_requires: list[str] = field(default_factory=list)
    defines: list[str] = field(default_factory=list)
    public_defines: list[str] = field(default_factory=list)
    cflags: list[str] = field(default_factory=list)
    # Compiled once for each TLS adapter, with the ENABLE_SSL define; all others once for an ABI.
    adapter: bool = False
    # Compiled once for each chip, with the SOC_<NAME> define.
    soc: bool = False
    # Not our code: compiled as it is, without warnings.
    third_party: bool = False

    @classmethod
    def declare(
        cls,
        name: str,
        folder: Path,
        *,
        sources: Union[Source, Sequence[Source], None] = None,
        includes: Iterable[Union[str, Path]] = ("include",),
        private_includes: Iterable[Union[str, Path]] = (),
        requires: Iterable[str] = (),
        private_requires: Iterable[str] = (),
        defines: Iterable[str] = (),
        public_defines: Iterable[str] = (),
        cflags: Iterable[str] = (),
        adapter: bool = False,
        soc: bool = False,
        third_party: bool = False,
    ) -> Component:
        """Check and complete the keywords of `env.Component`."""
        check_lists(
            f"component {name}",
            includes=includes,
            private_includes=private_includes,
            requires=requires,
            private_requires=private_requires,
            defines=defines,
            public_defines=public_defines,
            cflags=cflags,
        )
        if not third_party:
            private_includes = [*private_includes, "src"]
        return cls(
            name=name,
            folder=folder,
            sources=find_sources(name, folder, sources),
            includes=_folders(folder, includes),
            private_includes=_folders(folder, private_includes),
            requires=list(requires),
            private_requires=list(private_requires),
            defines=list(defines),
            public_defines=list(public_defines),
            cflags=list(cflags),
            adapter=adapter,
            soc=soc,
            third_party=third_party,
        )


def check_lists(who: str, **keywords: object) -> None:
    """Raise a UserError for a text where a list of texts is meant: it would be taken as a list of letters."""
    for keyword, value in keywords.items():
        if isinstance(value, str):
            raise UserError(f"{who}: {keyword}= takes a list, not {value!r}")


def _folders(base: Path, names: Iterable[Union[str, Path]]) -> list[Path]:
    """Return the existing ones of some folders; a component without public headers needs no `include`."""
    return [folder for folder in (base / name for name in names) if is_dir(folder)]


def find_sources(name: str, folder: Path, sources: Union[Source, Sequence[Source], None]) -> list[Source]:
    """Return the sources that a component or application names: paths, patterns or nodes; by default all of src/."""
    if sources is None:
        return all_sources(folder / "src")
    wanted = [sources] if isinstance(sources, (str, Path)) or not isinstance(sources, Sequence) else list(sources)
    found: list[Source] = []
    for source in wanted:
        if isinstance(source, Path):
            found.append(source if source.is_absolute() else folder / source)
        elif not isinstance(source, str):
            found.append(source)
        elif any(sign in source for sign in "*?["):
            matches = sorted(path for path in folder.glob(source) if path.suffix in SOURCE_SUFFIXES)
            if not matches:
                raise UserError(f"component {name}: no source matches {source!r} in {folder}")
            found += matches
        else:
            found.append(folder / source)
    missing = [str(path) for path in found if isinstance(path, Path) and not exists(path)]
    if missing:
        raise UserError(f"component {name}: no such source: {missing[0]}")
    return found


def all_sources(folder: Path) -> list[Source]:
    """Return every C, C++ and assembler source below a folder, in a fixed order."""
    return sorted(path for path in folder.rglob("*") if path.suffix in SOURCE_SUFFIXES)


class ComponentGraph:
    """The components that some roots need, each read from its SConscript on demand."""

    def __init__(self, search: Sequence[Path], read: Callable[[str, Path], Component]) -> None:
        self._search = list(search)
        self._read = read
        self._known: dict[str, Component] = {}

    def names(self) -> list[str]:
        """Return the names of all components there are."""
        return sorted({path.parent.name for folder in self._search for path in folder.glob("*/SConscript")})

    def find(self, name: str) -> Path:
        """Return the SConscript of a component, or raise a UserError."""
        for folder in self._search:
            script = folder / name / "SConscript"
            if script.is_file():
                return script
        raise MissingComponent(name, nearest(name, self.names()), self._search)

    def get(self, name: str) -> Component:
        """Return a component, read once."""
        if name not in self._known:
            self._known[name] = self._read(name, self.find(name))
        return self._known[name]

    def closure(self, roots: Iterable[str], visible: bool = False) -> list[Component]:
        """Return the roots and all they require, each before what it requires: the order a linker wants.

        With `visible` only what the roots may include: of other components not what they require in private.
        """
        roots = list(roots)
        done: list[Component] = []
        state: dict[str, bool] = {}

        def visit(name: str, path: tuple[str, ...]) -> None:
            if state.get(name):
                return
            if name in state:
                raise UserError("components require each other in a circle: " + " → ".join((*path, name)))
            state[name] = False
            try:
                component = self.get(name)
            except MissingComponent as error:
                if path:
                    error.message += f" (required by {path[-1]})"
                raise
            private = component.private_requires if not visible or name in roots else []
            for required in (*component.requires, *private):
                visit(required, (*path, name))
            state[name] = True
            done.append(component)

        for root in roots:
            visit(root, ())
        return done[::-1]


class MissingComponent(UserError):
    """There is no component of that name."""

    def __init__(self, name: str, near: str, searched: Sequence[Path]) -> None:
        super().__init__(
            f"no component {name}{near}",
            "A component is a folder with an SConscript; looked in " + ", ".join(str(folder) for folder in searched),
        )
        self.name = name
