"""Seeds of the fuzzing harnesses, made anew each time: `python -m tests.fuzz.seeds TARGET HARNESS FOLDER`.

The TLS harnesses use fixed time and random numbers, so what a real peer (OpenSSL) once said to a harness takes it
through the whole handshake again. Nothing of this is kept in the repository: keys are thrown away, and a recording
fits only the code that it was made with.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Callable

from tests.fuzz import messages, recordings, texts
from tests.fuzz.axtls_seeds import axtls_seeds
from tests.fuzz.key_seeds import key_seeds
from tests.fuzz.x509_seeds import x509_seeds

Seeds = Iterator[tuple[str, bytes]]

MAKERS: dict[str, Callable[[Path], Seeds]] = {
    "axtls_server": axtls_seeds,
    "axtls_client": axtls_seeds,
    "server": recordings.server_seeds,
    "client": recordings.client_seeds,
    "x509": lambda harness: x509_seeds(),
    "key": lambda harness: key_seeds(),
    "url": lambda harness: texts.url_seeds(),
    "http": lambda harness: texts.http_seeds(),
    "json": lambda harness: texts.json_seeds(),
    "websocket": lambda harness: messages.websocket_seeds(),
    "mqtt": lambda harness: messages.mqtt_seeds(),
}


def write_seeds(target: str, harness: Path, folder: Path) -> list[Path]:
    """Make the seeds of a harness; `harness` is its program, which the recordings are made with."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, data in MAKERS[target](harness):
        digest = hashlib.sha256(data).hexdigest()[:8]
        path = folder / f"{name}-{digest}"
        path.write_bytes(data)
        written.append(path)
    return written


if __name__ == "__main__":
    print(len(write_seeds(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))), "seeds")
