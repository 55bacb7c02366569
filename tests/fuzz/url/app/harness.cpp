/** Fuzzes Url: what was parsed and put together again must be the same URL. */
#include "../../common/Expect.h"
#include "../../common/harness.h"
#include <Network/Url.h>
#include <Network/WebHelpers/escape.h>
#include <m_printf.h>

namespace
{
void checkUrl(const String& text)
{
	Url url(text);
	if(!url.isValid()) {
		return;
	}
	String first = url.toString();
	Url again(first);
	Fuzz::expect(again.toString() == first, "a URL changes when it is parsed once more");
	Fuzz::expect(again.Host == url.Host && again.getPort() == url.getPort(), "a URL leads to another server");
	Fuzz::expect(again.getPathWithQuery() == url.getPathWithQuery(), "a URL leads to another page");
	url.getFileName();
	url.getRelativePath();
	url.getHostWithPort();
	url.getQueryParam("name");
}

void checkEscape(const String& text)
{
	String escaped = uri_escape(text.c_str(), text.length());
	Fuzz::expect(uri_unescape(escaped.c_str(), escaped.length(), false) == text, "escaping is not undone");
	String copy(text);
	uri_unescape_inplace(copy);
	Fuzz::expect(copy == uri_unescape(text.c_str(), text.length()), "unescaping in place gives something else");
	char buffer[32];
	uri_escape(buffer, sizeof(buffer), text.c_str(), int(text.length()));
	uri_unescape(buffer, sizeof(buffer), text.c_str(), int(text.length()));
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
	String text(reinterpret_cast<const char*>(data), size);
	checkUrl(text);
	checkEscape(text);
	return 0;
}
