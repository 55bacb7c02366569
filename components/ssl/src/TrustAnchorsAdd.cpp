#include "DerReader.h"
#include "TrustAnchorsNode.h"
#include <x509/validator.h>

namespace Ssl
{
namespace
{
Error toError(x509_error error)
{
	switch(error) {
	case X509_ERROR_UNSUPPORTED_KEY:
	case X509_ERROR_UNSUPPORTED_SIGNATURE:
		return Error::certificateAlgorithm;
	case X509_ERROR_WEAK_KEY:
		return Error::certificateWeak;
	case X509_ERROR_NAME_CONSTRAINT_UNSUPPORTED:
		return Error::certificateConstraint;
	default:
		return Error::certificateMalformed;
	}
}

} // namespace

/* One certificate that is not yet in the list; nullptr with the error set. */
TrustAnchors::Node* TrustAnchors::addOne(const uint8_t* certificate, size_t length)
{
	auto work = static_cast<x509_context*>(Memory::allocate(sizeof(x509_context), Memory::Tag::handshake));
	if(work == nullptr) {
		error = Error::noMemory;
		return nullptr;
	}
	auto node = static_cast<Node*>(Memory::allocate(sizeof(Node) + X509_ANCHOR_MEMORY, Memory::Tag::certificate));
	size_t capacity = X509_ANCHOR_MEMORY;
	x509_error result = X509_ERROR_NONE;
	size_t used = 0;
	while(node != nullptr) {
		result = x509_anchor_from_certificate(work, certificate, length, &node->anchor,
											  reinterpret_cast<uint8_t*>(node + 1), capacity, &used);
		if(result != X509_ERROR_BUFFER || used <= capacity) {
			break;
		}
		Memory::release(node);
		capacity = used;
		node = static_cast<Node*>(Memory::allocate(sizeof(Node) + capacity, Memory::Tag::certificate));
	}
	if(node != nullptr && result == X509_ERROR_NONE && used < capacity) {
		// Most need less; pointers lead into the block, so it is made anew at its size rather than moved
		auto fitted = static_cast<Node*>(Memory::allocate(sizeof(Node) + used, Memory::Tag::certificate));
		if(fitted != nullptr) {
			Memory::release(node);
			node = fitted;
			result = x509_anchor_from_certificate(work, certificate, length, &node->anchor,
												  reinterpret_cast<uint8_t*>(node + 1), used, &used);
		}
	}
	Memory::release(work);
	if(node == nullptr) {
		error = Error::noMemory;
		return nullptr;
	}
	if(result != X509_ERROR_NONE) {
		error = toError(result);
		Memory::release(node);
		return nullptr;
	}
	node->next = nullptr;
	return node;
}

bool TrustAnchors::add(const uint8_t* certificate, size_t length)
{
	error = Error::none;
	Node* list = nullptr;
	DerReader reader(certificate, length);
	for(;;) {
		const auto status = reader.next();
		if(status == DerReader::Status::end) {
			if(list == nullptr) {
				error = Error::certificateMalformed;
			}
			break;
		}
		if(status != DerReader::Status::object) {
			error = (status == DerReader::Status::noMemory) ? Error::noMemory : Error::certificateMalformed;
			break;
		}
		auto node = addOne(reader.data(), reader.length());
		if(node == nullptr) {
			break;
		}
		node->next = list;
		list = node;
	}
	while(list != nullptr) {
		auto node = list;
		list = node->next;
		if(error == Error::none) {
			node->next = added;
			added = node;
		} else {
			Memory::release(node);
		}
	}
	return error == Error::none;
}

} // namespace Ssl
