"""tool_package: binary packages with their libraries, unpacked, relocated, tried and cached."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sming_host.build import archive
from sming_host.build.archive import pins

from .fake_apt import FakeArchive, tool_pin

HELLO = '#!/bin/sh\necho "hello 3 $(cat "${0%/*}/../share/hello/greeting")"\n'
GREETING = {"usr/share/hello/greeting": "world\n"}


def offer(fake: FakeArchive, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Offer the tool `hello`: a script in one package and the data it reads in another."""
    fake.add_deb("hello-data", "3.1-2", GREETING)
    fake.add_deb("hello", "3.1-2", {"usr/bin/hello": HELLO})
    use(monkeypatch, **changes)


def use(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    monkeypatch.setattr(pins, "TOOLS", {"hello": tool_pin(**changes)})


def fetch() -> archive.Tool:
    return archive.tool_package("hello", progress=lambda line: None)


def answer(program: Path, *, cwd: Path) -> str:
    return subprocess.run([program], cwd=cwd, capture_output=True, text=True, check=True).stdout.strip()


def test_fetch_unpacks_tries_and_records(
    fake: FakeArchive, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str]
) -> None:
    offer(fake, monkeypatch)
    tool = archive.tool_package("hello", progress=lines.append)
    assert answer(tool.program("hello"), cwd=tmp_path) == "hello 3 world"
    assert tool.versions == {"hello": "3.1-2", "hello-data": "3.1-2"}
    assert tool.origin == "archive"
    assert "fetching hello 3.1-2 with 1 packages it needs (0.0 MB)" in lines[-1]
    record = json.loads((tool.path.parent / "package.json").read_text("utf-8"))
    assert record["requested"] == ["hello"]
    assert set(record["debs"]) == {"hello_3.1-2_all.deb", "hello-data_3.1-2_all.deb"}
    assert not (cache / "staging").exists()
    assert tool.env["PATH"].startswith(f"{tool.path}{os.pathsep}")


def test_second_use_needs_no_apt(fake: FakeArchive, monkeypatch: pytest.MonkeyPatch, lines: list[str]) -> None:
    offer(fake, monkeypatch)
    first = fetch()
    calls = len(fake.calls())
    assert archive.tool_package("hello", progress=lines.append) == first
    assert (lines, len(fake.calls())) == ([], calls)


def test_programs_run_through_a_link_and_after_a_move(
    fake: FakeArchive, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(fake, monkeypatch)
    tool = fetch()
    link = tmp_path / "link"
    link.symlink_to(tool.program("hello"))
    assert answer(link, cwd=tmp_path) == "hello 3 world"
    moved = tmp_path / "else where"
    tool.path.parent.rename(moved)
    assert answer(moved / "bin/hello", cwd=tmp_path) == "hello 3 world"
    on_path = {**os.environ, "PATH": f"{moved}/bin{os.pathsep}{os.environ['PATH']}"}
    result = subprocess.run(["hello"], env=on_path, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "hello 3 world"


def test_post_install_steps_are_redone(fake: FakeArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    postinst = "#!/bin/sh\nupdate-alternatives --install /usr/bin/hello hello /usr/lib/hello/bin/real 10 \\\n"
    postinst += "  --slave /usr/share/hello/greeting greeting /usr/share/hello/english\n"
    script = '#!/bin/sh\necho "hello 3 $(cat "$(dirname "$(readlink -f "$0")")/../../../share/hello/greeting")"\n'
    fake.add_deb(
        "hello",
        "3.1",
        {"usr/lib/hello/bin/real": script, "usr/share/hello/english": "hi\n"},
        postinst=postinst,
        links={"usr/share/hello/absolute": "/usr/share/hello/english", "usr/share/hello/out": "/etc/hostname"},
    )
    use(monkeypatch)
    tool = fetch()
    assert answer(tool.program("hello"), cwd=tmp_path) == "hello 3 hi"
    assert tool.root is not None
    share = tool.root / "usr/share/hello"
    assert [str((share / name).readlink()) for name in ("absolute", "out")] == ["english", "/etc/hostname"]


def test_wrapper_sets_what_the_pin_says(fake: FakeArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.add_deb("hello", "3.1", {"usr/bin/hello": '#!/bin/sh\necho "hello 3 $(cat "$GREETING")"\n', **GREETING})
    use(monkeypatch, environment={"GREETING": "{root}/usr/share/hello/greeting"})
    assert answer(fetch().program("hello"), cwd=tmp_path) == "hello 3 world"


def test_wrapper_knows_where_a_file_is(fake: FakeArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = '#!/bin/sh\necho "hello 3 $(cat "$GREETINGS/greeting")"\n'
    fake.add_deb("hello", "3.1", {"usr/bin/hello": script, **GREETING})
    use(monkeypatch, environment={"GREETINGS": "{folder:greeting}"})
    assert answer(fetch().program("hello"), cwd=tmp_path) == "hello 3 world"


def fails(cache: Path, kind: type[archive.ArchiveError], *words: str) -> None:
    """Fetch `hello`, which must fail as said, with a hint, leaving nothing."""
    with pytest.raises(kind) as caught:
        fetch()
    assert caught.type is kind
    for word in words:
        assert word in str(caught.value)
    assert caught.value.hint
    assert [path for folder in ("tools", "staging") for path in (cache / folder).glob("*")] == []


def test_tool_that_does_not_run(fake: FakeArchive, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.add_deb("hello", "3.1", {"usr/bin/hello": "#!/bin/sh\necho no such library >&2\nexit 127\n"})
    use(monkeypatch)
    fails(cache, archive.ToolBroken, "exit status 127: no such library", "HELLO_ROOT")


def test_tool_without_its_program(fake: FakeArchive, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.add_deb("hello", "3.1", GREETING)
    use(monkeypatch)
    fails(cache, archive.ToolBroken, "no program hello")


def test_other_major_version(fake: FakeArchive, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(fake, monkeypatch, majors=("1", "2"))
    fails(cache, archive.PackageMissing, "hello 3.1-2", "1 or 2", "HELLO_ROOT")


def test_package_not_in_archive(fake: FakeArchive, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch)
    fake.tell(install={"stderr": "E: Unable to locate package hello\n", "status": 100})
    fails(cache, archive.PackageMissing, "Unable to locate package hello")


def test_machine_with_an_older_libc(fake: FakeArchive, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(fake, monkeypatch)
    fake.add_deb("libc6", "9.99-1", {"lib/libc.so.6": ""})
    fails(cache, archive.PackageMissing, "needs libc6 9.99-1", "Upgrade")


def test_half_a_download(fake: FakeArchive, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(fake, monkeypatch)
    fake.tell(truncate=50)
    fails(cache, archive.DownloadIncomplete, "50 of")


def test_broken_package(fake: FakeArchive, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(fake, monkeypatch)
    deb = fake.payload / "hello_3.1-2_all.deb"
    deb.write_bytes(b"x" * deb.stat().st_size)
    fails(cache, archive.DownloadIncomplete, "cannot be unpacked")


def test_damaged_tool_is_noticed(fake: FakeArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(fake, monkeypatch)
    tool = fetch()
    assert tool.root is not None
    (tool.root / "usr/bin/hello").write_text("", "utf-8")
    with pytest.raises(archive.CacheCorrupt, match="the program hello is missing or altered"):
        fetch()


def test_machines_own_program_comes_first_where_the_pin_says_so(
    fake: FakeArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(fake, monkeypatch, host_first=True)
    installed = tmp_path / "usr/sbin/hello"
    installed.parent.mkdir(parents=True)
    (tmp_path / "usr/bin").mkdir()
    installed.write_text("#!/bin/sh\n", "utf-8")
    installed.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/usr/bin{os.pathsep}{os.environ['PATH']}")
    tool = fetch()
    assert (tool.origin, tool.program("hello"), tool.versions) == ("machine", installed, {})
    assert fake.calls() == []


def test_users_own_prefix(fake: FakeArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch)
    program = tmp_path / "opt/bin/hello"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("HELLO_ROOT", str(tmp_path / "opt"))
    assert fetch().program("hello") == program
    with pytest.raises(archive.RootInvalid, match="no program hello"):
        archive.tool_package("hello", root=str(tmp_path))
    assert fake.calls() == []


def test_unknown_tool(cache: Path) -> None:
    with pytest.raises(archive.UnknownPackage, match="gnutls"):
        archive.tool_package("nosuch")
