"""One run of the build: reads SConscripts, declares nodes for what is wanted, and says at the end what was made."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import json
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Optional

import SCons.Script

from sming_host.board.images import image_name
from sming_host.build import archive, embedding, files_image
from sming_host.build.builder import Builder, Unit, define_string
from sming_host.build.component import Component, ComponentGraph
from sming_host.build.firmware import Program, print_sizes, print_summary, sizes_as_data
from sming_host.build.flags import APPLICATION_WARNINGS
from sming_host.build.options import OPTIONS, Effect, Settings, nearest
from sming_host.build.paths import PACKAGE, Workspace, keep_private, make_folder, short_hash
from sming_host.build.program import Application
from sming_host.build.progress import Progress
from sming_host.build.soc import SOCS, Soc, soc_is_ready
from sming_host.build.toolchain import find_toolchain
from sming_host.build.variant import Variant
from sming_host.errors import UserError
from sming_host.named import expand_home, is_file
from sming_host.started import become


class Session:
    """Everything that one call of SCons makes."""

    def __init__(self, settings: Settings, workspace: Workspace) -> None:
        self.settings = settings
        self.workspace = workspace
        self._check_hal(SOCS[settings["SMING_SOC"]])
        self.progress = Progress(settings.flag("V"))
        self.programs: list[Program] = []
        self._libraries: list[Any] = []
        # There is a server with the certificate of out/ssl.
        self._certified_server = False
        self._lock = _lock(workspace.out)
        self._builders: dict[str, Builder] = {}
        self._shared: dict[str, Any] = {}
        self._env = self._environment()

    def declare(self, application: Application) -> Settings:
        """Read an application's SConscript and return the settings with its defaults."""
        script = application.folder / "SConscript"
        if script.is_file():
            self._read(script, self.settings, {"Application": application.declare})
        return self.settings.with_defaults(application.defaults, f"{application.name}/SConscript")

    def add_application(self, application: Application) -> None:
        """Declare an application, its components, and its place in the summary."""
        settings = self.declare(application)
        builder = self._builder(settings)
        variant = builder.variant
        requires = [*application.requires, *([variant.soc.startup] if variant.soc.startup else [])]
        own, system = builder.includes(requires)
        folder = variant.programs / application.name
        includes = [*(application.folder / part for part in application.includes), *own]
        keys = embedding.KeyUse.of(application, includes, self.workspace.top)
        if application.certificate and not keys.own and variant.adapter != "none":
            self._make_certificate(application)
        for key in embedding.exposed_keys(application):
            print(
                f"warning: {self.workspace.name(key)} holds a private key, and this application sends its files: "
                "take it out, or whoever asks gets it",
                file=sys.stderr,
            )
        embedded = embedding.provide(self.workspace) if keys.shared else None
        if embedded is not None and variant.adapter != "none":
            self._certified_server = self._certified_server or application.mentions(b"listen(")
        name = self.workspace.name(application.folder)
        defines = [*application.defines, *builder.public_defines(requires), *variant.ssl_defines, variant.soc_define]
        defines.append(define_string("PROJECT_DIR", name))
        for variable in ("WIFI_SSID", "WIFI_PWD"):
            # A network without a password has an empty one.
            if settings[variable] or settings["WIFI_SSID"]:
                defines.append(define_string(variable, settings[variable]))
        unit = Unit(
            folder=application.folder,
            objects=f"{folder}/obj-{variant.abi}",
            sources=[
                *application.source_files(),
                *self._trust_anchors(settings, folder),
                *self._files_image(application, variant, folder),
            ],
            includes=[*includes, *([embedded.includes] if embedded else [])],
            system_includes=system,
            defines=defines,
            cflags=application.cflags,
            warnings=APPLICATION_WARNINGS,
            base=name,
            # The password of a network stands in the objects, too, and on the compiler's command line
            secret=keys.secret or bool(settings["WIFI_PWD"]),
            embedded=embedded.source if embedded else None,
        )
        if unit.program_is_secret:
            # Objects, program, flash image, copies of files: they have the modes that tools give them
            keep_private(self.workspace.top / folder)
        path = folder / ("firmware" if variant.soc.is_host else "firmware.elf")
        node = builder.program(str(path), unit, requires)
        self.programs.append(Program(application.name, variant, path, node, builder.graph.closure(requires)))
        if variant.soc.image:
            image = str(folder / image_name(variant.soc))
            self._libraries.append(builder.image(image, node, unit.program_is_secret))
        if variant.soc.name == "host":
            self._copy_files(application.folder / "files", self.workspace.top / folder / "files")

    def add_component(self, name: str) -> None:
        """Declare a component's library and those of all it requires."""
        builder = self._builder(self.settings)
        nodes = map(builder.library, builder.graph.closure([name]))
        self._libraries += [node for node in nodes if node is not None]

    def add_host_api(self, required: bool) -> None:
        """Declare the shared library of the Python binding (host only)."""
        if self.settings["SMING_SOC"] != "host":
            if required:
                raise UserError("host-api is part of SMING_SOC=host only")
            return
        for settings in self._adapters_in_use():
            builder = self._builder(settings)
            if not required and "host-api" not in builder.graph.names():
                return
            path = builder.variant.programs / "host-api" / "libsming-host.so"
            component = builder.graph.get("host-api")
            node = builder.shared_library(str(path), component)
            self.programs.append(Program("host-api", builder.variant, path, node, [component]))

    def write_compile_commands(self) -> None:
        """Write compile_commands.json for all that was declared."""
        entries = {entry.output: entry for builder in self._builders.values() for entry in builder.compiled}
        rows = [
            {
                "directory": str(self.workspace.top),
                "file": entry.file,
                "output": entry.output,
                "arguments": list(entry.arguments),
            }
            for entry in entries.values()
        ]
        path = self.workspace.top / "compile_commands.json"
        path.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
        print(f"compile_commands.json: {len(rows)} compilations")

    def run_command(self, plot: bool = False) -> list[str]:
        """Return the command that starts the program that was declared, with ARGS, and draws its heap if asked to."""
        soc = SOCS[self.settings["SMING_SOC"]]
        if not soc.is_host:
            if plot:
                raise UserError(f"heap-plot draws what the host's emulator reports; {soc.name} has none")
            if self.settings["ARGS"]:
                raise UserError(
                    f"ARGS: a program on {soc.name} takes no options", "They are the host's. Ctrl-C ends it."
                )
            runner = [sys.executable, "-m", "sming_host.started", "sming_host.emulator.run_chip", soc.name]
            return [*runner, str(self.workspace.top / self.programs[0].path)]
        runner = [sys.executable, "-m", "sming_host.started", "sming_host.emulator.run"]
        runner += ["--heap-plot"] if plot else []
        return [*runner, str(self.workspace.top / self.programs[0].path), *self.settings.words("ARGS")]

    def finish(self, start: Sequence[str], size: bool) -> None:
        """Make the default target of all that was declared; behind it the summary, or a command to be started."""
        SCons.Script.Progress(self.progress)

        def done(target: Any, source: Any, env: Any) -> None:
            if start:
                self._tell_authority()
                _start_at_exit(start)
            elif size and SCons.Script.GetOption("json"):
                print(json.dumps(sizes_as_data(self.programs, self.workspace.top), indent=1))
            elif size:
                print_sizes(self.programs, self.workspace.top)
            else:
                print_summary(self.programs, self.workspace.top, self.progress.ran)

        env = self._env
        nodes = [*(program.node for program in self.programs), *self._libraries]
        end = env.Alias("sming-summary", nodes, env.Action(done, strfunction=None))
        env.AlwaysBuild(end)
        SCons.Script.Default(end)
        SCons.Script.BUILD_TARGETS[:] = end

    def _make_certificate(self, application: Application) -> None:
        """Make the project's key and certificate, if there are none yet, for an application without any of its own."""
        if embedding.is_ready(self.workspace):
            return
        # Only here: making keys takes a library that no other build needs.
        from sming_host.certificates import generate, settings_from_variables

        generate(settings_from_variables({}, self.workspace.top, None))
        print(f"{application.name}: made a key and a certificate in out/ssl")

    def _tell_authority(self) -> None:
        """Say by what clients verify the server that is about to start."""
        authority = self.workspace.out / "ssl" / "ca.crt.pem"
        if not self._certified_server or not authority.is_file():
            return
        # Only here: reading certificates takes a library that no other build needs.
        from sming_host.certificates import load

        # What is in that folder may be the user's own: not all of it, and not of this authority
        with contextlib.suppress(UserError):
            server, signer = load(authority.with_name("server.crt.der"))[0], load(authority)[0]
            if server.issuer == signer.subject and server.names:
                path = os.path.relpath(authority, SCons.Script.GetLaunchDir())
                print(
                    f"its certificate is for {', '.join(server.names)}; browsers and curl --cacert take {path} to "
                    "trust it",
                    file=sys.stderr,
                )

    def _copy_files(self, source: Path, target: Path) -> None:
        """Declare copies of an application's files: the device may write to its own."""

        def copy(target: Any, source: Any, env: Any) -> None:
            Path(str(target[0])).write_bytes(Path(str(source[0])).read_bytes())

        action = self._env.Action(copy, strfunction=None)
        for file in sorted(path for path in source.rglob("*") if path.is_file()):
            copies = self._env.Command(str(target / file.relative_to(source)), str(file), action)
            # A copy from a cache is no faster, and what it holds is the application's affair.
            self._env.NoCache(copies)
            self._libraries += copies

    def _files_image(self, application: Application, variant: Variant, folder: Path) -> list[Path]:
        """Return the C file with the files that a chip has in its flash; none for the host, which has a folder."""
        if variant.soc.is_host:
            return []
        return [files_image.write(application.folder / "files", self.workspace.top / folder / "files_image.c")]

    def _adapters_in_use(self) -> list[Settings]:
        """Return settings for each adapter that is built, or those of the command line if there is nothing else."""
        adapters: dict[str, Settings] = {}
        for program in self.programs:
            shown = {"none": "0", "axtls": "Axtls", "bearssl": "Bearssl"}[program.variant.adapter]
            adapters[shown] = self.settings.replace("ENABLE_SSL", shown)
        return list(adapters.values()) or [self.settings]

    def _builder(self, settings: Settings) -> Builder:
        key = repr([settings[option.name] for option in OPTIONS if option.effect is not Effect.NOTHING])
        if key not in self._builders:
            variant = Variant.of(settings, self._toolchain(settings))

            def read(name: str, script: Path) -> Component:
                return self._read_component(name, script, settings, variant)

            graph = ComponentGraph(self.workspace.component_folders, read)
            self._builders[key] = Builder(self._env, self.workspace, variant, graph, self.progress, self._shared)
        return self._builders[key]

    def _check_hal(self, soc: Soc) -> None:
        if not soc_is_ready(soc, self.workspace.component_folders):
            ready = [row.name for row in SOCS.values() if soc_is_ready(row, self.workspace.component_folders)]
            raise UserError(
                f"SMING_SOC={soc.name}: this chip cannot be built for yet, there is no components/hal/{soc.family}",
                "Ready: " + ", ".join(ready),
            )

    def _trust_anchors(self, settings: Settings, folder: Path) -> list[Path]:
        """Return the C file with the authorities that TRUST_ANCHORS names, written if it is not there yet."""
        base = Path(SCons.Script.GetLaunchDir())
        names = _anchor_names(settings["TRUST_ANCHORS"], base)
        if not names or settings["ENABLE_SSL"] == "0":
            return []
        # Only here: reading certificates takes a library that no other build needs.
        from sming_host import trust

        output = self.workspace.top / folder / "trust_anchors.c"
        table = trust.generate([name if name == trust.SYSTEM else base / name for name in names], output)
        for warning in table.warnings:
            print(f"warning: {warning}", file=sys.stderr)
        return [output]

    def _toolchain(self, settings: Settings) -> Any:
        return find_toolchain(SOCS[settings["SMING_SOC"]], settings, self.workspace)

    def _read_component(self, name: str, script: Path, settings: Settings, variant: Variant) -> Component:
        declared: list[Component] = []

        def declare(component: str, **keywords: Any) -> None:
            known = [field.name for field in fields(Component) if field.name not in ("name", "folder")]
            for keyword in keywords:
                if keyword not in known:
                    raise UserError(
                        f"component {component}: env.Component has no {keyword}={nearest(keyword, known)}",
                        "Known: " + ", ".join(known),
                    )
            declared.append(Component.declare(component, script.parent, **keywords))

        self._read(
            script,
            settings,
            {"Component": declare},
            HAL=variant.soc.family,
            CORE=variant.soc.cpu,
            SETTINGS="flash" if variant.soc.settings else "",
            SSL_ADAPTER=variant.adapter,
        )
        for component in declared:
            if component.name == name:
                return component
        raise UserError(f"{script} does not declare component {name}")

    def _read(self, script: Path, settings: Settings, methods: Mapping[str, Any], **values: str) -> None:
        """Run an SConscript with an environment that has some methods of ours."""
        env = self._env.Clone(SMING_SOC=settings["SMING_SOC"], ENABLE_SSL=settings["ENABLE_SSL"], **values)

        def source_package(name: str) -> Path:
            return self._source_package(name, settings)

        for name, method in {"SourcePackage": source_package, **methods}.items():
            env.AddMethod(_unbound(method), name)
        try:
            env.SConscript(str(script), exports={"env": env})
        except (ArithmeticError, AttributeError, LookupError, NameError, SyntaxError, TypeError, ValueError) as error:
            line = _line_in(script, error)
            if line is None:
                raise
            raise UserError(f"{script}:{line}: {type(error).__name__}: {error}") from error

    def _source_package(self, name: str, settings: Settings) -> Path:
        variable = name.upper().replace("-", "_") + "_ROOT"
        try:
            own: Optional[str] = settings[variable]
        except KeyError:
            own = None
        tree = archive.source_package(name, root=own or None)
        if own:
            return self.workspace.link(f"{name}-{short_hash(str(tree))}", tree)
        return self.workspace.link(tree.parent.name if tree.name == "tree" else tree.name, tree)

    def _environment(self) -> Any:
        env = SCons.Script.Environment(tools=[], ENV=dict(os.environ))
        env["PRINT_CMD_LINE_FUNC"] = self.progress.announce
        env.Decider("content-timestamp")
        # One for all ABIs: they have objects of their own, but take turns in the place of a program.
        env.SConsignFile(str(self.workspace.out / ".sconsign"))
        if self.settings["CACHE_DIR"]:
            folder = expand_home(self.settings["CACHE_DIR"], "CACHE_DIR").resolve()
            make_folder(folder, "CACHE_DIR is a folder of your own, for compiled files.")
            env.CacheDir(str(folder))
        return env


def _anchor_names(text: str, base: Path) -> list[str]:
    """Split TRUST_ANCHORS at commas, and at blanks unless they belong to the name of a file that is there."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return [name for part in parts for name in ([part] if is_file(base / part) else part.split())]


def _line_in(script: Path, error: BaseException) -> Optional[int]:
    """Return the line of an SConscript that is at fault for an error, or None if it happened deeper, in our code."""
    if isinstance(error, SyntaxError):
        return error.lineno
    line = None
    for frame in traceback.extract_tb(error.__traceback__):
        if Path(frame.filename) == script:
            line = frame.lineno
        elif PACKAGE in Path(frame.filename).parents:
            line = None
    return line


def _start_at_exit(command: Sequence[str]) -> None:
    """Replace this process by a program once SCons has written its state: signals and the terminal are its."""
    atexit.register(become, list(command))


def _unbound(method: Any) -> Any:
    """Return a method as SCons wants it: with the environment as its first argument."""

    def call(env: Any, *arguments: Any, **keywords: Any) -> Any:
        return method(*arguments, **keywords)

    return call


def _lock(out: Path) -> Any:
    """Hold the build's lock until this process ends; a second build in the same checkout waits."""
    make_folder(out)
    handle = (out / ".lock").open("a")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        print("another build is running in this folder; waiting for it …", file=sys.stderr)
        fcntl.flock(handle, fcntl.LOCK_EX)
    return handle
