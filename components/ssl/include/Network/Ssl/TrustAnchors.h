/**
 * Ssl::TrustAnchors: certificate authorities that a chain may lead to.
 *
 * A set is a table in flash (made by the build from `TRUST_ANCHORS=…`), certificates added at run time, or
 * both. A session uses the one that it is given, else the application's default.
 */
#pragma once

#include <Memory.h>
#include <cstddef>
#include <cstdint>

struct x509_anchor;

namespace Ssl
{
class TrustAnchors : public Memory::Tagged<Memory::Tag::certificate>
{
public:
	TrustAnchors() = default;
	/** @param table lives as long as the set */
	TrustAnchors(const x509_anchor* table, size_t count) : table(table), tableCount(count)
	{
	}
	~TrustAnchors()
	{
		clear();
	}
	TrustAnchors(const TrustAnchors&) = delete;
	TrustAnchors& operator=(const TrustAnchors&) = delete;

	/**
	 * Trust another authority. Only its name, key, dates and constraints are kept.
	 * @param certificate DER, or PEM with any number of certificates
	 * @return false when it cannot be parsed or there is no memory; none of it is then added
	 */
	bool add(const uint8_t* certificate, size_t length);
	template <class T> bool add(const T& certificate)
	{
		return add(reinterpret_cast<const uint8_t*>(certificate.c_str()), certificate.length());
	}

	/** Forget what add() added. */
	void clear();

	/** Number of anchors, of the table and added. */
	size_t count() const;

	bool isEmpty() const
	{
		return count() == 0;
	}

	/**
	 * For the validator: the `index`-th anchor (from 0) whose subject has this hash.
	 * @return nullptr when there are no more
	 */
	const x509_anchor* find(const uint8_t* subjectHash, size_t index) const;

	/** The application's set for sessions that were given none; nullptr until set. */
	static const TrustAnchors* getDefault();

	/** @param anchors must live as long as sessions use it; nullptr: none */
	static void setDefault(const TrustAnchors* anchors);

private:
	struct Node;

	const x509_anchor* table = nullptr;
	size_t tableCount = 0;
	Node* added = nullptr;
};

} // namespace Ssl
