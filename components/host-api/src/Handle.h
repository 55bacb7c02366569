/** What stands behind the opaque sming_tls of the C interface. */
#pragma once

#include "RandomSource.h"
#include <Memory.h>
#include <Network/Ssl/Session.h>
#include <sming_host/tls.h>

struct __attribute__((visibility("hidden"))) sming_tls : public Memory::Tagged<Memory::Tag::application> {
	explicit sming_tls(Ssl::Role role);
	~sming_tls();
	sming_tls(const sming_tls&) = delete;
	sming_tls& operator=(const sming_tls&) = delete;

	/* Declared before the session, which uses them to its end */
	Ssl::Environment environment;
	HostApi::RandomSource random;
	Ssl::TrustAnchors anchors;
	void* suites = nullptr; ///< list of the caller's, with the layout of a FSTR::Array
	int64_t time = 0;
	bool timeIsSet = false;
	Ssl::Role role;

	Ssl::Session session;
};

namespace HostApi
{
/** Put text into a caller's buffer: cut to fit, always with NUL. @return full length */
size_t copyText(const char* text, size_t length, char* buffer, size_t size);
size_t copyText(const String& text, char* buffer, size_t size);

/** Send the framework's log to the buffer that sming_log_read() reads. Once is enough; more does no harm. */
void captureLog();
} // namespace HostApi
