"""The table: what a certificate chain may and may not look like, by category.

Each row gives the verdict that RFC 5280, RFC 9525 and this project's policy (components/x509/README.md) ask for.
"""

from __future__ import annotations

from tests.x509.cases_basics import CHAIN, DATES, MODES, VERSIONS
from tests.x509.cases_crypto import ENCODING, KEYS, SIGNATURES
from tests.x509.cases_names import ADDRESSES, DNS_CONSTRAINTS, IP_CONSTRAINTS, NAMES, OTHER_CONSTRAINTS
from tests.x509.cases_usage import BASIC_CONSTRAINTS, EXTENSIONS, KEY_USAGE, PURPOSE_CASES
from tests.x509.scene import Case

CASES: dict[str, list[Case]] = {
    "chain": CHAIN,
    "dates": DATES,
    "modes": MODES,
    "version and serial number": VERSIONS,
    "DNS names": NAMES,
    "addresses": ADDRESSES,
    "DNS constraints": DNS_CONSTRAINTS,
    "address constraints": IP_CONSTRAINTS,
    "other constraints": OTHER_CONSTRAINTS,
    "basic constraints": BASIC_CONSTRAINTS,
    "key usage": KEY_USAGE,
    "extended key usage": PURPOSE_CASES,
    "extensions": EXTENSIONS,
    "keys": KEYS,
    "signatures": SIGNATURES,
    "encoding": ENCODING,
}
