"""Turns components and applications into SCons nodes: objects, one library a component, programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from sming_host.build import flags as flag_sets
from sming_host.build.component import Component, ComponentGraph, Source
from sming_host.build.embedding import PRIVATE_ENVIRONMENT
from sming_host.build.paths import Workspace, keep_private, make_folder
from sming_host.build.progress import Progress
from sming_host.build.scanner import source_scanner
from sming_host.build.soc import memory_script
from sming_host.build.steps import Archive, Compile, Embed, Link, MakeImage, tool_environment
from sming_host.build.variant import Variant
from sming_host.errors import UserError

_VERBS = {".c": "CC", ".cpp": "CXX", ".cc": "CXX", ".S": "AS"}


@dataclass(frozen=True)
class CompileEntry:
    """One object for compile_commands.json."""

    file: str
    output: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Unit:
    """What a group of sources is compiled with, besides the flags of the variant."""

    folder: Path
    # Where objects go, relative to the top folder.
    objects: str
    sources: Sequence[Source]
    includes: Sequence[Path]
    # Headers of third-party code: no warnings from them.
    system_includes: Sequence[Path]
    defines: Sequence[str]
    cflags: Sequence[str]
    warnings: Sequence[str]
    # Folder that PROJECT_DIR and COMPONENT_PATH stand for.
    base: str
    # A private key is compiled into it: nothing of it gets into CACHE_DIR, which others may read, or to a LAUNCHER.
    secret: bool = False
    # Assembler source with the project's key, which is treated so in any case.
    embedded: Optional[Path] = None

    @property
    def program_is_secret(self) -> bool:
        """Tell whether there is a private key in the program."""
        return self.secret or self.embedded is not None


class Builder:
    """Makes nodes for one variant; libraries that another variant has made already are shared."""

    def __init__(
        self,
        env: Any,
        workspace: Workspace,
        variant: Variant,
        graph: ComponentGraph,
        progress: Progress,
        shared: dict[str, Any],
    ) -> None:
        self.env = env
        self.workspace = workspace
        self.variant = variant
        self.graph = graph
        self.progress = progress
        self.compiled: list[CompileEntry] = []
        self._shared = shared
        self._scanner = source_scanner()
        self._environment = tool_environment()
        self._private = {**self._environment, **PRIVATE_ENVIRONMENT}

    def library(self, component: Component) -> Any:
        """Return the static library of a component (a node), or None if it has no sources."""
        if not component.sources:
            return None
        folder = self.variant.library_folder(component)
        path = f"{folder}/lib{component.name}.a"
        if path not in self._shared:
            step = Archive(self.progress, self._environment, [self.variant.toolchain.ar])
            self._shared[path] = self._make(step, path, self.objects(self._component_unit(component, folder)))
        return self._shared[path]

    def objects(self, unit: Unit) -> list[Any]:
        """Return the object nodes of some sources; the same unit asked for again gives the same nodes."""
        if unit.objects not in self._shared:
            self._shared[unit.objects] = self._compile(unit)
        nodes: list[Any] = self._shared[unit.objects]
        return nodes

    def _compile(self, unit: Unit) -> list[Any]:
        env = self.env.Clone(
            CPPPATH=[self._dir(folder) for folder in (*unit.includes, *unit.system_includes)],
            IMPORT_BASE=unit.base,
        )
        steps: dict[str, tuple[Compile, Any]] = {}
        nodes = []
        for source in unit.sources:
            name = self.workspace.name(source) if isinstance(source, Path) else str(source)
            verb = _VERBS.get(Path(name).suffix)
            if verb is None:
                raise UserError(f"{name}: no compiler for this kind of file", "Known: " + ", ".join(_VERBS))
            if verb not in steps:
                step = self._compile_step(unit, verb)
                steps[verb] = (step, step.builder(self._scanner))
            step, builder = steps[verb]
            target = f"{unit.objects}/{self._object_name(unit, source, name)}.o"
            nodes += builder(env, target=[env.File("#" + target)], source=[self._file(source)])
            self.progress.add(target)
            self.compiled.append(CompileEntry(name, target, tuple(step.arguments(target, [name]))))
        return nodes

    def program(self, path: str, unit: Unit, requires: Iterable[str]) -> Any:
        """Return the node of an executable: the sources of an application with all components it requires."""
        libraries = self._libraries(self.graph.closure(requires))
        variant = self.variant
        # Only the host has a C++ library; for chips its headers suffice.
        linker = variant.toolchain.cxx if variant.soc.is_host else variant.toolchain.cc
        command = [linker, *variant.flags.link, *variant.toolchain.link]
        scripts = self._linker_scripts()
        last: list[str] = []
        if scripts:
            command += ["-L", self.workspace.name(scripts[0].parent), "-T", self.workspace.name(scripts[1])]
            # On a chip the lowest layer calls main(), and the C library needs what libgcc-lx106 supplements.
            command.append("-Wl,--start-group")
            last += ["-lc", "-lgcc", "-Wl,--end-group"]
        step = Link(self.progress, self._environment, command, last)
        objects = self.objects(unit)
        if unit.secret:
            self.env.NoCache(objects)
        if unit.embedded is not None:
            objects = [*objects, self._embed(unit.embedded)]
        node = self._make(step, path, [*objects, *libraries])
        if unit.program_is_secret:
            self.env.NoCache(node)
        self.env.Depends(node, [self._file(script) for script in scripts])
        return node

    def image(self, path: str, program: Any, secret: bool) -> Any:
        """Return the node of what goes into a chip's flash."""
        step = MakeImage(self.progress, self._environment, self.variant.soc)
        node = self._make(step, path, [program])
        if secret:
            self.env.NoCache(node)
        return node

    def _embed(self, source: Path) -> Any:
        """Return the object with the project's key and certificate, one for all programs of an ABI."""
        path = f"out/lib/{self.variant.abi}/certificate/{source.stem}.o"
        keep_private((self.workspace.top / path).parent)
        if path not in self._shared:
            toolchain = self.variant.toolchain
            command = [toolchain.cc, *toolchain.common, *self.variant.soc.cpu_flags]
            step = Embed(self.progress, self._private, command, verb="EMBED", identity=toolchain.identity, launcher=())
            self._shared[path] = self._make(step, path, [self._file(source)], self._scanner)
            self.env.NoCache(self._shared[path])
        return self._shared[path]

    def _linker_scripts(self) -> list[Path]:
        """Return memory.ld, written from the SoC table, and the chip's linker script; nothing for the host."""
        soc = self.variant.soc
        if not soc.script:
            return []
        memory = self.workspace.out / "source" / f"memory-{soc.name}" / "memory.ld"
        text = memory_script(soc)
        if not memory.is_file() or memory.read_text("utf-8") != text:
            make_folder(memory.parent)
            memory.write_text(text, "utf-8")
        return [memory, self.graph.get("hal").folder / soc.script]

    def shared_library(self, path: str, component: Component) -> Any:
        """Return the node of a shared library: exports what the component itself defines, hides all below it."""
        folder = self.variant.library_folder(component)
        own = self.objects(self._component_unit(component, folder))
        rest = [other for other in self.graph.closure([component.name]) if other.name != component.name]
        flags = ["-shared", "-Wl,--exclude-libs,ALL", "-Wl,-Bsymbolic"]
        if not any("-fsanitize" in flag for flag in self.variant.flags.link):
            # With sanitizers the run-time library is the program's.
            flags.append("-Wl,-z,defs")
        command = [self.variant.toolchain.cxx, *flags, *self.variant.flags.link]
        return self._make(Link(self.progress, self._environment, command), path, [*own, *self._libraries(rest)])

    def includes(self, roots: Iterable[str]) -> tuple[list[Path], list[Path]]:
        """Return the include folders that some components give to their users: ours, and third parties'."""
        own: list[Path] = []
        system: list[Path] = []
        for component in self.graph.closure(roots, visible=True):
            (system if component.third_party else own).extend(component.includes)
        return own, system

    def public_defines(self, roots: Iterable[str]) -> list[str]:
        """Return the defines that some components give to their users."""
        closure = self.graph.closure(roots, visible=True)
        return [define for component in closure for define in component.public_defines]

    def _component_unit(self, component: Component, folder: str) -> Unit:
        own, system = self.includes([component.name])
        defines = [*component.defines, *self.public_defines([component.name])]
        if component.adapter:
            defines += self.variant.ssl_defines
        if component.soc:
            defines.append(self.variant.soc_define)
        third_party = component.third_party
        if not third_party:
            defines.append(define_string("COMPONENT_PATH", self.workspace.name(component.folder)))
        return Unit(
            folder=component.folder,
            objects=f"{folder}/obj",
            sources=component.sources,
            includes=[*component.private_includes, *own, *(system if third_party else ())],
            system_includes=() if third_party else system,
            defines=defines,
            cflags=component.cflags,
            warnings=flag_sets.NO_WARNINGS if third_party else flag_sets.OUR_WARNINGS,
            base=self.workspace.name(component.folder),
        )

    def _compile_step(self, unit: Unit, verb: str) -> Compile:
        variant, flags = self.variant, self.variant.flags
        language = {"CC": flags.c, "CXX": flags.cxx, "AS": ()}[verb]
        command = [
            variant.toolchain.cxx if verb == "CXX" else variant.toolchain.cc,
            *variant.toolchain.common,
            *flags.common,
            *language,
            *(variant.toolchain.cxx_headers if verb == "CXX" else ()),
            *(() if unit.warnings == flag_sets.NO_WARNINGS else flags.ours),
            *unit.warnings,
            *unit.cflags,
            *(f"-D{define}" for define in unit.defines),
            *(f"-I{self.workspace.name(folder)}" for folder in unit.includes),
        ]
        for folder in unit.system_includes:
            command += ["-isystem", self.workspace.name(folder)]
        command += flags.last
        return Compile(
            self.progress,
            self._private if unit.secret else self._environment,
            command,
            verb=verb,
            identity=variant.toolchain.identity,
            launcher=() if unit.secret else variant.toolchain.launcher,
        )

    def _libraries(self, components: Iterable[Component]) -> list[Any]:
        return [node for node in map(self.library, components) if node is not None]

    def _make(self, step: Any, path: str, sources: list[Any], scanner: Any = None) -> Any:
        self.progress.add(path)
        made = [path, f"{path}.map"] if isinstance(step, Link) else [path]
        return step.builder(scanner)(self.env, target=[self.env.File("#" + name) for name in made], source=sources)[0]

    def _object_name(self, unit: Unit, source: Source, name: str) -> str:
        """Return what tells an object from the others of its unit: the source's path below the unit's folder."""
        if isinstance(source, Path) and unit.folder in source.parents:
            return str(source.relative_to(unit.folder))
        if name.startswith("out/source/"):
            # Drop the link's name: it may carry a version.
            return name.split("/", 3)[3]
        return name.lstrip("/")

    def _dir(self, folder: Path) -> Any:
        name = self.workspace.name(folder)
        return self.env.Dir(name if name.startswith("/") else "#" + name)

    def _file(self, source: Source) -> Any:
        if not isinstance(source, Path):
            return source
        name = self.workspace.name(source)
        return self.env.File(name if name.startswith("/") else "#" + name)


def define_string(name: str, value: str) -> str:
    """Return NAME="value" with the value as a C string literal."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{name}="{escaped}"'
