"""Generated keys in an application: included as Sming's samples do, compiled and read by the device's code."""

from __future__ import annotations

from pathlib import Path

import pytest

from sming_host.certificates import Settings, generate
from tests.support.apps import build_app, run_app

SOURCE = """
#include <SmingCore.h>
#include <hal_host.h>

void init()
{
	Serial.begin(SERIAL_BAUD_RATE);
	// In here, as applications do it
#include <ssl/private_key.h>
#include <ssl/cert.h>
	Serial << _F("certificate ") << sizeof(default_certificate) << endl;
#ifdef ENABLE_SSL
	Ssl::KeyCertPair pair;
	pair.assign(default_private_key, default_private_key_len, default_certificate, default_certificate_len, WORD);
	Serial << (pair.isValid() ? _F("pair is good") : _F("pair is bad")) << endl;
#endif
	hal_host_quit(0);
}
"""


@pytest.mark.parametrize(("ssl", "key_type", "password"), [("0", "ec256", None), ("Bearssl", "rsa2048", "p\u00e4ss")])
def test_generated_headers(tmp_path: Path, ssl: str, key_type: str, password: str | None) -> None:
    application = tmp_path / "CertificateTest"
    source = application / "app" / "application.cpp"
    source.parent.mkdir(parents=True)
    source.write_text(SOURCE.replace("WORD", "nullptr" if password is None else f'"{password}"'), encoding="utf-8")
    generate(Settings(project=tmp_path, application=application, key_type=key_type, password=password))
    run = run_app(build_app(str(application), ssl=ssl))
    length = (tmp_path / "out/ssl/server.crt.der").stat().st_size
    assert run.status == 0 and f"certificate {length}" in run.output
    assert ("pair is good" in run.output) == (ssl != "0")
