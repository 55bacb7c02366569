/**
 * Ssl::PeerVerifier: decides about the peer's certificate during a handshake, for every engine alike.
 *
 * It is a br_x509_class around the validator of component x509: the engine streams the chain through it, and
 * at its end the result is the chain's (against trust anchors, name and dates) or the session's validators'.
 * Until the chain has reached an anchor, copies of its certificates are kept where the heap has room for them, so that
 * one out of order can be put in order.
 * Lives only as long as the handshake. Private to the adapters.
 */
#pragma once

#include "PeerCertificate.h"
#include <Network/Ssl/Session.h>
#include <bearssl_x509.h>
#include <x509/reorder.h>
#include <x509/validator.h>

namespace Ssl
{
struct PeerVerifier : public Memory::Tagged<Memory::Tag::handshake> {
	/** end_chain()'s answer when the validators refused; apart from the values of x509_error. */
	static constexpr unsigned errorPin = 200;
	/** end_chain()'s answer when there was no memory for what is kept of the certificate. */
	static constexpr unsigned errorMemory = 201;

	const br_x509_class* vtable; ///< must come first: engines know this object as a `const br_x509_class**`

	explicit PeerVerifier(Session& session);
	~PeerVerifier();

	/** Set up for a session in a role. @return false with the error in the session */
	bool init(Role role);

	const br_x509_class** getX509()
	{
		return &vtable;
	}

	const Certificate* getCertificate() const
	{
		return certificate;
	}

	/** Hand over what is kept of the certificate; nullptr when there was none. */
	PeerCertificate* takeCertificate();

	/** Translate end_chain()'s answer, and give the session the values that belong to it. */
	Error explain(unsigned code) const;

	/** The clock counts when the certificate arrives: it may have been set since the session started. */
	void takeTime();

	unsigned endChain();

	Session* session;
	bool isAsked = false; ///< a chain arrived: no session is resumed then
	PeerCertificate* certificate = nullptr;
	x509_config config;
	br_name_element subject[PeerCertificate::partCount];
	br_name_element issuer[PeerCertificate::partCount];
	char text[2 * PeerCertificate::textCapacity];
	x509_context context;
	x509_reorder reorder;
};

} // namespace Ssl
