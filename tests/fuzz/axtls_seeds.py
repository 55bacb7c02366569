"""Seeds of axtls_server and axtls_client: scenes, scripts of changes, and what a peer said (axtls/Scene.h)."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

HARNESSES = ("axtls_server", "axtls_client")

# As in tests/fuzz/axtls/Scene.h and Script.h
SUITES = 20
RESUME, RAW = 0x40, 0x80
(
    TICKETS, CACHE, ASK_CLIENT, REQUIRE_CLIENT, CLIENT_IDENTITY, CLIENT_IDENTITY_IS_EC, REAL_CIPHER, NAMED_SERVER,
    SERVER_KEY_OTHER, WITHOUT_CURVE25519, WITHOUT_CURVE_P256, PROTOCOLS_DIFFER, ALLOW_LEGACY_SERVER, WITHOUT_SHA384,
    AUTHORITIES, WITHOUT_TIME,
) = (1 << bit for bit in range(16))  # fmt: skip
CHANGES = 19
ADD_EXTENSION, SET_SUITES, INJECT_ALERT, INJECT_MESSAGE = 16, 17, 14, 15
EXTENSIONS, EXTENSION_BODIES = 16, 18
CHACHA20_EC, CHACHA20_RSA = 2, 3


@dataclass(frozen=True)
class Scene:
    """What stands in front of the changes."""

    suite: int = CHACHA20_EC
    mode: int = 0
    cut: int = 0
    flags: int = 0
    fragments: int = 0
    fail_allocation: int = 0

    def header(self) -> bytes:
        flags = self.flags.to_bytes(2, "little")
        return bytes([self.suite | self.mode, self.cut, *flags, self.fragments, self.fail_allocation])


_SCENES: dict[str, Scene] = {
    "tickets": Scene(flags=TICKETS),
    "resumed-ticket": Scene(mode=RESUME, flags=TICKETS),
    "resumed-id": Scene(mode=RESUME, flags=CACHE),
    "resumed-both": Scene(suite=CHACHA20_RSA, mode=RESUME, flags=CACHE | TICKETS, cut=1),
    "not-resumed": Scene(mode=RESUME),
    "asked-without": Scene(flags=ASK_CLIENT),
    "asked-rsa": Scene(flags=ASK_CLIENT | CLIENT_IDENTITY | AUTHORITIES),
    "asked-ec": Scene(flags=REQUIRE_CLIENT | CLIENT_IDENTITY | CLIENT_IDENTITY_IS_EC),
    "required-without": Scene(flags=REQUIRE_CLIENT),
    "named": Scene(flags=NAMED_SERVER),
    "wrong-key": Scene(flags=SERVER_KEY_OTHER),
    "without-x25519": Scene(flags=WITHOUT_CURVE25519),
    "without-p256": Scene(flags=WITHOUT_CURVE_P256),
    "p384-alone": Scene(flags=WITHOUT_CURVE25519 | WITHOUT_CURVE_P256),
    "protocols": Scene(flags=PROTOCOLS_DIFFER),
    "legacy": Scene(flags=ALLOW_LEGACY_SERVER),
    "without-sha384": Scene(flags=WITHOUT_SHA384, fragments=0xC0),
    "without-time": Scene(mode=RESUME, flags=CACHE | TICKETS | WITHOUT_TIME),
    "real": Scene(flags=REAL_CIPHER),
    "small-fragments": Scene(fragments=0x15, cut=7),
    "record-size-limit": Scene(fragments=0x2A),
    "large-fragments": Scene(fragments=0x3F, cut=255),
    "four-suites": Scene(suite=0, fragments=0x40),
    "all-suites": Scene(suite=0, fragments=0xC0, cut=1),
}


def _change(record: int, what: int, where: int, value: int) -> bytes:
    return bytes([record, what]) + where.to_bytes(2, "big") + bytes([value])


def _scripts() -> Iterator[tuple[str, bytes]]:
    quiet = Scene(suite=CHACHA20_RSA, flags=TICKETS | ASK_CLIENT | CLIENT_IDENTITY)
    for record in range(7):
        for what in range(CHANGES):
            yield f"change-{record}-{what}", quiet.header() + _change(record, what, 11 + 7 * record, 1 + what)
    for extension in range(EXTENSIONS):
        for body in range(0, EXTENSION_BODIES, 3):
            yield f"extension-{extension}-{body}", Scene().header() + _change(0, ADD_EXTENSION, extension, body)
    for record in (0, 1, 4, 6):
        for alert in (0, 40, 90, 100):
            yield f"alert-{record}-{alert}", Scene().header() + _change(record, INJECT_ALERT, 1, alert)
        for message in range(0, 13, 2):
            yield f"message-{record}-{message}", Scene().header() + _change(record, INJECT_MESSAGE, message, 0)
    for suite in range(14):
        yield f"suite-{suite}", Scene().header() + _change(0, SET_SUITES, 0, suite)


def axtls_seeds(harness: Path) -> Iterator[tuple[str, bytes]]:
    """Both harnesses take the same scenes and scripts; what was recorded fits only the one it was recorded with."""
    scenes = {f"plain-{suite}": Scene(suite=suite, flags=CACHE, mode=RESUME) for suite in range(SUITES)}
    scenes.update(_SCENES)
    for name, scene in scenes.items():
        yield name, scene.header()
    yield from _scripts()
    for n in range(1, 25):
        failing = Scene(suite=n % SUITES, flags=CACHE | TICKETS | ASK_CLIENT | CLIENT_IDENTITY, fail_allocation=n)
        yield f"memory-{n}", failing.header()
        yield f"memory-resumed-{n}", replace(failing, mode=RESUME).header()
    for name, scene in scenes.items():
        recorded = subprocess.run([str(harness), "record"], input=scene.header(), capture_output=True, timeout=60)
        if recorded.returncode:
            raise RuntimeError(f"{name} could not be recorded: {recorded.stderr.decode(errors='replace')}")
        yield f"raw-{name}", recorded.stdout


def random_scripts(name: str, folder: Path, count: int) -> None:
    """Write inputs with scenes and changes at random, the same ones each time for one harness."""
    folder.mkdir()
    dice = random.Random(name)
    for number in range(count):
        changes = sorted((dice.randrange(20), dice.randbytes(4)) for _ in range(dice.randrange(4)))
        scene = bytearray(dice.randbytes(6))
        scene[0] &= ~RAW
        scene[5] = 0
        (folder / str(number)).write_bytes(bytes(scene) + b"".join(bytes([at]) + what for at, what in changes))
