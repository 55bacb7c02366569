/** An anchor on the heap. Private. */
#pragma once

#include <Network/Ssl/TrustAnchors.h>
#include <x509/anchor.h>

namespace Ssl
{
struct TrustAnchors::Node {
	x509_anchor anchor; ///< must come first: the validator knows a node by it
	Node* next;
	// the anchor's key and constraints follow
};

} // namespace Ssl
