#include "BrConnection.h"
#include "BrAlgorithms.h"
#include "BrError.h"
#include "BrInternals.h"
#include <Memory.h>
#include <SslDebug.h>
#include <algorithm>
#include <cstring>

namespace Ssl
{
namespace
{
constexpr uint8_t alertType = 21;
constexpr uint8_t handshakeType = 22;
constexpr uint8_t levelFatal = 2;

} // namespace

BrConnection::BrConnection(Session& session, size_t contextSize)
	: session(session), keyCert(session.keyCert), context(Memory::allocate(contextSize, Memory::Tag::session))
{
}

BrConnection::~BrConnection()
{
	delete verifier;
	PeerCertificate::release(certificate);
	input.release();
	output.release();
	Memory::wipeAndRelease(context);
	Memory::wipe(alertRecord, sizeof(alertRecord));
}

bool BrConnection::init()
{
	chooseSizes();
	if(!input.allocate(input.base) || !output.allocate(output.base)) {
		session.fail(Error::noMemory);
		return false;
	}
	if(!protocols.init(session)) {
		return false;
	}
	if(protocols.count() != 0) {
		br_ssl_engine_set_protocol_names(engine(), protocols.get(), protocols.count());
	}
	if(!setAlgorithms(*engine(), *session.cipherSuites, session.options.legacyVersions)) {
		session.setErrorDetail(_F("this engine has none of session.cipherSuites"));
		session.fail(Error::handshakeFailure);
		return false;
	}
	br_ssl_engine_set_versions(engine(), session.options.legacyVersions ? BR_TLS10 : BR_TLS12, BR_TLS12);
	br_ssl_engine_set_all_flags(engine(), BR_OPT_NO_RENEGOTIATION | BR_OPT_FAIL_ON_ALPN_MISMATCH);
	br_ssl_engine_set_buffers_bidi(engine(), input.data, input.size, output.data, output.size);
	BrInternals::setFragment(*engine(), outputLimit, fragmentCode);

	uint8_t seed[BrInternals::seedSize];
	if(!session.environment->getRandom(*session.environment, seed, sizeof(seed))) {
		session.fail(Error::noEntropy);
		return false;
	}
	BrInternals::seed(*engine(), seed);
	Memory::wipe(seed, sizeof(seed));
	return true;
}

bool BrConnection::initVerifier()
{
	verifier = new PeerVerifier(session);
	if(verifier == nullptr) {
		session.fail(Error::noMemory);
		return false;
	}
	if(!verifier->init(session.getRole())) {
		return false;
	}
	br_ssl_engine_set_x509(engine(), verifier->getX509());
	return true;
}

CipherSuite BrConnection::getCipherSuite() const
{
	if(!handshakeDone) {
		return CipherSuite::NULL_WITH_NULL_NULL;
	}
	return CipherSuite(engine()->session.cipher_suite);
}

SessionId BrConnection::getSessionId() const
{
	SessionId id;
	if(handshakeDone) {
		id.assign(engine()->session.session_id, engine()->session.session_id_len);
	}
	return id;
}

bool BrConnection::getParameters(SessionParameters& parameters) const
{
	const auto& own = engine()->session;
	static_assert(sizeof(own.master_secret) == sizeof(parameters.masterSecret), "of RFC 5246 §8.1");
	if(!handshakeDone || !parameters.id.assign(own.session_id, own.session_id_len)) {
		return false;
	}
	parameters.version = own.version;
	parameters.cipherSuite = own.cipher_suite;
	memcpy(parameters.masterSecret, own.master_secret, sizeof(own.master_secret));
	return true;
}

const char* BrConnection::getAlpnProtocol() const
{
	const char* name = handshakeDone ? br_ssl_engine_get_selected_protocol(engine()) : nullptr;
	return name == nullptr ? "" : name;
}

uint16_t BrConnection::getVersion() const
{
	return handshakeDone ? uint16_t(br_ssl_engine_get_version(engine())) : 0;
}

const Certificate* BrConnection::getCertificate() const
{
	return certificate == nullptr && verifier != nullptr ? verifier->getCertificate() : certificate;
}

PeerCertificate* BrConnection::shareCertificate()
{
	return certificate == nullptr ? nullptr : certificate->share();
}

void BrConnection::endHandshake()
{
	if(inEngine) {
		endsHandshake = true;
		return;
	}
	if(verifier != nullptr) {
		br_ssl_engine_set_x509(engine(), nullptr);
		if(certificate == nullptr) {
			certificate = verifier->takeCertificate();
		}
		delete verifier;
		verifier = nullptr;
	}
	BrInternals::wipeHandshake(*engine());
	onHandshakeEnd();
	keyCert.free();
}

void BrConnection::onError(int error)
{
	debug_d("[SSL] BearSSL error %d", error);
	if(error >= BR_ERR_SEND_FATAL_ALERT) {
		ended = true; // it went out already
		const auto alert = Alert(error - BR_ERR_SEND_FATAL_ALERT);
		session.fail(errorForSentAlert(alert), alert);
	} else if(error >= BR_ERR_RECV_FATAL_ALERT) {
		ended = true; // nothing is said to a peer that gave up
		session.fail(Error::alertReceived, Alert(error - BR_ERR_RECV_FATAL_ALERT), true);
	} else if(error >= BR_ERR_X509_OK && verifier != nullptr) {
		session.fail(verifier->explain(unsigned(error)));
	} else {
		BrFailure failure = translateError(error);
		// BearSSL has one error for records that are too long and for such too short to hold their MAC
		const size_t length = size_t(header[3]) << 8 | header[4];
		if(error == BR_ERR_BAD_LENGTH && length <= BrInternals::maxFragment) {
			failure = {Error::badRecordMac, Alert::BAD_RECORD_MAC};
		}
		session.fail(failure.error, failure.alert);
	}
}

void BrConnection::update()
{
	if(ended || closed) {
		return;
	}
	if(!handshakeDone) {
		if(BrInternals::isApplicationData(*engine())) {
			handshakeDone = true;
			resumed = wasShort();
			if(resumed && session.getResumption() != nullptr) {
				certificate = session.getResumption()->shareCertificate();
			}
			session.handshakeComplete(true);
		} else if(const int alert = BrInternals::getOwnAlert(*engine()); alert >= 0) {
			// The engine would say so only once it is sent, and until then more could go wrong
			abort(Alert(alert));
			session.fail(errorForSentAlert(Alert(alert)), Alert(alert));
		}
	}
	if(!ended && br_ssl_engine_current_state(engine()) == BR_SSL_CLOSED) {
		const int error = br_ssl_engine_last_error(engine());
		if(error == BR_ERR_OK) {
			closed = true;
		} else {
			onError(error);
		}
	}
}

/*
 * Every step of the engine that may run its handshake: callbacks of the application may come from within it,
 * and what they end must not go before the engine has returned.
 */
template <class Step> void BrConnection::run(Step step)
{
	inEngine = true;
	step(engine());
	inEngine = false;
	update();
	if(endsHandshake) {
		endsHandshake = false;
		endHandshake();
	}
}

size_t BrConnection::feed(const uint8_t* data, size_t length)
{
	dropUnread();
	size_t count = 0;
	while(count < length) {
		if(ended || closed || BrInternals::isPeerClosed(*engine())) {
			return length; // nothing after the end counts (RFC 5246 §7.2.1)
		}
		size_t room = 0;
		uint8_t* buffer = br_ssl_engine_recvrec_buf(engine(), &room);
		if(buffer == nullptr) {
			break;
		}
		size_t n;
		if(BrInternals::isInputEmpty(*engine())) {
			// The header is held back until it is whole, so that the buffer can be made to fit before
			n = std::min(BrInternals::recordHeader - headerLength, length - count);
			memcpy(header + headerLength, data + count, n);
			headerLength = uint8_t(headerLength + n);
			count += n;
			if(headerLength < BrInternals::recordHeader) {
				break;
			}
			headerLength = 0;
			const size_t recordLength = size_t(header[3]) << 8 | header[4];
			if(!BrInternals::isDecryptable(*engine(), recordLength)) {
				session.fail(Error::badRecordMac);
				continue;
			}
			fitInput(recordLength);
			buffer = br_ssl_engine_recvrec_buf(engine(), &room);
			n = BrInternals::recordHeader;
			memcpy(buffer, header, n);
		} else {
			n = std::min(room, length - count);
			if(header[0] == handshakeType && !handshakeDone && !previewHandshake(data + count, n)) {
				session.fail(Error::protocolVersion);
				continue;
			}
			memcpy(buffer, data + count, n);
			count += n;
		}
		run([n](br_ssl_engine_context* e) { br_ssl_engine_recvrec_ack(e, n); });
	}
	// More of the same is about to come: the buffer can stay as it is
	isMoreWaiting = count < length;
	shrink();
	return count;
}

size_t BrConnection::peekInput(const uint8_t*& data)
{
	size_t length = 0;
	if(!ended && !closed) {
		data = br_ssl_engine_recvapp_buf(engine(), &length);
	}
	return length;
}

/*
 * Plaintext is read where the engine decrypted it. A callback that closes, fails or writes may still have it in its
 * hands, so until it is consumed the buffer stays as it is.
 */
void BrConnection::consumeInput(size_t length)
{
	dropUnread();
	if(ended) {
		if(!inEngine) {
			input.release();
		}
		return;
	}
	size_t waiting = 0;
	if(!closed && br_ssl_engine_recvapp_buf(engine(), &waiting) != nullptr) {
		br_ssl_engine_recvapp_ack(engine(), std::min(length, waiting));
		update();
	}
	shrink();
}

size_t BrConnection::countUnread() const
{
	size_t length = 0;
	if(!ended && !closed) {
		br_ssl_engine_recvapp_buf(engine(), &length);
	}
	return unread + length;
}

/* Plaintext that nobody took would keep the engine from reading on to the peer's close_notify. */
void BrConnection::dropUnread()
{
	if(unread != 0 && !ended && !closed) {
		br_ssl_engine_recvapp_ack(engine(), unread);
	}
	unread = 0;
}

size_t BrConnection::peekOutput(const uint8_t*& data)
{
	if(waitingLength != 0) {
		data = waiting;
		return waitingLength;
	}
	if(alertLength != 0) {
		data = alertData;
		return alertLength;
	}
	size_t length = 0;
	if(!ended && !closed) {
		data = br_ssl_engine_sendrec_buf(engine(), &length);
	}
	return length;
}

void BrConnection::consumeOutput(size_t length)
{
	if(waitingLength != 0) {
		waiting += length;
		waitingLength -= length;
	} else if(alertLength != 0) {
		alertData += length;
		alertLength -= length;
	} else if(!ended && !closed && length != 0) {
		run([length](br_ssl_engine_context* e) { br_ssl_engine_sendrec_ack(e, length); });
		shrink();
	}
}

size_t BrConnection::write(const uint8_t* data, size_t length)
{
	if(ended || closed || length == 0) {
		return 0;
	}
	fitOutput(length);
	size_t room = 0;
	uint8_t* buffer = br_ssl_engine_sendapp_buf(engine(), &room);
	if(buffer == nullptr) {
		return 0;
	}
	const size_t n = std::min(room, length);
	memcpy(buffer, data, n);
	br_ssl_engine_sendapp_ack(engine(), n);
	update();
	return n;
}

void BrConnection::flush()
{
	if(!ended && !closed) {
		br_ssl_engine_flush(engine(), 0);
		update();
	}
}

void BrConnection::close()
{
	if(!ended && !closed) {
		unread = countUnread(); // from here on the engine gives it to nobody
		run([](br_ssl_engine_context* e) { br_ssl_engine_close(e); });
	}
}

void BrConnection::abort(Alert alert)
{
	if(ended || closed) {
		return;
	}
	const bool isRead = countUnread() == 0;
	ended = true;
	if(alert == Alert::INVALID_VERSION) {
		BrInternals::usePeerVersion(*engine(), session.getRole() == Role::server);
	}
	waitingLength = BrInternals::getPendingOutput(*engine(), waiting);
	if(isRead && !inEngine) {
		input.release();
	}
	if(alert == Alert::none || BrInternals::isAlertSent(*engine())) {
		return; // the engine's own, or our close_notify: nothing may follow
	}
	const uint8_t message[] = {levelFatal, uint8_t(alert)};
	alertLength = BrInternals::makeRecord(*engine(), alertType, message, sizeof(message), alertRecord,
										  sizeof(alertRecord), alertData);
	debug_d("[SSL] alert %s queued", toString(alert).c_str());
}

bool BrConnection::isPeerClosed() const
{
	return closed || (!ended && BrInternals::isPeerClosed(*engine()));
}

bool BrConnection::isClosed() const
{
	return (ended || closed) && waitingLength == 0 && alertLength == 0;
}

} // namespace Ssl
