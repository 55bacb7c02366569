/**
 * Fuzzes the parsing of HTTP messages as a connection receives them.
 *
 *     1  flags: 1 = requests, else responses; 2 = bodies of responses are left out, as after HEAD
 *     1  bytes that arrive at once; 0: all
 *     …  messages
 */
#include "../../common/Expect.h"
#include "../../common/Input.h"
#include "../../common/harness.h"
#include <HttpParser.h>
#include <Network/Http/HttpConnection.h>
#include <m_printf.h>
#include <vector>

namespace
{
class Probe : public HttpConnection
{
public:
	Probe(bool requests, bool noBody) : HttpConnection(requests), noBody(noBody)
	{
	}

	HttpRequest* getRequest() override
	{
		return nullptr;
	}

	/** @return false when the message was refused */
	bool receive(char* data, size_t length)
	{
		return onReceive(data, length);
	}

	bool begin()
	{
		return resetParser();
	}

	void finish()
	{
		if(parser != nullptr) {
			parser->finish();
		}
	}

protected:
	int onMessageBegin() override
	{
		Fuzz::expect(!inMessage, "a message begins within another");
		inMessage = true;
		headersDone = false;
		return 0;
	}

	int onPath(const Url& path) override
	{
		Fuzz::expect(inMessage, "a path without a message");
		path.toString();
		return 0;
	}

	int onHeadersComplete(HttpHeaders& headers) override
	{
		Fuzz::expect(inMessage && !headersDone, "headers without a message");
		headersDone = true;
		for(unsigned i = 0; i < headers.count(); ++i) {
			String text = headers[i];
			Fuzz::expect(text.endsWith("\r\n"), "a header field has no end");
		}
		headers.getLastModifiedDate();
		return noBody;
	}

	int onBody(const char* at, size_t length) override
	{
		Fuzz::expect(headersDone, "a body without headers");
		for(size_t i = 0; i < length; ++i) {
			sum = uint8_t(sum + at[i]);
		}
		return 0;
	}

	int onMessageComplete() override
	{
		Fuzz::expect(inMessage && headersDone, "a message ends that has not begun");
		inMessage = false;
		return 0;
	}

	bool onUpgradedData(char*, size_t) override
	{
		return true;
	}

	bool onProtocolUpgrade() override
	{
		return true;
	}

private:
	bool noBody;
	bool inMessage = false;
	bool headersDone = false;
	volatile uint8_t sum = 0;
};

void run(Fuzz::Input input)
{
	auto flags = input.takeNumber(1);
	auto fragment = input.takeNumber(1);
	auto rest = input.takeRest();
	Probe probe((flags & 1) != 0, (flags & 2) != 0);
	if(!probe.begin()) {
		return;
	}
	bool ok = true;
	while(ok && rest.length != 0) {
		size_t part = fragment == 0 ? rest.length : std::min<size_t>(rest.length, fragment);
		// Of exactly its size, so that a sanitizer sees any reading beyond it
		std::vector<char> copy(rest.data, rest.data + part);
		ok = probe.receive(copy.data(), part);
		rest.data += part;
		rest.length -= part;
	}
	if(ok) {
		probe.finish();
	}
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
	run(Fuzz::Input(data, size));
	return 0;
}
