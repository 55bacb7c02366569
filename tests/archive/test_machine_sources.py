"""The machine's package sources: both formats in, only the distribution's own out, nothing that loosens checks."""

from __future__ import annotations

from pathlib import Path

from sming_host.build.archive.machine_sources import parse_deb822, read_sources, render, select

ONE_LINE = """\
# deb http://disabled.invalid/debian bookworm main
deb [arch=amd64 signed-by=/usr/share/keyrings/a.gpg trusted=yes] http://mirror.invalid/debian bookworm main contrib
deb-src http://mirror.invalid/debian bookworm main  # sources
deb cdrom:[Debian]/ bookworm main
deb http://mirror.invalid/debian bookworm-backports main
deb https://vendor.invalid/linux bookworm stable
deb https://other.invalid/apt ./
nonsense
"""

DEB822 = """\
# a comment
Types: deb deb-src
URIs: http://mirror.invalid/debian
 http://second.invalid/debian
Suites: trixie trixie-updates trixie-backports
Components: main universe
Allow-Insecure: yes
Trusted: yes
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 xyz
 -----END PGP PUBLIC KEY BLOCK-----

Types: deb
URIs: http://off.invalid/debian
Suites: trixie
Components: main
Enabled: no

types: deb
uris: http://ppa.invalid/x
suites: sid
components: main
"""


def test_both_formats(tmp_path: Path) -> None:
    (tmp_path / "sources.list").write_text(ONE_LINE, "utf-8")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/x.sources").write_text(DEB822, "utf-8")
    (tmp_path / "parts/y.sources.disabled").write_text(DEB822, "utf-8")
    stanzas = read_sources(tmp_path / "sources.list", tmp_path / "parts")
    assert [stanza["URIs"].split()[0] for stanza in stanzas].count("http://off.invalid/debian") == 0
    assert len([stanza for stanza in stanzas if "mirror.invalid" in stanza["URIs"]]) == 4


def test_only_the_release_and_only_the_distribution(tmp_path: Path) -> None:
    (tmp_path / "sources.list").write_text(ONE_LINE, "utf-8")
    chosen = select(read_sources(tmp_path / "sources.list", tmp_path / "none"), "bookworm")
    assert chosen == [
        {
            "URIs": "http://mirror.invalid/debian",
            "Suites": "bookworm",
            "Components": "main contrib",
            "Architectures": "amd64",
            "Signed-By": "/usr/share/keyrings/a.gpg",
        },
        {"URIs": "http://mirror.invalid/debian", "Suites": "bookworm", "Components": "main"},
    ]


def test_key_stays_and_trust_goes() -> None:
    (first, *_) = select(parse_deb822(DEB822), "trixie")
    assert first["Suites"] == "trixie trixie-updates"
    assert first["URIs"].split() == ["http://mirror.invalid/debian", "http://second.invalid/debian"]
    text = render([first], "deb-src")
    assert text.startswith("Types: deb-src\n")
    assert "BEGIN PGP PUBLIC KEY BLOCK" in text
    assert "rusted" not in text
    assert "Insecure" not in text
    assert parse_deb822(text)[0]["Signed-By"] == first["Signed-By"]


def test_machine_that_follows_a_moving_suite() -> None:
    stanza = {"Types": "deb", "URIs": "http://m.invalid", "Suites": "stable stable-security", "Components": "main"}
    assert select([stanza], "bookworm")[0]["Suites"] == "stable stable-security"
    assert select([stanza], "")[0]["Suites"] == "stable stable-security"


def test_unreadable_and_absent_files(tmp_path: Path) -> None:
    assert read_sources(tmp_path / "sources.list", tmp_path / "sources.list.d") == []
