#include "Der.h"
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

/** The subject's Name, with its tag (RFC 5280 §4.1). */
bool findSubject(Der certificate, Der& name)
{
	constexpr uint8_t tagVersion = 0xa0;
	Der outer, fields, skipped;
	if(!certificate.take(tagSequence, outer) || !outer.take(tagSequence, fields)) {
		return false;
	}
	if(!fields.isEmpty() && fields.data[0] == tagVersion) {
		fields.take(tagVersion, skipped);
	}
	// Serial number, signature algorithm, issuer, validity
	if(!fields.take(tagInteger, skipped) || !fields.take(tagSequence, skipped) ||
	   !fields.take(tagSequence, skipped) || !fields.take(tagSequence, skipped)) {
		return false;
	}
	const uint8_t* start = fields.data;
	if(!fields.take(tagSequence, skipped)) {
		return false;
	}
	name = {start, size_t(fields.data - start)};
	return true;
}

} // namespace

/* One certificate that is not yet in the list; nullptr with the error set. */
TrustAnchors::Node* TrustAnchors::addOne(const uint8_t* certificate, size_t length)
{
	Der name;
	if(!findSubject({certificate, length}, name)) {
		error = Error::certificateMalformed;
		return nullptr;
	}
	auto work = static_cast<x509_context*>(Memory::allocate(sizeof(x509_context), Memory::Tag::handshake));
	if(work == nullptr) {
		error = Error::noMemory;
		return nullptr;
	}

	// Most need less than the first guess; then it is made anew at its size, as pointers lead into the block
	size_t capacity = X509_ANCHOR_MEMORY;
	Node* node = nullptr;
	for(error = Error::none; error == Error::none;) {
		node = static_cast<Node*>(Memory::allocate(sizeof(Node) + capacity + name.length, Memory::Tag::certificate));
		if(node == nullptr) {
			error = Error::noMemory;
			break;
		}
		auto memory = reinterpret_cast<uint8_t*>(node + 1);
		size_t used = 0;
		const x509_error result =
			x509_anchor_from_certificate(work, certificate, length, &node->anchor, memory, capacity, &used);
		if(result == X509_ERROR_NONE && used == capacity) {
			node->next = nullptr;
			node->name = memory + used;
			node->nameLength = name.length;
			memcpy(memory + used, name.data, name.length);
			break;
		}
		Memory::release(node);
		node = nullptr;
		if(result != X509_ERROR_NONE && (result != X509_ERROR_BUFFER || used <= capacity)) {
			error = toError(result);
		}
		capacity = used;
	}
	Memory::release(work);
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
