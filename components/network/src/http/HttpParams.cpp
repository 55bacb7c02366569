#include <Network/Http/HttpParams.h>
#include <Network/WebHelpers/escape.h>
#include <cstring>

bool HttpParams::parseQuery(const char* query, size_t length)
{
	if(length > 0 && *query == '?') {
		++query;
		--length;
	}
	auto end = query + length;
	bool complete = true;
	while(query < end) {
		auto next = static_cast<const char*>(memchr(query, '&', size_t(end - query)));
		auto stop = (next == nullptr) ? end : next;
		auto equals = static_cast<const char*>(memchr(query, '=', size_t(stop - query)));
		auto nameEnd = (equals == nullptr) ? stop : equals;
		if(stop > query) {
			auto name = uri_unescape(query, size_t(nameEnd - query));
			auto value = (equals == nullptr) ? String("") : uri_unescape(equals + 1, size_t(stop - equals - 1));
			bool room = count() < HTTP_MAX_PARAMS || contains(name);
			if(!room) {
				complete = false;
			} else if(name.isNull() || value.isNull() || !set(name, std::move(value))) {
				setIncomplete(); // who makes an object of a text is not told
				complete = false;
			}
		}
		query = stop + 1;
	}
	return complete;
}

String HttpParams::toString() const
{
	String text;
	for(auto entry : *this) {
		auto name = uri_escape(entry.key());
		auto value = uri_escape(entry.value());
		bool first = text.isNull();
		if(name.isNull() || value.isNull() || (!first && !text.concat('&')) || !text.concat(name) ||
		   !text.concat('=') || !text.concat(value)) {
			return nullptr;
		}
	}
	return text;
}

bool HttpParams::operator==(const HttpParams& other) const
{
	if(count() != other.count()) {
		return false;
	}
	for(size_t i = 0; i < count(); ++i) {
		if(keyAt(i) != other.keyAt(i) || valueAt(i) != other.valueAt(i)) {
			return false;
		}
	}
	return true;
}

size_t HttpParams::printTo(Print& p) const
{
	if(count() == 0) {
		return 0;
	}
	return p.print('?') + p.print(toString());
}

void HttpParams::debugPrintTo(Print& p) const
{
	for(auto entry : *this) {
		p << entry.key() << " = " << entry.value() << endl;
	}
}
