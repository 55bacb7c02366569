#include "headText.h"
#include <cstring>

bool addField(String& head, const char* name, const String& value)
{
	return !value.isFailed() && HttpHeaderFields::isValidValue(value) && head.concat(name) && head.concat(": ") && head.concat(value) &&
		   head.concat("\r\n");
}

bool addFields(String& head, const HttpHeaders& headers)
{
	for(auto header : headers) {
		auto field = header.key();
		if(field == HTTP_HEADER_CONTENT_LENGTH || field == HTTP_HEADER_TRANSFER_ENCODING) {
			continue; // an application's value would contradict the connection's
		}
		auto name = header.getFieldName();
		if(!HttpHeaderFields::isValidName(name)) {
			return false;
		}
		// Fields of several values hold them separated by NUL
		auto& value = header.value();
		if(value.isFailed()) {
			return false;
		}
		bool several = HttpHeaderFields::isMultiValue(field);
		size_t pos = 0;
		do {
			auto length = several ? strlen(value.c_str() + pos) : value.length();
			if(!addField(head, name.c_str(), String(value.c_str() + pos, length))) {
				return false;
			}
			pos += length + 1;
		} while(pos < value.length());
	}
	return true;
}
