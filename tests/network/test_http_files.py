"""Files of HttpServer: packed ones, and what caches are told. curl asks."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Callable

import pytest

from tests.network.console import pattern
from tests.network.http_server import Answer, fetch, parse, running_server
from tests.support.pki import Authority

PAGE, SCRIPT = pattern(5000), b"packed only " * 50
Get = Callable[..., Answer]


@pytest.fixture()
def get(checked_http_executable: Path, authority: Authority, tmp_path: Path, curl: str) -> Iterator[Get]:
    """Fetch a file; of a folder that has the page in both forms, the script packed, the style sheet plain."""
    files = tmp_path / "files"
    files.mkdir()
    (files / "page.html").write_bytes(PAGE)
    (files / "page.html.gz").write_bytes(gzip.compress(PAGE))
    (files / "only.js.gz").write_bytes(gzip.compress(SCRIPT))
    (files / "plain.css").write_bytes(b"a {}")
    with running_server(checked_http_executable, None, f"--files={files}") as server:
        server.listen()

        def get(name: str, *options: str) -> Answer:
            path = f"/file?name={name}"
            return parse(fetch(server, path, "-i", *options, authority=authority, folder=tmp_path, curl=curl))

        yield get


def test_client_that_unpacks(get: Get) -> None:
    answer = get("page.html", "--compressed")
    assert answer.body == PAGE and answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/html") and answer.headers["vary"] == "Accept-Encoding"
    assert int(answer.headers["content-length"]) == len(gzip.compress(PAGE))
    answer = get("page.html", "-H", "Accept-Encoding: deflate, gzip;q=0.5")
    assert gzip.decompress(answer.body) == PAGE


@pytest.mark.parametrize("accept", ["", "gzip;q=0", "br, deflate"])
def test_client_that_does_not(get: Get, accept: str) -> None:
    answer = get("page.html", *(("-H", f"Accept-Encoding: {accept}") if accept else ()))
    assert answer.body == PAGE and "content-encoding" not in answer.headers
    assert answer.headers["content-type"].startswith("text/html") and answer.headers["vary"] == "Accept-Encoding"


def test_one_form_only(get: Get) -> None:
    """There is nothing to choose, whatever the client says."""
    answer = get("only.js", "--compressed")
    assert answer.body == SCRIPT and "javascript" in answer.headers["content-type"] and "vary" not in answer.headers
    assert gzip.decompress(get("only.js").body) == SCRIPT
    answer = get("plain.css", "--compressed")
    assert answer.body == b"a {}" and not {"vary", "content-encoding"} & answer.headers.keys()


def test_fields_of_the_application(get: Get) -> None:
    """Vary is added to; another body in place of the file is not packed, and an error is neither."""
    assert get("page.html&vary=Origin", "--compressed").headers["vary"] == "Origin, Accept-Encoding"
    answer = get("page.html&instead=other", "--compressed")
    assert answer.body == b"other" and "content-encoding" not in answer.headers
    answer = get("missing.html", "--compressed")
    assert answer.status == 404 and not {"vary", "content-encoding"} & answer.headers.keys()


@pytest.mark.parametrize("way", ["", "&stream=1"], ids=["file", "stream"])
@pytest.mark.parametrize("options", [(), ("-H", "Accept-Encoding: gzip")], ids=["plain client", "client that unpacks"])
def test_archive_asked_for_by_name(get: Get, way: str, options: tuple[str, ...]) -> None:
    """Who asks for page.html.gz gets that file, as other servers give it: no client may unpack it on the way."""
    answer = get(f"page.html.gz{way}", *options)
    assert gzip.decompress(answer.body) == PAGE
    assert answer.headers["content-type"] == "application/gzip"
    assert "content-encoding" not in answer.headers and "vary" not in answer.headers
    # An application that says how it is packed means what is in it
    answer = get(f"page.html.gz{way}&encoding=gzip", *options, "--compressed")
    assert answer.body == PAGE and answer.headers["content-type"] == "text/html"
