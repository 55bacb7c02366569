#include "Data/Stream/JsonObjectStream.h"
#include <cmath>
#include <cstdio>
#include <cstring>

namespace
{
/* Bytes of the UTF-8 character that begins here; 0 if there is none (RFC 3629 §4). */
size_t characterLength(const uint8_t* at, size_t left)
{
	struct Row {
		uint8_t first, last, low, high, length; ///< of the first byte; of the second one; in all
	};
	static const Row rows[] = {
		{0x00, 0x7f, 0x80, 0xbf, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
		{0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
		{0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
	};
	for(auto& row : rows) {
		if(at[0] < row.first || at[0] > row.last) {
			continue;
		}
		if(row.length > left || (row.length > 1 && (at[1] < row.low || at[1] > row.high))) {
			return 0;
		}
		for(size_t i = 2; i < row.length; ++i) {
			if(at[i] < 0x80 || at[i] > 0xbf) {
				return 0;
			}
		}
		return row.length;
	}
	return 0;
}

/* A string (RFC 8259 §7). Names of networks are any bytes: what is no UTF-8 becomes U+FFFD. */
bool addString(String& piece, const String& text)
{
	bool ok = piece.concat('"');
	for(size_t i = 0; ok && i < text.length();) {
		auto at = reinterpret_cast<const uint8_t*>(text.c_str()) + i;
		auto length = characterLength(at, text.length() - i);
		if(length == 0) {
			ok = piece.concat("\xef\xbf\xbd");
			++i;
			continue;
		}
		if(*at == '"' || *at == '\\') {
			ok = piece.concat('\\') && piece.concat(char(*at));
		} else if(*at < ' ') {
			ok = piece.concat("\\u00") && piece.concat(String(unsigned(*at), HEX, 2));
		} else {
			ok = piece.concat(text.c_str() + i, length);
		}
		i += length;
	}
	return ok && piece.concat('"');
}

/* RFC 8259 §6: there is no infinity. */
String realText(double value)
{
	if(!std::isfinite(value)) {
		return F("null");
	}
	char text[32];
	snprintf(text, sizeof(text), "%.9g", value);
	return text;
}

bool addValue(String& piece, const JsonNode& node)
{
	switch(node.type) {
	case JsonNode::Type::null:
		return piece.concat("null");
	case JsonNode::Type::boolean:
		return piece.concat(node.boolean ? "true" : "false");
	case JsonNode::Type::integer:
		return piece.concat(String(node.integer));
	case JsonNode::Type::natural:
		return piece.concat(String(node.natural));
	case JsonNode::Type::real:
		return piece.concat(realText(node.real));
	case JsonNode::Type::text:
		return addString(piece, node.text);
	case JsonNode::Type::array:
		return piece.concat('[');
	case JsonNode::Type::object:
		return piece.concat('{');
	}
	return false;
}

bool isContainer(const JsonNode& node)
{
	return node.type == JsonNode::Type::array || node.type == JsonNode::Type::object;
}

} // namespace

/* Make the next piece: what stands before a value, the value, or the end of its container. */
bool JsonObjectStream::advance(const JsonNode& root, Place& place, String& piece)
{
	piece = "";
	if(place.ended) {
		return false;
	}
	auto node = place.node;
	bool comma = false;
	if(node == nullptr) {
		node = &root;
	} else if(isContainer(*node) && !place.closing) {
		auto child = node->first;
		place.closing = (child == nullptr);
		node = (child == nullptr) ? node : child;
	} else if(node != &root && node->next != nullptr) {
		node = node->next;
		place.closing = false;
		comma = true;
	} else if(node != &root) {
		node = node->parent;
		place.closing = true;
	}
	place.node = node;
	if(place.closing) {
		place.ended = (node == &root);
		return piece.concat(node->type == JsonNode::Type::array ? ']' : '}');
	}
	bool named = node->parent != nullptr && node->parent->type == JsonNode::Type::object;
	return (!comma || piece.concat(',')) && (!named || (addString(piece, node->name) && piece.concat(':'))) &&
		   addValue(piece, *node);
}

uint16_t JsonObjectStream::readMemoryBlock(char* data, int bufSize)
{
	// One piece after the other is put into the block; the place stays where it is until seek()
	auto ahead = place;
	String next;
	auto text = &piece;
	size_t from = used;
	size_t total = 0;
	size_t room = (bufSize <= 0 || lost) ? 0 : size_t(bufSize);
	room = (room > UINT16_MAX) ? UINT16_MAX : room;
	while(total < room) {
		if(from == text->length()) {
			from = 0;
			text = &next;
			if(!advance(root, ahead, next)) {
				break;
			}
		}
		size_t part = text->length() - from;
		part = (part < room - total) ? part : room - total;
		memcpy(data + total, text->c_str() + from, part);
		total += part;
		from += part;
	}
	return uint16_t(total);
}

bool JsonObjectStream::seek(int length)
{
	if(length < 0 || lost) {
		return false;
	}
	auto left = size_t(length);
	while(left > 0) {
		if(used == piece.length()) {
			if(place.ended) {
				return false;
			}
			used = 0;
			if(!advance(root, place, piece)) {
				lost = true; // what was read would be read again, in the middle of the rest
				piece = nullptr;
				return false;
			}
		}
		size_t part = piece.length() - used;
		part = (part < left) ? part : left;
		used += part;
		left -= part;
	}
	return true;
}

int JsonObjectStream::available()
{
	auto ahead = place;
	String text;
	size_t total = piece.length() - used;
	while(advance(root, ahead, text)) {
		total += text.length();
	}
	return (ahead.ended && !lost) ? int(total) : -1;
}

bool JsonObjectStream::isFinished()
{
	return place.ended && !lost && used == piece.length();
}
