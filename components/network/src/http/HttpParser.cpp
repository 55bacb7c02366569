#include "HttpParser.h"
#include <Network/Http/HttpConnection.h>
#include <new>

// Its enumerators have the names of ours (HTTP_GET, HPE_OK): they stay in a namespace
#include <cstddef>
#include <cstdint>
#include <sys/types.h>
namespace Engine
{
#include <http_parser.h>
}

#define XX(num, name, text)                                                                                            \
	static_assert(unsigned(HttpMethod::name) == unsigned(Engine::HTTP_##name), "numbers of http-parser");
SMING_HTTP_METHODS(XX)
#undef XX
#define XX(name) static_assert(unsigned(HttpError::name) == unsigned(Engine::HPE_##name), "numbers of http-parser");
SMING_HTTP_ERRORS(XX)
#undef XX

struct HttpParserEngine : public Memory::Tagged<Memory::Tag::network> {
	Engine::http_parser parser;

	static HttpParser& self(Engine::http_parser* parser)
	{
		return *static_cast<HttpParser*>(parser->data);
	}

	/* A connection that went away makes the parser stop. */
	static int refuse(bool ok)
	{
		return ok ? 0 : -1;
	}

	static int onMessageBegin(Engine::http_parser* parser)
	{
		auto& p = self(parser);
		p.headers.clear();
		p.fieldName = nullptr;
		p.fieldValue = nullptr;
		p.url = nullptr;
		p.inValue = false;
		p.inMessage = true;
		return p.owner == nullptr ? -1 : p.owner->onMessageBegin();
	}

	static int onUrl(Engine::http_parser* parser, const char* at, size_t length)
	{
		auto& p = self(parser);
		return refuse(p.owner != nullptr && p.url.length() + length <= URL_MAX_LENGTH && p.url.concat(at, length));
	}

	static int onStatus(Engine::http_parser* parser, const char*, size_t)
	{
		auto& p = self(parser);
		return p.owner == nullptr ? -1 : p.owner->onStatus();
	}

	static int onHeaderField(Engine::http_parser* parser, const char* at, size_t length)
	{
		auto& p = self(parser);
		return refuse(p.owner != nullptr && (!p.inValue || p.storeField()) && p.fieldName.concat(at, length));
	}

	static int onHeaderValue(Engine::http_parser* parser, const char* at, size_t length)
	{
		auto& p = self(parser);
		p.inValue = true;
		return refuse(p.owner != nullptr && p.fieldValue.concat(at, length));
	}

	static int onHeadersComplete(Engine::http_parser* parser)
	{
		auto& p = self(parser);
		if(p.owner == nullptr || (p.inValue && !p.storeField())) {
			return -1;
		}
		if(parser->type == Engine::HTTP_REQUEST) {
			Url url(p.url);
			if(p.url == "*") {
				url.Path = p.url; // of the server as a whole (RFC 9112 §3.2.4), which is no URL
			}
			int result = p.owner->onPath(url);
			if(result != 0 || p.owner == nullptr) {
				return -1;
			}
		}
		return p.owner->onHeadersComplete(p.headers);
	}

	static int onBody(Engine::http_parser* parser, const char* at, size_t length)
	{
		auto& p = self(parser);
		return p.owner == nullptr ? -1 : p.owner->onBody(at, length);
	}

	static int onMessageComplete(Engine::http_parser* parser)
	{
		auto& p = self(parser);
		p.inMessage = false;
		int result = (p.owner == nullptr) ? -1 : p.owner->onMessageComplete();
		return refuse(result == 0 && p.owner != nullptr);
	}

	static int onChunkHeader(Engine::http_parser* parser)
	{
		auto& p = self(parser);
		return p.owner == nullptr ? -1 : p.owner->onChunkHeader();
	}

	static int onChunkComplete(Engine::http_parser* parser)
	{
		auto& p = self(parser);
		return p.owner == nullptr ? -1 : p.owner->onChunkComplete();
	}
};

namespace
{
const Engine::http_parser_settings settings = {
	HttpParserEngine::onMessageBegin,	 HttpParserEngine::onUrl,
	HttpParserEngine::onStatus,			 HttpParserEngine::onHeaderField,
	HttpParserEngine::onHeaderValue,	 HttpParserEngine::onHeadersComplete,
	HttpParserEngine::onBody,			 HttpParserEngine::onMessageComplete,
	HttpParserEngine::onChunkHeader,	 HttpParserEngine::onChunkComplete,
};

} // namespace

HttpParser* HttpParser::create(HttpConnection& owner, bool forRequests)
{
	auto parser = new HttpParser;
	if(parser == nullptr) {
		return nullptr;
	}
	parser->engine = new HttpParserEngine;
	if(parser->engine == nullptr) {
		delete parser;
		return nullptr;
	}
	Engine::http_parser_set_max_header_size(HTTP_MAX_HEADER_SIZE);
	Engine::http_parser_init(&parser->engine->parser, forRequests ? Engine::HTTP_REQUEST : Engine::HTTP_RESPONSE);
	parser->engine->parser.data = parser;
	parser->owner = &owner;
	return parser;
}

HttpParser::~HttpParser()
{
	delete engine;
}

void HttpParser::release()
{
	owner = nullptr;
	if(!running) {
		delete this;
	}
}

bool HttpParser::execute(const char* data, size_t length)
{
	running = true;
	parsed = Engine::http_parser_execute(&engine->parser, &settings, data, length);
	running = false;
	if(owner == nullptr) {
		delete this;
		return false;
	}
	return getError() == HPE_OK;
}

bool HttpParser::finish()
{
	return execute(nullptr, 0);
}

/* Repeated fields are joined (RFC 9110 §5.3), except for those whose values may contain commas. */
bool HttpParser::storeField()
{
	inValue = false;
	if(headers.count() >= HTTP_MAX_HEADER_FIELDS) {
		return false;
	}
	auto name = headers.findOrCreate(fieldName);
	if(name == HTTP_HEADER_UNKNOWN) {
		return false;
	}
	bool ok;
	if(headers.contains(name) && !HttpHeaders::isMultiValue(name)) {
		auto& value = headers[name];
		ok = value.concat(", ") && value.concat(fieldValue);
	} else {
		ok = headers.append(name, fieldValue);
	}
	fieldName = nullptr;
	fieldValue = nullptr;
	return ok;
}

HttpError HttpParser::getError() const
{
	return HttpError(engine->parser.http_errno);
}

HttpStatus HttpParser::getStatus() const
{
	return HttpStatus(engine->parser.status_code);
}

HttpMethod HttpParser::getMethod() const
{
	return HttpMethod(engine->parser.method);
}

bool HttpParser::shouldKeepAlive() const
{
	return Engine::http_should_keep_alive(&engine->parser) != 0;
}

bool HttpParser::isUpgrade() const
{
	return engine->parser.upgrade != 0;
}

void HttpParser::ignoreUpgrade()
{
	engine->parser.upgrade = 0;
}

unsigned HttpParser::getMinorVersion() const
{
	return engine->parser.http_minor;
}

uint64_t HttpParser::getContentLength() const
{
	auto length = engine->parser.content_length;
	return (length == UINT64_MAX) ? 0 : length;
}

String httpGetErrorDescription(HttpError error)
{
	return Engine::http_errno_description(Engine::http_errno(error));
}
