"""Command lines: what is printed, exit status, and no traceback for mistakes of the user's."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sming_host import __version__
from sming_host.__main__ import main


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sming_host", *arguments]
    own = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **environment}
    return subprocess.run(command, cwd=cwd, env=own, capture_output=True, text=True)


def test_generate_and_show(tmp_path: Path) -> None:
    made = run("generate-cert", "--name", "device.local,10.0.0.1", "--name", "x.example", "--days", "30", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    # Exactly which file went where.
    assert "wrote    out/ssl/server.key.pem" in made.stdout.splitlines()
    assert "wrote    include/ssl/private_key.h" in made.stdout.splitlines()
    shown = run("cert-info", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    for text in ("device.local, 10.0.0.1, x.example", "ec256", "Ssl::Fingerprint::Pki::Sha256", "29 days left"):
        assert text in shown.stdout
    assert run("cert-info", "--fail-if-expires-within", "20", cwd=tmp_path).returncode == 0
    soon = run("cert-info", "--fail-if-expires-within", "60", cwd=tmp_path)
    assert soon.returncode == 1 and "wanted at least 60" in soon.stderr and "Traceback" not in soon.stderr


def test_again(tmp_path: Path) -> None:
    assert run("generate-cert", cwd=tmp_path).returncode == 0
    again = run("generate-cert", cwd=tmp_path)
    assert again.returncode == 0 and {line.split()[0] for line in again.stdout.splitlines()} == {"kept"}
    forced = run("generate-cert", "--force", cwd=tmp_path)
    assert "replaced out/ssl/server.key.pem" in forced.stdout.splitlines()
    refused = run("generate-cert", "--key-type", "rsa2048", cwd=tmp_path)
    assert refused.returncode == 1 and refused.stderr.startswith("error: ") and "FORCE=1" in refused.stderr


def test_password_comes_from_environment_or_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secret\n")
    assert run("generate-cert", "--password-file", "password", cwd=tmp_path).returncode == 0
    assert run("generate-cert", cwd=tmp_path, KEY_PASSWORD="secret").returncode == 0
    for wrong in ("", "other"):
        refused = run("generate-cert", cwd=tmp_path, KEY_PASSWORD=wrong)
        assert refused.returncode == 1 and "KEY_PASSWORD" in refused.stderr
    key = tmp_path / "out/ssl/server.key.pem"
    assert "ENCRYPTED" in key.read_text() and stat.S_IMODE(key.stat().st_mode) == 0o600


def test_traceback_on_request_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Traceback" not in run("cert-info", "missing", cwd=tmp_path).stderr
    assert "Traceback" in run("cert-info", "missing", cwd=tmp_path, SMING_TRACEBACK="1").stderr


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, text in (
        (["--help"], "tls-get"),
        (["--version"], __version__),
        (["tls-get", "--help"], "--resolve"),
    ):
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert caught.value.code == 0 and text in capsys.readouterr().out
    with pytest.raises(SystemExit) as caught:
        main([])
    assert caught.value.code == 2


def test_reader_that_goes_away(tmp_path: Path) -> None:
    assert run("generate-cert", cwd=tmp_path).returncode == 0
    command = f"{sys.executable} -m sming_host cert-info | head -c 1"
    own = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    result = subprocess.run(["bash", "-c", command], cwd=tmp_path, env=own, capture_output=True, text=True)
    assert result.stderr == ""
