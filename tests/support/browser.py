"""Chromium without a window, driven over its debugging pipe (the DevTools protocol)."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sming_host.build import archive

# Chromium reads commands from descriptor 3 and writes answers to 4.
_LAUNCH = """
import fcntl, os, sys
commands, answers = (fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3])
os.dup2(commands, 3)
os.dup2(answers, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    "--remote-debugging-pipe",
)


class BrowserError(AssertionError):
    """The browser refused a command, or a page did not come to be as expected."""


class Browser:
    """A running Chromium."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands = commands
        self._answers = answers
        self._buffer = b""
        self._number = 0

    def call(self, method: str, session: str = "", seconds: float = 60, **parameters: Any) -> dict[str, Any]:
        """Give a command and return its result."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + seconds
        while True:
            answer = self._read(deadline, method)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result

    def _read(self, deadline: float, method: str) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._answers], [], [], max(0.0, deadline - time.monotonic()))
            chunk = os.read(self._answers, 1 << 20) if ready else b""
            if not chunk:
                raise BrowserError(f"{method}: {'Chromium ended' if ready else 'no answer in time'}")
            self._buffer += chunk
        text, _, self._buffer = self._buffer.partition(b"\0")
        answer: dict[str, Any] = json.loads(text)
        return answer

    def open(self, url: str, *, width: int = 390, height: int = 844) -> Page:
        """Open a page in a tab of its own, by default as large as a phone's."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session)
        page.call("Page.enable")
        page.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        page.go(url)
        return page


class Page:
    """A tab."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self._browser.call(method, self._session, **parameters)

    def go(self, url: str) -> None:
        """Load a page; one whose certificate is refused is an error."""
        error = self.call("Page.navigate", url=url).get("errorText")
        if error:
            raise BrowserError(f"{url}: {error}")
        self.wait("document.readyState === 'complete'")

    def run(self, script: str) -> Any:
        """Evaluate an expression in the page, a promise up to its end."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise BrowserError(f"{script}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait(self, condition: str, seconds: float = 40) -> Any:
        """Wait until an expression is true, and the page whole; a failure shows the page's text."""
        deadline = time.monotonic() + seconds
        while True:
            with contextlib.suppress(BrowserError):  # the page may be about to change
                value = self.run(f"document.readyState === 'complete' && ({condition})")
                if value:
                    return value
            if time.monotonic() > deadline:
                raise BrowserError(f"never {condition}; the page says:\n{self.run('document.body.innerText')}")
            time.sleep(0.05)

    def screenshot(self, path: Path) -> None:
        """Save what is to be seen, as PNG."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))


@contextlib.contextmanager
def running_browser(folder: Path, authority: bytes) -> Iterator[Browser]:
    """Start Chromium with a home of its own below `folder`, which trusts an authority (PEM)."""
    home = folder / "browser"
    database = home / ".pki" / "nssdb"
    database.mkdir(parents=True)
    certificate = folder / "browser-ca.pem"
    certificate.write_bytes(authority)
    certutil = str(archive.tool_package("nss").program("certutil"))
    for words in (["-N", "--empty-password"], ["-A", "-t", "C,,", "-n", "test", "-i", str(certificate)]):
        subprocess.run([certutil, "-d", f"sql:{database}", *words], check=True, timeout=60)

    chromium = str(archive.tool_package("chromium").program("chromium"))
    command_in, command_out = os.pipe()
    answer_in, answer_out = os.pipe()
    launch = [sys.executable, "-c", _LAUNCH, str(command_in), str(answer_out)]
    with (folder / "browser.log").open("wb") as log:
        process = subprocess.Popen(
            [*launch, chromium, *_ARGUMENTS, f"--user-data-dir={home / 'profile'}"],
            env={**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_CACHE_HOME": str(home)},
            pass_fds=(command_in, answer_out),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    os.close(command_in)
    os.close(answer_out)
    try:
        yield Browser(command_out, answer_in)
    finally:
        os.close(command_out)  # ends it
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(answer_in)
