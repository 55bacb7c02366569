"""A small project outside of the repository: builds in a second, with components of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

CHECKOUT = Path(__file__).resolve().parents[2]

SCONSTRUCT = """\
from sming_host.build import application

application()
"""

# Components named as the real ones, so that nothing but this project is compiled.
FILES = {
    "SConstruct": SCONSTRUCT,
    "components/sming/SConscript": 'Import("env")\nenv.Component("sming", requires=["ssl", "plain"])\n',
    "components/host-process/SConscript": 'Import("env")\nenv.Component("host-process")\n',
    "components/host-process/src/main.c": "int init(void);\nint main(void) { return init(); }\n",
    "components/plain/SConscript": 'Import("env")\nenv.Component("plain")\n',
    "components/plain/include/plain.h": "#pragma once\nint plain(int value);\n",
    "components/plain/src/plain.c": '#include "plain.h"\nint plain(int value) { return value; }\n',
    "components/plain/src/other.c": "int other(void);\nint other(void) { return 1; }\n",
    "components/ssl/SConscript": 'Import("env")\nenv.Component("ssl", adapter=True)\n',
    "components/ssl/src/ssl.cpp": "int adapter() {\n#ifdef ENABLE_SSL\n\treturn 1;\n#else\n\treturn 0;\n#endif\n}\n",
    # An engine exists if there is a component of its name.
    "components/bearssl/SConscript": 'Import("env")\nenv.Component("bearssl")\n',
    "app/application.cpp": '#include <cstdio>\nextern "C" {\n#include <plain.h>\n}\n#include <setting.h>\n'
    'int adapter();\nextern "C" int init() { printf("adapter %d\\n", adapter()); return plain(STATUS); }\n',
    "include/setting.h": "#define STATUS 0\n",
}


@dataclass
class Result:
    """What a call of SCons gave."""

    status: int
    output: str

    @property
    def steps(self) -> list[str]:
        """The steps that were made, as `CC components/plain/src/plain.c`."""
        return re.findall(r"^\[\d+/\d+\] (.*)$", self.output, re.MULTILINE)

    @property
    def compiled(self) -> set[str]:
        """The sources that were compiled."""
        return {step.split(" ", 1)[1] for step in self.steps if step.split(" ")[0] in ("CC", "CXX", "AS")}

    def succeeded(self) -> Result:
        """Fail the test unless SCons ended well."""
        assert self.status == 0, self.output
        return self

    def refused(self, *words: str) -> None:
        """Fail the test unless SCons ended with an error that has all the words, and without a traceback."""
        assert self.status != 0, self.output
        assert "Traceback" not in self.output, self.output
        # As SCons shows one
        assert not re.search(r'^ +File ".*", line \d+', self.output, re.MULTILINE), self.output
        for word in words:
            assert word in self.output, f"{word!r} is not in:\n{self.output}"


def scons(folder: Path, *arguments: str, env: Optional[Mapping[str, str]] = None, timeout: float = 300) -> Result:
    """Run SCons in a folder with this Python; `env` adds to a clean environment."""
    keep = ("PATH", "HOME", "LANG", "TMPDIR", "XDG_CACHE_HOME")
    clean = {name: os.environ[name] for name in keep if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "SCons", "-Q", *arguments],
        cwd=folder,
        env={**clean, "PWD": str(folder), **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
        check=False,
    )
    return Result(done.returncode, done.stdout)


class Project:
    """The small project in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> Path:
        """Write a file of the project."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def append(self, name: str, text: str) -> None:
        """Add to a file of the project."""
        self.write(name, (self.folder / name).read_text("utf-8") + text)

    def scons(self, *arguments: str, env: Optional[Mapping[str, str]] = None) -> Result:
        """Run SCons in the project."""
        return scons(self.folder, *arguments, env=env)


def copy_checkout(folder: Path) -> Path:
    """Copy this checkout as it is, without what git ignores, into a new folder."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (CHECKOUT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, folder / name)
    return folder
