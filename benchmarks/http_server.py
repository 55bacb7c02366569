"""Our HttpServer (release build, each adapter) beside nginx, both in one run.

    python -m benchmarks.http_server [--rounds N] [--seconds S] [--out FOLDER]

wrk keeps 50 connections busy over loopback: one file of 1 KB over HTTPS, with the same certificate (ECDSA P-256) and
suite (ECDHE-ECDSA-AES128-GCM-SHA256, TLS 1.2), and over plain HTTP. nginx has one worker, as our server has one
thread. The servers take turns; medians count. At least 10,000 requests are made of each and none may be lost. Writes
http_server.json and http_server.svg.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.arguments import positive
from benchmarks.plot import bar_chart
from sming_host.build import archive
from tests.network.http_server import build_server, running_server
from tests.network.tls_server import client_context
from tests.support.load import Load, run_wrk
from tests.support.peers import LOOPBACK, free_port, wait_until_listening
from tests.support.pki import Authority, Identity

CONNECTIONS = 50
LEAST = 10000
PAGE = b"<!DOCTYPE html><title>x</title>" + b"0123456789abcdef" * 62 + b"\n"
SUITE = "ECDHE-ECDSA-AES128-GCM-SHA256"
ADAPTERS = {"axtls": "Axtls", "bearssl": "Bearssl", "plain": "0"}

_NGINX = """
daemon off;
master_process off;
worker_processes 1;
error_log stderr crit;
pid {folder}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    default_type text/html;
    keepalive_requests 100000000;
    sendfile on;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    server {{
        listen {address}:{port} {ssl};
        {certificate}
        root {files};
    }}
}}
"""


@contextlib.contextmanager
def nginx(folder: Path, files: Path, identity: Identity, secure: bool) -> Iterator[str]:
    """Start nginx; gives the URL of the page."""
    port = free_port()
    certificate, key = identity.write(folder, "nginx")
    lines = f"ssl_certificate {certificate}; ssl_certificate_key {key}; ssl_protocols TLSv1.2; ssl_ciphers {SUITE};"
    text = _NGINX.format(
        folder=folder,
        files=files,
        address=LOOPBACK,
        port=port,
        ssl="ssl" if secure else "",
        certificate=lines if secure else "",
    )
    configuration = folder / "nginx.conf"
    configuration.write_text(text)
    program = str(archive.tool_package("nginx").program("nginx"))
    # As root it would change to a user who cannot read the temporary folder
    user = ["-g", "user root;"] if os.geteuid() == 0 else []
    process = subprocess.Popen(
        [program, "-p", str(folder), "-e", "stderr", "-c", str(configuration), *user], stdin=subprocess.DEVNULL
    )
    try:
        wait_until_listening(port, process, connect=False)
        yield f"{'https' if secure else 'http'}://{LOOPBACK}:{port}/page.html"
    finally:
        process.terminate()
        process.wait(10)


@contextlib.contextmanager
def ours(executable: Path, folder: Path, files: Path, identity: Identity, authority: Authority) -> Iterator[str]:
    """Start our server; gives the URL of the page. Its file is that of nginx."""
    secure = executable.parent.name != "plain"
    tls = client_context(authority) if secure else None
    with running_server(executable, tls, f"--files={files}") as server:
        if secure:
            server.load(identity, folder)
        server.listen(limit=CONNECTIONS + 10, keep=60)  # wrk first looks with one more whether anybody is there
        yield f"{'https' if secure else 'http'}://{LOOPBACK}:{server.port}/file?name=page.html"


def build(folder: Path) -> dict[str, Path]:
    """Build ours with each adapter."""
    executables = {}
    for name, adapter in ADAPTERS.items():
        (folder / name).mkdir()
        executables[name] = build_server(folder / name, ssl=adapter, SMING_RELEASE="1")
    return executables


def measure(folder: Path, rounds: int, seconds: int) -> dict[str, list[Load]]:
    """Run every server in turn, `rounds` times."""
    files = folder / "files"
    files.mkdir()
    (files / "page.html").write_bytes(PAGE)
    files.chmod(0o755)
    authority = Authority()
    identity = authority.issue("localhost", LOOPBACK)
    executables = build(folder)
    loads: dict[str, list[Load]] = {}
    for _ in range(rounds):
        for name in ("nginx", "bearssl", "axtls", "nginx plain", "plain"):
            if name.startswith("nginx"):
                server = nginx(folder, files, identity, secure=name == "nginx")
            else:
                server = ours(executables[name], folder, files, identity, authority)
            with server as url:
                load = run_wrk(folder, url, connections=CONNECTIONS, seconds=seconds)
            print(f"{name:12} {load.rate:9.0f} requests/s  {load.requests:7} requests  {load.lost} lost", flush=True)
            loads.setdefault(name, []).append(load)
    for name, done in loads.items():
        if any(load.lost for load in done) or sum(load.requests for load in done) < LEAST:
            raise SystemExit(f"{name}: requests were lost, or fewer than {LEAST} were made")
    return loads


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=positive, default=5)
    parser.add_argument("--seconds", type=positive, default=4)
    parser.add_argument("--out", type=Path, default=Path("out/benchmarks"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        loads = measure(Path(folder), arguments.rounds, arguments.seconds)
    rates = {name: statistics.median(load.rate for load in done) for name, done in loads.items()}
    rows = {
        name: {
            "requests_per_second": round(rates[name]),
            "beside_nginx": round(rates[name] / rates["nginx plain" if "plain" in name else "nginx"], 3),
            "requests": sum(load.requests for load in done),
            "lost": 0,
            "median_us": statistics.median(load.median_us for load in done),
            "p99_us": statistics.median(load.p99_us for load in done),
        }
        for name, done in loads.items()
    }
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "http_server.json").write_text(json.dumps(rows, indent=1) + "\n")
    names = {
        "nginx": "nginx, HTTPS",
        "bearssl": "Bearssl, HTTPS",
        "axtls": "Axtls, HTTPS",
        "nginx plain": "nginx, HTTP",
        "plain": "ours, HTTP",
    }
    chart = bar_chart(
        f"Requests per second, {CONNECTIONS} connections kept alive, 1 KB",
        [(names[name], round(rate)) for name, rate in rates.items()],
    )
    (arguments.out / "http_server.svg").write_text(chart)
    for name, row in rows.items():
        print(f"{names[name]:16} {row['requests_per_second']:7} requests/s, {row['beside_nginx']} of nginx")


if __name__ == "__main__":
    main()
