"""Runs esptool as a program, and makes of what it prints an error that says what to do.

Writing counts as done only when esptool itself has said "Hash of data verified" for each file.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from typing import Callable

from sming_host.board.files import flash_file
from sming_host.board.images import ESPTOOL
from sming_host.board.plan import Step
from sming_host.board.seed import seed_file
from sming_host.build.soc import SOCS
from sming_host.errors import UserError

VERIFIED = "Hash of data verified"

_CHUNK = 4096
_TRACEBACK = b"Traceback (most recent call last)"
# Said of a chip that esptool does not know, with which it would go on.
_STRANGER = b"WARNING: This chip doesn't appear to be"
_BEGUN = (b"Compressed", b"Erasing")
_AGAIN = "What the flash holds now is not whole: flash again before the device is used."
_UNCHANGED = "Nothing was changed in the flash."

# What esptool says, what that means, what to do. The first that matches counts.
_ERRORS: Sequence[tuple[str, str, str]] = (
    (
        r"This chip is (?P<real>[\w-]+),? not (?P<asked>[\w-]+)",
        "wrong chip: it is an {real}, and this image is for {asked}",
        "Nothing was written. Say SMING_SOC=… for the chip that is there, or COM_PORT=… for another board.",
    ),
    (
        r"MD5 of file does not match|Digest mismatch",
        "the flash does not hold what was sent: its hash differs",
        "Try a lower COM_SPEED; if it stays so the flash chip is worn out or write-protected. {then}",
    ),
    (
        r"the port is busy or doesn't exist|Could not exclusively lock",
        "the port cannot be opened",
        "Another program has it, or the board was unplugged.",
    ),
    (
        r"serial exception|SerialException|termios\.error|Input/output error|returned no data|No such device",
        "the connection to the board was lost: was the cable pulled?",
        "{then}",
    ),
    (
        r"Failed to connect",
        "the chip does not answer",
        "Hold the board's BOOT (FLASH, GPIO0) button while it is reset, and check cable and port (COM_PORT=…).",
    ),
    (
        r"Serial data stream stopped|Invalid head of packet|Packet content transfer stopped|No serial data received|"
        r"Failed to (write|read|enter|leave|calculate|erase)|Response doesn't match|Corrupt data|Invalid SLIP escape|"
        r"Timed out|write timeout",
        "bytes were lost or changed on the way",
        "Try a lower COM_SPEED, another cable or USB port. {then}",
    ),
)


def run_step(soc: str, step: Step, port: str, write: Callable[[bytes], object] = lambda data: None) -> None:
    """Do one step of a plan; `write` gets what esptool prints. Raises a UserError unless all is verified."""
    words = [step.action]
    if step.action == "read_flash":
        if step.file is None or step.offset is None:
            raise AssertionError("reading takes an offset and a file")
        with flash_file(step.file) as path:
            _run(soc, step, port, [*words, str(step.offset), "ALL", str(path)], write)
            if not path.stat().st_size:
                raise UserError("nothing was read", "See what esptool says above.")
        return
    if step.action == "write_flash":
        if step.file is None or step.offset is None:
            raise AssertionError("writing takes an offset and a file")
        words += [f"{step.offset:#x}", str(step.file)]
    region = SOCS[soc].seed
    with contextlib.ExitStack() as stack:
        if step.seed is not None and region is not None:
            words += [f"{step.seed:#x}", str(stack.enter_context(seed_file(region)))]
        output = _run(soc, step, port, words, write)
    files = 1 if step.seed is None else 2
    if step.action == "write_flash" and output.count(VERIFIED) < files:
        raise UserError(f"esptool did not say {VERIFIED!r} of all that was written", _AGAIN)


def _run(soc: str, step: Step, port: str, words: Sequence[str], write: Callable[[bytes], object]) -> str:
    options = ["--chip", SOCS[soc].image, "--port", port, "--baud", str(step.speed)]
    command = [*ESPTOOL, *options, "--before", "default_reset", "--after", "hard_reset", *words]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        output = _read(process, write)
        status = process.wait()
    except BaseException as error:
        # Ctrl-C, or nobody reads what we print
        process.kill()
        process.wait()
        if not isinstance(error, UserError) and step.action != "read_flash":
            with contextlib.suppress(OSError):
                print(f"\ninterrupted. {_AGAIN}", file=sys.stderr)
        raise
    if status != 0:
        raise explain(output, status, _UNCHANGED if step.action == "read_flash" else _AGAIN)
    return output


def _read(process: subprocess.Popen[bytes], write: Callable[[bytes], object]) -> str:
    """Pass on what esptool prints as it comes, but for a traceback."""
    if process.stdout is None:
        raise AssertionError("esptool's output is a pipe")
    output = b""
    shown = 0
    while data := os.read(process.stdout.fileno(), _CHUNK):
        output += data
        if _STRANGER in output:
            write(output[shown:])
            begun = any(word in output for word in _BEGUN)
            raise UserError(
                "wrong chip: it is none that esptool knows",
                (_AGAIN if begun else "Nothing was written.") + " Say COM_PORT=… for another board.",
            )
        end = output.find(_TRACEBACK)
        if end < 0:
            # The end may be the beginning of one; progress ends with a carriage return
            end = max(output.rfind(b"\n"), output.rfind(b"\r")) + 1
        if end > shown:
            write(output[shown:end])
            shown = end
    end = output.find(_TRACEBACK)
    write(output[shown : end if end >= 0 else None])
    return output.decode("utf-8", "replace")


def explain(output: str, status: int, then: str = _AGAIN) -> UserError:
    """Return the error that esptool's output stands for; `then` says what that means for the flash."""
    for pattern, message, advice in _ERRORS:
        found = re.search(pattern, output, re.IGNORECASE)
        if found:
            return UserError(message.format(**found.groupdict()), advice.format(then=then))
    return UserError(f"esptool failed (exit status {status})", f"Its message is above. {then}")
