"""mosquitto, the real broker, and its two command lines."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

from sming_host.build.archive import tool_package
from tests.support.peers import LOOPBACK, free_port, wait_until_listening


@dataclass
class Listener:
    """A port that the broker listens on, with TLS if there is a certificate."""

    certificate: Optional[Path] = None
    key: Optional[Path] = None
    clients: Optional[Path] = None
    """Authority of clients' certificates, which are then asked for; a client's name is that of its certificate."""
    passwords: Optional[Path] = None
    port: int = field(default_factory=free_port)

    def lines(self) -> list[str]:
        lines = [f"listener {self.port} {LOOPBACK}", f"allow_anonymous {str(not self.passwords).lower()}"]
        if self.certificate:
            lines += [f"certfile {self.certificate}", f"keyfile {self.key}"]
        if self.clients:
            lines += [f"cafile {self.clients}", "require_certificate true", "use_identity_as_username true"]
        if self.passwords:
            lines += [f"password_file {self.passwords}"]
        return lines


class Mosquitto:
    """A broker with a plain listener for the test and others for the device. Keeps its state over a restart."""

    def __init__(self, folder: Path, *listeners: Listener) -> None:
        self.tool = tool_package("mosquitto")
        self.folder = folder
        self.plain = Listener()
        self.listeners = listeners
        self.log = folder / "mosquitto.log"
        self.process: Optional[subprocess.Popen[bytes]] = None
        self._subscribers = 0
        folder.mkdir(parents=True, exist_ok=True)
        lines = ["per_listener_settings true", "log_type all", "persistence true", f"persistence_location {folder}/"]
        if os.geteuid() == 0:
            lines.append("user root")  # it would give up root for a user who can read nothing here
        for listener in (self.plain, *listeners):
            lines += listener.lines()
        (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")

    @property
    def port(self) -> int:
        return self.plain.port

    def __enter__(self) -> Mosquitto:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [str(self.tool.program("mosquitto")), "-c", str(self.folder / "mosquitto.conf")],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            for listener in (self.plain, *self.listeners):
                wait_until_listening(listener.port, self.process)
        except AssertionError as error:
            self.stop()
            raise AssertionError(f"{error}\n{self.log.read_text(errors='replace')[-3000:]}") from error

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def passwords(self, path: Path) -> None:
        """Turn a file of lines user:password into what the broker reads."""
        path.chmod(0o600)
        subprocess.run([str(self.tool.program("mosquitto_passwd")), "-U", str(path)], check=True, timeout=30)

    def publish(self, topic: str, message: str, *options: str) -> None:
        """Publish a message, as mosquitto_pub does."""
        command = [str(self.tool.program("mosquitto_pub")), "-h", LOOPBACK, "-p", str(self.port)]
        subprocess.run([*command, "-t", topic, "-m", message, *options], check=True, timeout=30)

    @contextlib.contextmanager
    def subscribed(self, topic: str, *options: str) -> Iterator[Subscriber]:
        """Listen to a topic filter while the block runs."""
        self._subscribers += 1
        name = f"subscriber-{self._subscribers}"
        command = [str(self.tool.program("mosquitto_sub")), "-h", LOOPBACK, "-p", str(self.port), "-i", name]
        process = subprocess.Popen(
            [*command, "-t", topic, "-F", "message %q %r %t %p", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        subscriber = Subscriber(process)
        try:
            self.expect_log(f"Sending SUBACK to {name}")
            yield subscriber
        finally:
            process.kill()
            process.wait()

    def expect_log(self, text: str, seconds: float = 20) -> None:
        """Wait until `text` stands in the broker's log."""
        deadline = time.monotonic() + seconds
        while text not in self.log.read_text(errors="replace"):
            assert time.monotonic() < deadline, f"no {text!r} in:\n{self.log.read_text(errors='replace')[-3000:]}"
            time.sleep(0.05)


class Subscriber:
    """What mosquitto_sub says."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.lines: list[str] = []
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._read, args=(process,), daemon=True)
        self._thread.start()

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            with self._changed:
                self.lines.append(line.decode(errors="replace").strip())
                self._changed.notify_all()

    def expect(self, start: str, seconds: float = 30, count: int = 1) -> str:
        """Wait for the `count`-th line that begins so; messages are "message QOS RETAIN TOPIC TEXT"."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while True:
                found = [line for line in self.lines if line.startswith(start)]
                if len(found) >= count:
                    return found[count - 1]
                left = deadline - time.monotonic()
                assert left > 0, f"no {start!r}:\n" + "\n".join(self.lines[-40:])
                self._changed.wait(left)
