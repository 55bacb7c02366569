#include <Network/Http/HttpHeaderFields.h>
#include <cstring>

namespace
{
struct KnownField {
	const char* name;
	bool multiValue;
};

/* Index 0 is UNKNOWN. */
const KnownField knownFields[] PROGMEM = {
	{"", false},
#define XX(tag, name, multi) {name, multi},
	HTTP_HEADER_FIELDNAME_MAP(XX)
#undef XX
};

constexpr unsigned customStart = unsigned(HttpHeaderFieldName::CUSTOM);
static_assert(sizeof(knownFields) / sizeof(knownFields[0]) == customStart, "one entry for each name");

constexpr unsigned maxCustom = 255 - customStart;

} // namespace

bool HttpHeaderFields::isMultiValue(HttpHeaderFieldName name)
{
	return unsigned(name) < customStart && knownFields[unsigned(name)].multiValue;
}

String HttpHeaderFields::toString(HttpHeaderFieldName name) const
{
	auto number = unsigned(name);
	return (number < customStart) ? knownFields[number].name : customFieldNames[number - customStart];
}

String HttpHeaderFields::toString(const String& name, const String& value)
{
	String text;
	size_t pos = 0;
	do {
		auto part = value.c_str() + pos;
		auto length = strlen(part);
		if(!text.concat(name) || !text.concat(": ") || !text.concat(part, length) || !text.concat("\r\n")) {
			return nullptr;
		}
		pos += length + 1;
	} while(pos < value.length());
	return text;
}

HttpHeaderFieldName HttpHeaderFields::fromString(const String& name) const
{
	for(unsigned i = 1; i < customStart; ++i) {
		if(name.equalsIgnoreCase(knownFields[i].name)) {
			return HttpHeaderFieldName(i);
		}
	}
	int index = name.isEmpty() ? -1 : customFieldNames.indexOf(name);
	return (index < 0) ? HTTP_HEADER_UNKNOWN : HttpHeaderFieldName(customStart + unsigned(index));
}

HttpHeaderFieldName HttpHeaderFields::findOrCreate(const String& name)
{
	auto field = fromString(name);
	if(field != HTTP_HEADER_UNKNOWN || name.isEmpty() || strlen(name.c_str()) != name.length()) {
		return field;
	}
	auto index = customFieldNames.count();
	if(index >= maxCustom || !customFieldNames.add(name)) {
		return HTTP_HEADER_UNKNOWN;
	}
	return HttpHeaderFieldName(customStart + index);
}

bool HttpHeaderFields::isValidName(const String& name)
{
	for(size_t i = 0; i < name.length(); ++i) {
		char c = name[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if(!letter && (c == '\0' || strchr("!#$%&'*+-.^_`|~", c) == nullptr)) {
			return false;
		}
	}
	return !name.isEmpty();
}

bool HttpHeaderFields::isValidValue(const String& value)
{
	for(size_t i = 0; i < value.length(); ++i) {
		if(value[i] == '\r' || value[i] == '\n' || value[i] == '\0') {
			return false;
		}
	}
	return true;
}
