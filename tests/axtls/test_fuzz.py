"""The fuzzer's conversations without libFuzzer: random changes to what passes between a client and a server of ours."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.axtls import programs
from tests.axtls.conftest import World
from tests.axtls.native import HOME, SANITIZE


def test_random_conversations(world: World, tmp_path: Path) -> None:
    flags = ("-O1", "-DAXTLS_FUZZ_STANDALONE", *SANITIZE)
    program = programs.build(HOME / "fuzz" / "axtls" / "fuzz.c", tmp_path, world, flags)
    run = subprocess.run([str(program), "20000", "1"], capture_output=True, text=True, check=False, timeout=500)
    assert run.returncode == 0, run.stderr[-3000:]
    found = re.search(r"conversations (\d+), past ServerHello (\d+), connected (\d+), resumed (\d+)", run.stdout)
    assert found
    conversations, past, connected, resumed = map(int, found.groups())
    assert conversations > 15000 and past > conversations / 4
    assert connected > 1000 and resumed > 1000
