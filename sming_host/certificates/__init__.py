"""Keys and certificates for devices: what ``generate-cert`` and ``cert-info`` do, as plain functions.

``authority`` makes keys and certificates in memory, ``files`` puts them on disk without ever showing or
overwriting a key, ``headers`` writes them as C arrays, ``generate`` joins the three into ``generate-cert``.
``inspect`` reads certificates from anywhere and ``report`` prints them, as ``cert-info`` does. ``variables``
turns build variables (``KEY_TYPE=rsa2048``) into settings; ``command`` is the command line.
"""

from __future__ import annotations

from sming_host.certificates.authority import DEFAULT_NAMES, KEY_TYPES
from sming_host.certificates.generate import Outcome, Settings, generate
from sming_host.certificates.inspect import CertificateInfo, load
from sming_host.certificates.report import check_expiry, report
from sming_host.certificates.variables import VARIABLES, settings_from_variables

__all__ = [
    "DEFAULT_NAMES",
    "KEY_TYPES",
    "VARIABLES",
    "CertificateInfo",
    "Outcome",
    "Settings",
    "check_expiry",
    "generate",
    "load",
    "report",
    "settings_from_variables",
]
