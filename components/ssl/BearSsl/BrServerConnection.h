#pragma once

#include "../src/HelloVersions.h"
#include "BrConnection.h"
#include <Network/Ssl/Factory.h>

namespace Ssl
{
class BrServerConnection final : public BrConnection
{
public:
	explicit BrServerConnection(Session& session) : BrConnection(session, sizeof(br_ssl_server_context))
	{
	}
	~BrServerConnection() override;

	/** Begin to wait for a ClientHello. @return false with the error in the session */
	bool start();

private:
	/** Leads the engine to the session cache. */
	struct CacheLink {
		const br_ssl_session_cache_class* vtable; ///< must come first
		BrServerConnection* connection;
		SessionId found; ///< of the session that was handed to the engine
	};
	static const br_ssl_session_cache_class cacheClass;

	static void save(const br_ssl_session_cache_class** ctx, br_ssl_server_context* server,
					 const br_ssl_session_parameters* parameters);
	static int load(const br_ssl_session_cache_class** ctx, br_ssl_server_context* server,
					br_ssl_session_parameters* parameters);
	bool load(br_ssl_session_parameters& parameters);
	bool wasShort() const override;
	bool previewHandshake(const uint8_t* data, size_t length) override;
	bool askForCertificate();
	void onHandshakeEnd() override;

	br_x500_name* names = nullptr; ///< of the authorities that a client is told about
	CacheLink cacheLink{&cacheClass, this, {}};
	HelloVersions versions{uint16_t(session.options.legacyVersions ? BR_TLS10 : BR_TLS12), BR_TLS12};
	br_ssl_server_context* server() const
	{
		return static_cast<br_ssl_server_context*>(context);
	}
};

/** @return nullptr with the error in the session */
SSL_SERVER_ONLY Connection* createBrServer(Session& session);

} // namespace Ssl
