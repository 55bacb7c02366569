/** Settings, and names as people write them. */
#include "internal.h"

void x509_config_init_bare(x509_config *config, x509_mode mode)
{
	memset(config, 0, sizeof(*config));
	config->mode = mode;
	config->check_chain = true;
	config->min_rsa_bits = 2048;
}

void x509_config_init(x509_config *config, x509_mode mode)
{
	x509_config_init_bare(config, mode);
	config->rsa_pkcs1_vrfy = br_rsa_pkcs1_vrfy_get_default();
	config->rsa_public = br_rsa_public_get_default();
	config->ecdsa_vrfy = br_ecdsa_vrfy_asn1_get_default();
	config->ec = br_ec_get_default();
	config->sha1 = &br_sha1_vtable;
	config->sha384 = &br_sha384_vtable;
	config->sha512 = &br_sha512_vtable;
}

void x509_config_set_time(x509_config *config, int64_t unix_seconds)
{
	config->time = unix_seconds;
	config->time_known = true;
}

/** Dotted decimal, four numbers without leading zeros. @return characters taken, 0 when it is none */
static size_t parse_ipv4(const char *text, uint8_t address[4])
{
	const char *p = text;

	for(unsigned i = 0; i < 4; ++i) {
		if(i != 0 && *p++ != '.') {
			return 0;
		}
		if(*p < '0' || *p > '9' || (*p == '0' && p[1] >= '0' && p[1] <= '9')) {
			return 0;
		}
		unsigned value = 0;
		for(; *p >= '0' && *p <= '9'; ++p) {
			value = value * 10 + (unsigned)(*p - '0');
			if(value > 255) {
				return 0;
			}
		}
		address[i] = (uint8_t)value;
	}
	return (size_t)(p - text);
}

static int hex_digit(char c)
{
	if(c >= '0' && c <= '9') {
		return c - '0';
	}
	c = (char)(c | 0x20);
	return (c >= 'a' && c <= 'f') ? c - 'a' + 10 : -1;
}

/** RFC 4291 §2.2. @return characters taken, 0 when it is none */
static size_t parse_ipv6(const char *text, uint8_t address[16])
{
	const char *p = text;
	size_t used = 0;
	size_t gap = SIZE_MAX;

	if(p[0] == ':') {
		if(p[1] != ':') {
			return 0;
		}
		gap = 0;
		p += 2;
	}
	while(used < 16 && hex_digit(*p) >= 0) {
		size_t taken = (used <= 12) ? parse_ipv4(p, address + used) : 0;
		if(taken != 0) {
			p += taken;
			used += 4;
			break;
		}
		unsigned value = 0;
		unsigned digits = 0;
		for(; hex_digit(*p) >= 0; ++p) {
			value = value << 4 | (unsigned)hex_digit(*p);
			if(++digits > 4) {
				return 0;
			}
		}
		address[used++] = (uint8_t)(value >> 8);
		address[used++] = (uint8_t)value;
		if(*p != ':') {
			break;
		}
		++p;
		if(*p == ':') {
			if(gap != SIZE_MAX) {
				return 0;
			}
			gap = used;
			++p;
		} else if(hex_digit(*p) < 0) {
			return 0;
		}
	}
	if((gap == SIZE_MAX) != (used == 16)) {
		return 0;
	}
	if(gap != SIZE_MAX) {
		memmove(address + 16 - (used - gap), address + gap, used - gap);
		memset(address + gap, 0, 16 - used);
	}
	return (size_t)(p - text);
}

/** RFC 1123 §2.1, and the underscore that exists in practice. */
static bool is_dns_name(const char *name)
{
	size_t length = strlen(name);
	size_t label = 0;
	bool numeric = true;

	if(length != 0 && name[length - 1] == '.') {
		--length;
	}
	if(length == 0 || length > 253) {
		return false;
	}
	for(size_t i = 0; i < length; ++i) {
		char c = name[i];
		if(c == '.') {
			if(label == 0) {
				return false;
			}
			label = 0;
			numeric = true;
			continue;
		}
		bool digit = c >= '0' && c <= '9';
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if((!digit && !letter && c != '-' && c != '_') || ++label > 63) {
			return false;
		}
		numeric = numeric && digit;
	}
	return label != 0 && !numeric; // no top-level domain is a number: it would be a mistyped address
}

bool x509_config_set_server(x509_config *config, const char *host)
{
	size_t length = strlen(host);
	bool brackets = host[0] == '[';
	size_t taken;

	config->dns_name = NULL;
	config->address_length = 0;
	if(!brackets) {
		taken = parse_ipv4(host, config->address);
		if(taken != 0 && taken == length) {
			config->address_length = 4;
			return true;
		}
	}
	taken = parse_ipv6(host + (brackets ? 1 : 0), config->address);
	if(taken != 0 && (brackets ? (taken + 2 == length && host[length - 1] == ']') : taken == length)) {
		config->address_length = 16;
		return true;
	}
	if(is_dns_name(host)) {
		config->dns_name = host;
		return true;
	}
	return false;
}
