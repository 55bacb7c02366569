/** Ssl::BrConnection: one connection on BearSSL's engine, what client and server have in common. */
#pragma once

#include "../src/PeerVerifier.h"
#include "../src/ProtocolNames.h"
#include <Network/Ssl/Connection.h>
#include <Network/Ssl/Session.h>
#include <bearssl_ssl.h>

namespace Ssl
{
class BrConnection : public Connection
{
public:
	~BrConnection() override;

	/** Make one and begin. @return nullptr with the error in the session */
	template <class T> static Connection* create(Session& session)
	{
		auto connection = new T(session);
		if(connection == nullptr) {
			session.fail(Error::noMemory);
		} else if(!connection->start()) {
			delete connection;
			connection = nullptr;
		}
		return connection;
	}

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
		return resumed;
	}
	bool getParameters(SessionParameters& parameters) const override;
	PeerCertificate* shareCertificate() override;

	size_t feed(const uint8_t* data, size_t length) override;
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

protected:
	/** @param contextSize of the client or server context, which begins with the engine's */
	BrConnection(Session& session, size_t contextSize);

	/** Buffers, suites, entropy and settings common to both roles. @return false with the error in the session */
	bool init();

	/** True if the handshake that just ended was a short one. */
	virtual bool wasShort() const = 0;

	/** Look at handshake bytes before the engine does. @return false if the peer offers no version that is allowed */
	virtual bool previewHandshake(const uint8_t* data, size_t length)
	{
		(void)data;
		(void)length;
		return true;
	}

	/** Make the verifier of the peer's certificate. */
	bool initVerifier();

	Session& session;
	KeyCertPair keyCert; ///< the session's, held while the engine may use it
	void* context; ///< br_ssl_client_context or br_ssl_server_context; nullptr when there was no memory
	PeerVerifier* verifier = nullptr; ///< until the handshake ends

	br_ssl_engine_context* engine() const
	{
		return static_cast<br_ssl_engine_context*>(context);
	}

	/** See what the engine's last step led to. */
	void update();

	/** Release what the role keeps for a handshake. */
	virtual void onHandshakeEnd()
	{
	}

private:
	struct Buffer {
		uint8_t* data = nullptr;
		size_t size = 0;
		size_t base = 0; ///< size to go back to

		bool allocate(size_t newSize);
		void release();
	};

	template <class Step> void run(Step step);
	/** Plaintext that waits to be consumed, after close() also what nobody will get. */
	size_t countUnread() const;
	void dropUnread();
	void chooseSizes();
	void onError(int error);
	void fitInput(size_t recordLength);
	void fitOutput(size_t length);
	void shrink();

	PeerCertificate* certificate = nullptr;
	ProtocolNames protocols;
	Buffer input;
	Buffer output;
	size_t outputLimit = 0;			 ///< longest plaintext that is put into one record
	size_t unread = 0;				 ///< plaintext that waited when close() was called
	const uint8_t* waiting = nullptr; ///< after abort(): rest of the record before the alert
	size_t waitingLength = 0;
	uint8_t* alertData = nullptr; ///< after abort(): the alert's record, within alertRecord
	size_t alertLength = 0;
	uint8_t alertRecord[96];
	uint8_t header[5]; ///< of the record that begins to arrive
	uint8_t headerLength = 0;
	uint8_t fragmentCode = 0; ///< of the maximum fragment length extension
	bool handshakeDone = false;
	bool resumed = false;
	bool ended = false;		   ///< failed: the engine must not be used any more
	bool closed = false;	   ///< the engine closed in good order
	bool isMoreWaiting = false; ///< the last feed() left something to its caller
	bool inEngine = false;	   ///< BearSSL is further up the stack: nothing that it uses may go
	bool endsHandshake = false; ///< endHandshake() came while inEngine
};

} // namespace Ssl
