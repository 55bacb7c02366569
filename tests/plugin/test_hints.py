"""The table of hints: what an application really prints has its advice."""

from __future__ import annotations

import re

import pytest

from sming_host.hints import BY_NAME, HINTS, advise, hint_for
from tests.build.project import CHECKOUT

PEER_AT_FAULT = {
    # The peer broke the protocol, or we did: nothing that a setting could mend
    *("unexpectedMessage", "decodeError", "illegalParameter", "unsupportedExtension", "badRecordMac"),
    *("recordOverflow", "decryptError", "renegotiation", "internal", "certificateMalformed"),
    *("certificateNotCa", "certificateConstraint", "certificateCritical", "certificateAlgorithm"),
    # Said by the alert's name, or by the application
    *("none", "alertReceived", "canceled", "timeout", "noPeerCertificate"),
}


def errors() -> dict[str, str]:
    """Name and sentence of every Ssl::Error."""
    header = (CHECKOUT / "components/ssl/include/Network/Ssl/Error.h").read_text("utf-8").replace("\\\n", " ")
    table = header.partition("#define SSL_ERROR_MAP(X)")[2].partition("namespace")[0]
    rows = re.findall(r'X\((\w+),\s*\w+,\s*((?:"[^"]*"\s*)+)\)', table)
    return {name: "".join(re.findall(r'"([^"]*)"', text)) for name, text in rows}


def test_every_error_that_can_be_mended_has_its_row() -> None:
    known = errors()
    assert len(known) > 35
    for name, text in known.items():
        if name not in PEER_AT_FAULT:
            assert hint_for(f"TLS: host: {text}") == BY_NAME[name].advice, name
        else:
            assert hint_for(text) == "", name


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("TLS: a.test: the peer ended the connection with an alert: unknown_ca (48)", "unknown_ca"),
        ("the peer ended the connection with an alert: certificate_expired (45)", "certificate alert"),
        ("the peer ended the connection with an alert: handshake_failure (40)", "handshakeFailure"),
        ("the peer ended the connection with an alert: protocol_version (70)", "protocolVersion"),
        ("TCP: cannot listen on port 443: it is in use", "port in use"),
        ("TCP: no address for nowhere.test", "resolve"),
        ("TCP: a.test: connection refused", "refused"),
        ("TCP: no memory to send 100 bytes", "network memory"),
        ("Out of memory", "noMemory"),
        ("TCP: connection refused: no memory", "network memory"),
        ("TCP: connection refused: 10 are open, as many as setMaxConnections() allows", "too many connections"),
        ("TCP: a.test: timed out", "timed out"),
        ("MQTT: the server refuses the connection, code 5", "MQTT login"),
    ],
)
def test_lines_of_a_log(line: str, name: str) -> None:
    assert hint_for(line) == BY_NAME[name].advice


def test_good_news_need_no_advice() -> None:
    assert (
        advise("Connected. Got IP: 127.0.0.1\nGot response code: 200 (OK), success: 1\nListening on 1.2.3.4:443") == []
    )


def test_each_advice_once_and_in_order() -> None:
    output = "\n".join(["TCP: no address for a", "the clock is not set", "TCP: no address for b"])
    assert advise(output) == [BY_NAME["resolve"].advice, BY_NAME["clockNotSet"].advice]


def test_names_are_unique() -> None:
    assert len(BY_NAME) == len(HINTS)
