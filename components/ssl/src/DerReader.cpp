#include "DerReader.h"
#include <Memory.h>
#include <bearssl_pem.h>
#include <cstring>

namespace Ssl
{
DerReader::DerReader(const uint8_t* data, size_t length) : input(data), remaining(length)
{
	// DER of a key or certificate begins with the tag of a SEQUENCE, which no PEM text does
	isPem = length != 0 && data[0] != 0x30;
}

DerReader::~DerReader()
{
	Memory::wipeAndRelease(buffer);
}

DerReader::Status DerReader::next()
{
	return isPem ? nextPem() : nextDer();
}

DerReader::Status DerReader::nextDer()
{
	if(remaining == 0) {
		return Status::end;
	}
	if(remaining < 2 || input[0] != 0x30) {
		return Status::malformed;
	}
	size_t header = 2;
	size_t length = input[1];
	if(length >= 0x80) {
		const size_t bytes = length - 0x80;
		if(bytes == 0 || bytes > 3 || remaining < 2 + bytes) {
			return Status::malformed;
		}
		length = 0;
		for(size_t i = 0; i < bytes; ++i) {
			length = length << 8 | input[2 + i];
		}
		header += bytes;
	}
	if(length > remaining - header) {
		return Status::malformed;
	}
	object = input;
	objectLength = header + length;
	input += objectLength;
	remaining -= objectLength;
	return Status::object;
}

void DerReader::store(void* self, const void* data, size_t length)
{
	auto reader = static_cast<DerReader*>(self);
	if(length <= reader->capacity - reader->objectLength) {
		memcpy(reader->buffer + reader->objectLength, data, length);
		reader->objectLength += length;
	}
}

void DerReader::setLabel(const char* text)
{
	strncpy(name, text, sizeof(name) - 1);
	// BearSSL leaves the closing dashes in place where the line ends with CR LF
	size_t length = strlen(name);
	while(length != 0 && name[length - 1] == '-') {
		name[--length] = '\0';
	}
}

DerReader::Status DerReader::nextPem()
{
	if(buffer == nullptr) {
		// All of it in base64 would be three quarters; once allocated it serves for every object
		capacity = remaining / 4 * 3 + 3;
		buffer = static_cast<uint8_t*>(Memory::allocate(capacity, Memory::Tag::certificate));
		if(buffer == nullptr) {
			return Status::noMemory;
		}
	}
	br_pem_decoder_context decoder;
	br_pem_decoder_init(&decoder);
	objectLength = 0;
	bool inside = false;
	Status status = Status::end;
	while(status == Status::end) {
		if(remaining == 0) {
			if(inside) {
				// The last line is recognised only with its line end, which some editors leave out
				br_pem_decoder_push(&decoder, "\n", 1);
				status = br_pem_decoder_event(&decoder) == BR_PEM_END_OBJ ? Status::object : Status::malformed;
			}
			break;
		}
		const size_t used = br_pem_decoder_push(&decoder, input, remaining);
		input += used;
		remaining -= used;
		switch(br_pem_decoder_event(&decoder)) {
		case BR_PEM_BEGIN_OBJ:
			setLabel(br_pem_decoder_name(&decoder));
			br_pem_decoder_setdest(&decoder, store, this);
			inside = true;
			break;
		case BR_PEM_END_OBJ:
			status = Status::object;
			break;
		case BR_PEM_ERROR:
			status = Status::malformed;
			break;
		default:
			break;
		}
	}
	Memory::wipe(&decoder, sizeof(decoder));
	if(status == Status::end && name[0] == '\0') {
		return Status::malformed; // not one object in it
	}
	object = buffer;
	return status;
}

} // namespace Ssl
