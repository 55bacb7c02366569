"""Requests that a server must refuse, each with the status that says why. A table; test_http_server_malformed sends it.

The server under test takes bodies of up to 4096 bytes, targets of 2048, 64 header fields and 8192 bytes of head.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

HOST = b"Host: localhost\r\n"
CONTROLS = [code for code in range(0x20) if code not in (0x09,)] + [0x7F]


@dataclass(frozen=True)
class Malformed:
    """A request and what it is answered by; status 0: by nothing but the end of the connection."""

    name: str
    data: bytes
    status: int = 400
    end: bool = False
    """The client ends its side after the last byte."""


def head(*lines: bytes, line: bytes = b"GET / HTTP/1.1") -> bytes:
    """Return a request with a Host and further header lines."""
    return line + b"\r\n" + HOST + b"".join(one + b"\r\n" for one in lines) + b"\r\n"


def post(*lines: bytes, body: bytes = b"") -> bytes:
    return head(*lines, line=b"POST /form HTTP/1.1") + body


def chunked(body: bytes) -> bytes:
    return post(b"Transfer-Encoding: chunked", body=body)


def _request_lines() -> Iterator[Malformed]:
    for code in [*CONTROLS, 0x09, *b'"<>\\^`{|}#', 0x80, 0xC3, 0xFF]:
        target = b"/a" + bytes([code]) + b"b"
        yield Malformed(f"target with byte {code:02x}", head(line=b"GET " + target + b" HTTP/1.1"))
    for name, line, status in [
        ("two spaces before target", b"GET  / HTTP/1.1", 400),
        ("two spaces before version", b"GET /  HTTP/1.1", 400),
        ("space in target", b"GET /a b HTTP/1.1", 400),
        ("tab before target", b"GET\t/ HTTP/1.1", 400),
        ("tab before version", b"GET /\tHTTP/1.1", 400),
        ("space before method", b" GET / HTTP/1.1", 400),
        ("no method", b"/ HTTP/1.1", 400),
        ("only a method", b"GET", 400),
        ("no target", b"GET HTTP/1.1", 400),
        ("no version", b"GET /", 400),
        ("no version, but a space", b"GET / ", 400),
        ("method in quotes", b'"GET" / HTTP/1.1', 400),
        ("method with NUL", b"GE\0T / HTTP/1.1", 400),
        ("method with colon", b"GET: / HTTP/1.1", 400),
        ("method not ASCII", b"G\xc9T / HTTP/1.1", 400),
        ("method in lower case", b"get / HTTP/1.1", 501),
        ("method in mixed case", b"Get / HTTP/1.1", 501),
        ("unknown method", b"BREW / HTTP/1.1", 501),
        ("known method and more", b"GETX / HTTP/1.1", 501),
        ("long method", b"A" * 100 + b" / HTTP/1.1", 501),
        ("endless method", b"A" * 20000, 501),
        ("CONNECT", b"CONNECT localhost:443 HTTP/1.1", 501),
        ("TRACE", b"TRACE / HTTP/1.1", 501),
        ("version 0.9", b"GET / HTTP/0.9", 505),
        ("version 2.0", b"GET / HTTP/2.0", 505),
        ("version 3.0", b"GET / HTTP/3.0", 505),
        ("version 9.9", b"GET / HTTP/9.9", 505),
        ("HTTP/2 preface", b"PRI * HTTP/2.0", 505),
        ("version without minor", b"GET / HTTP/1", 400),
        ("version with empty minor", b"GET / HTTP/1.", 400),
        ("version without major", b"GET / HTTP/.1", 400),
        ("minor of two digits", b"GET / HTTP/1.10", 400),
        ("major of two digits", b"GET / HTTP/10.1", 400),
        ("major with a zero", b"GET / HTTP/01.1", 400),
        ("version with comma", b"GET / HTTP/1,1", 400),
        ("version with sign", b"GET / HTTP/+1.1", 400),
        ("version in lower case", b"GET / http/1.1", 400),
        ("other protocol", b"GET / HTTPS/1.1", 400),
        ("protocol in pieces", b"GET / HTTP /1.1", 400),
        ("space behind version", b"GET / HTTP/1.1 ", 400),
        ("more behind version", b"GET / HTTP/1.1 x", 400),
        ("NUL behind version", b"GET / HTTP/1.1\0", 400),
        ("RTSP", b"OPTIONS / RTSP/1.0", 400),
        ("SIP", b"OPTIONS sip:a@b SIP/2.0", 400),
        ("path without slash", b"GET index.html HTTP/1.1", 400),
        ("path that is dots", b"GET ../../etc/passwd HTTP/1.1", 400),
        ("asterisk for GET", b"GET * HTTP/1.1", 400),
        ("empty host in target", b"GET http:/// HTTP/1.1", 400),
        ("user in target", b"GET http://user@localhost/ HTTP/1.1", 400),
        ("bad port in target", b"GET http://localhost:99999/ HTTP/1.1", 400),
        ("encoded NUL in path", b"GET /a%00b HTTP/1.1", 400),
        ("long target", b"GET /" + b"a" * 2048 + b" HTTP/1.1", 414),
        ("endless target", b"GET /" + b"a" * 50000, 414),
        ("long query", b"GET /?" + b"a" * 3000 + b" HTTP/1.1", 414),
    ]:
        yield Malformed(name, head(line=line), status)


def _lines() -> Iterator[Malformed]:
    """What ends a line, and what does not."""
    for name, data in [
        ("LF after request line", b"GET / HTTP/1.1\n" + HOST + b"\r\n"),
        ("LF everywhere", b"GET / HTTP/1.1\nHost: localhost\n\n"),
        ("LF after a field", b"GET / HTTP/1.1\r\nHost: localhost\n\r\n"),
        ("LF at the end of the head", b"GET / HTTP/1.1\r\nHost: localhost\r\n\n"),
        ("CR alone after request line", b"GET / HTTP/1.1\r" + HOST + b"\r\n"),
        ("CR alone after a field", b"GET / HTTP/1.1\r\nHost: localhost\rX: y\r\n\r\n"),
        ("CR alone at the end of the head", b"GET / HTTP/1.1\r\nHost: localhost\r\n\rX"),
        ("CR twice", b"GET / HTTP/1.1\r\r\n" + HOST + b"\r\n"),
        ("LF CR", b"GET / HTTP/1.1\n\r" + HOST + b"\r\n"),
        ("LF before the request", b"\nGET / HTTP/1.1\r\n" + HOST + b"\r\n"),
        ("CR alone before the request", b"\rGET / HTTP/1.1\r\n" + HOST + b"\r\n"),
        ("many empty lines before the request", b"\r\n" * 10 + b"GET / HTTP/1.1\r\n" + HOST + b"\r\n"),
        ("empty lines without end", b"\r\n" * 5000),
        ("folded first line", b"GET / HTTP/1.1\r\n Host: localhost\r\n\r\n"),
        ("first line with tab", b"GET / HTTP/1.1\r\n\tHost: localhost\r\n\r\n"),
        ("folded by space", head(b"X-Test: a\r\n b")),
        ("folded by tab", head(b"X-Test: a\r\n\tb")),
        ("folded length", post(b"Content-Length:\r\n 5", body=b"a=123")),
        ("folded coding", post(b"Transfer-Encoding:\r\n chunked", body=b"0\r\n\r\n")),
        ("folded name", head(b"X-\r\n Test: a")),
        ("line of spaces", head(b"  ")),
        ("TLS hello in the clear", b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + bytes(32)),
        ("SSH", b"SSH-2.0-OpenSSH_9.2\r\n"),
        ("SOCKS", b"\x05\x01\x00"),
        ("NULs", bytes(100)),
        ("UTF-8 BOM", b"\xef\xbb\xbfGET / HTTP/1.1\r\n" + HOST + b"\r\n"),
        ("a response", b"HTTP/1.1 200 OK\r\n\r\n"),
        ("JSON", b'{"GET": "/"}\r\n\r\n'),
    ]:
        yield Malformed(name, data)


def _fields() -> Iterator[Malformed]:
    for code in CONTROLS:
        yield Malformed(f"value with byte {code:02x}", head(b"X-Test: a" + bytes([code]) + b"b"))
    for code in [*CONTROLS, *b'\t "(),/;<=>?@[\\]{}', 0x80, 0xFF]:
        yield Malformed(f"name with byte {code:02x}", head(b"X-Te" + bytes([code]) + b"st: a"))
    for name, line in [
        ("empty name", b": a"),
        ("line without colon", b"X-Test"),
        ("space before colon", b"X-Test : a"),
        ("tab before colon", b"X-Test\t: a"),
        ("space before the length's colon", b"Content-Length : 5"),
        ("space before the coding's colon", b"Transfer-Encoding : chunked"),
        ("length's name with NUL", b"Content-Length\0: 5"),
        ("length's name with dash of Unicode", b"Content\xe2\x80\x90Length: 5"),
    ]:
        yield Malformed(name, head(line))
    for name, value in [
        ("with comma", b"a, b"),
        ("with path", b"localhost/x"),
        ("with user", b"user@localhost"),
        ("with query", b"localhost?x"),
        ("with space", b"local host"),
        ("with quotes", b'"localhost"'),
        ("with angle brackets", b"<localhost>"),
        ("not ASCII", b"loc\xc3\xa4lhost"),
    ]:
        yield Malformed(f"Host {name}", b"GET / HTTP/1.1\r\nHost: " + value + b"\r\n\r\n")
    yield Malformed("no Host", b"GET / HTTP/1.1\r\n\r\n")
    yield Malformed("no Host but others", b"GET / HTTP/1.1\r\nX-Host: localhost\r\n\r\n")
    yield Malformed("two Hosts", head(b"Host: other"))
    yield Malformed("the same Host twice", head(b"Host: localhost"))
    yield Malformed("Host again in capitals", head(b"HOST: other"))


def _sizes() -> Iterator[Malformed]:
    yield Malformed("long value", head(b"X-Test: " + b"a" * 8192), 431)
    yield Malformed("endless value", b"GET / HTTP/1.1\r\n" + HOST + b"X-Test: " + b"a" * 50000, 431)
    yield Malformed("endless name", b"GET / HTTP/1.1\r\n" + HOST + b"a" * 50000, 431)
    yield Malformed("endless spaces", b"GET / HTTP/1.1\r\n" + HOST + b"X-Test:" + b" " * 50000, 431)
    yield Malformed("65 fields", head(*[b"X-%d: a" % i for i in range(64)]), 431)
    yield Malformed("many fields of one name", head(*[b"Cookie: a"] * 200), 431)
    yield Malformed("fields without end", b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 5000, 431)
    yield Malformed("large body", post(b"Content-Length: 4097", body=b"a" * 4097), 413)
    yield Malformed("huge body", post(b"Content-Length: 9223372036854775807"), 413)
    yield Malformed("length close to 64 bits", post(b"Content-Length: 1844674407370955160"), 413)
    yield Malformed("large body that is never sent", post(b"Content-Length: 100000", b"Expect: 100-continue"), 413)
    yield Malformed("large chunk", chunked(b"1001\r\n" + b"a" * 4097), 413)
    yield Malformed("many chunks", chunked(b"400\r\n" + b"a" * 1024 + b"\r\n" + b"fff\r\n" + b"a" * 4095), 413)
    yield Malformed("other expectation", post(b"Content-Length: 3", b"Expect: 200-ok", body=b"a=1"), 417)


def _lengths() -> Iterator[Malformed]:
    for value in [
        b"", b" ", b"+5", b"-5", b"-0", b"0x5", b"5 5", b"5,5", b"5, 5", b"5,6", b"5;", b"5.0", b"5e0", b"1e1",
        b"five", b"\xd9\xa5", b"'5'", b'"5"', b"5\t5", b"5a", b"a5", b"_5", b"18446744073709551616",
        b"18446744073709551621", b"340282366920938463463374607431768211461", b"9" * 100,
    ]:  # fmt: skip
        yield Malformed(f"length {value[:24]!r}", post(b"Content-Length: " + value, body=b"a=123"))
    for name, lines in [
        ("two lengths", [b"Content-Length: 5", b"Content-Length: 6"]),
        ("the same length twice", [b"Content-Length: 5", b"Content-Length: 5"]),
        ("length again in capitals", [b"Content-Length: 5", b"CONTENT-LENGTH: 0"]),
        ("two lengths apart", [b"Content-Length: 0", b"X-Test: a", b"Content-Length: 44"]),
        ("three lengths", [b"Content-Length: 5"] * 3),
    ]:
        yield Malformed(name, post(*lines, body=b"a=123"))


def _codings() -> Iterator[Malformed]:
    """Transfer-Encoding: what two readers may frame in different ways."""
    smuggled = b"0\r\n\r\nGET /show HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for name, lines in [
        ("length and coding", [b"Content-Length: 5", b"Transfer-Encoding: chunked"]),
        ("coding and length", [b"Transfer-Encoding: chunked", b"Content-Length: 5"]),
        ("length of zero and coding", [b"Content-Length: 0", b"Transfer-Encoding: chunked"]),
        ("coding and length apart", [b"Transfer-Encoding: chunked", b"X-Test: a", b"Content-Length: 44"]),
        ("length and identity", [b"Content-Length: 5", b"Transfer-Encoding: identity"]),
        ("length and empty coding", [b"Content-Length: 5", b"Transfer-Encoding:"]),
        ("length and unknown coding", [b"Content-Length: 5", b"Transfer-Encoding: x"]),
        ("coding twice", [b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"]),
        ("coding and identity", [b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity"]),
        ("identity and coding in capitals", [b"Transfer-Encoding: chunked", b"TRANSFER-ENCODING: identity"]),
        ("chunked twice", [b"Transfer-Encoding: chunked, chunked"]),
        ("chunked not last", [b"Transfer-Encoding: chunked, gzip"]),
        ("chunked and comma", [b"Transfer-Encoding: chunked,"]),
        ("comma and chunked", [b"Transfer-Encoding: ,chunked"]),
        ("chunked with parameter", [b"Transfer-Encoding: chunked;a=b"]),
        ("chunked in quotes", [b'Transfer-Encoding: "chunked"']),
        ("chunked in apostrophes", [b"Transfer-Encoding: 'chunked'"]),
        ("x before chunked", [b"Transfer-Encoding: xchunked"]),
        ("x after chunked", [b"Transfer-Encoding: chunkedx"]),
        ("equals chunked", [b"Transfer-Encoding: =chunked"]),
        ("chunked with vertical tab", [b"Transfer-Encoding: \x0bchunked"]),
        ("chunked with NUL", [b"Transfer-Encoding: chunked\x00"]),
        ("chunked with NBSP", [b"Transfer-Encoding: \xa0chunked"]),
    ]:
        yield Malformed(name, post(*lines, body=smuggled))
    for value in (b"gzip", b"identity", b"deflate", b"gzip, chunked", b"chunk", b"cow"):
        yield Malformed(f"coding {value.decode()}", post(b"Transfer-Encoding: " + value, body=smuggled), 501)
    old = b"POST /form HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n" + smuggled
    yield Malformed("chunked in HTTP/1.0", old)


def _chunks() -> Iterator[Malformed]:
    for name, body in [
        ("no size", b"\r\n"),
        ("letter", b"g\r\nhello\r\n0\r\n\r\n"),
        ("sign", b"+5\r\nhello\r\n0\r\n\r\n"),
        ("minus", b"-5\r\nhello\r\n0\r\n\r\n"),
        ("0x", b"0x5\r\nhello\r\n0\r\n\r\n"),
        ("space before size", b" 5\r\nhello\r\n0\r\n\r\n"),
        ("space after size", b"5 \r\nhello\r\n0\r\n\r\n"),
        ("tab after size", b"5\t\r\nhello\r\n0\r\n\r\n"),
        ("comma", b"5,5\r\nhello\r\n0\r\n\r\n"),
        ("underscore", b"0_5\r\nhello\r\n0\r\n\r\n"),
        ("NUL", b"5\0\r\nhello\r\n0\r\n\r\n"),
        ("LF after size", b"5\nhello\r\n0\r\n\r\n"),
        ("CR alone after size", b"5\rhello\r\n0\r\n\r\n"),
        ("nine digits", b"000000005\r\nhello\r\n0\r\n\r\n"),
        ("overflow of 64 bits", b"10000000000000005\r\nhello\r\n0\r\n\r\n"),
        ("largest size", b"ffffffffffffffff\r\nhello"),
        ("LF in extension", b"5;a\nb\r\nhello\r\n0\r\n\r\n"),
        ("NUL in extension", b"5;a\0b\r\nhello\r\n0\r\n\r\n"),
        ("CR in extension", b"5;a\rb\r\nhello\r\n0\r\n\r\n"),
        ("long extension", b"5;" + b"a" * 300 + b"\r\nhello\r\n0\r\n\r\n"),
        ("endless extension", b"5;" + b"a" * 50000),
        ("data longer than size", b"4\r\nhello\r\n0\r\n\r\n"),
        ("data shorter than size", b"6\r\nhello\r\n0\r\n\r\n"),
        ("no line end after data", b"5\r\nhello0\r\n\r\n"),
        ("LF after data", b"5\r\nhello\n0\r\n\r\n"),
        ("CR alone after data", b"5\r\nhello\r0\r\n\r\n"),
        ("LF after the last chunk", b"5\r\nhello\r\n0\n\r\n"),
        ("LF at the end", b"5\r\nhello\r\n0\r\n\n"),
        ("folded trailer", b"0\r\nX: a\r\n b\r\n\r\n"),
        ("trailer with space", b"0\r\nX : a\r\n\r\n"),
        ("trailer without name", b"0\r\n: a\r\n\r\n"),
        ("trailer with NUL", b"0\r\nX: \0\r\n\r\n"),
        ("trailer with LF", b"0\r\nX: a\n\r\n"),
        ("request in place of trailer", b"0\r\nGET / HTTP/1.1\r\n\r\n"),
    ]:
        yield Malformed(f"chunk: {name}", chunked(body))
    yield Malformed("long trailer", chunked(b"0\r\nX: " + b"a" * 9000), 431)
    yield Malformed("many trailers", chunked(b"0\r\n" + b"X: a\r\n" * 65), 431)


def _ends() -> Iterator[Malformed]:
    """The client goes away in the middle."""
    whole = chunked(b"5\r\na=123\r\n0\r\nX: a\r\n\r\n")
    for at in [1, 3, 4, 5, 9, 18, 19, 20, 24, 40, 60, len(whole) - 24, *range(len(whole) - 22, len(whole), 2)]:
        yield Malformed(f"end after {at} bytes", whole[:at], 0, end=True)
    plain = post(b"Content-Length: 5", body=b"a=123")
    for at in (len(plain) - 5, len(plain) - 1):
        yield Malformed(f"end {len(plain) - at} bytes early", plain[:at], 0, end=True)
    yield Malformed("end at once", b"", 0, end=True)


GROUPS = {
    "request line": list(_request_lines()),
    "lines": list(_lines()),
    "fields": list(_fields()),
    "sizes": list(_sizes()),
    "lengths": list(_lengths()),
    "codings": list(_codings()),
    "chunks": list(_chunks()),
    "ends": list(_ends()),
}
"""Cases by concern; names are unique in each."""
