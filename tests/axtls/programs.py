"""C programs that look at the engine from inside: memory figures, timing, the fuzzer without libFuzzer."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.axtls import native
from tests.axtls.conftest import World


def identity_header(world: World) -> str:
    """identity.h: an EC and an RSA certificate with their keys, as C arrays."""
    ec, rsa_2048 = world.servers["ec256"], world.servers["rsa2048"]
    public = rsa_2048.certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    arrays = {
        "EC_CERTIFICATE": ec.der,
        "EC_KEY": ec.key_der,
        "EC_POINT": ec.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
        "RSA_CERTIFICATE": rsa_2048.der,
        "RSA_KEY": rsa_2048.key_der,
        "RSA_MODULUS": public.public_numbers().n.to_bytes(256, "big"),
    }
    lines = [
        f"static const unsigned char {name}[{len(data)}] = {{{','.join(map(str, data))}}};"
        for name, data in arrays.items()
    ]
    return "\n".join(lines) + "\n"


def build(
    source: Path, folder: Path, world: World, flags: Sequence[str] = ("-O2",), own_bearssl: Sequence[str] = ()
) -> Path:
    """Compile a program with the engine and BearSSL, of which `own_bearssl` with the same flags; returns its path."""
    native.build(sanitize=False)
    (folder / "identity.h").write_text(identity_header(world), "utf-8")
    program = folder / source.stem
    components, root = native.COMPONENTS, native.bearssl_root()
    include = [components / "axtls/include", components / "axtls/src", components / "x509/include", folder]
    include.append(root / "src")
    sources = [source, *sorted((components / "axtls/src").glob("*.c")), *(root / "src" / name for name in own_bearssl)]
    replaced = {f"{Path(name).parent.name}_{Path(name).stem}.o" for name in own_bearssl}
    objects = [path for path in sorted((native.OUT / "bearssl").glob("*.o")) if path.name not in replaced]
    subprocess.run(
        [
            "gcc", "-std=c11", "-g", "-Wall", "-Wextra", *flags, *(f"-I{d}" for d in include),
            "-isystem", str(root / "inc"), *map(str, [*sources, *objects]), "-lm", "-o", str(program),
        ],
        check=True,
    )  # fmt: skip
    return program
