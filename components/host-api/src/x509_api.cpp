/* The validator of components/x509 for tests and for Python. */

#include <sming_host/x509.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <x509/reorder.h>
#include <x509/validator.h>

namespace
{
struct Release {
	void operator()(void* block) const
	{
		free(block);
	}
};

template <typename T> using Block = std::unique_ptr<T, Release>;

template <typename T> Block<T> allocate(size_t count)
{
	return Block<T>(static_cast<T*>(calloc(count, sizeof(T))));
}

struct Anchor {
	x509_anchor anchor;
	uint8_t* memory;
};

/** Anchors made at run time; looked up one by one. */
class Anchors
{
public:
	~Anchors()
	{
		for(size_t i = 0; i < count; ++i) {
			free(list.get()[i].memory);
		}
	}

	bool init(const sming_x509_list& certificates, int& error)
	{
		list = allocate<Anchor>(certificates.count + 1);
		auto work = allocate<x509_context>(1);
		if(!list || !work) {
			return false;
		}
		auto data = certificates.data;
		for(; count < certificates.count; ++count) {
			const size_t length = certificates.lengths[count];
			const size_t size = X509_ANCHOR_MEMORY + length;
			auto& entry = list.get()[count];
			size_t used;
			entry.memory = static_cast<uint8_t*>(malloc(size));
			if(entry.memory == nullptr) {
				return false;
			}
			error = x509_anchor_from_certificate(work.get(), data, length, &entry.anchor, entry.memory, size, &used);
			if(error != X509_ERROR_NONE) {
				++count;
				return true;
			}
			data += length;
		}
		return true;
	}

	static const x509_anchor* find(void* param, const uint8_t* subjectHash, const x509_anchor* previous)
	{
		auto self = static_cast<const Anchors*>(param);
		bool passed = previous == nullptr;
		for(size_t i = 0; i < self->count; ++i) {
			auto& anchor = self->list.get()[i].anchor;
			if(passed && memcmp(anchor.subject_hash, subjectHash, X509_SUBJECT_HASH_SIZE) == 0) {
				return &anchor;
			}
			passed = passed || &anchor == previous;
		}
		return nullptr;
	}

private:
	Block<Anchor> list;
	size_t count = 0;
};

/** Hand a chain to the validator, cut as the settings say. */
void feed(const br_x509_class** ctx, const sming_x509_list& chain, const uint32_t* fragments, size_t fragmentCount)
{
	auto& vtable = **ctx;
	auto data = chain.data;
	size_t next = 0;

	vtable.start_chain(ctx, nullptr);
	for(size_t i = 0; i < chain.count; ++i) {
		size_t left = chain.lengths[i];
		vtable.start_cert(ctx, chain.lengths[i]);
		while(left != 0) {
			size_t part = left;
			if(fragmentCount != 0) {
				part = fragments[next++ % fragmentCount];
				part = (part == 0) ? 1 : (part < left) ? part : left;
			}
			// a copy of its own, so that a sanitizer sees any reading beyond the fragment
			auto copy = allocate<uint8_t>(part);
			if(!copy) {
				return;
			}
			memcpy(copy.get(), data, part);
			vtable.append(ctx, copy.get(), part);
			data += part;
			left -= part;
		}
		vtable.end_cert(ctx);
	}
}

/** What copies of certificates may take, and what they took. One validation at a time, as everything here. */
struct Copies {
	uint32_t left;
	uint32_t held;
	uint32_t peak;
} copies;

void* allocateCopy(size_t size)
{
	if(copies.left == 0) {
		return nullptr;
	}
	--copies.left;
	auto block = static_cast<max_align_t*>(malloc(sizeof(max_align_t) + size));
	if(block == nullptr) {
		return nullptr;
	}
	*reinterpret_cast<size_t*>(block) = size;
	copies.held += static_cast<uint32_t>(size);
	copies.peak = (copies.held > copies.peak) ? copies.held : copies.peak;
	return block + 1;
}

void releaseCopy(void* memory)
{
	auto block = static_cast<max_align_t*>(memory) - 1;
	copies.held -= static_cast<uint32_t>(*reinterpret_cast<size_t*>(block));
	free(block);
}

/** The primitives, counted: they are what a peer can make expensive. */
uint32_t verifications;

uint32_t countedRsa(const unsigned char* signature, size_t length, const unsigned char* oid, size_t hashLength,
					const br_rsa_public_key* key, unsigned char* hash)
{
	++verifications;
	return br_rsa_pkcs1_vrfy_get_default()(signature, length, oid, hashLength, key, hash);
}

uint32_t countedEcdsa(const br_ec_impl* ec, const void* hash, size_t hashLength, const br_ec_public_key* key,
					  const void* signature, size_t length)
{
	++verifications;
	return br_ecdsa_vrfy_asn1_get_default()(ec, hash, hashLength, key, signature, length);
}

uint32_t countedPss(unsigned char* signature, size_t length, const br_rsa_public_key* key)
{
	++verifications;
	return br_rsa_public_get_default()(signature, length, key);
}

void copyHash(uint8_t* target, const x509_context& context, x509_hash_kind kind, size_t size)
{
	if(auto hash = x509_get_hash(&context, kind)) {
		memcpy(target, hash, size);
	}
}

constexpr uint8_t commonName[] = {3, 0x55, 0x04, 0x03};
constexpr uint8_t dnsName[] = {0, 2};

} // namespace

int sming_x509_validate(const sming_x509_list* chain, const sming_x509_list* anchors,
						const sming_x509_settings* settings, sming_x509_result* result)
{
	memset(result, 0, sizeof(*result));
	auto context = allocate<x509_context>(1);
	Anchors trusted;
	if(!context || !trusted.init(*anchors, result->anchor_error)) {
		return result->error = -1;
	}
	if(result->anchor_error != X509_ERROR_NONE) {
		return result->error = -3;
	}

	x509_config config;
	x509_config_init(&config, settings->client_certificate ? X509_CLIENT_CERTIFICATE : X509_SERVER_CERTIFICATE);
	config.check_chain = settings->check_chain != 0;
	config.find_anchor = Anchors::find;
	config.find_anchor_param = &trusted;
	config.hashes = X509_HASH_SHA1 | X509_HASH_SHA256 | X509_HASH_SPKI;
	if(settings->time_known) {
		x509_config_set_time(&config, settings->time);
	}
	if(settings->min_rsa_bits != 0) {
		config.min_rsa_bits = static_cast<uint16_t>(settings->min_rsa_bits);
	}
	if(settings->server != nullptr && !x509_config_set_server(&config, settings->server)) {
		return result->error = -2;
	}
	br_name_element subject[] = {
		{commonName, result->subject_common_name, sizeof(result->subject_common_name), 0},
		{dnsName, result->first_dns_name, sizeof(result->first_dns_name), 0},
		{dnsName, result->second_dns_name, sizeof(result->second_dns_name), 0},
	};
	br_name_element issuer[] = {
		{commonName, result->issuer_common_name, sizeof(result->issuer_common_name), 0},
	};
	config.subject_elements = subject;
	config.subject_element_count = sizeof(subject) / sizeof(subject[0]);
	config.issuer_elements = issuer;
	config.issuer_element_count = sizeof(issuer) / sizeof(issuer[0]);

	config.rsa_pkcs1_vrfy = countedRsa;
	config.rsa_public = countedPss;
	config.ecdsa_vrfy = countedEcdsa;

	x509_init(context.get(), &config);
	x509_reorder reorder;
	x509_reorder_init(&reorder, context.get(), allocateCopy, releaseCopy);
	copies = {settings->copies, 0, 0};
	verifications = 0;
	feed(&reorder.vtable, *chain, settings->fragments, settings->fragment_count);
	result->error = static_cast<int>(reorder.vtable->end_chain(&reorder.vtable));
	result->copied_peak = copies.peak;
	result->verifications = verifications;
	if(copies.held != 0) {
		abort(); // a leak
	}

	auto details = x509_get_details(context.get());
	result->depth = details->depth;
	result->not_before = details->not_before;
	result->not_after = details->not_after;
	unsigned usages = 0;
	if(auto key = reorder.vtable->get_pkey(&reorder.vtable, &usages)) {
		result->key_type = key->key_type;
		result->key_detail = (key->key_type == BR_KEYTYPE_RSA) ? static_cast<int>(key->key.rsa.nlen) : key->key.ec.curve;
		result->usages = static_cast<int>(usages);
	}
	result->hashes = x509_get_hash(context.get(), X509_HASH_SHA256) != nullptr;
	copyHash(result->sha1, *context, X509_HASH_SHA1, sizeof(result->sha1));
	copyHash(result->sha256, *context, X509_HASH_SHA256, sizeof(result->sha256));
	copyHash(result->spki_sha256, *context, X509_HASH_SPKI, sizeof(result->spki_sha256));
	x509_format_names(context.get(), result->names, sizeof(result->names));
	return result->error;
}

const char* sming_x509_error_name(int error)
{
	return x509_error_name(static_cast<x509_error>(error));
}

const char* sming_x509_error_text(int error)
{
	return x509_error_text(static_cast<x509_error>(error));
}

size_t sming_x509_context_size(void)
{
	return sizeof(x509_context);
}

size_t sming_x509_state_size(void)
{
	return X509_STATE_SIZE;
}

int sming_x509_fuzz(const uint8_t* data, size_t size)
{
	constexpr size_t maxCertificates = 16;
	uint32_t lengths[maxCertificates];
	uint32_t fragments[2];

	if(size < 4) {
		return 0;
	}
	const uint8_t flags = data[0];
	fragments[0] = data[1] + 1u;
	fragments[1] = data[2] * 8u + 1u;
	const size_t anchorCount = data[3] & 3;
	data += 4;
	size -= 4;

	auto copy = allocate<uint8_t>(size + 1);
	if(!copy) {
		return 0;
	}
	size_t count = 0;
	size_t used = 0;
	while(count < maxCertificates && size >= 2) {
		size_t length = static_cast<size_t>(data[0]) << 8 | data[1];
		data += 2;
		size -= 2;
		length = (length < size) ? length : size;
		memcpy(copy.get() + used, data, length);
		lengths[count++] = static_cast<uint32_t>(length);
		used += length;
		data += length;
		size -= length;
	}

	// the last ones are trusted: a path to the end exists in the corpus
	const size_t trusted = (anchorCount < count) ? anchorCount : count;
	size_t offset = 0;
	for(size_t i = 0; i < count - trusted; ++i) {
		offset += lengths[i];
	}
	sming_x509_list chain{copy.get(), lengths, count - trusted};
	sming_x509_list anchors{copy.get() + offset, lengths + (count - trusted), trusted};
	sming_x509_settings settings{};
	settings.client_certificate = flags & 1;
	settings.check_chain = (flags & 2) == 0;
	settings.time_known = (flags & 4) == 0;
	settings.time = 1767225600; // 2026-01-01
	settings.server = (flags & 8) != 0 ? "192.0.2.1" : "www.example.org";
	settings.min_rsa_bits = (flags & 16) != 0 ? 512 : 0;
	settings.fragments = fragments;
	settings.fragment_count = (flags & 32) != 0 ? 0 : 2;
	settings.copies = (flags & 64) != 0 ? flags & 7 : 100;
	sming_x509_result result;
	sming_x509_validate(&chain, &anchors, &settings, &result);
	return 0;
}
