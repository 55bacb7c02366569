#include <Data/Stream/MemoryDataStream.h>
#include <Network/Http/HttpBodyParser.h>
#include <cstring>

namespace
{
/* A pair of a form whose end has not arrived yet. */
struct FormState : public Memory::Tagged<Memory::Tag::network> {
	String part;
};

/* @return false when it is no form, has too many fields, or memory ran out */
bool addPair(HttpRequest& request, const String& pair)
{
	return pair.isEmpty() || request.postParams.parseQuery(pair);
}

bool addText(FormState& state, const char* at, size_t length)
{
	return length == 0 || state.part.concat(at, length);
}

} // namespace

size_t formUrlParser(HttpRequest& request, const char* at, int length)
{
	auto state = static_cast<FormState*>(request.args);
	if(length == PARSE_DATASTART) {
		request.args = new FormState;
		return 0;
	}
	if(state == nullptr) {
		return 0;
	}
	if(length == PARSE_DATAEND) {
		bool ok = addPair(request, state->part);
		delete state;
		request.args = nullptr;
		return ok ? 0 : PARSE_FAILED;
	}
	auto left = size_t(length);
	while(left > 0) {
		auto separator = static_cast<const char*>(memchr(at, '&', left));
		auto part = (separator == nullptr) ? left : size_t(separator - at);
		if(!addText(*state, at, part)) {
			return size_t(length) - left;
		}
		if(separator != nullptr) {
			if(!addPair(request, state->part)) {
				return size_t(length) - left;
			}
			state->part = nullptr;
			++part;
		}
		at += part;
		left -= part;
	}
	return size_t(length);
}

size_t bodyToStringParser(HttpRequest& request, const char* at, int length)
{
	auto stream = static_cast<MemoryDataStream*>(request.args);
	if(length == PARSE_DATASTART) {
		request.args = new MemoryDataStream;
		return 0;
	}
	if(stream == nullptr) {
		return 0;
	}
	if(length == PARSE_DATAEND) {
		request.setBody(static_cast<IDataSourceStream*>(stream));
		request.args = nullptr;
		return 0;
	}
	return stream->write(reinterpret_cast<const uint8_t*>(at), size_t(length));
}
