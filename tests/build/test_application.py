"""Which application a call is about, and what is said of its files and of its certificate."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build.project import CHECKOUT, Project, scons
from tests.build.test_embedding import CPP, keyed

KEY = "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"
SOURCE = 'extern "C" int init() { return 0; } // listen(443)\n'


def with_two_samples(project: Project) -> Project:
    """A project with nothing but samples, as this checkout has."""
    (project.folder / CPP).unlink()
    (project.folder / "app").rmdir()
    for name in ("One", "Two"):
        project.write(f"samples/{name}/{CPP}", SOURCE)
    return project


@pytest.mark.parametrize("folder", ["samples/Two", "samples/Two/app"])
def test_application_in_whose_folder_it_is_called(project: Project, folder: str) -> None:
    with_two_samples(project)
    called = scons(project.folder / folder, "-C", str(project.folder)).succeeded()
    assert "Two/firmware" in called.output
    assert not (project.folder / "out/host/nossl/One").exists()
    # What is named counts more
    scons(project.folder / folder, "-C", str(project.folder), "APP=One").succeeded()
    assert (project.folder / "out/host/nossl/One/firmware").is_file()


@pytest.mark.parametrize("folder", ["", "samples", "components/plain"])
def test_all_applications_elsewhere(project: Project, folder: str) -> None:
    with_two_samples(project)
    output = scons(project.folder / folder, "-C", str(project.folder)).succeeded().output
    assert "One/firmware" in output and "Two/firmware" in output


@pytest.mark.parametrize(
    ("source", "file", "text", "warned"),
    [
        ("// response.sendFile(name)\n", "files/private.pem", KEY, True),
        ("// response.sendFile(name)\n", "files/deep/key.der", "\x30\x10\x02\x01\x00", True),
        ("// response.sendFile(name)\n", "files/index.html", "<p>", False),
        ("", "files/private.pem", KEY, False),
    ],
)
def test_key_among_files_that_are_sent(project: Project, source: str, file: str, text: str, warned: bool) -> None:
    project.append(CPP, source)
    project.write(file, text)
    output = project.scons().succeeded().output
    assert (f"warning: {file} holds a private key" in output) == warned, output


def test_samples_have_no_key_to_send() -> None:
    assert "holds a private key" not in scons(CHECKOUT, "-n", "ENABLE_SSL=Bearssl").succeeded().output


def test_run_says_who_signed_the_servers_certificate(tmp_path: Path) -> None:
    project = keyed(tmp_path / "thing")
    told = "its certificate is for localhost, 127.0.0.1, ::1; browsers and curl --cacert take {} to trust it"
    assert "--cacert" not in project.scons("run").succeeded().output, "a client shows it to nobody who browses"
    project.append(CPP, "// server.listen(443, true)\n")
    assert told.format("out/ssl/ca.crt.pem") in project.scons("run").succeeded().output
    called = scons(project.folder / "app", "-C", "..", "run").succeeded()
    assert told.format("../out/ssl/ca.crt.pem") in called.output
    assert "--cacert" not in project.scons().succeeded().output


def test_run_with_a_certificate_of_ones_own(tmp_path: Path) -> None:
    """Nothing is said of an authority that did not sign it, or that cannot be read, and all goes on."""
    project = keyed(tmp_path / "thing")
    project.append(CPP, "// server.listen(443, true)\n")
    project.scons().succeeded()
    folder = project.folder / "out/ssl"
    server = (folder / "server.crt.pem").read_bytes()
    (folder / "server.crt.pem").unlink()
    assert "--cacert" in project.scons("run").succeeded().output, "what counts is what the program has"
    for authority in (server, b"nothing of the kind"):
        (folder / "ca.crt.pem").write_bytes(authority)
        assert "--cacert" not in project.scons("run").succeeded().output
