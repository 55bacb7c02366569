#include "api.h"
#include <string.h>

#if defined(__unix__)
static const SSL_PLATFORM *default_platform = &ssl_platform_posix;
#else
static const SSL_PLATFORM *default_platform;
#endif

void ssl_set_platform(const SSL_PLATFORM *platform)
{
	default_platform = platform;
}

void *api_allocate(const SSL_CTX *context, size_t size, axtls_memory_tag tag)
{
	const axtls_memory *memory = context->platform->memory;
	return memory->allocate(memory->param, size, tag);
}

void api_release(const SSL_CTX *context, void *block, size_t size, axtls_memory_tag tag)
{
	const axtls_memory *memory = context->platform->memory;
	if (block != NULL) {
		axtls_wipe(block, size);
		memory->release(memory->param, block, size, tag);
	}
}

static uint32_t get_time(void *param)
{
	const SSL_CTX *context = param;
	int64_t seconds;
	return context->platform->time(context->platform->param, &seconds) ? (uint32_t)seconds : 0;
}

SSL_CTX *ssl_ctx_new(uint32_t options, int num_sessions)
{
	const SSL_PLATFORM *platform = default_platform;
	uint8_t seed[32];

	if (platform == NULL || num_sessions < 0 || num_sessions > MAX_SESSIONS ||
		!platform->random(platform->param, seed, sizeof(seed))) {
		return NULL;
	}
	SSL_CTX *context = platform->memory->allocate(platform->memory->param, sizeof(*context), AXTLS_MEMORY_CONTEXT);
	if (context == NULL) {
		axtls_wipe(seed, sizeof(seed));
		return NULL;
	}
	memset(context, 0, sizeof(*context));
	context->platform = platform;
	context->options = options;
	br_hmac_drbg_init(&context->random, &br_sha256_vtable, seed, sizeof(seed));
	axtls_wipe(seed, sizeof(seed));

	axtls_settings *settings = &context->settings;
	axtls_settings_init(settings);
	settings->memory = platform->memory;
	settings->random = &context->random.vtable;
	settings->time = get_time;
	settings->param = context;
	settings->suites = axtls_suites_full;
	settings->suite_count = axtls_suites_full_count;
	settings->get_validator = peer_get_validator;
	settings->release_validator = peer_release_validator;
	settings->use_tickets = false;
	settings->identities = &context->identity;
	settings->client_auth =
		(options & SSL_CLIENT_AUTHENTICATION) != 0 ? AXTLS_CLIENT_AUTH_REQUIRE : AXTLS_CLIENT_AUTH_NONE;
	context->session_count = num_sessions;
	settings->cache = &context->sessions;
	return context;
}

void ssl_ctx_free(SSL_CTX *context)
{
	if (context == NULL) {
		return;
	}
	while (context->connections != NULL) {
		ssl_free(context->connections);
	}
	for (size_t i = 0; i < context->chain_length; i++) {
		api_release(context, context->chain[i].data, context->chain[i].data_len, AXTLS_MEMORY_CONTEXT);
	}
	for (size_t i = 0; i < context->trust_count; i++) {
		api_release(context, context->trust[i].memory, context->trust[i].memory_length, AXTLS_MEMORY_CONTEXT);
	}
	api_release(context, context->key, sizeof(*context->key), AXTLS_MEMORY_CONTEXT);
	axtls_cache_free(&context->sessions);
	axtls_cache_free(&context->visits);
	api_release(context, context, sizeof(*context), AXTLS_MEMORY_CONTEXT);
}

static void *plain_allocate(size_t size)
{
	const axtls_memory *memory = default_platform->memory;
	return memory->allocate(memory->param, size, AXTLS_MEMORY_CONTEXT);
}

static void plain_release(void *block, size_t size)
{
	const axtls_memory *memory = default_platform->memory;
	if (block != NULL) {
		axtls_wipe(block, size);
		memory->release(memory->param, block, size, AXTLS_MEMORY_CONTEXT);
	}
}

SSL_EXTENSIONS *ssl_ext_new(void)
{
	SSL_EXTENSIONS *extensions = default_platform == NULL ? NULL : plain_allocate(sizeof(*extensions));
	if (extensions != NULL) {
		memset(extensions, 0, sizeof(*extensions));
	}
	return extensions;
}

static void drop_host_name(SSL_EXTENSIONS *extensions)
{
	if (extensions->host_name != NULL) {
		plain_release(extensions->host_name, strlen(extensions->host_name) + 1);
		extensions->host_name = NULL;
	}
}

void ssl_ext_free(SSL_EXTENSIONS *extensions)
{
	if (extensions != NULL) {
		drop_host_name(extensions);
		plain_release(extensions, sizeof(*extensions));
	}
}

int ssl_ext_set_host_name(SSL_EXTENSIONS *extensions, const char *host_name)
{
	size_t size = strlen(host_name) + 1;
	char *copy = plain_allocate(size);
	if (copy == NULL) {
		return SSL_NOT_OK;
	}
	memcpy(copy, host_name, size);
	drop_host_name(extensions);
	extensions->host_name = copy;
	return SSL_OK;
}

int ssl_ext_set_max_fragment_size(SSL_EXTENSIONS *extensions, unsigned size)
{
	if (size != 512 && size != 1024 && size != 2048 && size != 4096) {
		return SSL_NOT_OK;
	}
	extensions->max_fragment_size = (uint16_t)size;
	return SSL_OK;
}
