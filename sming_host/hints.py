"""Advice for frequent errors: what stands in an application's output, and what to do about it.

`./scons run` prints it under the message, failures of the pytest plugin below the output. A test checks that every
`Ssl::Error` that a user can do something about has its row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Hint:
    """A row of the table. `pattern` is searched in one line of output."""

    name: str
    pattern: re.Pattern[str]
    advice: str


def _hint(name: str, pattern: str, advice: str) -> Hint:
    return Hint(name, re.compile(pattern), advice)


# Patterns are the sentences of Ssl::Error (Error.h), names of TLS alerts, and messages of the network component.
# A more special row stands before a more general one: the first that matches a line counts.
HINTS = (
    _hint(
        "notEnabled",
        "TLS is not compiled in",
        "Build with ENABLE_SSL=Bearssl or ENABLE_SSL=Axtls, or set it in the application's SConscript.",
    ),
    _hint(
        "noMemory",
        "not enough heap for TLS|[Oo]ut of memory",
        "Give the device more with --heap, use a smaller session.maxBufferSize, or fewer connections at once; "
        "`./scons heap-plot` shows what takes the memory when.",
    ),
    _hint(
        "too many connections",
        r"connection refused: \d+ are open|\d+ connections held",
        "More clients at once than setMaxConnections() or HttpServerSettings::maxActiveConnections allow.",
    ),
    _hint("network memory", "no memory", "The heap is full: `./scons heap-plot` shows what takes the memory when."),
    _hint(
        "noEntropy",
        "random source is not seeded",
        "On host: is /dev/urandom there? ESP8266: `./scons SMING_SOC=esp8266 flash` writes its seed. Other chips: the "
        "random source failed its test; keys cannot be made without.",
    ),
    _hint(
        "nothingToVerify",
        "nothing to verify the server against",
        "Build with TRUST_ANCHORS=system or TRUST_ANCHORS=ca.pem, or pin (`./scons cert-info CERT=host:port`).",
    ),
    _hint(
        "noCertificate",
        "a server needs a certificate and a private key",
        "Run `./scons generate-cert APP=…`, build again, and assign both in the SSL init handler.",
    ),
    _hint(
        "keyMismatch",
        "private key does not belong to the certificate",
        "Make a new pair with `./scons generate-cert APP=… FORCE=1`, and build again.",
    ),
    _hint(
        "keyPassword",
        "private key is encrypted",
        "Give keyCert.assign() the password that KEY_PASSWORD had when the key was made.",
    ),
    _hint("badKey", "private key cannot be read", "It takes RSA or EC in DER or PEM: PKCS#1, SEC1 or PKCS#8."),
    _hint(
        "badCertificateData",
        "our own certificate cannot be read",
        "It takes X.509 in DER or PEM; look at it with `./scons cert-info CERT=file`.",
    ),
    _hint(
        "noHostName",
        "server's name is not known",
        "Set session.hostName in the SSL init handler: it is what the certificate is checked for.",
    ),
    _hint(
        "pinMismatch",
        "matches none of the pins",
        "The server has another certificate now. The new pins: `./scons cert-info CERT=host:port`.",
    ),
    _hint(
        "certificateName",
        "certificate is for another name",
        "Connect by a name that is in the certificate (`./scons cert-info CERT=host:port`), or issue it for this one: "
        "`./scons generate-cert CERT_SANS=name`.",
    ),
    _hint(
        "certificateExpired",
        "a certificate has expired",
        "Renew it (`./scons generate-cert` does so with its own). If it is not expired, the device's clock is wrong.",
    ),
    _hint(
        "certificateNotYetValid",
        "not valid yet",
        "The device's clock is behind: let NtpClient set it before connecting, or try --time=….",
    ),
    _hint(
        "clockNotSet",
        "clock is not set",
        "Start an NtpClient and connect once it has the time; on host the option --time sets the clock.",
    ),
    _hint(
        "selfSigned",
        "certificate is self-signed",
        "Trust exactly this one: build with TRUST_ANCHORS=its.pem, or pin it (`./scons cert-info` shows the pins).",
    ),
    _hint(
        "unknownCa",
        "does not lead to a trust anchor",
        "Build with the authority that issued it: TRUST_ANCHORS=ca.pem, or TRUST_ANCHORS=system for public servers. "
        "The server must send its intermediate certificates.",
    ),
    _hint(
        "certificateSignature",
        "signature in the certificate chain does not verify",
        "Was the authority made anew? One of the same name with another key does not vouch for this certificate: "
        "build with the present TRUST_ANCHORS.",
    ),
    _hint(
        "certificateWeak",
        "weak key or signature",
        "The server needs a new certificate: RSA-2048 or EC P-256 at least, signed with SHA-256.",
    ),
    _hint(
        "certificateUsage",
        "not meant for this use",
        "A server's certificate needs the extended key usage serverAuth, a client's clientAuth.",
    ),
    _hint(
        "protocolVersion",
        "no TLS version that is allowed|protocol_version",
        "Both sides must speak TLS 1.2: this one has no TLS 1.3, and older versions only on demand.",
    ),
    _hint(
        "handshakeFailure",
        "no cipher suite, curve or signature algorithm in common|handshake_failure",
        "Compare what both offer: session.cipherSuites, P-256 or P-384, and whether the server's key is EC or RSA. "
        "A server may also ask for a client certificate.",
    ),
    _hint(
        "recordTooLarge",
        "record is larger than the memory for it",
        "The server ignores the request for smaller records: set session.maxBufferSize to K16, or ask it for less.",
    ),
    _hint(
        "unknown_ca",
        "alert.*unknown_ca",
        "The peer does not trust our certificate: give it the authority, out/ssl/ca.crt.pem.",
    ),
    _hint(
        "certificate alert",
        "alert.*(bad_certificate|certificate_unknown|certificate_expired|unsupported_certificate)",
        "The peer refused our certificate: look at its names and dates with `./scons cert-info`.",
    ),
    _hint("unrecognized_name", "alert.*unrecognized_name", "The server does not know the name in session.hostName."),
    _hint(
        "port in use",
        "cannot listen on port|Address already in use|address in use",
        "Another program has this port (below 1024: port + 8000): run with ARGS=--map=free to get any that is free, "
        "or with a certain one: ARGS=--map=443:9443.",
    ),
    _hint(
        "resolve",
        "no address for",
        "The name is not in DNS, or DNS cannot be reached; --resolve=HOST:PORT:ADDRESS leads it somewhere.",
    ),
    _hint(
        "refused",
        "[Cc]onnection refused$",
        "Nothing listens there: is the server started, on this port? --resolve leads a name to another one.",
    ),
    _hint(
        "timed out",
        r"TCP: .*: timed out$",
        "Something on the way drops packets (a firewall?), or the server is busy for longer than setTimeOut() allows.",
    ),
    _hint(
        "MQTT login",
        r"MQTT: the server refuses the connection, code [45]",
        "User and password stand in the URL (mqtts://user:password@host/); the broker's log says which it wants.",
    ),
    _hint(
        "MQTT client",
        r"MQTT: the server refuses the connection, code 2",
        "The broker does not take this client's name: give another one to connect().",
    ),
    _hint(
        "truncated",
        "ended without close_notify",
        "The peer or something on the way cut the connection: do not trust what was received to be complete.",
    ),
)
"""The table."""

BY_NAME = {hint.name: hint for hint in HINTS}


def hint_for(line: str) -> str:
    """Return the advice for one line of output; empty if there is none."""
    return next((hint.advice for hint in HINTS if hint.pattern.search(line)), "")


def advise(output: str) -> list[str]:
    """Return the advice for all of some output, each once, in the order in which it came up."""
    return list(dict.fromkeys(advice for line in output.splitlines() if (advice := hint_for(line))))
