"""Malformed, ambiguous and oversized requests are refused, and the server goes on."""

from __future__ import annotations

import re

import pytest

from tests.network.http_malformed import GROUPS
from tests.network.http_server import HttpServer


def refusal(server: HttpServer, data: bytes, end: bool) -> int:
    """Send it; return the status of the only response: 0 if there is none, -1 if the server does not close."""
    try:
        answer = server.exchange(data, end=end)
    except TimeoutError:
        return -1
    statuses = re.findall(rb"^HTTP/1\.1 (\d{3}) ", answer, re.MULTILINE)
    statuses = [status for status in statuses if status != b"100"]
    assert len(statuses) <= 1, f"more than one response: {answer!r}"
    if statuses:
        assert re.search(rb"^Connection: close\r$", answer, re.MULTILINE), answer
    return int(statuses[0]) if statuses else 0


@pytest.mark.parametrize("group", GROUPS)
def test_refused(http_server: HttpServer, group: str) -> None:
    cases = GROUPS[group]
    assert len({case.name for case in cases}) == len(cases)
    http_server.listen(size=4096, limit=4)
    wrong = []
    for case in cases:
        status = refusal(http_server, case.data, case.end)
        if status != case.status:
            wrong.append(f"{case.name}: {status} in place of {case.status}")
    assert not wrong, "\n".join(wrong)
    assert http_server.is_well()
    assert http_server.figures()["answered"] == 1, "a handler heard of a malformed request"


def test_there_are_enough() -> None:
    assert sum(map(len, GROUPS.values())) >= 200


@pytest.mark.parametrize("group", ["sizes", "codings", "chunks"])
def test_byte_by_byte(plain_http_server: HttpServer, group: str) -> None:
    """However the bytes are cut into segments, the answer is the same."""
    plain_http_server.listen(size=4096)
    for case in GROUPS[group]:
        if len(case.data) > 400:
            continue
        with plain_http_server.connect() as connection:
            try:
                for i in range(len(case.data)):
                    connection.send(case.data[i : i + 1])
            except ConnectionError:
                pass
            answer = connection.makefile("rb").readline()
        assert answer.startswith(b"HTTP/1.1 %d " % case.status), f"{case.name}: {answer!r}"
