"""Applications: folders with `app/`, an optional SConscript that calls `env.Application(…)`, and what they become."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sming_host.build.component import check_lists, find_sources
from sming_host.build.options import nearest
from sming_host.build.paths import Workspace
from sming_host.errors import UserError
from sming_host.named import is_dir


@dataclass
class Application:
    """What is known of an application before it is built."""

    name: str
    folder: Path
    # Values of variables that hold unless the user says otherwise.
    defaults: Mapping[str, str] = field(default_factory=dict)
    requires: Sequence[str] = ("sming",)
    sources: Sequence[str] = ("app/**/*",)
    includes: Sequence[str] = ("app", "include", ".")
    defines: Sequence[str] = ()
    cflags: Sequence[str] = ()
    # The first build with TLS makes a key and a certificate, as generate-cert does.
    certificate: bool = False

    def declare(
        self,
        *,
        requires: Iterable[str] = ("sming",),
        sources: Sequence[str] = ("app/**/*",),
        includes: Sequence[str] = (),
        defines: Iterable[str] = (),
        cflags: Iterable[str] = (),
        certificate: bool = False,
        **defaults: object,
    ) -> None:
        """Take the keywords of `env.Application`: lower case for the build, upper case for values of variables."""
        lower = [name for name in defaults if not name.isupper()]
        if lower:
            known = ("requires", "sources", "includes", "defines", "cflags", "certificate")
            raise UserError(
                f"{self.folder.name}/SConscript: env.Application has no {lower[0]}{nearest(lower[0], known)}"
            )
        check_lists(
            f"{self.folder.name}/SConscript", requires=requires, includes=includes, defines=defines, cflags=cflags
        )
        self.requires = tuple(requires)
        self.sources = (sources,) if isinstance(sources, str) else tuple(sources)
        self.includes = (*self.includes, *includes)
        self.defines = tuple(defines)
        self.cflags = tuple(cflags)
        self.certificate = certificate
        self.defaults = {name: str(value) for name, value in defaults.items()}

    def texts(self) -> list[Path]:
        """Return the sources, and the headers in the application's own folders."""
        headers: set[Path] = set()
        for part in self.includes:
            # What is below the folder itself is a lot more than the application.
            pattern = "*.h*" if part == "." else "**/*.h*"
            headers.update(path for path in (self.folder / part).glob(pattern) if path.is_file())
        return [*self.source_files(), *sorted(headers)]

    def mentions(self, word: bytes) -> bool:
        """Tell whether a word stands in the sources or headers."""
        return any(word in text.read_bytes() for text in self.texts())

    def source_files(self) -> list[Path]:
        """Return the sources, or raise a UserError if there are none."""
        return [Path(source) for source in find_sources(self.name, self.folder, list(self.sources))]


def is_application(folder: Path) -> bool:
    """Tell whether a folder holds an application."""
    return is_dir(folder / "app")


def list_applications(workspace: Workspace) -> list[Path]:
    """Return what a build without APP makes: the project itself if it is an application, else all samples."""
    if is_application(workspace.top):
        return [workspace.top]
    return sorted(folder for folder in (workspace.top / "samples").glob("*") if is_application(folder))


def list_samples(workspace: Workspace) -> list[str]:
    """Return the names of the samples, this project's own and those that come with the package."""
    folders = {folder for top in (workspace.top, workspace.home) for folder in (top / "samples").glob("*")}
    return sorted({folder.name for folder in folders if is_application(folder)})


def find_application(name: str, workspace: Workspace, launched_from: Path) -> Application:
    """Return the application that APP names: a sample, or a folder given by a path."""
    places = [workspace.top / "samples" / name, workspace.home / "samples" / name]
    # A path as the user sees it, from where the build was called; then from the folder of the SConstruct.
    places += [launched_from / name, workspace.top / name]
    for place in places:
        if is_application(place):
            folder = place.resolve()
            return Application(folder.name, folder)
    samples = list_samples(workspace)
    where = launched_from / name
    if is_dir(where):
        raise UserError(f"APP={name}: {where} has no folder app/", "An application is a folder with app/*.cpp.")
    raise UserError(
        f"APP={name}: no such sample or folder{nearest(name, samples)}",
        "Samples: " + (", ".join(samples) or "none") + "; or give the path of a folder with app/*.cpp.",
    )
