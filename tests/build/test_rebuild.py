"""What a change makes again, and what it does not."""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.build.project import Project

APPLICATION = "app/application.cpp"
PLAIN = "components/plain/src/plain.c"
SSL = "components/ssl/src/ssl.cpp"


@pytest.fixture
def built(project: Project) -> Project:
    project.scons("ENABLE_SSL=Bearssl").succeeded()
    return project


def test_nothing_changed(built: Project) -> None:
    result = built.scons("ENABLE_SSL=Bearssl").succeeded()
    assert result.steps == []
    assert "up to date" in result.output


def test_one_source(built: Project) -> None:
    built.append(PLAIN, "\n/* more */\nint more(void);\nint more(void) { return 2; }\n")
    assert built.scons("ENABLE_SSL=Bearssl").succeeded().steps == [
        f"CC {PLAIN}",
        "AR out/lib/host-debug/plain/libplain.a",
        "LINK out/host/bearssl/thing/firmware",
    ]


def test_comment_links_nothing(built: Project) -> None:
    """The object comes out the same: whatever is made of it stays."""
    built.append(PLAIN, "/* at the end */\n")
    assert built.scons("ENABLE_SSL=Bearssl").succeeded().steps == [f"CC {PLAIN}"]


def test_two_changes_within_one_second(built: Project) -> None:
    for number in range(3):
        built.write("include/setting.h", f"#define STATUS {number + 1}\n")
        assert built.scons("ENABLE_SSL=Bearssl").succeeded().compiled == {APPLICATION}


def test_touched_file_without_a_change(built: Project) -> None:
    os.utime(built.folder / PLAIN)
    assert built.scons("ENABLE_SSL=Bearssl").succeeded().steps == []


def test_header_of_a_component(built: Project) -> None:
    built.append("components/plain/include/plain.h", "int added(void);\n")
    assert built.scons("ENABLE_SSL=Bearssl").succeeded().compiled == {APPLICATION, PLAIN}


def test_header_that_comes_to_stand_in_front(built: Project) -> None:
    built.write("app/setting.h", "#define STATUS 0\n")
    built.append(APPLICATION, "\n")
    assert APPLICATION in built.scons("ENABLE_SSL=Bearssl").succeeded().compiled
    built.append("app/setting.h", "#define OTHER 0\n")
    assert built.scons("ENABLE_SSL=Bearssl").succeeded().compiled == {APPLICATION}


def test_new_source(built: Project) -> None:
    built.write("components/plain/src/new.c", "int fresh(void);\nint fresh(void) { return 3; }\n")
    assert built.scons("ENABLE_SSL=Bearssl").succeeded().compiled == {"components/plain/src/new.c"}


def test_source_that_goes_leaves_the_library(built: Project) -> None:
    (built.folder / "components/plain/src/other.c").unlink()
    assert built.scons("ENABLE_SSL=Bearssl").succeeded().compiled == set()
    library = built.folder / "out/lib/host-debug/plain/libplain.a"
    assert b"other.c.o" not in library.read_bytes()


def test_only_tls_and_application_see_the_engine(built: Project) -> None:
    assert built.scons("ENABLE_SSL=0").succeeded().compiled == {APPLICATION, SSL}
    for value in ("Bearssl", "0", "bearssl"):
        assert built.scons(f"ENABLE_SSL={value}").succeeded().steps == []
    assert "adapter 1" in built.scons("ENABLE_SSL=Bearssl", "run").output
    assert "adapter 0" in built.scons("run").output


@pytest.mark.parametrize("change", ["SMING_RELEASE=1", "USER_CFLAGS=-DX", "COVERAGE=1", "SANITIZERS=undefined"])
def test_switching_back_and_forth_compiles_nothing(built: Project, change: str) -> None:
    everything = {APPLICATION, PLAIN, SSL, "components/plain/src/other.c", "components/host-process/src/main.c"}
    program = built.folder / "out/host/bearssl/thing/firmware"
    before = program.read_bytes()
    assert built.scons("ENABLE_SSL=Bearssl", change).succeeded().compiled == everything
    after = program.read_bytes()
    # The program in place is always that of the last call.
    for arguments, expected in (([], before), ([change], after), ([], before)):
        assert built.scons("ENABLE_SSL=Bearssl", *arguments).succeeded().compiled == set()
        assert program.read_bytes() == expected


def test_instrumented_programs_stand_apart(built: Project) -> None:
    built.scons("ENABLE_SSL=Bearssl", "SANITIZERS=undefined,address").succeeded()
    assert (built.folder / "out/host/bearssl-address-undefined/thing/firmware").is_file()


def test_wifi_reaches_the_application_only(built: Project) -> None:
    name = 'My "net" $HOME \\ ✓'
    built.append(APPLICATION, "const char* name() { return WIFI_SSID; }\nextern const char* volatile used;\n")
    built.append(APPLICATION, "const char* volatile used = name();\n")
    assert built.scons("ENABLE_SSL=Bearssl", f"WIFI_SSID={name}").succeeded().compiled == {APPLICATION}
    assert name.encode() in (built.folder / "out/host/bearssl/thing/firmware").read_bytes()
    assert built.scons("ENABLE_SSL=Bearssl", "WIFI_SSID=other").succeeded().compiled == {APPLICATION}


def test_network_without_a_password(built: Project) -> None:
    built.append(APPLICATION, "static_assert(sizeof(WIFI_SSID) == 4 && sizeof(WIFI_PWD) == 1);\n")
    built.scons("ENABLE_SSL=Bearssl", "WIFI_SSID=net").succeeded()


def test_ssl_debug_reaches_tls_and_application_only(built: Project) -> None:
    assert built.scons("ENABLE_SSL=Bearssl", "SSL_DEBUG=1").succeeded().compiled == {APPLICATION, SSL}
    assert built.scons("ENABLE_SSL=Bearssl").succeeded().compiled == {APPLICATION}


def test_applications_with_different_engines_in_one_run(project: Project) -> None:
    for name, value in (("One", "Bearssl"), ("Two", "0")):
        project.write(f"samples/{name}/SConscript", f'Import("env")\nenv.Application(ENABLE_SSL="{value}")\n')
        for part in (APPLICATION, "include/setting.h"):
            project.write(f"samples/{name}/{part}", (project.folder / part).read_text("utf-8"))
    (project.folder / APPLICATION).unlink()
    (project.folder / "app").rmdir()
    steps = project.scons().succeeded().steps
    assert steps.count(f"CC {PLAIN}") == 1
    assert steps.count(f"CXX {SSL}") == 2
    assert (project.folder / "out/host/bearssl/One/firmware").is_file()
    assert (project.folder / "out/host/nossl/Two/firmware").is_file()
    assert project.scons("Two", "run").output.endswith("adapter 0\n")
    project.scons("One", "Two", "run").refused("run starts one application, not One and Two")


def test_applications_with_different_flags_in_one_run(project: Project) -> None:
    for name, value in (("One", "-DSTATUS_IS=1"), ("Two", "-DSTATUS_IS=2")):
        project.write(f"samples/{name}/SConscript", f'Import("env")\nenv.Application(USER_CFLAGS="{value}")\n')
        project.write(f"samples/{name}/{APPLICATION}", 'extern "C" int init() { return STATUS_IS; }\n')
    (project.folder / APPLICATION).unlink()
    (project.folder / "app").rmdir()
    project.scons().succeeded()
    for name, status in (("One", 1), ("Two", 2)):
        assert subprocess.run([project.folder / "out/host/nossl" / name / "firmware"], check=False).returncode == status


def test_launcher_leaves_objects_as_they_are(built: Project) -> None:
    launcher = built.write("launcher", '#!/bin/sh\necho "$*" >>launched\nexec "$@"\n')
    launcher.chmod(0o755)
    assert built.scons("ENABLE_SSL=Bearssl", f"LAUNCHER={launcher}").succeeded().steps == []
    built.append(PLAIN, "int again;\n")
    assert built.scons("ENABLE_SSL=Bearssl", f"LAUNCHER={launcher}").succeeded().compiled == {PLAIN}
    launched = (built.folder / "launched").read_text("utf-8").splitlines()
    assert len(launched) == 1
    assert f" -c {PLAIN} -o " in launched[0]


def test_imported_file(built: Project) -> None:
    built.write("files/page.html", "<p>1</p>")
    built.append(
        APPLICATION,
        '#define IMPORT_FSTR(name, file) __asm__(".incbin \\"" file "\\"\\n")\n'
        'IMPORT_FSTR(page, PROJECT_DIR "/files/page.html");\n',
    )
    built.scons("ENABLE_SSL=Bearssl").succeeded()
    assert built.scons("ENABLE_SSL=Bearssl").succeeded().steps == []
    built.write("files/page.html", "<p>two</p>")
    assert built.scons("ENABLE_SSL=Bearssl").succeeded().compiled == {APPLICATION}
    made = built.folder / "out/host/bearssl/thing/obj-host-debug/app/application.cpp.o"
    assert b"<p>two</p>" in made.read_bytes()


def test_imported_file_that_a_header_names(built: Project) -> None:
    built.write("files/page.html", "<p>1</p>")
    built.append("include/setting.h", '#define PAGE PROJECT_DIR "/files/page.html"\n')
    built.append(APPLICATION, '__asm__(".section .rodata\\n.incbin \\"" PAGE "\\"\\n.previous\\n");\n')
    built.scons("ENABLE_SSL=Bearssl").succeeded()
    built.write("files/page.html", "<p>two</p>")
    assert built.scons("ENABLE_SSL=Bearssl").succeeded().compiled == {APPLICATION}


def test_failed_compilation_is_tried_again(built: Project) -> None:
    built.append(APPLICATION, "broken\n")
    for _ in range(2):
        built.scons("ENABLE_SSL=Bearssl").refused("broken")


def test_clean_keeps_keys(built: Project) -> None:
    built.scons("ENABLE_SSL=Bearssl", "generate-cert").succeeded()
    keys = sorted((built.folder / "out/ssl").iterdir())
    assert keys
    built.scons("ENABLE_SSL=Bearssl", "-c").succeeded()
    assert not (built.folder / "out/host/bearssl/thing/firmware").exists()
    assert not (built.folder / "out/lib/host-debug/plain/libplain.a").exists()
    assert sorted((built.folder / "out/ssl").iterdir()) == keys
    assert (built.folder / "include/ssl/private_key.h").is_file()


def test_default_of_the_application(project: Project) -> None:
    project.write("SConscript", 'Import("env")\nenv.Application(ENABLE_SSL="Bearssl")\n')
    project.scons().succeeded()
    assert (project.folder / "out/host/bearssl/thing/firmware").is_file()
    # What the user says wins.
    assert "adapter 0" in project.scons("ENABLE_SSL=0", "run").output
    config = project.scons("list-config", f"APP={project.folder}").succeeded().output
    assert "Bearssl" in config
    assert "the application's default" in config


def test_own_requirements_of_the_application(project: Project) -> None:
    project.write("components/extra/SConscript", 'Import("env")\nenv.Component("extra", public_defines=["EXTRA=7"])\n')
    project.write("components/extra/include/extra.h", "#pragma once\n")
    project.write("SConscript", 'Import("env")\nenv.Application(requires=["sming", "extra"], defines=["OWN=1"])\n')
    project.append(APPLICATION, "#include <extra.h>\nstatic_assert(EXTRA == 7 && OWN == 1);\n")
    project.scons().succeeded()


def test_status_of_the_program_is_that_of_run(project: Project) -> None:
    project.write("include/setting.h", "#define STATUS 7\n")
    assert project.scons("run").status == 7


@pytest.mark.parametrize("value", ["1", "Axtls"])
def test_the_small_engine(project: Project, value: str) -> None:
    """ENABLE_SSL=1 is Axtls."""
    project.scons(f"ENABLE_SSL={value}").succeeded()
    assert "adapter 1" in project.scons(f"ENABLE_SSL={value}", "run").output
    assert (project.folder / "out/host/axtls/thing/firmware").is_file()
