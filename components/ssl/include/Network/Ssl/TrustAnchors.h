/**
 * Ssl::TrustAnchors: certificate authorities that a chain may lead to.
 *
 * A set is a table in flash (made by the build from `TRUST_ANCHORS=…`), certificates added at run time, or
 * both. A session uses the one that it is given, else the application's default.
 */
#pragma once

#include "Error.h"
#include <Crypto/Sha2.h>
#include <FlashString.hpp>
#include <Memory.h>
#include <WString.h>
#include <cstddef>
#include <cstdint>

struct x509_anchor_; // x509_anchor in <x509/anchor.h>

namespace Ssl
{
class TrustAnchors : public Memory::Tagged<Memory::Tag::certificate>
{
public:
	TrustAnchors() = default;
	/** @param table in ascending order of subject hash; lives as long as the set */
	TrustAnchors(const x509_anchor_* table, size_t count) : table(table), tableCount(count)
	{
	}
	~TrustAnchors()
	{
		clear();
	}
	TrustAnchors(const TrustAnchors&) = delete;
	TrustAnchors& operator=(const TrustAnchors&) = delete;

	/**
	 * Trust more authorities, or single servers (a certificate that is no CA's). Only name, key, dates and
	 * constraints are kept.
	 * @param certificate DER, or PEM with any number of certificates
	 * @return false when one of them cannot be used or there is no memory: none is then added, getError() says why
	 */
	bool add(const uint8_t* certificate, size_t length);
	bool add(const String& certificate)
	{
		return add(reinterpret_cast<const uint8_t*>(certificate.c_str()), certificate.length());
	}
	bool add(const FlashString& certificate)
	{
		return add(String(certificate));
	}

	/** Why the last add() refused; Error::none otherwise. */
	Error getError() const
	{
		return error;
	}

	/** Forget what add() added. No session that uses this set may be in its handshake. */
	void clear();

	/** Number of anchors, of the table and added. */
	size_t count() const;

	bool isEmpty() const
	{
		return tableCount == 0 && added == nullptr;
	}

	/**
	 * For the validator (an x509_find_anchor; `param` is the set): anchors whose subject has this hash.
	 * @param previous nullptr for the first, else the one before
	 */
	static const x509_anchor_* find(void* param, const uint8_t* subjectHash, const x509_anchor_* previous);

	/** Tells sets apart: all that was added, with its constraints and dates, and which table in flash. */
	Crypto::Sha256::Hash getDigest() const;

	/**
	 * Subject of the `index`-th anchor (from 0) that add() added, in DER. A table in flash has no names.
	 * @return false when there are no more
	 */
	bool getName(size_t index, const uint8_t*& name, size_t& length) const;

	/**
	 * The application's set for sessions that were given none: what setDefault() was given, before that the table
	 * that the build made from `TRUST_ANCHORS=…`; nullptr when there is neither.
	 */
	static const TrustAnchors* getDefault();

	/** @param anchors must live as long as sessions use it; nullptr: none, not even the built-in table */
	static void setDefault(const TrustAnchors* anchors);

private:
	struct Node;

	Node* addOne(const uint8_t* certificate, size_t length);

	const x509_anchor_* table = nullptr;
	size_t tableCount = 0;
	Node* added = nullptr;
	Error error = Error::none;
};

} // namespace Ssl
