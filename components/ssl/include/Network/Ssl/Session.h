/**
 * Ssl::Session: everything about TLS on one connection, client or server.
 *
 * The fields that an application sets stand first; they are filled in by its SSL init handler
 * (`TcpClient::setSslInitHandler`, `HttpRequest::onSslInit`, `TcpServer::setSslInitHandler`).
 *
 * Below them is the sans-I/O pump: whoever owns the transport (TcpConnection, the Python binding, a test)
 * feeds ciphertext in and takes ciphertext out. A session never sees a socket, a clock or a random source
 * other than the ones in `environment`.
 *
 *     ciphertext from the peer → feed()        → engine → peekInput()/consumeInput() → plaintext
 *     plaintext                → write()/flush() → engine → peekOutput()/consumeOutput() → ciphertext to the peer
 *
 * After each call of feed(), write(), flush() or close() the owner sends whatever peekOutput() offers.
 */
#pragma once

#include "Alert.h"
#include "CipherSuite.h"
#include "Connection.h"
#include "Context.h"
#include "Environment.h"
#include "Error.h"
#include "KeyCertPair.h"
#include "MaxBufferSize.h"
#include "Options.h"
#include "Resumption.h"
#include "ServerShare.h"
#include "SessionId.h"
#include "TrustAnchors.h"
#include "ValidatorList.h"
#include <Delegate.h>
#include <Memory.h>
#include <WString.h>

namespace Ssl
{
/** Which end of the connection a session is. */
enum class Role : uint8_t { client, server };

/** Where a session is in its life. It only ever moves down this list. */
enum class State : uint8_t {
	idle,		 ///< not started
	handshake,	 ///< start() succeeded, handshake under way
	established, ///< application data may flow both ways
	closing,	 ///< close() was called, our close_notify is in the output or on its way
	closed,		 ///< both sides said close_notify, or the transport ended cleanly after it
	failed,		 ///< see getError() and getAlert(); an alert may still wait in the output
};

class Session : public Memory::Tagged<Memory::Tag::session>
{
public:
	using InitDelegate = Delegate<void(Session& session)>;

	/** Client: name of the server, for SNI (RFC 6066 §3) and for checking its certificate. IP literals are checked, not sent. */
	String hostName;
	/** Client: port of the server; with hostName it tells to what a remembered session belongs. */
	uint16_t port = 0;
	/**
	 * Application protocols in order of preference, separated by commas: "h2,http/1.1" (ALPN, RFC 7301). A client
	 * offers them; a server chooses the first that it shares with the client, and refuses one that offers others only.
	 */
	String alpnProtocols;
	/** Server: required. Client: certificate for client authentication. */
	KeyCertPair keyCert;
	Options options;
	/** Controls how much memory record buffers take; see MaxBufferSize. */
	MaxBufferSize maxBufferSize = MaxBufferSize::Default;
	/** Cipher suites in order of preference. */
	const CipherSuites::Array* cipherSuites = &CipherSuites::basic;
	/** With options.sessionResume: how many sessions a server keeps. For a client everything above 0 stands for one. */
	int cacheSize = 10;
	/** Server: what its connections share; nullptr: nothing, and then no resumption. See ServerShare. */
	ServerShare* serverShare = nullptr;
	/** Pins and callbacks. If there is any, one of them must accept the peer's certificate. */
	ValidatorList validators;
	/** Certificate authorities to trust; nullptr stands for the application's default, TrustAnchors::getDefault(). */
	const TrustAnchors* trustAnchors = nullptr;
	/** Time and randomness; must outlive the session. */
	const Environment* environment = &Environment::system;

	Session() = default;
	~Session();
	Session(const Session&) = delete;
	Session& operator=(const Session&) = delete;

	/**
	 * Begin the handshake. A client's ClientHello is then in the output.
	 * A session can be started once; for a new connection make a new one.
	 * @return false when it was refused (nothing to verify against, no memory, no certificate, SSL not
	 *         compiled in); getError() says why
	 */
	bool start(Role role);

	/**
	 * Take ciphertext from the peer. Handles as much as it can.
	 * @return bytes consumed. Fewer than `length` while plaintext waits to be consumed, or ciphertext to be
	 *         sent: call again with the rest after consumeInput() and consumeOutput(). Once the session has ended, everything is consumed and dropped.
	 */
	size_t feed(const uint8_t* data, size_t length);

	/**
	 * Take ciphertext as feed() does; the engine may open records where they lie, which saves memory and a copy. What
	 * was consumed of `data` is overwritten. peekInput() may then point into `data`: before that goes away or changes,
	 * consume all of it or call keepInput().
	 */
	size_t feedInPlace(uint8_t* data, size_t length);

	/**
	 * Move plaintext that waits out of the memory that was given to feedInPlace().
	 * @return false without memory for it: the session has failed with Error::recordTooLarge
	 */
	bool keepInput();

	/** Look at ciphertext to be sent. @return its length, 0 when there is none. Valid until the next call of any other method. */
	size_t peekOutput(const uint8_t*& data);
	void consumeOutput(size_t length);

	/** Look at plaintext that arrived. @return its length, 0 when there is none. Valid until the next call of any other method. */
	size_t peekInput(const uint8_t*& data);
	void consumeInput(size_t length);

	/**
	 * Send plaintext. Takes what fits in the record buffer.
	 * @return bytes taken (0 = full, drain the output first), or a negative error when not established
	 */
	int write(const uint8_t* data, size_t length);

	/** Put what write() collected into a record now. */
	void flush();

	/** Say goodbye: queue close_notify (RFC 5246 §7.2.1). Before `established` it aborts with user_canceled. */
	void close();

	/** The transport ended. Without a preceding close_notify an established session fails with truncated. */
	void onTransportClosed();

	State getState() const
	{
		return state;
	}
	Role getRole() const
	{
		return role;
	}
	/** True from the end of the handshake until the session ends. */
	bool isConnected() const
	{
		return state == State::established;
	}
	/** Why the session failed or was refused; Error::none otherwise. */
	Error getError() const
	{
		return error;
	}
	/** Error in words, with the value that was wrong and what to do where that is known. */
	String getErrorString() const;
	/** Fatal alert that was sent or received; Alert::none where there was none. */
	Alert getAlert() const
	{
		return alert;
	}
	/** True if getAlert() came from the peer. */
	bool isAlertReceived() const
	{
		return alertReceived;
	}
	/** True if the peer's certificate was checked against anything (chain, pin or callback). */
	bool isVerified() const
	{
		return verified;
	}

	/** Engine's connection, nullptr before start(). Owned by the session. */
	Connection* getConnection()
	{
		return connection;
	}
	const Connection* getConnection() const
	{
		return connection;
	}
	/** Session id of the established connection or the one to be resumed; may be nullptr. */
	const SessionId* getSessionId() const;

	/** Protocol agreed on by ALPN; empty when there is none. */
	String getAlpnProtocol() const;

	/**
	 * Client: use an earlier session if that is possible, see Resumption; needs options.sessionResume.
	 * @param resumption now owned by the session; nullptr: none
	 */
	void setResumption(Resumption* resumption);

	/**
	 * Client, once established: what the next connection can be resumed by; best called when this one is at its end. Once:
	 * it leaves nothing behind.
	 * @return owned by the caller; nullptr when there is nothing: not asked for, failed, no memory
	 */
	Resumption* takeResumption();

	/** True if the handshake resumed an earlier session. */
	bool isResumed() const;

	/** Print cipher suite, certificate and session id, as Sming's Basic_Ssl shows them. */
	size_t printTo(Print& p) const;

	/* For engine adapters and the owner of the transport only */

	/** Judge the peer's certificate by the validators. Called by the adapter once the certificate is known. */
	bool validateCertificate();
	/** Called by the adapter when the handshake ended. */
	void handshakeComplete(bool success);
	/**
	 * Record a failure and end the session. Only the first counts; later ones do not replace it.
	 * @param alert that was or is to be sent, or was received; Alert::none: as alertFor() has it
	 * @param received true if the peer sent it
	 */
	void fail(Error error, Alert alert = Alert::none, bool received = false);
	/** Values that belong to the error ("expected a.example, certificate is for b.example"). First one counts. */
	void setErrorDetail(const String& text);
	/** The anchors that count for this session: its own or the application's default; may be nullptr. */
	const TrustAnchors* getTrustAnchors() const;
	/** True if the peer must show a certificate: a server always, a client if clientAuthentication is set. */
	bool asksForCertificate() const;
	/** What the client may offer to resume; nullptr: nothing. */
	const Resumption* getResumption() const
	{
		return resumption;
	}
	/** True if the session takes part in resumption: a client may then ask for a ticket. */
	bool mayBeResumed() const
	{
		return resumes;
	}
	/** Where a server looks for sessions; nullptr: it resumes none. */
	SessionCache* getSessionCache() const;
	/** True if the peer's certificate is checked against trust anchors, because nothing more specific is given. */
	bool checksChain() const;
	/** Adapter: the peer's certificate was checked against anchors, name and dates. */
	void setVerified()
	{
		verified = true;
	}

private:
	bool refuse(Error reason);
	bool prepareResumption();
	bool acceptResumed();
	void beginHandshake();
	void endHandshake();
	bool isListening() const;
	void update();

	Context* context = nullptr;
	Connection* connection = nullptr;
	SessionId* sessionId = nullptr;
	Resumption* resumption = nullptr;
	String errorDetail;
	uint32_t cpuFrequency = 0; ///< MHz to go back to after the handshake, 0: unchanged
	Error error = Error::none;
	Alert alert = Alert::none;
	State state = State::idle;
	Role role = Role::client;
	uint8_t plainAlert[7] = {21, 3, 3, 0, 2, 2, 0}; ///< a server's, when there is no connection to make one
	uint8_t plainAlertLength = 0;					///< what is left to be sent of it
	bool alertReceived = false;
	bool verified = false;
	bool resumes = false;	  ///< takes part in resumption
	bool handshaking = false; ///< between beginHandshake() and endHandshake()
};

} // namespace Ssl
