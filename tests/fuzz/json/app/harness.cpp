/**
 * Fuzzes what is made piece by piece while it is read: JSON documents and templates.
 *
 * The input is which allocation fails, how many bytes are read at once, and what the document is built of, see build().
 * What is read must be JSON (RFC 8259), the same however it is read, and without memory a beginning of it that does not
 * pass for all.
 */
#include "../../common/Expect.h"
#include "../../common/Input.h"
#include "../../common/harness.h"
#include <Data/Stream/JsonObjectStream.h>
#include <Data/Stream/LimitedMemoryStream.h>
#include <Data/Stream/TemplateStream.h>
#include <Network/Http/Websocket/WebsocketFrame.h>
#include <cstring>
#include <m_printf.h>

namespace
{
constexpr unsigned maxDepth = 8;

String textOf(Fuzz::Bytes bytes)
{
	return String(reinterpret_cast<const char*>(bytes.data), bytes.length);
}

void addNumber(JsonNode& node, Fuzz::Input& input)
{
	auto high = uint64_t(input.takeNumber(4));
	auto number = high << 32 | input.takeNumber(4);
	double real;
	memcpy(&real, &number, sizeof(real));
	switch(number % 4) {
	case 0:
		node.set(int64_t(number));
		break;
	case 1:
		node.set(number);
		break;
	case 2:
		node.set(real);
		break;
	default:
		node.set(int(number));
	}
}

/* Each byte says what follows: a container, its end, or a value; in objects a name stands before it. */
void build(JsonObjectStream& stream, Fuzz::Bytes program)
{
	struct Level {
		JsonObject object;
		JsonArray array;
		bool isArray;
	} levels[maxDepth] = {{stream.getRoot(), JsonArray(), false}};
	unsigned depth = 0;
	Fuzz::Input input(program.data, program.length);
	for(auto part = input.take(1); part.length == 1; part = input.take(1)) {
		auto& level = levels[depth];
		auto what = part.data[0];
		auto name = level.isArray ? String() : textOf(input.take(what >> 4));
		auto object = level.object;
		auto array = level.array;
		switch(what % 7) {
		case 0:
		case 1:
			if(depth + 1 < maxDepth) {
				bool isArray = (what % 7 == 1);
				Level next{JsonObject(), JsonArray(), isArray};
				if(isArray) {
					next.array = level.isArray ? array.createNestedArray() : object.createNestedArray(name);
				} else {
					next.object = level.isArray ? array.createNestedObject() : object.createNestedObject(name);
				}
				levels[++depth] = next;
			}
			break;
		case 2:
			depth -= (depth > 0);
			break;
		case 3: {
			JsonNode number;
			addNumber(number, input);
			if(number.type == JsonNode::Type::real) {
				level.isArray ? void(array.add(number.real)) : void(object[name] = number.real);
			} else if(number.type == JsonNode::Type::natural) {
				level.isArray ? void(array.add(number.natural)) : void(object[name] = number.natural);
			} else {
				level.isArray ? void(array.add(number.integer)) : void(object[name] = number.integer);
			}
			break;
		}
		case 4:
			level.isArray ? void(array.add((what & 16) != 0)) : void(object[name] = (what & 16) != 0);
			break;
		case 5:
			level.isArray ? void(array.add(nullptr)) : void(object[name] = nullptr);
			break;
		default: {
			auto text = textOf(input.take(input.takeNumber(1)));
			level.isArray ? void(array.add(text)) : void(object[name] = text);
		}
		}
	}
}

/* Reads JSON, to check that it is some. */
class Reader
{
public:
	explicit Reader(const String& text) : text(text)
	{
	}
	bool isDocument()
	{
		return value(0) && at == text.length();
	}

private:
	bool take(char c)
	{
		bool is = text[at] == c && at < text.length();
		at += is;
		return is;
	}
	bool word(const char* expected)
	{
		bool is = text.startsWith(expected, at);
		at += is ? strlen(expected) : 0;
		return is;
	}
	bool digits()
	{
		auto start = at;
		while(text[at] >= '0' && text[at] <= '9') {
			++at;
		}
		return at > start;
	}
	bool number()
	{
		take('-');
		if(!take('0') && !digits()) {
			return false;
		}
		if(take('.') && !digits()) {
			return false;
		}
		if(take('e') || take('E')) {
			if(!take('+')) {
				take('-');
			}
			return digits();
		}
		return true;
	}
	bool string()
	{
		if(!take('"')) {
			return false;
		}
		for(; at < text.length() && text[at] != '"'; ++at) {
			if(uint8_t(text[at]) < ' ') {
				return false;
			}
			if(text[at] == '\\') {
				++at;
				if(text[at] == 'u') {
					at += 4;
				} else if(text[at] != '"' && text[at] != '\\') {
					return false;
				}
			}
		}
		return take('"');
	}
	bool members(bool named, char end, unsigned depth)
	{
		if(take(end)) {
			return true;
		}
		do {
			if((named && (!string() || !take(':'))) || !value(depth + 1)) {
				return false;
			}
		} while(take(','));
		return take(end);
	}
	bool value(unsigned depth)
	{
		if(depth > maxDepth) {
			return false;
		}
		if(text[at] == '"') {
			return string();
		}
		if(take('{')) {
			return members(true, '}', depth);
		}
		if(take('[')) {
			return members(false, ']', depth);
		}
		return word("true") || word("false") || word("null") || number();
	}

	const String& text;
	size_t at = 0;
};

/* Read in pieces until nothing more comes. */
String drain(IDataSourceStream& stream, int step)
{
	String text = "";
	char block[256];
	for(unsigned turn = 0; turn < 100000 && !stream.isFinished(); ++turn) {
		auto length = stream.readMemoryBlock(block, step);
		if(length == 0 || !stream.seek(length)) {
			break;
		}
		text.concat(block, length);
	}
	return text;
}

void checkDocument(Fuzz::Bytes program, unsigned failing, int step)
{
	JsonObjectStream whole;
	build(whole, program);
	auto length = whole.available();
	auto right = drain(whole, 256);
	Fuzz::expect(whole.isValid() && whole.isFinished() && int(right.length()) == length, "not as long as it says");
	Fuzz::expect(Reader(right).isDocument(), "no JSON");
	Websocket::Utf8Check utf8;
	Fuzz::expect(utf8.feed(reinterpret_cast<const uint8_t*>(right.c_str()), right.length()) && utf8.isComplete(),
				 "no UTF-8");
	{
		JsonObjectStream pieces;
		build(pieces, program);
		Fuzz::expect(drain(pieces, step) == right, "something else when it is read in pieces");
	}
	JsonObjectStream poor;
	String text;
	text.reserve(right.length() + 1);
	Memory::failAllocation(failing);
	build(poor, program);
	bool valid = poor.isValid();
	char block[256];
	for(unsigned turn = 0; valid && turn < 100000 && !poor.isFinished(); ++turn) {
		auto count = poor.readMemoryBlock(block, step);
		Fuzz::expect(text.length() + count <= right.length(), "more than there is");
		text.concat(block, count);
		if(!poor.seek(count)) {
			break;
		}
	}
	Memory::failAllocation(0);
	if(valid) {
		Fuzz::expect(right.startsWith(text), "something else without memory");
		Fuzz::expect(!poor.isFinished() || text == right, "a part passes for all");
	}
}

void checkTemplate(Fuzz::Bytes source, unsigned failing, int step, bool doubleBraces)
{
	auto make = [&](unsigned fail, bool& whole, int size) {
		auto data = const_cast<uint8_t*>(source.data);
		auto memory = new LimitedMemoryStream(data, source.length, source.length, false);
		TemplateStream stream(memory);
		stream.setDoubleBraces(doubleBraces);
		Memory::failAllocation(fail);
		stream.setVar("a", htmlEscape(textOf(source)));
		stream.onGetValue([](const char* name) {
			return strcmp(name, "name") == 0 ? String("a value that needs memory") : String();
		});
		String text = "";
		char block[256];
		for(unsigned turn = 0; turn < 100000 && !stream.isFinished(); ++turn) {
			auto length = stream.readMemoryBlock(block, size);
			if(!stream.seek(length)) {
				break;
			}
			text += textOf({reinterpret_cast<uint8_t*>(block), length});
		}
		Memory::failAllocation(0);
		whole = stream.isValid() && stream.isFinished();
		return text;
	};
	bool whole = false;
	auto right = make(0, whole, 256);
	Fuzz::expect(whole && make(0, whole, step) == right && whole, "a template is not the same in pieces");
	auto poor = make(failing, whole, step);
	Fuzz::expect(!whole || poor == right || poor.isFailed(), "a part of a template passes for all");
}

} // namespace

int LLVMFuzzerInitialize(int*, char***)
{
	m_setPuts(nullptr);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
	Fuzz::NoLeak noLeak;
	Fuzz::Input input(data, size);
	auto failing = input.takeNumber(1);
	auto settings = input.takeNumber(1);
	auto rest = input.takeRest();
	int step = int(settings % 32) + 1;
	checkDocument(rest, failing, step);
	checkTemplate(rest, failing, step, (settings & 128) != 0);
	return 0;
}
