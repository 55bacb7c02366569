/*
 * ChipServer: HTTPS on a chip for tests that count connections. /4k is a page of 4096 bytes; every two seconds it
 * prints the number of connections and the heap.
 */
#include <Memory.h>
#include <SmingCore.h>
#include <hal.h>
#include <hal_chip.h>
#include <ssl/cert.h>
#include <ssl/private_key.h>

namespace
{
constexpr size_t pageSize = 4096;

HttpServer server;
SimpleTimer timer;

/* 4096 bytes without holding them. */
class Page : public IDataSourceStream
{
public:
	int available() override
	{
		return int(pageSize - position);
	}
	uint16_t readMemoryBlock(char* data, int bufSize) override
	{
		auto left = pageSize - position;
		auto count = (size_t(bufSize) < left) ? size_t(bufSize) : left;
		for(size_t i = 0; i < count; ++i) {
			data[i] = char('a' + (position + i) % 26);
		}
		return uint16_t(count);
	}
	bool seek(int count) override
	{
		position += size_t(count);
		return true;
	}
	bool isFinished() override
	{
		return position == pageSize;
	}

private:
	size_t position = 0;
};

void onPage(HttpRequest&, HttpResponse& response)
{
	response.sendDataStream(new Page, MIME_TEXT);
}

void initSession(Ssl::Session& session)
{
	session.keyCert.assign(default_private_key, sizeof(default_private_key), default_certificate,
						   sizeof(default_certificate));
	session.maxBufferSize = Ssl::MaxBufferSize::B512;
}

void show()
{
	Serial << _F("heap free ") << hal_heap_free() << _F(", session ")
		   << Memory::statistics(Memory::Tag::session).current << _F(", records ")
		   << Memory::statistics(Memory::Tag::recordBuffer).current << _F(", network ")
		   << Memory::statistics(Memory::Tag::network).current << _F(", handshake ")
		   << Memory::statistics(Memory::Tag::handshake).current << _F(", busy ") << uint32_t(chip_busy_us()) << endl;
}
} // namespace

void init()
{
	Serial.begin(SERIAL_BAUD_RATE);
	Serial.systemDebugOutput(true);
	HttpServerSettings settings;
	settings.maxActiveConnections = 64;
	settings.keepAliveSeconds = 600;
	settings.minHeapSize = 0; // none is given up for a new one
	server.configure(settings);
	server.paths.set("/4k", onPage);
	server.setSslInitHandler(initSession);
	Serial << (server.listen(443, true) ? _F("Listening") : _F("Not listening")) << endl;
	timer.initializeMs(2000, show).start();
}
