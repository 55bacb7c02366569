#include "Data/Stream/TemplateStream.h"
#include <cstring>

namespace
{
bool isNameCharacter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
		   c == '.' || c == ':';
}

} // namespace

String htmlEscape(const String& text)
{
	if(text.isFailed()) {
		return text;
	}
	String result;
	auto failures = Memory::failures();
	if(!result.reserve(text.length())) {
		Memory::forgiveFailures(failures); // it may grow as well
	}
	for(size_t i = 0; i < text.length(); ++i) {
		char c = text[i];
		switch(c) {
		case '&':
			result += "&amp;";
			break;
		case '<':
			result += "&lt;";
			break;
		case '>':
			result += "&gt;";
			break;
		case '"':
			result += "&quot;";
			break;
		case '\'':
			result += "&#39;";
			break;
		default:
			result += c;
		}
	}
	return result;
}

String TemplateStream::getValue(const char* name)
{
	String key(name);
	if(key.isFailed()) {
		return key;
	}
	if(templateData.contains(key)) {
		String found = static_cast<const Variables&>(templateData)[key];
		return (found.isNull() && !found.isFailed()) ? String("") : found;
	}
	auto function = getValueCallback;
	return function ? function(name) : String();
}

/* @return bytes of the variable that `text` begins with, 0 if it is none or has no value */
size_t TemplateStream::readVariable(const char* text, size_t length, String& result)
{
	size_t braces = doubleBraces ? 2 : 1;
	if(length < braces || text[braces - 1] != '{') {
		return 0;
	}
	size_t end = braces;
	while(end < length && end - braces <= TEMPLATE_MAX_VAR_NAME_LEN && isNameCharacter(text[end])) {
		++end;
	}
	size_t nameLength = end - braces;
	if(nameLength == 0 || nameLength > TEMPLATE_MAX_VAR_NAME_LEN || length - end < braces || text[end] != '}' ||
	   text[end + braces - 1] != '}') {
		return 0;
	}
	char name[TEMPLATE_MAX_VAR_NAME_LEN + 1];
	memcpy(name, text + braces, nameLength);
	name[nameLength] = '\0';
	result = getValue(name);
	lost = lost || result.isFailed();
	return result.isNull() ? 0 : end + braces;
}

/* Get the next piece. @return false when there is none now */
bool TemplateStream::fill()
{
	if(position < (value.isNull() ? blockLength : value.length())) {
		return true;
	}
	for(;;) {
		position = 0;
		blockLength = 0;
		value = nullptr;
		size_t length = (source == nullptr || stuck || lost) ? 0 : source->readMemoryBlock(block, blockSize);
		if(length == 0) {
			return false;
		}
		// A variable is looked for at the start of the block only: there all of it is in sight
		if(block[0] == '{') {
			auto used = readVariable(block, length, value);
			if(used > 0) {
				if(!advance(used)) {
					value = nullptr;
					return false;
				}
				if(value.length() == 0) {
					continue;
				}
				return true;
			}
			value = nullptr;
			if(lost) {
				return false;
			}
		}
		auto brace = static_cast<const char*>(memchr(block + 1, '{', length - 1));
		auto text = (brace == nullptr) ? length : size_t(brace - block);
		if(!advance(text)) {
			return false;
		}
		blockLength = text;
		return true;
	}
}

/* @return false when the source does not move: it would only give the same text again, and again */
bool TemplateStream::advance(size_t length)
{
	stuck = !source->seek(int(length));
	return !stuck;
}

uint16_t TemplateStream::readMemoryBlock(char* data, int bufSize)
{
	if(bufSize <= 0 || !fill()) {
		return 0;
	}
	auto text = value.isNull() ? block : value.c_str();
	size_t length = (value.isNull() ? blockLength : value.length()) - position;
	length = (length < size_t(bufSize)) ? length : size_t(bufSize);
	length = (length < UINT16_MAX) ? length : UINT16_MAX;
	memcpy(data, text + position, length);
	return uint16_t(length);
}

bool TemplateStream::seek(int length)
{
	auto end = value.isNull() ? blockLength : value.length();
	if(length < 0 || size_t(length) > end - position) {
		return false;
	}
	position += size_t(length);
	return true;
}

bool TemplateStream::isFinished()
{
	bool empty = position == (value.isNull() ? blockLength : value.length());
	return empty && (source == nullptr || stuck || lost || source->isFinished());
}
