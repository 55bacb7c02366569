#include "PeerVerifier.h"
#include "Text.h"
#include <cstddef>

namespace Ssl
{
namespace
{
PeerVerifier* self(const br_x509_class** ctx)
{
	return reinterpret_cast<PeerVerifier*>(ctx);
}

void startChain(const br_x509_class** ctx, const char*)
{
	self(ctx)->isAsked = true;
	self(ctx)->takeTime();
	// The expected name is in the configuration; the engine's copy is only for SNI
	x509_reorder_vtable.start_chain(&self(ctx)->reorder.vtable, nullptr);
}

void startCert(const br_x509_class** ctx, uint32_t length)
{
	x509_reorder_vtable.start_cert(&self(ctx)->reorder.vtable, length);
}

void append(const br_x509_class** ctx, const unsigned char* data, size_t length)
{
	x509_reorder_vtable.append(&self(ctx)->reorder.vtable, data, length);
}

void endCert(const br_x509_class** ctx)
{
	x509_reorder_vtable.end_cert(&self(ctx)->reorder.vtable);
}

unsigned endChain(const br_x509_class** ctx)
{
	return self(ctx)->endChain();
}

const br_x509_pkey* getPkey(const br_x509_class* const* ctx, unsigned* usages)
{
	auto verifier = reinterpret_cast<const PeerVerifier*>(ctx);
	return x509_reorder_vtable.get_pkey(&verifier->reorder.vtable, usages);
}

const br_x509_class verifierClass = {
	sizeof(PeerVerifier), startChain, startCert, append, endCert, endChain, getPkey,
};

void* allocateCopy(size_t size)
{
	return Memory::allocate(size, Memory::Tag::handshake);
}

} // namespace

PeerVerifier::PeerVerifier(Session& session) : vtable(&verifierClass), session(&session)
{
	static_assert(offsetof(PeerVerifier, vtable) == 0, "engines find the class pointer at the start");
	x509_reorder_init(&reorder, &context, allocateCopy, Memory::release);
}

PeerVerifier::~PeerVerifier()
{
	x509_reorder_free(&reorder);
	PeerCertificate::release(certificate);
}

bool PeerVerifier::init(Role role)
{
	const bool isClient = role == Role::client;
	x509_config_init(&config, isClient ? X509_SERVER_CERTIFICATE : X509_CLIENT_CERTIFICATE);

	config.check_chain = session->checksChain();
	if(config.check_chain) {
		config.find_anchor = TrustAnchors::find;
		config.find_anchor_param = const_cast<TrustAnchors*>(session->getTrustAnchors());
		if(isClient && !x509_config_set_server(&config, session->hostName.c_str())) {
			session->setErrorDetail(printable(session->hostName.c_str(), session->hostName.length()));
			session->fail(Error::noHostName);
			return false;
		}
	}

	// The two SHA-256 ones always: messages show them, so that a person can pin what was refused
	config.hashes = X509_HASH_SHA256 | X509_HASH_SPKI;
	if(session->validators.fingerprintTypes.contains(Fingerprint::Type::CertSha1)) {
		config.hashes |= X509_HASH_SHA1;
	}

	char* room = text;
	for(unsigned i = 0; i < PeerCertificate::partCount; ++i) {
		const auto& part = PeerCertificate::parts[i];
		subject[i] = {part.oid, room, part.capacity, 0};
		room += part.capacity;
		issuer[i] = {part.oid, room, part.capacity, 0};
		room += part.capacity;
	}
	config.subject_elements = subject;
	config.subject_element_count = PeerCertificate::partCount;
	config.issuer_elements = issuer;
	config.issuer_element_count = PeerCertificate::partCount;
	x509_init(&context, &config);
	return true;
}

void PeerVerifier::takeTime()
{
	int64_t seconds;
	if(session->environment->getTime(*session->environment, seconds)) {
		x509_config_set_time(&config, seconds);
	}
}

unsigned PeerVerifier::endChain()
{
	const unsigned code = x509_reorder_vtable.end_chain(&reorder.vtable);
	PeerCertificate::release(certificate);
	certificate = PeerCertificate::create(context, subject, issuer);
	if(code != X509_ERROR_NONE) {
		return code;
	}
	if(certificate == nullptr) {
		return errorMemory;
	}
	if(config.check_chain) {
		session->setVerified();
		return 0;
	}
	// verifyLater: the validators are asked when the handshake is done
	if(session->validators.isEmpty() || session->options.verifyLater) {
		return 0;
	}
	return session->validateCertificate() ? 0 : errorPin;
}

PeerCertificate* PeerVerifier::takeCertificate()
{
	auto result = certificate;
	certificate = nullptr;
	return result;
}

Error PeerVerifier::explain(unsigned code) const
{
	const x509_details* details = x509_get_details(&context);
	String text;
	auto position = [&]() {
		if(details->depth != 0) {
			text += F("certificate ");
			text += unsigned(details->depth) + 1;
			text += F(" of the chain, ");
		}
	};
	auto done = [&](Error error) {
		if(text.length() != 0) {
			session->setErrorDetail(text);
		}
		return error;
	};
	auto reason = [&](Error error) {
		position();
		text += x509_error_text(x509_error(code));
		return done(error);
	};

	switch(code) {
	case errorPin:
		return Error::pinMismatch;
	case errorMemory:
		return Error::noMemory;
	case X509_ERROR_WRONG_NAME: {
		const String names = (certificate == nullptr) ? String() : certificate->getAlternativeNames();
		text += F("expected ");
		text += printable(session->hostName.c_str(), session->hostName.length());
		text += F(", the certificate is for ");
		text += names.length() == 0 ? F("no name") : names;
		return done(Error::certificateName);
	}
	case X509_ERROR_EXPIRED:
	case X509_ERROR_ANCHOR_EXPIRED:
		position();
		text += (code == X509_ERROR_EXPIRED) ? F("not valid after ") : F("its trust anchor is not valid after ");
		text += timeToString(details->not_after);
		text += F(", now it is ");
		text += timeToString(config.time);
		return done(Error::certificateExpired);
	case X509_ERROR_NOT_YET_VALID:
		position();
		text += F("not valid before ");
		text += timeToString(details->not_before);
		text += F(", now it is ");
		text += timeToString(config.time);
		return done(Error::certificateNotYetValid);
	case X509_ERROR_UNKNOWN_CA:
	case X509_ERROR_SELF_SIGNED: {
		if(certificate != nullptr) {
			using C = Certificate;
			String name = certificate->getName(C::DN::ISSUER, C::RDN::COMMON_NAME);
			if(name.length() == 0) {
				name = certificate->getName(C::DN::ISSUER, C::RDN::ORGANIZATION_NAME);
			}
			text += F("issued by \"");
			text += name;
			text += '"';
		}
		return done(code == X509_ERROR_SELF_SIGNED ? Error::selfSigned : Error::unknownCa);
	}
	case X509_ERROR_TIME_UNKNOWN:
		return Error::clockNotSet;
	case X509_ERROR_NO_NAME:
		return Error::noHostName;
	case X509_ERROR_EMPTY:
		return Error::noPeerCertificate;
	case X509_ERROR_UNSUPPORTED_KEY:
	case X509_ERROR_UNSUPPORTED_SIGNATURE:
		return reason(Error::certificateAlgorithm);
	case X509_ERROR_WEAK_KEY:
	case X509_ERROR_WEAK_SIGNATURE:
		return reason(Error::certificateWeak);
	case X509_ERROR_CRITICAL_EXTENSION:
		return reason(Error::certificateCritical);
	case X509_ERROR_BAD_SIGNATURE:
		return reason(Error::certificateSignature);
	case X509_ERROR_NOT_CA:
		return reason(Error::certificateNotCa);
	case X509_ERROR_CA_AS_LEAF:
	case X509_ERROR_KEY_USAGE:
	case X509_ERROR_EXTENDED_KEY_USAGE:
		return reason(Error::certificateUsage);
	case X509_ERROR_PATH_LENGTH:
	case X509_ERROR_NAME_CONSTRAINT:
	case X509_ERROR_NAME_CONSTRAINT_UNSUPPORTED:
	case X509_ERROR_NAMES_TOO_MANY:
		return reason(Error::certificateConstraint);
	default:
		return reason(Error::certificateMalformed);
	}
}

} // namespace Ssl
