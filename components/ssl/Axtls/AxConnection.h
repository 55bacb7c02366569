/** Ssl::AxConnection: one connection on the axtls engine, client or server. */
#pragma once

#include "../src/ProtocolNames.h"
#include "AxHandshake.h"
#include <Network/Ssl/Connection.h>
#include <Network/Ssl/Factory.h>
#include <Network/Ssl/Session.h>
#include <axtls/engine.h>

namespace Ssl
{
class AxConnection;

/** The part of AxConnection::start() that only a server has. */
SSL_SERVER_ONLY bool startAxServer(AxConnection& connection);

class AxConnection final : public Connection
{
public:
	explicit AxConnection(Session& session);
	~AxConnection() override;

	/** Begin: a client's ClientHello is then in the output. @return false with the error in the session */
	bool start();

	bool isHandshakeDone() const override
	{
		return handshakeDone;
	}
	CipherSuite getCipherSuite() const override;
	SessionId getSessionId() const override;
	uint16_t getVersion() const override;
	const Certificate* getCertificate() const override;
	const char* getAlpnProtocol() const override;
	bool isResumed() const override
	{
		return handshakeDone && axtls_engine_is_resumed(engine);
	}
	bool getParameters(SessionParameters& parameters) const override;
	uint8_t* takeTicket(size_t& length) override;
	PeerCertificate* shareCertificate() override;

	size_t feed(const uint8_t* data, size_t length) override;
	size_t feedInPlace(uint8_t* data, size_t length) override;
	void keepInput() override;
	size_t peekOutput(const uint8_t*& data) override;
	void consumeOutput(size_t length) override;
	size_t peekInput(const uint8_t*& data) override;
	void consumeInput(size_t length) override;
	size_t write(const uint8_t* data, size_t length) override;
	void flush() override;
	void close() override;
	void abort(Alert alert) override;
	bool isPeerClosed() const override;
	bool isClosed() const override;
	void endHandshake() override;

private:
	/** Leads the engine to the session cache. */
	struct CacheLink {
		axtls_cache cache; ///< must come first
		AxConnection* connection;
	};
	static const axtls_cache_class cacheClass;

	static void put(axtls_cache* cache, const axtls_session* kept, uint32_t now);
	static bool get(const axtls_cache* cache, const uint8_t* id, size_t length, uint32_t now, axtls_session* kept);
	static void remove(axtls_cache* cache, const uint8_t* id, size_t length);
	static const br_x509_class** getValidator(void* self, axtls_engine* engine);
	static axtls_alert getCertificateAlert(void* self, unsigned result);

	friend bool startAxServer(AxConnection& connection);

	template <class Step> void run(Step step);
	template <class Byte> using FeedFunction = size_t (*)(axtls_engine*, Byte*, size_t);
	template <class Byte> size_t feedRecords(FeedFunction<Byte> function, Byte* data, size_t length);
	void dropUnread();
	void chooseSizes();
	bool initRandom();
	bool startClient();
	bool startServer();
	void update();
	void onError();

	Session& session;
	KeyCertPair keyCert; ///< the session's, held while the engine may use it
	axtls_settings settings;
	axtls_engine* engine = nullptr;
	br_hmac_drbg_context* random = nullptr; ///< with suites in CBC mode also after the handshake, for their IVs
	AxHandshake* handshake = nullptr;		 ///< until the handshake ends
	PeerCertificate* certificate = nullptr;
	ProtocolNames protocols;
	CacheLink cacheLink;
	Error certificateError = Error::none; ///< what the verifier said
	Alert pendingAlert = Alert::none;	  ///< abort() came while inEngine
	bool handshakeDone = false;
	bool inEngine = false;		///< the engine is further up the stack: nothing that it uses may go
	bool isFeeding = false;		///< records are coming in
	bool isClosing = false;		///< close() was called: plaintext is wanted no more
	bool endsHandshake = false; ///< endHandshake() came while inEngine
};

} // namespace Ssl
