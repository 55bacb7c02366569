#include "TrustAnchorsNode.h"
#include <cstring>

namespace Ssl
{
namespace
{
const TrustAnchors* defaultAnchors;
bool isDefaultSet;
} // namespace

const TrustAnchors* TrustAnchors::getDefault()
{
	if(!isDefaultSet && &x509_built_in_anchors != nullptr) {
		static const TrustAnchors builtIn(x509_built_in_anchors.anchors, x509_built_in_anchors.count);
		return &builtIn;
	}
	return defaultAnchors;
}

void TrustAnchors::setDefault(const TrustAnchors* anchors)
{
	defaultAnchors = anchors;
	isDefaultSet = true;
}

void TrustAnchors::clear()
{
	while(added != nullptr) {
		auto node = added;
		added = node->next;
		Memory::release(node);
	}
}

size_t TrustAnchors::count() const
{
	size_t n = tableCount;
	for(auto node = added; node != nullptr; node = node->next) {
		++n;
	}
	return n;
}

const x509_anchor_* TrustAnchors::find(void* param, const uint8_t* subjectHash, const x509_anchor_* previous)
{
	auto self = static_cast<const TrustAnchors*>(param);
	if(self == nullptr) {
		return nullptr;
	}
	const bool inTable =
		previous == nullptr || (self->table <= previous && previous < self->table + self->tableCount);
	const Node* node = self->added;
	if(inTable) {
		x509_anchor_table anchors{self->table, self->tableCount};
		if(auto found = x509_anchor_table_find(&anchors, subjectHash, previous)) {
			return found;
		}
	} else {
		node = reinterpret_cast<const Node*>(previous)->next; // the anchor is the node's first member
	}
	for(; node != nullptr; node = node->next) {
		if(memcmp(node->anchor.subject_hash, subjectHash, X509_SUBJECT_HASH_SIZE) == 0) {
			return &node->anchor;
		}
	}
	return nullptr;
}

Crypto::Sha256::Hash TrustAnchors::getDigest() const
{
	Crypto::Sha256 hash;
	hash.update(&table, sizeof(table)).update(&tableCount, sizeof(tableCount));
	for(auto node = added; node != nullptr; node = node->next) {
		const auto& anchor = node->anchor;
		hash.update(anchor.subject_hash, sizeof(anchor.subject_hash));
		// each with its length, so that no two sets come to the same octets
		auto add = [&hash](const void* data, size_t length) {
			hash.update(&length, sizeof(length));
			if(length != 0) {
				hash.update(data, length);
			}
		};
		add(anchor.certificate_hash, anchor.certificate_hash == nullptr ? 0 : X509_SUBJECT_HASH_SIZE);
		if(anchor.key.key_type == BR_KEYTYPE_RSA) {
			add(anchor.key.key.rsa.n, anchor.key.key.rsa.nlen);
			add(anchor.key.key.rsa.e, anchor.key.key.rsa.elen);
		} else {
			add(anchor.key.key.ec.q, anchor.key.key.ec.qlen);
		}
		add(anchor.name_constraints, anchor.name_constraints_length);
		add(&anchor.path_length, sizeof(anchor.path_length));
		add(&anchor.not_before, sizeof(anchor.not_before));
		add(&anchor.not_after, sizeof(anchor.not_after));
	}
	return hash.getHash();
}

bool TrustAnchors::getName(size_t index, const uint8_t*& name, size_t& length) const
{
	const Node* node = added;
	while(node != nullptr && index != 0) {
		node = node->next;
		--index;
	}
	if(node == nullptr) {
		return false;
	}
	name = node->name;
	length = node->nameLength;
	return true;
}

} // namespace Ssl
