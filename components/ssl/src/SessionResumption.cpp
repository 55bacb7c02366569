/* The part of Session about earlier sessions. */
#include <Network/Ssl/Session.h>
#include <Network/Ssl/Statistics.h>

namespace Ssl
{
void Session::setResumption(Resumption* newResumption)
{
	if(newResumption != resumption) {
		delete resumption;
		resumption = newResumption;
	}
}

Resumption* Session::takeResumption()
{
	Resumption* result = nullptr;
	// A session that ended by a fatal alert must not be resumed (RFC 5246 §7.2.2)
	if(state >= State::established && state != State::failed && role == Role::client && resumes) {
		if(connection->isResumed()) {
			result = resumption;
			resumption = nullptr;
			if(result != nullptr) {
				result->takeTicket(*connection);
			}
		} else {
			result = Resumption::create(*this);
		}
	}
	setResumption(nullptr);
	return result;
}

bool Session::isResumed() const
{
	return connection != nullptr && connection->isResumed();
}

SessionCache* Session::getSessionCache() const
{
	return resumes && role == Role::server && serverShare != nullptr ? &serverShare->sessions : nullptr;
}

/*
 * Decide whether this session takes part in resumption at all, and whether what is remembered may be used.
 * @return false when a validator's callback ended the session
 */
bool Session::prepareResumption()
{
	if(role == Role::client) {
		resumes = options.sessionResume && cacheSize > 0 && !keyCert.isValid();
		if(resumption != nullptr && !(resumes && resumption->fits(*this))) {
			setResumption(nullptr);
		}
	} else {
		resumes = options.sessionResume && cacheSize > 0 && serverShare != nullptr && !options.clientAuthentication;
		if(serverShare != nullptr && !options.freeKeyCertAfterHandshake) {
			serverShare->keyCert = keyCert;
		}
	}
	return state == State::handshake;
}

/* @return false when the session has failed */
bool Session::acceptResumed()
{
	// start() checked that what is remembered stands for the same; a server has nothing to check
	if(role == Role::server ? options.clientAuthentication : resumption == nullptr) {
		fail(Error::internal);
		return false;
	}
	verified = role == Role::client && !(validators.isEmpty() && options.verifyLater);
	++statistics.resumed;
	return true;
}

} // namespace Ssl
