"""DNS, NTP, UDP, Wi-Fi, and the tables of --map and --resolve."""

from __future__ import annotations

import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Optional

import pytest

from tests.network.console import Console, running_console
from tests.network.servers import exchange, http_server
from tests.support.apps import build_app
from tests.support.datagrams import Answer, datagram_server
from tests.support.peers import free_port

UNIX_TO_NTP = 2208988800


def test_localhost(console: Console) -> None:
    console.send("dns localhost")
    console.expect(r"^\[dns\] address=127\.0\.0\.1 port=80")


def test_address_needs_no_lookup(console: Console) -> None:
    console.send("dns 192.0.2.7")
    console.expect(r"^\[dns\] address=192\.0\.2\.7")


def test_unknown_name(console: Console) -> None:
    console.send("dns nobody.invalid")
    console.expect(r"^\[dns\] pending")
    console.expect(r"^\[dns\] address=0\.0\.0\.0", 30)


def test_cancelled_lookups(console: Console) -> None:
    for _ in range(30):
        console.send("dns nobody.invalid cancel=1")
    time.sleep(0.3)
    console.send("dns localhost")
    console.expect(r"^\[dns\] address=127\.0\.0\.1", 30)


SLOW_RESOLVER = """\
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>
int getaddrinfo(const char* name, const char* service, const struct addrinfo* hints, struct addrinfo** list)
{
	if(strncmp(name, "slow", 4) == 0) {
		sleep(600);
	}
	int (*real)(const char*, const char*, const struct addrinfo*, struct addrinfo**) = dlsym(RTLD_NEXT, "getaddrinfo");
	return real(name, service, hints, list);
}
"""


@pytest.fixture
def slow_console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Console]:
    """A console on a machine whose resolver does not answer for some names."""
    (tmp_path / "slow.c").write_text(SLOW_RESOLVER)
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", "slow.so", "slow.c", "-ldl"], cwd=tmp_path, check=True)
    executable = shutil.copy2(build_app("tests/apps/NetworkTestConsole", ssl="0"), tmp_path)
    monkeypatch.setenv("LD_PRELOAD", str(tmp_path / "slow.so"))
    with running_console(Path(executable)) as console:
        yield console


def test_cancelled_lookups_without_an_answer(slow_console: Console) -> None:
    """The system's resolver cannot be stopped; who asks next is answered nevertheless."""
    for number in range(10):
        slow_console.send(f"dns slow{number}.test")
        slow_console.expect(r"^\[dns\] pending", count=number + 1)
        time.sleep(0.05)  # so that it has begun; the next one cancels it
    slow_console.send("dns localhost")
    slow_console.expect(r"^\[dns\] address=127\.0\.0\.1", 30)


def test_lookup_that_waits_behind_cancelled_ones(slow_console: Console) -> None:
    for number in range(4):
        slow_console.send(f"dns slow{number}.test id={number}")
        slow_console.expect(r"^\[dns\] pending", count=number + 1)
    time.sleep(0.2)  # so that they have begun
    slow_console.send("dns localhost id=4")
    slow_console.expect(r"^\[dns\] pending", count=5)
    for number in range(4):
        slow_console.send(f"dns 192.0.2.7 id={number}")  # needs no lookup; cancels the one before
    slow_console.expect(r"^\[dns\] address=127\.0\.0\.1", 30)


def test_resolve_option(executable: Path) -> None:
    with (
        http_server() as server,
        running_console(
            executable, f"--resolve=example.test:80:127.0.0.1:{server.port}", "--resolve=other.test:0:127.0.0.9"
        ) as console,
    ):
        console.send("http a http://example.test/bytes/3")
        console.expect(r"^\[a\] http ok=1 code=200 received=3 ")
        assert server.requests == ["GET /bytes/3 example.test"]
        console.send("dns OTHER.test port=81")
        console.expect(r"^\[dns\] address=127\.0\.0\.9 port=81")


def test_map_option(executable: Path) -> None:
    port = free_port()
    with running_console(executable, f"--map=443:{port}") as console:
        console.send("server listen port=443")
        console.expect(rf"^\[server\] listening port={port}")
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            assert exchange(connection, b"hello", 5) == b"hello"


def test_udp_echo(console: Console) -> None:
    port = free_port()
    console.send(f"udp listen port={port}")
    console.expect(r"^\[udp\] listening")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.settimeout(10)
        for text in (b"one", b"two"):
            peer.sendto(text, ("127.0.0.1", port))
            assert peer.recv(100) == text
        console.send(f"udp listen port={port} on-receive=delete")
        console.expect(r"^\[udp\] listening", count=2)
        peer.sendto(b"three", ("127.0.0.1", port))
        assert peer.recv(100) == b"three"


def ntp_reply(
    question: bytes, unix: int, *, first: int = 0x24, stratum: int = 2, origin: Optional[bytes] = None
) -> bytes:
    assert len(question) == 48 and question[0] == 0x23
    head = struct.pack("!BBbb", first, stratum, 6, -20) + bytes(20)
    stamp = struct.pack("!II", (unix + UNIX_TO_NTP) % 2**32, 1 << 20)
    return head + (question[40:48] if origin is None else origin) + stamp + stamp


@pytest.mark.parametrize("unix", [1_700_000_000, 2_085_978_496, 2_085_978_497, 4_000_000_000])
def test_time_is_taken_and_set(executable: Path, unix: int) -> None:
    with (
        datagram_server(lambda question: ntp_reply(question, unix)) as port,
        running_console(executable, f"--resolve=time.test:123:127.0.0.1:{port}", "--time=unset") as console,
    ):
        console.send("ntp time.test set=1")
        match = console.expect(r"^\[ntp\] time=(\d+) clock=(\d+)")
        assert abs(int(match[1]) - unix) <= 1
        assert abs(int(match[2]) - unix) <= 2


BAD_ANSWERS: dict[str, Answer] = {
    "forged": lambda question: ntp_reply(question, 1_700_000_000, origin=b"forged!!"),
    "not a server's": lambda question: ntp_reply(question, 1_700_000_000, first=0x23),
    "unsynchronised": lambda question: ntp_reply(question, 1_700_000_000, first=0xE4),
    "kiss of death": lambda question: ntp_reply(question, 1_700_000_000, stratum=0),
    "stratum 16": lambda question: ntp_reply(question, 1_700_000_000, stratum=16),
}


@pytest.mark.parametrize("answer", BAD_ANSWERS.values(), ids=BAD_ANSWERS)
def test_bad_answers_do_not_count(executable: Path, answer: Answer) -> None:
    with (
        datagram_server(answer) as port,
        running_console(executable, f"--resolve=time.test:123:127.0.0.1:{port}") as console,
    ):
        console.send("ntp time.test set=1")
        time.sleep(1)
        assert "[ntp] time" not in console.text


def test_short_answer_is_ignored(executable: Path) -> None:
    with (
        datagram_server(lambda question: question[:20]) as port,
        running_console(executable, f"--resolve=time.test:123:127.0.0.1:{port}") as console,
    ):
        console.send("ntp time.test")
        time.sleep(0.5)
        assert "[ntp] time" not in console.text


def test_lost_question_is_repeated(executable: Path) -> None:
    seen = 0

    def answer(question: bytes) -> Optional[bytes]:
        nonlocal seen
        seen += 1
        return ntp_reply(question, 1_700_000_000) if seen > 1 else None

    with (
        datagram_server(answer) as port,
        running_console(executable, f"--resolve=time.test:123:127.0.0.1:{port}") as console,
    ):
        console.send("ntp time.test interval=10")
        console.expect(r"^\[ntp\] time=17000000", 12)
        assert seen == 2


def test_wifi_is_connected_at_once(console: Console) -> None:
    console.send("wifi on")
    console.expect(r"^\[wifi\] Connecting")
    console.expect(r"^\[wifi\] connected net")
    console.expect(r"^\[wifi\] address 127\.0\.0\.1 mask 255\.0\.0\.0")
    console.send("wifi off")
    console.expect(r"^\[wifi\] disconnected net ASSOC_LEAVE")
