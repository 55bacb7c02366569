#include "topics.h"
#include <Network/Http/Websocket/WebsocketFrame.h>

namespace Mqtt
{
namespace
{
/* End of the level that begins at `start`: the position of its '/', or the length. */
size_t levelEnd(const String& text, size_t start)
{
	int slash = text.indexOf('/', start);
	return (slash < 0) ? text.length() : size_t(slash);
}

} // namespace

bool isText(const String& text)
{
	Websocket::Utf8Check utf8;
	auto bytes = reinterpret_cast<const uint8_t*>(text.c_str());
	return !text.isFailed() && text.length() <= 65535 && text.indexOf('\0') < 0 &&
		   utf8.feed(bytes, text.length()) && utf8.isComplete();
}

bool isTopicName(const String& text)
{
	return !text.isEmpty() && isText(text) && text.indexOf('+') < 0 && text.indexOf('#') < 0;
}

bool isTopicFilter(const String& text)
{
	if(text.isEmpty() || !isText(text)) {
		return false;
	}
	for(size_t start = 0;;) {
		auto end = levelEnd(text, start);
		for(size_t i = start; i < end; ++i) {
			bool wild = text[i] == '+' || text[i] == '#';
			if(wild && (end - start != 1 || (text[i] == '#' && end != text.length()))) {
				return false;
			}
		}
		if(end == text.length()) {
			return true;
		}
		start = end + 1;
	}
}

bool matches(const String& filter, const String& topic)
{
	if(!topic.isEmpty() && topic[0] == '$' && !filter.isEmpty() && (filter[0] == '+' || filter[0] == '#')) {
		return false;
	}
	for(size_t f = 0, t = 0;;) {
		auto filterEnd = levelEnd(filter, f);
		auto topicEnd = levelEnd(topic, t);
		if(filterEnd - f == 1 && filter[f] == '#') {
			return true;
		}
		bool any = (filterEnd - f == 1 && filter[f] == '+');
		if(!any && (filterEnd - f != topicEnd - t || memcmp(filter.c_str() + f, topic.c_str() + t, topicEnd - t) != 0)) {
			return false;
		}
		bool filterDone = (filterEnd == filter.length());
		bool topicDone = (topicEnd == topic.length());
		if(topicDone) {
			// "a/#" is also for "a" itself (§4.7.1.2)
			return filterDone || (filter.length() - filterEnd == 2 && filter[filterEnd + 1] == '#');
		}
		if(filterDone) {
			return false;
		}
		f = filterEnd + 1;
		t = topicEnd + 1;
	}
}

} // namespace Mqtt
