"""What can go wrong with TLS, sorted by whose fault it is."""

from __future__ import annotations

from typing import Optional

from sming_host.errors import UserError


class UsageError(Exception):
    """The calling code did something that makes no sense in the session's state. A bug, never the peer's doing."""


class LibraryError(UserError):
    """The shared library with the device's code is missing, cannot be built or does not fit this package."""


class TlsError(UserError):
    """A session was refused or ended by an error.

    `code` is the name of an `Ssl::Error`, as in Error.h ("unknownCa"). `alert` is the TLS alert that was sent or,
    if `alert_received`, came from the peer, as the RFCs name it ("unknown_ca"); None where there was none.
    """

    def __init__(
        self, message: str, code: str, alert: Optional[str] = None, alert_received: bool = False, hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.alert = alert
        self.alert_received = alert_received


class ConfigurationError(TlsError):
    """The session cannot start as it was set up: nothing to verify against, a key that does not fit, …."""


class ResourceError(TlsError):
    """Not enough memory, or no random numbers."""


class CertificateError(TlsError):
    """The peer's certificate was refused."""


class ProtocolError(TlsError):
    """The peer broke the protocol, or has nothing in common with us."""


class AlertReceived(TlsError):
    """The peer refused us and said why, in `alert`."""


class TruncatedError(TlsError):
    """The transport ended without the peer's close_notify: what was read may not be all."""


_CONFIGURATION = (
    "notEnabled",
    "nothingToVerify",
    "noCertificate",
    "badKey",
    "keyPassword",
    "badCertificateData",
    "keyMismatch",
    "noHostName",
)
_RESOURCES = ("noMemory", "noEntropy")
_CERTIFICATE = ("pinMismatch", "clockNotSet", "unknownCa", "selfSigned", "noPeerCertificate")
_OURS = ("canceled", "timeout", "internal")


def class_for(code: str) -> type[TlsError]:
    """The exception for an `Ssl::Error`."""
    if code in _CONFIGURATION:
        return ConfigurationError
    if code in _RESOURCES:
        return ResourceError
    if code in _CERTIFICATE or code.startswith("certificate"):
        return CertificateError
    if code == "alertReceived":
        return AlertReceived
    if code == "truncated":
        return TruncatedError
    if code in _OURS:
        return TlsError
    return ProtocolError
