#include <Network/Ssl/Factory.h>
#include <Network/Ssl/Session.h>
#include <Network/Ssl/Statistics.h>
#include <SslDebug.h>
#include <hal.h>
#include <new>

namespace Ssl
{
Statistics statistics{};

namespace
{
/** MHz: a handshake is computation, so a chip that idles slower runs at this while it lasts. */
[[maybe_unused]] constexpr uint32_t handshakeFrequency = 160;

bool warnedUnverified;

} // namespace

Session::~Session()
{
	endHandshake();
	delete connection;
	delete context;
	delete sessionId;
	delete resumption;
}

const TrustAnchors* Session::getTrustAnchors() const
{
	return trustAnchors != nullptr ? trustAnchors : TrustAnchors::getDefault();
}

bool Session::asksForCertificate() const
{
	return role == Role::client || options.clientAuthentication;
}

bool Session::checksChain() const
{
	return asksForCertificate() && validators.isEmpty() && !options.verifyLater;
}

bool Session::refuse(Error reason)
{
	fail(reason);
	return false;
}

bool Session::start(Role newRole)
{
	if(state != State::idle) {
		debug_e("[SSL] a session can be started only once");
		return false;
	}
	role = newRole;
	if(!factory->isEnabled()) {
		return refuse(Error::notEnabled);
	}
	if(!validators.isComplete()) {
		return refuse(Error::noMemory);
	}
	if(checksChain()) {
		auto anchors = getTrustAnchors();
		if(anchors == nullptr || anchors->isEmpty()) {
			return refuse(Error::nothingToVerify);
		}
		if(role == Role::client && hostName.length() == 0) {
			return refuse(Error::noHostName);
		}
	}
	if(role == Role::client) {
		// A client certificate that could not be read must not silently be left out
		if(!keyCert.isValid() && keyCert.getError() != Error::none) {
			return refuse(keyCert.getError());
		}
	} else if(!keyCert.isValid()) {
		return refuse(keyCert.getError() != Error::none ? keyCert.getError() : Error::noCertificate);
	}

	state = State::handshake;
	beginHandshake();
	if(!prepareResumption()) {
		return false;
	}
	context = factory->createContext(*this);
	if(context == nullptr) {
		return refuse(Error::noMemory);
	}
	if(context->init()) {
		connection = role == Role::client ? context->createClient() : context->createServer();
	}
	if(connection == nullptr) {
		return refuse(Error::internal); // unless the adapter said why
	}
	update();
	return state != State::failed;
}

void Session::beginHandshake()
{
	debug_d("[SSL] handshake begins, options: %s", options.toString().c_str());
	handshaking = true;
	++statistics.begun;
#ifndef SSL_SLOW_CONNECT
	const uint32_t current = hal_cpu_frequency_get();
	if(current != 0 && current < handshakeFrequency && hal_cpu_frequency_set(handshakeFrequency)) {
		cpuFrequency = current;
	}
#endif
}

void Session::endHandshake()
{
	if(!handshaking) {
		return;
	}
	handshaking = false;
	if(cpuFrequency != 0) {
		hal_cpu_frequency_set(cpuFrequency);
		cpuFrequency = 0;
	}
	if(connection != nullptr) {
		connection->endHandshake();
	}
	if(options.freeKeyCertAfterHandshake) {
		keyCert.free();
	}
}

void Session::handshakeComplete(bool success)
{
	if(state != State::handshake) {
		return;
	}
	if(!success) {
		fail(Error::internal);
		return;
	}
	if(connection->isResumed()) {
		if(!acceptResumed()) {
			return;
		}
	} else if(asksForCertificate() && !verified) {
		if(!validators.isEmpty()) {
			if(!validateCertificate()) {
				fail(Error::pinMismatch);
			}
			if(state != State::handshake) {
				return; // refused, or a callback closed the session
			}
		} else if(!options.verifyLater) {
			fail(Error::internal); // an engine that skipped the check
			return;
		} else if(!warnedUnverified) {
			warnedUnverified = true;
			debug_w("[SSL] verifyLater without validators: the peer was accepted without any check");
		}
	}
	const SessionId id = connection->getSessionId();
	if(id.isValid()) {
		if(sessionId == nullptr) {
			sessionId = new(std::nothrow) SessionId;
		}
		if(sessionId != nullptr) {
			*sessionId = id; // without memory for it there is just no resumption
		}
	}
	endHandshake();
	state = State::established;
	++(role == Role::client ? statistics.clientHandshakes : statistics.serverHandshakes);
	// A server's peer has no name
	debug_i("[SSL] connected%s%s, %s", role == Role::client ? " to " : "", hostName.c_str(),
			getCipherSuiteName(connection->getCipherSuite()).c_str());
}

bool Session::validateCertificate()
{
	const Certificate* certificate = connection == nullptr ? nullptr : connection->getCertificate();
	if(certificate == nullptr) {
		return false;
	}
	if(validators.validate(certificate)) {
		verified = true;
		return true;
	}
	Fingerprint value;
	if(certificate->getFingerprint(Fingerprint::Type::PkiSha256, value)) {
		String text(F("certificate of \""));
		text += certificate->getName(Certificate::DN::SUBJECT, Certificate::RDN::COMMON_NAME);
		text += F("\" with the public key SHA-256 ");
		text += value.pki.sha256.hash.toString();
		setErrorDetail(text);
	}
	return false;
}

void Session::fail(Error reason, Alert code, bool received)
{
	if(state == State::failed || state == State::closed) {
		return;
	}
	const bool saidGoodbye = state == State::closing;
	if(state == State::established && sessionId != nullptr) {
		// RFC 5246 §7.2.2; before, anybody who saw the id could have it forgotten
		if(auto cache = getSessionCache()) {
			cache->remove(*sessionId);
		}
	}
	error = reason;
	state = State::failed;
	if(received) {
		alert = code;
		alertReceived = true;
	} else if(connection != nullptr) {
		const Alert wanted = code != Alert::none ? code : alertFor(reason);
		if(wanted != Alert::none || handshaking) {
			// Also without a word: the engine must not go on with a handshake whose keys endHandshake() takes away
			connection->abort(wanted);
		}
		if(wanted != Alert::none) {
			alert = saidGoodbye ? Alert::none : wanted; // nothing follows close_notify
		}
	} else if(role == Role::server && handshaking) {
		// No memory for a connection: the client is told all the same, in the clear
		alert = code != Alert::none ? code : alertFor(reason);
		plainAlertLength = alert == Alert::none ? 0 : sizeof(plainAlert);
		plainAlert[sizeof(plainAlert) - 1] = uint8_t(alert);
	}
	++statistics.failed;
	statistics.lastError = reason;
	endHandshake();
	debug_w("[SSL] %s: %s", hostName.c_str(), getErrorString().c_str());
}

void Session::setErrorDetail(const String& text)
{
	if(errorDetail.length() == 0) {
		errorDetail = text;
	}
}

String Session::getErrorString() const
{
	String text = Ssl::getErrorString(error);
	if(error == Error::alertReceived) {
		text += ": ";
		text += toString(alert);
		text += " (";
		text += int(alert);
		text += ')';
	} else if(error != Error::none && errorDetail.length() != 0) {
		text += ": ";
		text += errorDetail;
	}
	return text;
}

String Session::getAlpnProtocol() const
{
	return connection == nullptr ? String("", 0) : String(connection->getAlpnProtocol());
}

const SessionId* Session::getSessionId() const
{
	return sessionId;
}

/* Follow the connection after anything that may have moved it. */
void Session::update()
{
	if(!isListening()) {
		return;
	}
	if(connection->isClosed()) {
		if(state == State::handshake) {
			fail(Error::alertReceived, Alert::CLOSE_NOTIFY, true);
		} else {
			state = State::closed;
		}
	} else if(connection->isPeerClosed() && state == State::established) {
		state = State::closing;
	}
}

/* What comes after the end is dropped, so that no caller waits for it to be taken. */
bool Session::isListening() const
{
	return connection != nullptr && state != State::failed && state != State::closed;
}

size_t Session::feed(const uint8_t* data, size_t length)
{
	const size_t count = isListening() ? connection->feed(data, length) : length;
	update();
	return isListening() ? count : length;
}

size_t Session::feedInPlace(uint8_t* data, size_t length)
{
	const size_t count = isListening() ? connection->feedInPlace(data, length) : length;
	update();
	return isListening() ? count : length;
}

bool Session::keepInput()
{
	if(connection == nullptr) {
		return true;
	}
	const bool failed = state == State::failed;
	connection->keepInput();
	update();
	return failed || state != State::failed;
}

size_t Session::peekOutput(const uint8_t*& data)
{
	data = nullptr;
	if(connection != nullptr) {
		return connection->peekOutput(data);
	}
	data = plainAlert + sizeof(plainAlert) - plainAlertLength;
	return plainAlertLength;
}

void Session::consumeOutput(size_t length)
{
	if(connection != nullptr) {
		connection->consumeOutput(length);
		update();
	} else {
		plainAlertLength = uint8_t(plainAlertLength - length);
	}
}

size_t Session::peekInput(const uint8_t*& data)
{
	data = nullptr;
	return (connection == nullptr || state == State::handshake) ? 0 : connection->peekInput(data);
}

void Session::consumeInput(size_t length)
{
	if(connection != nullptr) {
		connection->consumeInput(length);
		update();
	}
}

int Session::write(const uint8_t* data, size_t length)
{
	if(state != State::established) {
		return -1;
	}
	const size_t count = connection->write(data, length);
	update();
	return count == 0 && state == State::failed ? -1 : int(count);
}

void Session::flush()
{
	if(state == State::established) {
		connection->flush();
		update();
	}
}

void Session::close()
{
	switch(state) {
	case State::idle:
		state = State::closed;
		break;
	case State::handshake:
		fail(Error::canceled);
		break;
	case State::established:
		state = State::closing;
		serverShare = nullptr; // the server may go before the last bytes do
		connection->close();
		update();
		break;
	case State::closing:
	case State::closed:
	case State::failed:
		break;
	}
}

void Session::onTransportClosed()
{
	switch(state) {
	case State::handshake:
	case State::established:
		fail(Error::truncated);
		break;
	case State::closing:
		state = State::closed;
		break;
	case State::idle:
	case State::closed:
	case State::failed:
		break;
	}
}

size_t Session::printTo(Print& p) const
{
	size_t count = p.println(_F("SSL session:"));
	count += p.print(_F("  Engine:       "));
	count += p.println(factory->getName());
	if(error != Error::none) {
		count += p.print(_F("  Error:        "));
		count += p.println(getErrorString());
	}
	if(connection == nullptr) {
		return count + p.println(_F("  Not connected"));
	}
	if(role == Role::client && connection->isHandshakeDone()) {
		count += p.print(_F("  Verified:     "));
		count += p.println(verified ? _F("yes") : _F("no"));
	}
	return count + connection->printTo(p);
}

} // namespace Ssl
