"""A case of the table: a chain, the anchors, the settings, and the verdict that is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Callable, Optional, Union

from tests.x509 import makers
from tests.x509.makers import Certificate, Extension
from tests.x509.native import Settings

Change = Callable[[Certificate], Certificate]
Sent = Union[Certificate, bytes]
DEFAULT = Settings()


@dataclass
class Scene:
    """Root, intermediates below it, and the leaf; what is sent; what is trusted."""

    root: Certificate
    intermediates: list[Certificate]
    leaf: Certificate
    chain: list[bytes] = field(default_factory=list)
    anchors: list[bytes] = field(default_factory=list)


@dataclass(frozen=True)
class Case:
    """One row. Without anything, a good chain of three for www.example.org."""

    title: str
    # x509_error without prefix; NONE: accepted
    expected: str
    leaf: Optional[Change] = None
    # one change for each intermediate, from the root downwards
    inter: Sequence[Optional[Change]] = (None,)
    root: Optional[Change] = None
    # what is sent and trusted, if not leaf and intermediates, and the root
    chain: Optional[Callable[[Scene], Sequence[Sent]]] = None
    anchors: Optional[Callable[[Scene], Sequence[Sent]]] = None
    settings: Settings = DEFAULT
    # why pyca/cryptography's verifier refuses what we accept, where it does
    laxer: str = ""

    def build(self) -> Scene:
        root = _apply(self.root, makers.authority("Root"))
        above = root
        intermediates = []
        for number, change in enumerate(self.inter, 1):
            above = _apply(change, makers.authority(f"Intermediate {number}", above))
            intermediates.append(above)
        client = self.settings.client_certificate
        leaf = _apply(self.leaf, makers.leaf(above, client=client))
        scene = Scene(root, intermediates, leaf)
        scene.chain = _ders(self.chain(scene) if self.chain else [leaf, *reversed(intermediates)])
        scene.anchors = _ders(self.anchors(scene) if self.anchors else [root])
        return scene


def _apply(change: Optional[Change], certificate: Certificate) -> Certificate:
    return certificate if change is None else change(certificate)


def _ders(certificates: Sequence[Sent]) -> list[bytes]:
    return [c.der if isinstance(c, Certificate) else c for c in certificates]


# Changes


def ext(*extensions: Extension) -> Change:
    """Replace or add extensions."""
    return lambda c: c.extend(*extensions)


def add(*extensions: Extension) -> Change:
    """Add extensions behind those that are there, the same ones too."""
    return lambda c: c.append(*extensions)


def drop(*oids: str) -> Change:
    return lambda c: c.drop(*oids)


def put(**fields: Any) -> Change:
    """Replace fields of the certificate."""
    return lambda c: c.with_(**fields)


def also(*changes: Change) -> Change:
    """Several changes, one after the other."""

    def apply(certificate: Certificate) -> Certificate:
        for change in changes:
            certificate = change(certificate)
        return certificate

    return apply


def swap(old: bytes, new: bytes) -> Change:
    """Replace octets of the TBSCertificate that occur once, before it is signed; lengths stay as they are."""

    def hook(tbs: bytes) -> bytes:
        assert tbs.count(old) == 1 and len(old) == len(new), (tbs.count(old), old.hex())
        return tbs.replace(old, new)

    return lambda c: c.with_(tbs_hook=hook)


def names(*general_names: bytes, critical: bool = False) -> Change:
    return ext(makers.alt_names(*general_names, critical=critical))


def server(text: Optional[str], **more: Any) -> Settings:
    return Settings(server=text, **more)
