#include "HttpGuard.h"
#include <cstring>
#include <stringutil.h>

namespace
{
/* No registered method is longer than 17 characters. */
constexpr size_t maxMethod = 24;
/* Nobody uses chunk extensions; they must be skipped (RFC 9112 §7.1.1), but not without end. */
constexpr size_t maxExtension = 256;
/* Digits of a chunk's size: 4 GB. */
constexpr size_t maxSizeDigits = 8;
/* Empty lines before a request (RFC 9112 §2.2). */
constexpr size_t maxEmptyLines = 2;

constexpr uint8_t CR = '\r';
constexpr uint8_t LF = '\n';

/* RFC 9110 §5.6.2 */
bool isTokenCharacter(uint8_t c)
{
	bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
	return letter || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != nullptr);
}

/* RFC 9110 §5.5: visible characters, space, tab, and what is not ASCII. */
bool isValueCharacter(uint8_t c)
{
	return c == '\t' || (c >= ' ' && c != 0x7f);
}

/* RFC 9112 §3.2. A fragment is never sent. */
bool isTargetCharacter(uint8_t c)
{
	return c > ' ' && c < 0x7f && c != '#' && c != '"' && c != '<' && c != '>' && c != '\\' && c != '^' && c != '`' &&
		   c != '{' && c != '|' && c != '}';
}

} // namespace

void HttpGuard::begin(size_t newMaxTarget)
{
	*this = HttpGuard();
	maxTarget = newMaxTarget;
}

void HttpGuard::setBody(uint64_t length)
{
	left = length;
	state = (length == 0) ? State::done : State::body;
}

void HttpGuard::setChunked()
{
	state = State::chunkStart;
}

size_t HttpGuard::check(const char* data, size_t length)
{
	size_t used = 0;
	while(used < length && state != State::done && error == HttpStatus{}) {
		if(state == State::body || state == State::chunkData) {
			size_t part = length - used;
			part = (left < part) ? size_t(left) : part;
			used += part;
			left -= part;
			if(left == 0) {
				state = (state == State::body) ? State::done : State::chunkDataCr;
			}
			continue;
		}
		step(uint8_t(data[used++]));
	}
	return used;
}

void HttpGuard::step(uint8_t c)
{
	if(state >= State::chunkStart) {
		stepChunk(c);
		return;
	}
	if(++headBytes > HTTP_MAX_HEADER_SIZE && state >= State::lineLf) {
		refuse(HTTP_STATUS_REQUEST_HEADER_FIELDS_TOO_LARGE);
		return;
	}
	stepHead(c);
}

void HttpGuard::stepHead(uint8_t c)
{
	switch(state) {
	case State::start:
		if(c == CR) {
			state = State::startLf;
			return;
		}
		state = State::method;
		count = 0;
		[[fallthrough]];
	case State::method:
		if(c == ' ' && count > 0) {
			state = State::target;
			count = 0;
		} else if(!isTokenCharacter(c)) {
			refuse(HTTP_STATUS_BAD_REQUEST);
		} else if(++count > maxMethod) {
			refuse(HTTP_STATUS_NOT_IMPLEMENTED);
		}
		return;
	case State::startLf:
		if(c != LF || ++count > maxEmptyLines) {
			refuse(HTTP_STATUS_BAD_REQUEST);
		}
		state = State::start;
		return;
	case State::target:
		if(c == ' ' && count > 0) {
			state = State::version;
			count = 0;
		} else if(!isTargetCharacter(c)) {
			refuse(HTTP_STATUS_BAD_REQUEST);
		} else if(++count > maxTarget) {
			refuse(HTTP_STATUS_URI_TOO_LONG);
		}
		return;
	case State::version:
		stepVersion(c);
		return;
	case State::lineLf:
	case State::fieldLf:
		state = State::fieldStart;
		if(c != LF) {
			refuse(HTTP_STATUS_BAD_REQUEST);
		}
		return;
	case State::fieldStart:
		if(c == CR) {
			state = State::headLf;
			return;
		}
		if(++fields > HTTP_MAX_HEADER_FIELDS) {
			refuse(HTTP_STATUS_REQUEST_HEADER_FIELDS_TOO_LARGE);
			return;
		}
		state = State::fieldName;
		count = 0;
		[[fallthrough]];
	case State::fieldName:
		if(c == ':' && count > 0) {
			state = State::fieldValue;
		} else if(!isTokenCharacter(c)) {
			refuse(HTTP_STATUS_BAD_REQUEST); // also a folded line, and a space before the colon (RFC 9112 §5)
		}
		++count;
		return;
	case State::fieldValue:
		if(c == CR) {
			state = State::fieldLf;
		} else if(!isValueCharacter(c)) {
			refuse(HTTP_STATUS_BAD_REQUEST);
		}
		return;
	case State::headLf:
		state = State::done;
		if(c != LF) {
			refuse(HTTP_STATUS_BAD_REQUEST);
		}
		return;
	default:
		refuse(HTTP_STATUS_BAD_REQUEST);
		return;
	}
}

void HttpGuard::stepVersion(uint8_t c)
{
	if(c == CR) {
		endOfVersion();
		state = State::lineLf;
	} else if(count == sizeof(version) - 1) {
		refuse(HTTP_STATUS_BAD_REQUEST);
	} else {
		version[count++] = char(c);
	}
}

/* RFC 9112 §2.3: HTTP/ DIGIT . DIGIT, and of another major version nothing is known. */
void HttpGuard::endOfVersion()
{
	version[count] = '\0';
	bool wellFormed = count == 8 && memcmp(version, "HTTP/", 5) == 0 && version[5] >= '0' && version[5] <= '9' &&
					  version[6] == '.' && version[7] >= '0' && version[7] <= '9';
	if(!wellFormed) {
		refuse(HTTP_STATUS_BAD_REQUEST);
	} else if(version[5] != '1') {
		refuse(HTTP_STATUS_HTTP_VERSION_NOT_SUPPORTED);
	}
}

/* RFC 9112 §7.1, without spaces around the size. */
void HttpGuard::stepChunk(uint8_t c)
{
	switch(state) {
	case State::chunkStart:
		state = State::chunkSize;
		left = 0;
		count = 0;
		[[fallthrough]];
	case State::chunkSize: {
		int digit = unhex(char(c));
		if(digit >= 0 && count < maxSizeDigits) {
			left = left * 16 + unsigned(digit);
			++count;
		} else if(count > 0 && c == CR) {
			state = State::chunkLf;
		} else if(count > 0 && c == ';') {
			state = State::chunkExtension;
			count = 0;
		} else {
			refuse(HTTP_STATUS_BAD_REQUEST);
		}
		return;
	}
	case State::chunkExtension:
		if(c == CR) {
			state = State::chunkLf;
		} else if(!isValueCharacter(c) || ++count > maxExtension) {
			refuse(HTTP_STATUS_BAD_REQUEST);
		}
		return;
	case State::chunkLf:
		if(c != LF) {
			refuse(HTTP_STATUS_BAD_REQUEST);
		} else if(left > 0) {
			state = State::chunkData;
		} else {
			// The trailer has the form of the head's fields (RFC 9112 §7.1.2), and limits of its own
			state = State::fieldStart;
			headBytes = 0;
			fields = 0;
		}
		return;
	case State::chunkDataCr:
	case State::chunkDataLf:
		if(c != (state == State::chunkDataCr ? CR : LF)) {
			refuse(HTTP_STATUS_BAD_REQUEST);
		}
		state = (state == State::chunkDataCr) ? State::chunkDataLf : State::chunkStart;
		return;
	default:
		refuse(HTTP_STATUS_BAD_REQUEST);
		return;
	}
}
