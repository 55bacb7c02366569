#include "AxConnection.h"
#include "../src/FragmentSizes.h"
#include "AxError.h"
#include "AxMemory.h"
#include <Memory.h>
#include <SslDebug.h>
#include <algorithm>
#include <cstring>

namespace Ssl
{
namespace
{
constexpr uint16_t tls12 = 0x0303; // the engine has no other

/** Entropy for the engine's generator: 256 bits, as much as its HMAC-DRBG with SHA-256 can hold. */
constexpr size_t seedSize = 32;

/** True for suites whose records need no random numbers: all but those in CBC mode. */
bool isAead(uint16_t suite)
{
	const auto end = axtls_suites_basic + axtls_suites_basic_count;
	return suite == uint16_t(CipherSuite::RSA_WITH_AES_128_GCM_SHA256) ||
		   suite == uint16_t(CipherSuite::RSA_WITH_AES_256_GCM_SHA384) ||
		   std::find(axtls_suites_basic, end, suite) != end;
}

} // namespace

AxConnection::AxConnection(Session& session)
	: session(session), keyCert(session.keyCert), settings{}, cacheLink{{}, this}
{
}

AxConnection::~AxConnection()
{
	axtls_engine_free(engine);
	delete handshake;
	PeerCertificate::release(certificate);
	Memory::wipeAndRelease(random);
}

bool AxConnection::initRandom()
{
	random = static_cast<br_hmac_drbg_context*>(Memory::allocate(sizeof(*random), Memory::Tag::session));
	if(random == nullptr) {
		session.fail(Error::noMemory);
		return false;
	}
	uint8_t seed[seedSize];
	if(!session.environment->getRandom(*session.environment, seed, sizeof(seed))) {
		session.fail(Error::noEntropy);
		return false;
	}
	br_hmac_drbg_init(random, &br_sha256_vtable, seed, sizeof(seed));
	Memory::wipe(seed, sizeof(seed));
	settings.random = &random->vtable;
	return true;
}

bool AxConnection::start()
{
	axtls_settings_init(&settings);
	settings.memory = &axMemory;
	settings.get_validator = getValidator;
	settings.certificate_alert = getCertificateAlert;
	settings.use_tickets = session.mayBeResumed();
	chooseSizes();
	handshake = new AxHandshake;
	if(handshake == nullptr) {
		session.fail(Error::noMemory);
		return false;
	}
	if(!handshake->init(session, keyCert.getMaterial(), settings) || !protocols.init(session) ||
	   !initRandom()) {
		return false;
	}
	settings.protocols = protocols.get();
	settings.protocol_count = protocols.count();
	bool isClient = session.getRole() == Role::client;
	if(isClient ? startClient() : SSL_IS_LINKED(startAxServer) && startAxServer(*this)) {
		return true;
	}
	session.fail(Error::noMemory);
	return false;
}

void AxConnection::chooseSizes()
{
	const auto sizes = FragmentSizes::choose(session);
	settings.output_fragment = uint16_t(sizes.output);
	settings.output_batch = uint32_t(sizes.batch);
	// A client's wish has the size of one of the codes; the record size limit (RFC 8449) goes with it
	settings.input_fragment =
		uint16_t(sizes.code != 0 ? maxBufferSizeToBytes(MaxBufferSize(sizes.code)) : sizes.output);
}

CipherSuite AxConnection::getCipherSuite() const
{
	return handshakeDone ? CipherSuite(axtls_engine_get_suite(engine)) : CipherSuite::NULL_WITH_NULL_NULL;
}

SessionId AxConnection::getSessionId() const
{
	SessionId id;
	const uint8_t* value;
	if(handshakeDone) {
		const size_t length = axtls_engine_get_session_id(engine, &value);
		id.assign(value, length);
	}
	return id;
}

uint16_t AxConnection::getVersion() const
{
	return handshakeDone ? tls12 : 0;
}

const Certificate* AxConnection::getCertificate() const
{
	if(certificate == nullptr && handshake != nullptr && handshake->verifier != nullptr) {
		return handshake->verifier->getCertificate();
	}
	return certificate;
}

const char* AxConnection::getAlpnProtocol() const
{
	const char* name = handshakeDone ? axtls_engine_get_protocol(engine) : nullptr;
	return name == nullptr ? "" : name;
}

PeerCertificate* AxConnection::shareCertificate()
{
	return certificate == nullptr ? nullptr : certificate->share();
}

const br_x509_class** AxConnection::getValidator(void* self, axtls_engine*)
{
	auto& connection = *static_cast<AxConnection*>(self);
	auto& session = connection.session;
	auto verifier = new PeerVerifier(session);
	delete connection.handshake->verifier;
	connection.handshake->verifier = verifier;
	if(verifier == nullptr) {
		session.fail(Error::noMemory);
		return nullptr;
	}
	return verifier->init(session.getRole()) ? verifier->getX509() : nullptr;
}

axtls_alert AxConnection::getCertificateAlert(void* self, unsigned result)
{
	auto& connection = *static_cast<AxConnection*>(self);
	connection.certificateError = connection.handshake->verifier->explain(result);
	if(connection.pendingAlert != Alert::none) {
		return axtls_alert(connection.pendingAlert); // a callback ended the session before it refused
	}
	return axtls_alert(alertFor(connection.certificateError));
}

void AxConnection::endHandshake()
{
	if(inEngine) {
		endsHandshake = true;
		return;
	}
	if(handshake != nullptr) {
		if(certificate == nullptr && handshake->verifier != nullptr) {
			certificate = handshake->verifier->takeCertificate();
		}
		// What it still has of the handshake goes with it; a connection that failed is aborted by now
		AxHandshake::remove(settings);
		delete handshake;
		handshake = nullptr;
	}
	if(handshakeDone && isAead(axtls_engine_get_suite(engine))) {
		settings.random = nullptr;
		Memory::wipeAndRelease(random);
		random = nullptr;
	}
	keyCert.free();
}

void AxConnection::onError()
{
	const axtls_error error = axtls_engine_get_error(engine);
	debug_d("[SSL] axtls: %s", axtls_error_text(error));
	switch(error) {
	case AXTLS_ERROR_NONE:
	case AXTLS_ERROR_ABORTED: // the session knows why
		break;
	case AXTLS_ERROR_ALERT_RECEIVED:
	case AXTLS_ERROR_CLOSED_EARLY:
		session.fail(Error::alertReceived, Alert(axtls_engine_get_alert_received(engine)), true);
		break;
	case AXTLS_ERROR_CERTIFICATE:
		session.fail(certificateError, Alert(axtls_engine_get_alert_sent(engine)));
		break;
	case AXTLS_ERROR_MEMORY:
		session.fail(handshakeDone && isFeeding && !isPeerClosed() ? Error::recordTooLarge : Error::noMemory,
					 Alert(axtls_engine_get_alert_sent(engine)));
		break;
	default:
		session.fail(translateError(error), Alert(axtls_engine_get_alert_sent(engine)));
	}
}

/* See what the engine's last step led to. */
void AxConnection::update()
{
	if(pendingAlert != Alert::none) {
		axtls_engine_abort(engine, axtls_alert(pendingAlert));
		pendingAlert = Alert::none;
	}
	if(!handshakeDone && axtls_engine_is_connected(engine)) {
		handshakeDone = true;
		auto resumption = session.getResumption();
		if(resumption != nullptr && isResumed()) {
			certificate = resumption->shareCertificate();
		}
		session.handshakeComplete(true);
	}
	if(axtls_engine_is_closed(engine)) {
		onError();
	}
}

/*
 * Every step of the engine that may run its handshake: callbacks of the application may come from within it,
 * and what they end must not go before the engine has returned.
 */
template <class Step> void AxConnection::run(Step step)
{
	inEngine = true;
	step();
	inEngine = false;
	update();
	if(endsHandshake) {
		endsHandshake = false;
		endHandshake();
	}
}

/*
 * After close() plaintext that nobody took would keep the engine from reading on to the peer's close_notify. Not in
 * close(): a callback that closes may still have it in its hands.
 */
void AxConnection::dropUnread()
{
	if(isClosing) {
		const uint8_t* left;
		axtls_engine_consume_input(engine, axtls_engine_peek_input(engine, &left));
	}
}

/*
 * Record by record while the handshake lasts: what one leads to is known before the next is looked at. After it the
 * engine itself stops at each record with plaintext.
 */
template <class Byte> size_t AxConnection::feedRecords(FeedFunction<Byte> function, Byte* data, size_t length)
{
	size_t count = 0;
	dropUnread();
	isFeeding = true;
	while(count < length) {
		const size_t left = length - count;
		const size_t portion = handshakeDone ? left : std::min(axtls_engine_wanted(engine), left);
		size_t taken = 0;
		run([&] { taken = function(engine, data + count, portion); });
		count += taken;
		if(taken < portion) {
			break;
		}
	}
	isFeeding = false;
	return count;
}

size_t AxConnection::feed(const uint8_t* data, size_t length)
{
	return feedRecords(axtls_engine_feed, data, length);
}

size_t AxConnection::feedInPlace(uint8_t* data, size_t length)
{
	return feedRecords(axtls_engine_feed_in_place, data, length);
}

void AxConnection::keepInput()
{
	dropUnread();
	isFeeding = true; // without memory it is the record that was too large
	run([&] { axtls_engine_keep_input(engine); });
	isFeeding = false;
}

size_t AxConnection::peekOutput(const uint8_t*& data)
{
	// The engine writes its messages only when what it wrote before is gone
	run([&] { axtls_engine_peek_output(engine, &data); });
	return axtls_engine_peek_output(engine, &data);
}

void AxConnection::consumeOutput(size_t length)
{
	axtls_engine_consume_output(engine, length);
}

size_t AxConnection::peekInput(const uint8_t*& data)
{
	const size_t length = axtls_engine_peek_input(engine, &data);
	return isClosing ? 0 : length;
}

void AxConnection::consumeInput(size_t length)
{
	axtls_engine_consume_input(engine, length);
}

size_t AxConnection::write(const uint8_t* data, size_t length)
{
	size_t taken = 0;
	run([&] { taken = axtls_engine_write(engine, data, length); });
	return taken;
}

void AxConnection::flush()
{
	run([&] { axtls_engine_flush(engine); });
}

void AxConnection::close()
{
	isClosing = true;
	run([&] { axtls_engine_close(engine); });
}

void AxConnection::abort(Alert alert)
{
	if(inEngine) {
		pendingAlert = alert;
		return;
	}
	axtls_engine_abort(engine, axtls_alert(alert));
	debug_d("[SSL] alert %s queued", toString(alert).c_str());
}

bool AxConnection::isPeerClosed() const
{
	return axtls_engine_is_peer_closed(engine);
}

bool AxConnection::isClosed() const
{
	const uint8_t* data;
	return axtls_engine_is_closed(engine) && axtls_engine_peek_output(engine, &data) == 0;
}

} // namespace Ssl
