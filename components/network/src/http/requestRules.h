/** What a request must be like beyond its form, and where its body goes. */
#pragma once

#include <Network/Http/HttpBodyParser.h>
#include <Network/Http/HttpHeaders.h>

/**
 * Decide from the headers how the body is framed (RFC 9112 §6), and look at Host (§3.2).
 * @param minorVersion of HTTP/1
 * @return what to answer when the request is not valid or ambiguous, otherwise 0
 */
HttpStatus checkFraming(const HttpHeaders& headers, unsigned minorVersion, bool& chunked);

/** What to answer when http-parser stopped with this error. */
HttpStatus statusOf(HttpError error);

/** The parser for a content type: of exactly this type, of all "type/…", or of all; empty when there is none. */
HttpBodyParserDelegate findBodyParser(const BodyParsers& parsers, const String& contentType);

/** True if Accept-Encoding allows gzip (RFC 9110 §12.5.3). */
bool acceptsGzip(const HttpHeaders& headers);
