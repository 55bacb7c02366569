"""Cells of the interoperation table that must not come to a conversation, and why.

Everything that is not here must work. What is here must fail in just this way: at the device with this error and
this alert, at the peer with these words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Optional

from tests.interop.cases import CLIENT, SERVER, Case
from tests.support.adapters import ADAPTERS


@dataclass(frozen=True)
class Refusal:
    """How a conversation is refused."""

    why: str
    code: Optional[str]
    """`Ssl::Error` of the device; None if it notices nothing but a goodbye without data."""
    alert: Optional[str]
    """Alert on the wire; a peer's versions may differ: "this or that"."""
    said: str
    """What the peer says, in part."""


@dataclass(frozen=True)
class _Row:
    """A refusal by every peer, in the words of each."""

    why: str
    code: Optional[str]
    alert: Optional[str]
    said: Mapping[str, str]
    exceptions: Mapping[str, Optional[Refusal]] = field(default_factory=dict)
    """Peers that behave in another way; None: it works."""


# What peers say when they get the device's alert. OpenSSL's words before them differ between its versions.
_HEARD: Mapping[str, Mapping[str, str]] = {
    "handshake_failure": {
        "OpenSSL": "alert handshake failure",
        "GnuTLS": "Received alert [40]",
        "NSS": "SSL_ERROR_",
        "JSSE": "fatal alert: handshake_failure",
        "curl": "alert handshake failure",
        "Python ssl": "ALERT_HANDSHAKE_FAILURE",
    },
    "unknown_ca": {
        "OpenSSL": "alert unknown ca",
        "GnuTLS": "alert",
        "NSS": "Peer does not recognize and trust the CA that issued your certificate",
        "JSSE": "fatal alert: unknown_ca",
        "curl": "alert unknown ca",
        "Python ssl": "ALERT_UNKNOWN_CA",
    },
    "bad_certificate": {
        "OpenSSL": "alert bad certificate",
        "GnuTLS": "A TLS fatal alert has been received",
        "NSS": "SSL peer cannot verify your certificate",
        "JSSE": "fatal alert: bad_certificate",
        "Python ssl": "ALERT_BAD_CERTIFICATE",
    },
    "protocol_version": {
        "OpenSSL": "alert protocol version",
        "GnuTLS": "alert",
        "NSS": "Peer reports incompatible or unsupported protocol version",
        "JSSE": "fatal alert: protocol_version",
        "curl": "alert protocol version",
        "Python ssl": "ALERT_PROTOCOL_VERSION",
    },
}

_NO_SUITE = {
    "OpenSSL": "no shared cipher",
    "GnuTLS": "No supported cipher suites have been found",
    "NSS": "no common encryption algorithm",
    "JSSE": "no cipher suites in common",
    "Python ssl": "NO_SHARED_CIPHER",
}

_NO_CERTIFICATE = "The server wants a certificate and the device has none. Servers have different alerts for that."

_CASES: Mapping[tuple[str, str, str], _Row] = {
    (CLIENT, "Versions", "TLS 1.1 alone"): _Row(
        "TLS 1.0 and 1.1 are off by default (RFC 8996): the device refuses the server's answer.",
        "protocolVersion",
        "protocol_version",
        _HEARD["protocol_version"],
    ),
    (SERVER, "Versions", "TLS 1.1 alone"): _Row(
        "TLS 1.0 and 1.1 are off by default (RFC 8996): the device refuses the client.",
        "protocolVersion",
        "protocol_version",
        _HEARD["protocol_version"],
    ),
    (CLIENT, "Versions", "TLS 1.3 alone"): _Row(
        "The device speaks TLS 1.2, the server nothing but 1.3 and refuses.",
        "alertReceived",
        "protocol_version",
        {
            "OpenSSL": "unsupported protocol",
            "NSS": "unsupported version of security protocol",
            "JSSE": "TLSv1.2 is not enabled",
            "Python ssl": "UNSUPPORTED_PROTOCOL",
        },
        {
            "GnuTLS": Refusal(
                "GnuTLS looks for a suite first, and has none for TLS 1.2.",
                "alertReceived",
                "handshake_failure",
                "No supported cipher suites have been found",
            )
        },
    ),
    (SERVER, "Versions", "TLS 1.3 alone"): _Row(
        "The device speaks TLS 1.2, the client nothing but 1.3.",
        "protocolVersion",
        "protocol_version",
        _HEARD["protocol_version"],
    ),
    (CLIENT, "Client certificates", "none"): _Row(
        _NO_CERTIFICATE,
        "alertReceived",
        "handshake_failure",
        {
            "OpenSSL": "peer did not return a certificate",
            "Python ssl": "PEER_DID_NOT_RETURN_A_CERTIFICATE",
        },
        {
            "GnuTLS": Refusal(_NO_CERTIFICATE, "alertReceived", "decode_error", "No certificate was found"),
            "NSS": Refusal(_NO_CERTIFICATE, "alertReceived", "bad_certificate", "Unable to find the certificate"),
            "JSSE": Refusal(
                _NO_CERTIFICATE,
                "alertReceived",
                "bad_certificate or handshake_failure",
                "Empty client certificate chain",
            ),
        },
    ),
    (SERVER, "Client certificates", "none"): _Row(
        "The device wants a certificate and the client has none (RFC 5246 §7.4.6).",
        "noPeerCertificate",
        "handshake_failure",
        _HEARD["handshake_failure"],
    ),
    (CLIENT, "Client certificates", "a stranger's"): _Row(
        "The server does not know who issued the device's certificate.",
        "alertReceived",
        "unknown_ca",
        {
            "OpenSSL": "certificate verify failed",
            "NSS": "issuer is not recognized",
            "Python ssl": "CERTIFICATE_VERIFY_FAILED",
        },
        {
            "GnuTLS": Refusal("gnutls-serv has its own alert.", "alertReceived", "access_denied", "Error in the cert"),
            "JSSE": Refusal("Java has its own alert.", "alertReceived", "certificate_unknown", "PKIX path building"),
        },
    ),
    (SERVER, "Client certificates", "a stranger's"): _Row(
        "The device does not know who issued the client's certificate.",
        "unknownCa",
        "unknown_ca",
        {**_HEARD["unknown_ca"], "GnuTLS": "Received alert [48]", "NSS": "SSL_ERROR_UNKNOWN_CA_ALERT"},
        {
            "JSSE": Refusal(
                "Java goes by the list of authorities that the device sends, and shows no other's certificate.",
                "noPeerCertificate",
                "handshake_failure",
                "fatal alert: handshake_failure",
            )
        },
    ),
    (CLIENT, "Nothing in common", "cipher suites"): _Row(
        "The server has AES-256-GCM alone, which is in the device's list full, not in basic.",
        "alertReceived",
        "handshake_failure",
        _NO_SUITE,
    ),
    (SERVER, "Nothing in common", "cipher suites"): _Row(
        "The client has AES-256-GCM alone, which is in the device's list full, not in basic.",
        "handshakeFailure",
        "handshake_failure",
        _HEARD["handshake_failure"],
    ),
    (SERVER, "Nothing in common", "ECDHE_RSA with an EC key"): _Row(
        "The client has suites for RSA keys alone, and the device's key is an EC key.",
        "handshakeFailure",
        "handshake_failure",
        _HEARD["handshake_failure"],
    ),
    **{
        (CLIENT, "Nothing in common", f"key exchange {group}"): _Row(
            f"The server has no group but {group}, which the device has not.",
            "alertReceived",
            "handshake_failure",
            _NO_SUITE,
        )
        for group in ("X448", "FFDHE2048")
    },
    **{
        (SERVER, "Nothing in common", f"key exchange {group}"): _Row(
            f"The client has no group but {group}, which the device has not.",
            "handshakeFailure",
            "handshake_failure",
            _HEARD["handshake_failure"],
        )
        for group in ("X448", "FFDHE2048")
    },
    (SERVER, "Nothing in common", "the curve of the server's key"): _Row(
        "The client takes no key on P-256, not even to sign with (RFC 8422 §5.1): it offers X25519 alone.",
        "handshakeFailure",
        "handshake_failure",
        _HEARD["handshake_failure"],
    ),
    (SERVER, "Not trusted", "authority"): _Row(
        "The client does not know who issued the device's certificate.",
        "alertReceived",
        "unknown_ca",
        {
            "OpenSSL": "certificate verify failed",
            "NSS": "SEC_ERROR_UNKNOWN_ISSUER",
            "curl": "unable to get local issuer certificate",
            "Python ssl": "CERTIFICATE_VERIFY_FAILED",
        },
        {
            "GnuTLS": Refusal("gnutls-cli has its own alert.", "alertReceived", "bad_certificate", "issuer is unknown"),
            "JSSE": Refusal("Java has its own alert.", "alertReceived", "certificate_unknown", "PKIX path building"),
        },
    ),
    (CLIENT, "Not trusted", "authority"): _Row(
        "The device does not know who issued the server's certificate.",
        "unknownCa",
        "unknown_ca",
        _HEARD["unknown_ca"],
    ),
    (SERVER, "Not trusted", "name"): _Row(
        "The device's certificate is for another name than the client calls.",
        "alertReceived",
        "bad_certificate",
        {
            "OpenSSL": "certificate verify failed",
            "GnuTLS": "does not match the expected",
            "NSS": "SSL_ERROR_BAD_CERT_DOMAIN",
            "Python ssl": "CERTIFICATE_VERIFY_FAILED",
        },
        {
            "JSSE": Refusal(
                "Java has its own alert.", "alertReceived", "certificate_unknown", "No subject alternative"
            ),
            "curl": Refusal("curl compares names by itself, and then just closes.", None, None, "no alternative cert"),
        },
    ),
    (CLIENT, "Not trusted", "name"): _Row(
        "The server's certificate is for another name than the device calls.",
        "certificateName",
        "bad_certificate",
        _HEARD["bad_certificate"],
    ),
}


NOT_RESUMED: Mapping[tuple[str, str, str], str] = {
    (
        "Bearssl",
        CLIENT,
        "JSSE",
    ): "Java's server resumes no session without the extended master secret "
    "(RFC 7627), which BearSSL does not have, and shakes hands anew.",
}
"""Peers, by the device's adapter and role, whose second conversation works but does not go on from the first session,
and why."""


def expected(adapter: str, peer: str, role: str, case: Case) -> Optional[Refusal]:
    """How this cell must be refused; None: it must work."""
    name = case.name
    if name == "TLS 1.1 alone, allowed" and not ADAPTERS[adapter].legacy_versions:
        name = "TLS 1.1 alone"  # there is nothing to allow
    row = _CASES.get((role, case.section, name))
    if row is None:
        return None
    if peer in row.exceptions:
        return row.exceptions[peer]
    return Refusal(row.why, row.code, row.alert, row.said[peer])
