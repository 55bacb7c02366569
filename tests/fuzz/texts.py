"""Seeds that are text: URLs, HTTP messages, templates, and what JSON documents are built of."""

from __future__ import annotations

from collections.abc import Iterator

_URLS = {
    "plain": "https://user:secret@www.example.org:8443/a/b.html?name=value&x=%20y+z#fragment",
    "address": "http://192.0.2.1/",
    "address6": "https://[2001:db8::1%25eth0]:443/path",
    "short": "example.org",
    "path": "/only/a/path?and=query",
    "query": "http://a?b=c&b=d&&e=&=f#",
    "encoded": "http://h/%2F%00%zz%E2%82%AC?%26=%3D",
    "scheme": "mqtts://broker.example:8883/topic",
    "mail": "mailto:a@example.org",
}

_REQUESTS = {
    "get": b"GET /a?b=c HTTP/1.1\r\nHost: device.local\r\nConnection: keep-alive\r\n\r\n",
    "post": b"POST /form HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 7\r\n\r\na=b&c=dGET / HTTP/1.0\r\n\r\n",
    "upgrade": b"GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x05hello",
    "absolute": b"GET http://h:80/x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n",
}

_RESPONSES = {
    "page": b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 5\r\n\r\nhello",
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nTrailer: z\r\n\r\n",
    "until-end": b"HTTP/1.0 404 Not Found\r\nServer: x\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n\r\nall of this",
    "moved": b"HTTP/1.1 302 Found\r\nLocation: https://h/\r\nContent-Length: 0\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
    "folded": b"HTTP/1.1 200 OK\r\nX-Long: a\r\n b\r\n\tc\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n",
    "upgraded": b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x05hello",
    "continue": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
}


def url_seeds() -> Iterator[tuple[str, bytes]]:
    """URLs of many kinds."""
    for name, url in _URLS.items():
        yield name, url.encode()


def http_seeds() -> Iterator[tuple[str, bytes]]:
    """Messages behind their two bytes of settings: flags, and how many bytes arrive at once."""
    for flags, messages in ((1, _REQUESTS), (0, _RESPONSES)):
        for name, message in messages.items():
            yield name, bytes([flags, 0]) + message
            yield f"{name}-in-pieces", bytes([flags, 5]) + message


_BUILT = {
    "values": b"\x34abc" + b"\x13a\0\0\0\0\0\0\0\1" + b"\x15b" + b"\x16c\x05hello",
    "nested": b"\x17a" + b'\x06\x03\xc3\xa4"' + b"\x07" + b"\x16k\x01v" + b"\x02\x02\x02",
    "texts": b"\x36key\x20" + bytes(range(32)) + b"\x36bad\x06\xff\xc0\x80\xed\xa0\x80",
    "page": b"<p>{name}</p>{a}{unknown}{",
    "style": b"p { color: red } {{name}} {{a}}",
}


def json_seeds() -> Iterator[tuple[str, bytes]]:
    """Behind which allocation fails, and how much is read at once."""
    for name, built in _BUILT.items():
        for failing in (0, 1, 2, 5, 9):
            yield f"{name}-{failing}", bytes([failing, 4 if failing else 31]) + built
        yield f"{name}-double", bytes([3, 0x82]) + built
