#include <Network/Http/HttpHeaders.h>

String& HttpHeaders::operator[](const String& name)
{
	auto field = findOrCreate(name);
	if(field == HTTP_HEADER_UNKNOWN) {
		setIncomplete();
		lost = nullptr;
		return lost;
	}
	return Map::operator[](field);
}

bool HttpHeaders::set(HttpHeaderFieldName name, const String& value)
{
	if(name == HTTP_HEADER_UNKNOWN) {
		return false;
	}
	String copy(value);
	return (!copy.isNull() || value.isNull()) && Map::set(name, std::move(copy));
}

void HttpHeaders::copyFrom(const HttpHeaders& other)
{
	if(!setMultiple(other)) {
		setIncomplete();
	}
}

bool HttpHeaders::append(HttpHeaderFieldName name, const String& value)
{
	if(!contains(name)) {
		return set(name, value);
	}
	if(!isMultiValue(name)) {
		return false;
	}
	auto& current = Map::operator[](name);
	if(!current.concat('\0')) {
		return false;
	}
	if(!current.concat(value)) {
		current.setLength(current.length() - 1);
		return false;
	}
	return true;
}

bool HttpHeaders::setMultiple(const HttpHeaders& other)
{
	bool complete = other.isComplete();
	for(auto header : other) {
		// Numbers of custom names differ from object to object
		complete = set(header.getFieldName(), header.value()) && complete;
	}
	return complete;
}

DateTime HttpHeaders::getDate(HttpHeaderFieldName name) const
{
	DateTime date;
	return date.fromHttpDate((*this)[name]) ? date : DateTime();
}
