#include "requestRules.h"
#include <cstring>

namespace
{
/* RFC 3986 §3.2.2 with a port: a name, an IPv4 address, or an IPv6 address in brackets; user information is not allowed. */
bool isHost(const String& host)
{
	for(size_t i = 0; i < host.length(); ++i) {
		char c = host[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if(!letter && (c == '\0' || strchr("-._~!$&'()*+;=%:[]", c) == nullptr)) {
			return false;
		}
	}
	return true;
}

} // namespace

HttpStatus checkFraming(const HttpHeaders& headers, unsigned minorVersion, bool& chunked)
{
	// Fields that came twice were joined by a comma, which none of these may contain
	if((minorVersion > 0 && !headers.contains(HTTP_HEADER_HOST)) || !isHost(headers[HTTP_HEADER_HOST])) {
		return HTTP_STATUS_BAD_REQUEST;
	}
	chunked = false;
	if(!headers.contains(HTTP_HEADER_TRANSFER_ENCODING)) {
		return HttpStatus{};
	}
	// Together with a length it is what request smuggling is made of (RFC 9112 §6.1), and HTTP/1.0 does not know it
	if(headers.contains(HTTP_HEADER_CONTENT_LENGTH) || minorVersion == 0) {
		return HTTP_STATUS_BAD_REQUEST;
	}
	auto& coding = headers[HTTP_HEADER_TRANSFER_ENCODING];
	if(coding.equalsIgnoreCase("chunked")) {
		chunked = true;
		return HttpStatus{};
	}
	// "chunked" somewhere but not alone at the end leaves the length open; other codings are just not known here
	String lower(coding);
	lower.toLowerCase();
	int at = lower.indexOf("chunked");
	bool once = at >= 0 && lower.indexOf("chunked", size_t(at) + 1) < 0 && lower.endsWith(", chunked");
	return (at < 0 || once) ? HTTP_STATUS_NOT_IMPLEMENTED : HTTP_STATUS_BAD_REQUEST;
}

HttpStatus statusOf(HttpError error)
{
	switch(error) {
	case HttpError::INVALID_METHOD:
		return HTTP_STATUS_NOT_IMPLEMENTED;
	case HttpError::INVALID_VERSION:
		return HTTP_STATUS_HTTP_VERSION_NOT_SUPPORTED;
	case HttpError::HEADER_OVERFLOW:
		return HTTP_STATUS_REQUEST_HEADER_FIELDS_TOO_LARGE;
	case HttpError::CB_url:
	case HttpError::CB_header_field:
	case HttpError::CB_header_value:
	case HttpError::CB_headers_complete:
		return HTTP_STATUS_SERVICE_UNAVAILABLE; // no memory to keep them
	default:
		return HTTP_STATUS_BAD_REQUEST;
	}
}

HttpBodyParserDelegate findBodyParser(const BodyParsers& parsers, const String& contentType)
{
	int end = contentType.indexOf(';');
	String type = (end < 0) ? contentType : contentType.substring(0, size_t(end));
	type.trim();
	type.toLowerCase();
	if(type.length() > 0 && parsers.contains(type)) {
		return parsers[type];
	}
	int slash = type.indexOf('/');
	if(slash > 0) {
		auto wildcard = type.substring(0, size_t(slash) + 1) + "*";
		if(parsers.contains(wildcard)) {
			return parsers[wildcard];
		}
	}
	return parsers["*"];
}

bool acceptsGzip(const HttpHeaders& headers)
{
	String codings(headers[HTTP_HEADER_ACCEPT_ENCODING]);
	codings.toLowerCase();
	int at = codings.indexOf("gzip");
	if(at < 0) {
		return false;
	}
	// "gzip;q=0" means the opposite
	int end = codings.indexOf(',', size_t(at));
	auto weight = codings.substring(size_t(at) + 4, (end < 0) ? codings.length() : size_t(end));
	weight.trim();
	if(!weight.startsWith(";")) {
		return true;
	}
	int equals = weight.indexOf("q=");
	for(size_t i = (equals < 0) ? weight.length() : size_t(equals) + 2; i < weight.length(); ++i) {
		if(weight[i] >= '1' && weight[i] <= '9') {
			return true;
		}
	}
	return equals < 0;
}
