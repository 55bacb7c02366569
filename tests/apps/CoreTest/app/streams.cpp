#include "tests.h"
#include <Data/Stream/FlashMemoryStream.h>
#include <Data/Stream/LimitedMemoryStream.h>
#include <Data/Stream/MemoryDataStream.h>

DEFINE_FSTR_LOCAL(text, "The quick brown fox");

namespace
{
void testMemoryStream()
{
	MemoryDataStream stream;
	CHECK(stream.isValid() && stream.isFinished() && stream.available() == 0 && stream.read() == -1);
	CHECK(stream.getStreamPointer() == nullptr);
	CHECK_EQ(stream.print("Hello"), size_t(5));
	stream << ' ' << 42;
	CHECK_EQ(stream.available(), 8);
	CHECK(memcmp(stream.getStreamPointer(), "Hello 42", 8) == 0);
	char buffer[20];
	CHECK_EQ(stream.readMemoryBlock(buffer, 5), 5);
	CHECK_EQ(stream.readMemoryBlock(buffer, sizeof(buffer)), 8); // the position stayed
	CHECK_EQ(stream.readMemoryBlock(buffer, -1), 0);
	CHECK(stream.seek(6) && stream.available() == 2);
	CHECK_EQ(stream.peek(), '4');
	CHECK_EQ(stream.read(), '4');
	CHECK(!stream.seek(2) && !stream.seek(-8) && stream.seek(-7));
	CHECK_EQ(stream.seekFrom(-2, SeekOrigin::End), 6);
	CHECK_EQ(stream.seekFrom(9, SeekOrigin::Start), -1);
	CHECK_EQ(stream.seekFrom(-1, SeekOrigin::Start), -1);
	CHECK_EQ(stream.readString(100), "42");
	CHECK(stream.isFinished() && stream.readString(100).isNull());
	CHECK_EQ(stream.seekFrom(0, SeekOrigin::Start), 0);
	CHECK_EQ(stream.readStringUntil(' '), "Hello");
	CHECK_EQ(stream.parseInt(), 42L);
	stream.clear();
	CHECK_EQ(stream.available(), 0);

	MemoryDataStream fromString(String("a string that is long enough for the heap"));
	CHECK_EQ(fromString.available(), 41);
	CHECK(fromString.seek(2));
	String moved;
	uint32_t attempts = Memory::attempts();
	CHECK(fromString.moveString(moved));
	CHECK_EQ(moved, "string that is long enough for the heap");
	CHECK_EQ(Memory::attempts(), attempts); // moved, not copied
	CHECK(fromString.isFinished() && fromString.moveString(moved) && moved == "" && !moved.isNull());

	MemoryDataStream limited(size_t(5));
	CHECK_EQ(limited.print("1234567"), size_t(5));
	CHECK_EQ(limited.print("8"), size_t(0));
	CHECK_EQ(limited.available(), 5);

	MemoryDataStream large;
	String block = String().padRight(1000, 'x');
	for(int i = 0; i < 100; ++i) {
		CHECK_EQ(large.print(block), size_t(1000));
	}
	MemoryDataStream copy;
	CHECK_EQ(copy.copyFrom(&large, 70000), size_t(70000));
	CHECK_EQ(copy.copyFrom(&large), size_t(30000));
	CHECK(large.isFinished() && copy.available() == 100000);
	CHECK_EQ(copy.copyFrom(nullptr), size_t(0));
	char target[70001];
	CHECK_EQ(copy.readMemoryBlock(target, sizeof(target)), 65535); // its result has 16 bits
	CHECK_EQ(copy.readBytes(target, 70000), size_t(70000));
	CHECK_EQ(copy.available(), 30000);
}

void testLimitedStream()
{
	LimitedMemoryStream stream(8);
	CHECK(stream.isValid() && stream.isFinished());
	CHECK_EQ(stream.print("1234567890"), size_t(8));
	CHECK(stream.getWriteError() != 0);
	stream.clearWriteError();
	CHECK_EQ(stream.write('x'), size_t(0));
	CHECK_EQ(stream.readString(3), "123");
	CHECK(stream.seek(4) && !stream.seek(2));
	CHECK_EQ(stream.read(), '8');
	CHECK(stream.isFinished());

	char memory[] = "data in memory";
	LimitedMemoryStream wrapper(memory, sizeof(memory), 4, false);
	CHECK_EQ(wrapper.available(), 4);
	CHECK_EQ(wrapper.readString(10), "data");
	CHECK_EQ(wrapper.print("!!!!!!!!!!!!!!!!"), sizeof(memory) - 4);

	LimitedMemoryStream target(5);
	MemoryDataStream source;
	source.print("123456789");
	CHECK_EQ(target.copyFrom(&source), size_t(5));
	CHECK_EQ(source.available(), 4); // what did not fit is still there
}

void testFlashStream()
{
	FlashMemoryStream stream(text);
	CHECK_EQ(stream.available(), 19);
	CHECK(stream.find("brown"));
	CHECK_EQ(stream.readString(100), " fox");
	CHECK(stream.isFinished() && stream.read() == -1 && stream.write('x') == 0);
	CHECK_EQ(stream.seekFrom(0, SeekOrigin::Start), 0);
	MemoryDataStream copy;
	CHECK_EQ(copy.copyFrom(&stream), size_t(19));
	CHECK_EQ(stream.id().length(), size_t(8));
	CHECK_EQ(stream.id(), FlashMemoryStream(text).id());
	String s("x");
	CHECK(!stream.moveString(s) && s.isNull() && stream.getName().isNull() && stream.getMimeType().isNull());
}

/* Gives letters without end and does not say how many. */
class Letters : public IDataSourceStream
{
public:
	uint16_t readMemoryBlock(char* data, int bufSize) override
	{
		for(int i = 0; i < bufSize; ++i) {
			data[i] = char('a' + (position + unsigned(i)) % 26);
		}
		return uint16_t(bufSize);
	}
	bool seek(int len) override
	{
		position += unsigned(len);
		return true;
	}
	bool isFinished() override
	{
		return false;
	}

private:
	unsigned position = 0;
};

void testEndless()
{
	Letters letters;
	CHECK(letters.available() == -1 && letters.isValid() && letters.getStreamType() == eSST_Unknown);
	CHECK_EQ(letters.read(), 'a');
	String text = letters.readString(300);
	CHECK(text.length() == 300 && text.startsWith("bcd"));
	CHECK_EQ(letters.readString(2), "pq");
	CHECK(letters.id().isNull() && letters.seekFrom(0, SeekOrigin::Start) == -1);
	LimitedMemoryStream target(1000);
	CHECK_EQ(target.copyFrom(&letters), size_t(1000));
	Check::withFailingMemory([]() {
		Letters more;
		String part = more.readString(500);
		CHECK(part.isNull() || part.length() == 500);
	});
}

void testParsing()
{
	MemoryDataStream stream;
	stream.print("aaab -- 12 -7x 2.5, -.25|end");
	CHECK(stream.find("aab"));
	CHECK_EQ(stream.parseInt(), 12L);
	CHECK_EQ(stream.parseInt(), -7L);
	CHECK(stream.parseFloat() == 2.5f);
	CHECK(stream.parseFloat() == -0.25f);
	char buffer[10];
	CHECK_EQ(stream.readBytesUntil('d', buffer, sizeof(buffer)), size_t(3));
	CHECK(memcmp(buffer, "|en", 3) == 0);
	CHECK_EQ(stream.parseInt(), 0L);
	CHECK(!stream.find("x") && stream.find("") && stream.find(nullptr));
	stream.print("abcabcabd");
	CHECK(stream.find("abcabd") && stream.isFinished());
}

void testFailure()
{
	auto n = Check::withFailingMemory([]() {
		auto stream = new MemoryDataStream;
		if(stream == nullptr) {
			return;
		}
		size_t written = 0;
		for(int i = 0; i < 40; ++i) {
			size_t count = stream->print("twenty characters...");
			CHECK(count == 20 || count == 0);
			written += count;
		}
		CHECK_EQ(size_t(stream->available()), written);
		String s = stream->readString(50);
		CHECK(s.isNull() || s.startsWith("twenty"));
		size_t left = size_t(stream->available());
		bool ok = stream->moveString(s);
		CHECK(ok ? s.length() == left : s.isNull());
		delete stream;

		LimitedMemoryStream limited(100);
		size_t count = limited.print("text");
		CHECK(count == (limited.isValid() ? 4u : 0u));
		CHECK_EQ(limited.readMemoryBlock(nullptr, 0), 0);
		MemoryDataStream fromString(String("a string that is long enough for the heap"));
		CHECK(fromString.available() == 41 || fromString.available() == 0);
		MemoryDataStream fromShort(String("short"));
		CHECK(fromShort.available() == 5 || fromShort.available() == 0);
	});
	CHECK(n >= 5);
}
} // namespace

void testStreams()
{
	Check::group("Streams");
	testMemoryStream();
	testLimitedStream();
	testFlashStream();
	testParsing();
	testEndless();
	testFailure();
}
