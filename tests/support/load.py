"""wrk: many connections that ask again and again."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sming_host.build import archive

_SCRIPT = """
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\\n@{"requests": %d, "microseconds": %d, "bytes": %d, "connect": %d, "read": %d, "write": %d, ' ..
    '"status": %d, "timeout": %d, "median_us": %d, "p99_us": %d}\\n',
    summary.requests, summary.duration, summary.bytes, errors.connect, errors.read, errors.write,
    errors.status, errors.timeout, latency:percentile(50), latency:percentile(99)))
end
"""


@dataclass(frozen=True)
class Load:
    """What a run of wrk has counted."""

    requests: int
    seconds: float
    lost: int
    """Connections that failed, requests without an answer in time, and answers that are no success."""
    median_us: int
    p99_us: int

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


def run_wrk(folder: Path, url: str, *, connections: int, seconds: int, threads: int = 1, timeout: int = 20) -> Load:
    """Keep some connections busy for some time. wrk takes any certificate."""
    script = folder / "wrk.lua"
    script.write_text(_SCRIPT)
    wrk = str(archive.tool_package("wrk").program("wrk"))
    command = [
        wrk,
        f"-t{threads}",
        f"-c{connections}",
        f"-d{seconds}s",
        f"--timeout={timeout}s",
        "-s",
        str(script),
        url,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=False)
    lines = [line[1:] for line in done.stdout.splitlines() if line.startswith("@")]
    if done.returncode != 0 or not lines:
        raise RuntimeError(f"wrk: {done.stdout}{done.stderr}")
    figures: dict[str, int] = json.loads(lines[0])
    lost = sum(figures[name] for name in ("connect", "read", "write", "status", "timeout"))
    return Load(figures["requests"], figures["microseconds"] / 1e6, lost, figures["median_us"], figures["p99_us"])
