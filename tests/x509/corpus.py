"""Seeds for the fuzzer of the validator (`sming_x509_fuzz` in sming_host/x509.h), made of the table's cases."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.x509.cases import CASES

WHOLE, NO_CHAIN = 0x20, 0x02


def seeds() -> Iterator[bytes]:
    """One input for each case: settings, then the chain and the anchors with a length of two octets each."""
    for cases in CASES.values():
        for case in cases:
            scene = case.build()
            anchors = scene.anchors[:3]
            certificates = [c[:0xFFFF] for c in (*scene.chain, *anchors)]
            flags = WHOLE | (case.settings.client_certificate and 1) | (0 if case.settings.check_chain else NO_CHAIN)
            head = bytes([flags, 0, 0, len(anchors)])
            if sum(map(len, certificates)) < 8000:
                yield head + b"".join(len(c).to_bytes(2, "big") + c for c in certificates)


def write(folder: Path) -> int:
    """Write the seeds, one file each. Returns how many."""
    folder.mkdir(parents=True, exist_ok=True)
    names = set()
    for seed in seeds():
        name = hashlib.sha256(seed).hexdigest()[:16]
        (folder / name).write_bytes(seed)
        names.add(name)
    return len(names)


if __name__ == "__main__":
    print(f"{write(Path(sys.argv[1]))} seeds in {sys.argv[1]}")
