/** An anchor on the heap. Private. */
#pragma once

#include <Network/Ssl/TrustAnchors.h>
#include <x509/anchor.h>

namespace Ssl
{
struct TrustAnchors::Node {
	x509_anchor anchor; ///< must come first: the validator knows a node by it
	Node* next;
	const uint8_t* name; ///< DER of the subject, which the anchor knows only by its hash
	size_t nameLength;
	// what the anchor and `name` point to follows
};

} // namespace Ssl
