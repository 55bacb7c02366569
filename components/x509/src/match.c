/** Comparison of DNS names and addresses. */
#include "internal.h"

static uint8_t lower(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') ? (uint8_t)(c | 0x20) : c;
}

bool x509_is_ascii(const uint8_t *text, size_t length)
{
	for(size_t i = 0; i < length; ++i) {
		if(text[i] >= 0x80) {
			return false;
		}
	}
	return true;
}

bool x509_equal_ascii(const uint8_t *a, const uint8_t *b, size_t length)
{
	for(size_t i = 0; i < length; ++i) {
		if(lower(a[i]) != lower(b[i])) {
			return false;
		}
	}
	return true;
}

static bool is_wildcard(const uint8_t *name, size_t length)
{
	return length > 2 && name[0] == '*' && name[1] == '.';
}

bool x509_match_dns(const uint8_t *presented, size_t presented_length, const char *expected)
{
	const uint8_t *name = (const uint8_t *)expected;
	size_t length = strlen(expected);

	if(length != 0 && name[length - 1] == '.') {
		--length; // written as absolute; certificates never are
	}
	if(length == 0 || presented_length == 0) {
		return false;
	}
	if(is_wildcard(presented, presented_length)) {
		// RFC 9525 §6.3: the wildcard is the whole left-most label and stands for exactly one label
		const uint8_t *dot = memchr(name, '.', length);
		if(dot == NULL || dot == name) {
			return false;
		}
		length -= (size_t)(dot - name);
		name = dot;
		++presented;
		--presented_length;
		// not below a top-level domain: "*.com" would be everybody's
		if(memchr(presented + 1, '.', presented_length - 1) == NULL) {
			return false;
		}
	}
	// a '*' anywhere else in `presented` cannot match, since no expected name has one
	return presented_length == length && x509_equal_ascii(presented, name, length);
}

bool x509_is_dns_base(const uint8_t *base, size_t length)
{
	size_t label = 0;

	for(size_t i = 0; i < length; ++i) {
		uint8_t c = lower(base[i]);
		if(c == '.') {
			if(label == 0) {
				return false; // a leading dot, too: it has a meaning for URIs only, and none that all agree on
			}
			label = 0;
		} else if(!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '_') {
			return false;
		} else if(++label > 63) {
			return false;
		}
	}
	return length == 0 || (length <= 253 && label != 0);
}

bool x509_within_dns(const uint8_t *name, size_t name_length, const uint8_t *base, size_t base_length, bool any)
{
	if(base_length == 0) {
		return true;
	}
	if(name_length >= base_length && x509_equal_ascii(name + name_length - base_length, base, base_length) &&
	   (name_length == base_length || name[name_length - base_length - 1] == '.')) {
		return true;
	}
	if(!any || !is_wildcard(name, name_length)) {
		return false;
	}
	// "*.example.org" may stand for the one name "www.example.org" that the base is
	const uint8_t *dot = memchr(base, '.', base_length);
	if(dot == NULL) {
		return false;
	}
	size_t rest = base_length - (size_t)(dot - base);
	return rest == name_length - 1 && x509_equal_ascii(dot, name + 1, rest);
}

bool x509_within_address(const uint8_t *address, size_t address_length, const uint8_t *base, size_t base_length)
{
	if(base_length != 2 * address_length) {
		return false;
	}
	for(size_t i = 0; i < address_length; ++i) {
		if(((address[i] ^ base[i]) & base[address_length + i]) != 0) {
			return false;
		}
	}
	return true;
}
