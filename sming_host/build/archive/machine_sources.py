"""The machine's own list of package sources, copied for the private apt state.

Reads both formats of sources.list(5) — one-line ``.list`` and deb822 ``.sources`` — and writes deb822. Only what
can be part of the distribution is kept; what remains is still checked by its signed ``Origin`` afterwards.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Optional

Stanza = dict[str, str]

# Debian Policy §2.2 and Ubuntu's four; a repository of a vendor names its components as it likes.
_COMPONENTS = frozenset(
    ("main", "contrib", "non-free", "non-free-firmware", "restricted", "universe", "multiverse", "rpi")
)
# Packages on trial: the same name in another version than the release has.
_UNWANTED_SUITES = ("-backports", "-backports-sloppy", "-proposed", "-proposed-updates")
# Everything that loosens apt's checks (trusted, allow-insecure, allow-weak, …) is left behind by naming what stays.
_KEPT_FIELDS = ("Architectures", "Signed-By", "Check-Valid-Until", "Valid-Until-Max", "By-Hash")
_OPTION_FIELDS = {
    "arch": "Architectures",
    "signed-by": "Signed-By",
    "check-valid-until": "Check-Valid-Until",
    "valid-until-max": "Valid-Until-Max",
    "by-hash": "By-Hash",
}
_ONE_LINE = re.compile(r"^(deb|deb-src)\s+(?:\[([^]]*)\]\s+)?(.+)$")


def read_sources(source_list: Path, source_parts: Path) -> list[Stanza]:
    """All enabled entries of the machine. Files that this user may not read are passed over."""
    files = [source_list]
    if source_parts.is_dir():
        files += sorted(path for path in source_parts.iterdir() if path.suffix in (".list", ".sources"))
    stanzas: list[Stanza] = []
    for path in files:
        try:
            text = path.read_text("utf-8", "replace")
        except OSError:
            continue
        stanzas += parse_deb822(text) if path.suffix == ".sources" else list(_one_line_stanzas(text))
    return [stanza for stanza in stanzas if stanza.get("Enabled", "yes").lower() not in ("no", "false", "0")]


def parse_deb822(text: str) -> list[Stanza]:
    """Paragraphs of ``Field: value``; continuation lines keep their leading space, comments vanish."""
    stanzas: list[Stanza] = []
    current: Stanza = {}
    last: Optional[str] = None
    for line in [*text.splitlines(), ""]:
        if line.startswith("#"):
            continue
        if not line.strip():
            if current:
                stanzas.append(current)
            current, last = {}, None
        elif line[0] in " \t":
            if last is not None:
                current[last] += "\n" + line
        elif ":" in line:
            name, value = line.split(":", 1)
            last = _canonical(name.strip())
            current[last] = value.strip()
    return stanzas


def _canonical(name: str) -> str:
    known = {"uris": "URIs", "signed-by": "Signed-By", "by-hash": "By-Hash", "valid-until-max": "Valid-Until-Max"}
    return known.get(name.lower(), "-".join(part.capitalize() for part in name.split("-")))


def _one_line_stanzas(text: str) -> Iterator[Stanza]:
    for line in text.splitlines():
        match = _ONE_LINE.match(line.split("#", 1)[0].strip())
        if match is None:
            continue
        kind, options, rest = match.groups()
        words = rest.split()
        if len(words) < 2:
            continue
        stanza = {"Types": kind, "URIs": words[0], "Suites": words[1], "Components": " ".join(words[2:])}
        for option in shlex.split(options or ""):
            name, _, value = option.partition("=")
            field = _OPTION_FIELDS.get(name.rstrip("+-").lower())
            if field is not None:
                stanza[field] = value.replace(",", " ")
        yield stanza


def select(stanzas: Sequence[Stanza], codename: str) -> list[Stanza]:
    """What may belong to the distribution, in suites of this machine's release where such exist.

    With `codename` "bookworm": bookworm, bookworm-updates, bookworm-security; a machine that follows ``stable`` or
    ``sid`` has none of them, then every suite stays.
    """
    candidates = [candidate for stanza in stanzas for candidate in _candidate(stanza)]
    own = [
        {**stanza, "Suites": " ".join(suites)}
        for stanza in candidates
        for suites in [[suite for suite in stanza["Suites"].split() if _of_release(suite, codename)]]
        if suites
    ]
    return _merged(own or candidates)


def _of_release(suite: str, codename: str) -> bool:
    return bool(codename) and re.match(re.escape(codename) + r"(?:$|[-/])", suite) is not None


def _candidate(stanza: Stanza) -> Iterator[Stanza]:
    uris = [uri for uri in stanza.get("URIs", "").split() if not uri.startswith("cdrom:")]
    suites = [
        suite
        for suite in stanza.get("Suites", "").split()
        if not suite.endswith("/") and not suite.endswith(_UNWANTED_SUITES)
    ]
    components = [component for component in stanza.get("Components", "").split() if component in _COMPONENTS]
    if uris and suites and components:
        kept = {field: stanza[field] for field in _KEPT_FIELDS if field in stanza}
        yield {"URIs": " ".join(uris), "Suites": " ".join(suites), "Components": " ".join(components), **kept}


def _merged(stanzas: Sequence[Stanza]) -> list[Stanza]:
    """Without repetitions: one-line files name each archive twice, as deb and as deb-src."""
    seen: dict[tuple[tuple[str, str], ...], Stanza] = {}
    for stanza in stanzas:
        seen.setdefault(tuple(sorted(stanza.items())), stanza)
    return list(seen.values())


def render(stanzas: Sequence[Mapping[str, str]], kind: str) -> str:
    """A ``.sources`` file with `kind` ("deb" or "deb-src") for every entry."""
    paragraphs = []
    for stanza in stanzas:
        lines = [f"Types: {kind}"] + [f"{name}: {value}" for name, value in stanza.items()]
        paragraphs.append("\n".join(lines) + "\n")
    return "\n".join(paragraphs)
