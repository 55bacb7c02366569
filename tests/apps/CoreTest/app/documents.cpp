/* Templates, JSON documents and files. */
#include "tests.h"
#include <Data/Stream/FileStream.h>
#include <Data/Stream/JsonObjectStream.h>
#include <Data/Stream/LimitedMemoryStream.h>
#include <Data/Stream/MemoryDataStream.h>
#include <Data/Stream/TemplateStream.h>
#include <FileSystem.h>
#include <cmath>

namespace
{
/* Read to the end, `step` bytes at a time. */
String drain(IDataSourceStream& stream, int step)
{
	String text = "";
	char block[512];
	for(unsigned turn = 0; turn < 100000 && !stream.isFinished(); ++turn) {
		auto length = stream.readMemoryBlock(block, step);
		text.concat(block, length);
		CHECK(stream.seek(length));
	}
	CHECK(stream.isFinished());
	return text;
}

TemplateStream* makeTemplate(const String& text)
{
	auto source = new MemoryDataStream;
	source->print(text);
	auto stream = new TemplateStream(source);
	stream->setVar("name", "value");
	stream->setVar("empty", "");
	stream->setVar("n", 12);
	stream->setVar("long", String("0123456789").padRight(700, '.'));
	stream->onGetValue([](const char* name) -> String { return (*name == 'x') ? String("<") + name + ">" : String(); });
	return stream;
}

void checkTemplate(const String& text, const String& expected)
{
	for(int step : {1, 7, 512}) {
		auto stream = makeTemplate(text);
		CHECK(drain(*stream, step) == expected);
		delete stream;
	}
}

/* A source that does not go on is not read again and again. */
void checkStuckTemplate(const char* text)
{
	class Stuck : public MemoryDataStream
	{
	public:
		bool seek(int) override
		{
			return false;
		}
	};
	auto source = new Stuck;
	source->print(text);
	TemplateStream stream(source);
	stream.setVar("name", "value");
	CHECK(stream.isValid() && !stream.isFinished());
	char data[64];
	size_t total = 0;
	for(unsigned i = 0; i < 3; ++i) {
		auto length = stream.readMemoryBlock(data, sizeof(data));
		stream.seek(length);
		total += length;
	}
	CHECK(total == 0 && stream.isFinished() && !stream.isValid());
}

void testTemplates()
{
	checkStuckTemplate("text");
	checkStuckTemplate("{name} text");
	checkTemplate("", "");
	checkTemplate("no variable", "no variable");
	checkTemplate("{name}", "value");
	checkTemplate("a{name}b{n}{empty}c", "avalueb12c");
	checkTemplate("{empty}{empty}", "");
	checkTemplate("{xyz}{x}", "<xyz><x>");
	checkTemplate("{unknown} {not a name} {} { { {name} } }", "{unknown} {not a name} {} { { value } }");
	checkTemplate("{{name}}", "{value}");
	checkTemplate("{name", "{name");
	checkTemplate("{", "{");
	checkTemplate("{a23456789012345678901234567890123}", "{a23456789012345678901234567890123}");
	String far;
	for(unsigned i = 240; i < 270; ++i) {
		String text = String("").padRight(i, '-');
		checkTemplate(text + "{name}" + text, text + "value" + text); // across the block's end
		checkTemplate(text + "{long}", text + String("0123456789").padRight(700, '.'));
	}

	auto stream = makeTemplate("{name} {{name}} {{name} {{}} {{n}}");
	stream->setDoubleBraces(true);
	CHECK(drain(*stream, 512) == "{name} value {{name} {{}} 12");
	delete stream;
	CHECK(htmlEscape("<a href=\"x\">'&'</a>") == "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
}

void testJson()
{
	JsonObjectStream stream;
	auto json = stream.getRoot();
	CHECK(stream.available() == 2);
	json["a"] = true;
	json["b"] = -12;
	json["c"] = 4000000000u;
	json["d"] = 1.5;
	json["e"] = "q\"\\\n\x01/";
	json["f"] = nullptr;
	json["g"] = INFINITY;
	json["h"] = String("\xc3\xa4\xff\xe2\x82\xac\xed\xa0\x80"); // a surrogate is no character
	auto list = json.createNestedArray("list");
	list.add(1);
	list.add("two");
	list.createNestedArray();
	auto item = list.createNestedObject();
	item["x"] = false;
	json.createNestedObject("o");
	json["b"] = int64_t(-9007199254740993);
	const String expected = "{\"a\":true,\"b\":-9007199254740993,\"c\":4000000000,\"d\":1.5,\"e\":\"q\\\"\\\\\\u000a\\u0001/\","
							"\"f\":null,\"g\":null,\"h\":\"\xc3\xa4\xef\xbf\xbd\xe2\x82\xac\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\","
							"\"list\":[1,\"two\",[],{\"x\":false}],\"o\":{}}";
	CHECK(stream.available() == int(expected.length()));
	CHECK(json.size() == 10 && list.size() == 4 && json.containsKey("h") && !json.containsKey("i"));
	CHECK(json["f"].isNull() && json["i"].isNull() && json["e"].toString() == "q\"\\\n\x01/");
	for(int step : {1, 5, 512}) {
		JsonObjectStream again;
		auto root = again.getRoot();
		auto inner = root.createNestedArray("list");
		inner.add(1);
		inner.createNestedObject()["k"] = "v";
		CHECK(drain(again, step) == "{\"list\":[1,{\"k\":\"v\"}]}");
		CHECK(again.available() == 0);
	}
	CHECK(drain(stream, 512) == expected);

	Memory::failAllocation(1, true);
	JsonObjectStream poor;
	poor.getRoot()["a"] = 1;
	Memory::failAllocation(0);
	CHECK(!poor.isValid());
}

/* Memory runs out while a document is read: nothing that does not belong to it may be given away. */
void testJsonWithoutMemory()
{
	String text;
	text.padLeft(100, 'x');
	String longer;
	longer.padLeft(1000, 'y');
	JsonObjectStream stream;
	stream.getRoot()["a"] = text;
	stream.getRoot()["b"] = longer;
	String expected = "{\"a\":\"" + text + "\",\"b\":\"" + longer + "\"}";
	CHECK(stream.available() == int(expected.length()));
	char data[2048];
	CHECK(stream.readMemoryBlock(data, 50) == 50 && stream.seek(50));
	Memory::failAllocation(1, true);
	auto count = stream.readMemoryBlock(data, sizeof(data));
	int left = stream.available();
	Memory::failAllocation(0);
	CHECK(count <= expected.length() - 50 && memcmp(data, expected.c_str() + 50, count) == 0);
	CHECK(left < 0); // too small a number would leave the rest of the document to the next response
	CHECK(stream.available() == int(expected.length()) - 50);

	// What is lost between reading and going on must not be sent twice
	Memory::failAllocation(1, true);
	bool skipped = stream.seek(int(expected.length()) - 50);
	Memory::failAllocation(0);
	CHECK(!skipped && stream.readMemoryBlock(data, sizeof(data)) == 0 && !stream.isFinished());
}

/*
 * Whatever allocation fails, what is made of texts that need memory is whole, or says that it is not.
 * @param make what is tested; gives the text, or null when it says that something is missing
 */
template <typename Make> void testLosses(const char* expected, Make make)
{
	unsigned lost = 0;
	for(uint32_t n = 1; n < 100; ++n) {
		Memory::failAllocation(n);
		auto failures = Memory::failures();
		String text = make();
		bool failed = Memory::failures() != failures;
		Memory::failAllocation(0);
		if(text.isNull()) {
			CHECK(failed);
			++lost;
		} else {
			CHECK(text == expected);
		}
	}
	CHECK(lost > 0);
}

String contentsOf(IDataSourceStream& stream)
{
	char data[200];
	auto count = stream.isValid() ? stream.readBytes(data, sizeof(data)) : 0;
	bool whole = stream.isValid() && stream.isFinished();
	Memory::failAllocation(0);
	return whole ? String(data, count) : String();
}

void testLosses()
{
	testLosses("{\"the name of a member\":\"a text that needs memory\",\"list of things\":[\"another text of it\"]}", [] {
		JsonObjectStream stream;
		stream.getRoot()["the name of a member"] = "a text that needs memory";
		stream.getRoot().createNestedArray("list of things").add(String("another text of it"));
		return contentsOf(stream);
	});
	testLosses("<a text &lt; that needs memory>, another that needs it", [] {
		const char* text = "{name-of-a-variable}, {another-variable}";
		TemplateStream stream(new LimitedMemoryStream(const_cast<char*>(text), strlen(text), strlen(text), false));
		stream.setVar("name-of-a-variable", "<" + htmlEscape("a text < that needs memory") + ">");
		stream.onGetValue([](const char*) { return String("another that needs it"); });
		return contentsOf(stream);
	});
	testLosses("a text that is taken over as it is", [] {
		MemoryDataStream stream(String("a text that is taken over") + " as it is");
		return contentsOf(stream);
	});
	testLosses("a value that needs memory", [] {
		HashMap<String, String> map;
		bool set = map.set("a key that needs memory", "a value that needs memory");
		Memory::failAllocation(0);
		CHECK(set || map.count() == 0);
		return set ? map["a key that needs memory"] : String();
	});
}

/* A smaller block that does as well is no loss. */
void testForgiven()
{
	String text;
	text.padLeft(100, 'x');
	auto failures = Memory::failures();
	Memory::failAllocation(1);
	CHECK(text.concat("yz") && text.length() == 102);
	CHECK(Memory::failures() == failures);
	MemoryDataStream stream;
	Memory::failAllocation(1);
	CHECK(stream.print("hello") == 5 && Memory::failures() == failures);
	Memory::failAllocation(1, true);
	CHECK(stream.print(text) == 0 || stream.print(text) == 0 || stream.print(text) == 0 || stream.print(text) == 0);
	Memory::failAllocation(0);
	CHECK(Memory::failures() != failures);

	Memory::failAllocation(1);
	MemoryDataStream inside(String("short"));
	CHECK(!inside.isValid() && MemoryDataStream(String()).isValid() && MemoryDataStream(String("")).isValid());
}

void testFiles()
{
	CHECK(fileGetContent("documents/a.txt").isNull());
	CHECK(fileSystemMount());
	for(auto name : {"", "/a", "a/", "a//b", "..", "../a", "a/../b", ".", "a/./b", "a\nb", "a\\b"}) {
		CHECK(fileOpen(name, File::CreateNewAlways | File::WriteOnly) == int(FileError::badName));
		CHECK(!fileExist(name) && fileSetContent(name, "x") < 0 && fileDelete(name) < 0);
	}
	CHECK(fileSetContent("documents/a.txt", "hello") == 5);
	CHECK(fileGetContent("documents/a.txt") == "hello" && fileGetSize("documents/a.txt") == 5);
	CHECK(fileExist("documents/a.txt") && !fileExist("documents") && fileOpen("documents") < 0);
	char part[4];
	CHECK(fileGetContent("documents/a.txt", part, sizeof(part)) == 3 && strcmp(part, "hel") == 0);
	CHECK(fileRename("documents/a.txt", "documents/b.txt") == 0 && !fileExist("documents/a.txt"));
	{
		FileStream stream("documents/b.txt", File::ReadWrite | File::Append);
		CHECK(stream.isValid() && stream.available() == 5 && stream.getName() == "documents/b.txt");
		CHECK(drain(stream, 2) == "hello");
		CHECK(stream.print(" world") == 6 && stream.seekFrom(0, SeekOrigin::Start) == 0);
		CHECK(drain(stream, 512) == "hello world" && stream.seekFrom(1, SeekOrigin::End) < 0);
	}
	CHECK(fileList().contains("documents/b.txt"));
	auto file = fileOpen("documents/b.txt");
	CHECK(file >= 0 && fileWrite(file, "x", 1) < 0 && fileSeek(file, -3, SeekOrigin::End) == 8 && fileTell(file) == 8);
	fileClose(file);
	CHECK(fileRead(file, part, 1) == int(FileError::badHandle));
	CHECK(fileDelete("documents/b.txt") == 0 && fileDelete("documents/b.txt") == int(FileError::notFound));
	FileStream missing("documents/b.txt");
	CHECK(!missing.isValid() && missing.getLastError() == int(FileError::notFound));
	CHECK(fileGetErrorString(missing.getLastError()) == "no such file");
	fileSystemUnmount();
	CHECK(fileOpen("documents/b.txt") == int(FileError::notMounted));
}
} // namespace

void testDocuments()
{
	testTemplates();
	testJson();
	testJsonWithoutMemory();
	testLosses();
	testForgiven();
	testFiles();
}
