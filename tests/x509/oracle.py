"""pyca/cryptography's path validation, as a second opinion."""

from __future__ import annotations

import datetime
import ipaddress
import warnings
from collections.abc import Sequence

from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509 import verification

from tests.x509.native import Settings, is_address


def _without_key_ids(policy: verification.ExtensionPolicy) -> verification.ExtensionPolicy:
    """Key identifiers are hints to those who build paths (RFC 5280 §4.2.1.1); the web's profile demands them."""
    anyhow = verification.Criticality.AGNOSTIC
    policy = policy.may_be_present(x509.AuthorityKeyIdentifier, anyhow, None)
    return policy.may_be_present(x509.SubjectKeyIdentifier, anyhow, None)


_CA_POLICY = _without_key_ids(verification.ExtensionPolicy.webpki_defaults_ca())
_END_POLICY = _without_key_ids(verification.ExtensionPolicy.webpki_defaults_ee())


def refuses(chain: Sequence[bytes], anchors: Sequence[bytes], settings: Settings) -> str:
    """Why pyca refuses a chain; empty if it accepts."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        try:
            _verify(chain, anchors, settings)
        except (verification.VerificationError, ValueError, x509.UnsupportedGeneralNameType) as error:
            return str(error) or type(error).__name__
    return ""


def _verify(chain: Sequence[bytes], anchors: Sequence[bytes], settings: Settings) -> None:
    certificates = [x509.load_der_x509_certificate(c) for c in chain]
    store = verification.Store([x509.load_der_x509_certificate(a) for a in anchors])
    assert settings.time is not None
    when = datetime.datetime.fromtimestamp(settings.time, datetime.timezone.utc).replace(tzinfo=None)
    builder = verification.PolicyBuilder().store(store).time(when).max_chain_depth(10)
    builder = builder.extension_policies(ca_policy=_CA_POLICY, ee_policy=_END_POLICY)
    if settings.client_certificate:
        builder.build_client_verifier().verify(certificates[0], certificates[1:])
        return
    server = settings.server or ""
    subject: verification.Subject
    if is_address(server):
        subject = x509.IPAddress(ipaddress.ip_address(server.strip("[]")))
    else:
        subject = x509.DNSName(server.rstrip("."))
    builder.build_server_verifier(subject).verify(certificates[0], certificates[1:])
