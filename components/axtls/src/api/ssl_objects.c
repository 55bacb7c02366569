/** Certificates and keys: DER, or PEM with any number of objects in one text. */
#include "api.h"
#include <string.h>

/** Room for an anchor: key, and name constraints if it has any. */
#define MAX_ANCHOR_MEMORY 2048

static int add_certificate(SSL_CTX *context, const uint8_t *data, size_t length)
{
	if (context->chain_length == MAX_CERTIFICATES || length == 0) {
		return SSL_ERROR_BAD_CERTIFICATE;
	}
	uint8_t *copy = api_allocate(context, length, AXTLS_MEMORY_CONTEXT);
	if (copy == NULL) {
		return SSL_NOT_OK;
	}
	memcpy(copy, data, length);
	context->chain[context->chain_length].data = copy;
	context->chain[context->chain_length].data_len = length;
	context->chain_length++;
	context->identity.chain = context->chain;
	context->identity.chain_length = context->chain_length;
	return SSL_OK;
}

static int add_anchor(SSL_CTX *context, const uint8_t *data, size_t length)
{
	if (context->trust_count == MAX_ANCHORS) {
		return SSL_ERROR_BAD_CERTIFICATE;
	}
	trusted *t = &context->trust[context->trust_count];
	x509_context *work = api_allocate(context, sizeof(*work), AXTLS_MEMORY_CONTEXT);
	uint8_t *room = api_allocate(context, MAX_ANCHOR_MEMORY, AXTLS_MEMORY_CONTEXT);
	int result = SSL_NOT_OK;

	if (work != NULL && room != NULL) {
		size_t used = 0;
		x509_error error = x509_anchor_from_certificate(work, data, length, &t->anchor, room, MAX_ANCHOR_MEMORY, &used);
		result = error == X509_ERROR_NONE ? SSL_OK : api_x509_error(error);
		if (result == SSL_OK) {
			/* Again, into a block of the right size */
			t->memory = api_allocate(context, used, AXTLS_MEMORY_CONTEXT);
			t->memory_length = used;
			result = SSL_NOT_OK;
			if (t->memory != NULL && x509_anchor_from_certificate(work, data, length, &t->anchor, t->memory, used,
																  &used) == X509_ERROR_NONE) {
				context->trust_count++;
				result = SSL_OK;
			}
		}
	}
	if (work != NULL) {
		api_release(context, work, sizeof(*work), AXTLS_MEMORY_CONTEXT);
	}
	if (room != NULL) {
		api_release(context, room, MAX_ANCHOR_MEMORY, AXTLS_MEMORY_CONTEXT);
	}
	return result;
}

static int add_key(SSL_CTX *context, const uint8_t *data, size_t length)
{
	br_skey_decoder_context *decoder = api_allocate(context, sizeof(*decoder), AXTLS_MEMORY_CONTEXT);
	if (decoder == NULL) {
		return SSL_NOT_OK;
	}
	br_skey_decoder_init(decoder);
	br_skey_decoder_push(decoder, data, length);
	if (br_skey_decoder_last_error(decoder) != 0) {
		api_release(context, decoder, sizeof(*decoder), AXTLS_MEMORY_CONTEXT);
		return SSL_ERROR_INVALID_KEY;
	}
	if (context->key != NULL) {
		api_release(context, context->key, sizeof(*context->key), AXTLS_MEMORY_CONTEXT);
	}
	context->key = decoder;
	context->identity.rsa = NULL;
	context->identity.ec = NULL;
	if (br_skey_decoder_key_type(decoder) == BR_KEYTYPE_RSA) {
		context->identity.rsa = br_skey_decoder_get_rsa(decoder);
	} else {
		context->identity.ec = br_skey_decoder_get_ec(decoder);
	}
	return SSL_OK;
}

static int add(SSL_CTX *context, int type, const uint8_t *data, size_t length)
{
	int result;
	switch (type) {
	case SSL_OBJ_X509_CERT:
		result = add_certificate(context, data, length);
		break;
	case SSL_OBJ_X509_CACERT:
		return add_anchor(context, data, length);
	case SSL_OBJ_RSA_KEY:
	case SSL_OBJ_PKCS8:
		result = add_key(context, data, length);
		break;
	default:
		return SSL_ERROR_NOT_SUPPORTED;
	}
	/* A certificate without its key, or a key without its certificate, is no identity yet */
	context->settings.identity_count = context->key != NULL && context->chain_length > 0 ? 1 : 0;
	return result;
}

/** Gathers one PEM object. */
typedef struct {
	uint8_t *data;
	size_t size;
	size_t used;
} gathered;

static void gather(void *param, const void *data, size_t length)
{
	gathered *g = param;
	/* Base64 is longer than what it stands for: there is always room */
	memcpy(g->data + g->used, data, length);
	g->used += length;
}

static bool is_wanted(int type, const char *name)
{
	size_t length = strlen(name);
	/* BearSSL leaves the closing dashes in place where the line ends with CR LF */
	while (length > 0 && name[length - 1] == '-') {
		length--;
	}
	if (type == SSL_OBJ_X509_CERT || type == SSL_OBJ_X509_CACERT) {
		return length == 11 && memcmp(name, "CERTIFICATE", 11) == 0;
	}
	/* "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY" */
	return length >= 11 && memcmp(name + length - 11, "PRIVATE KEY", 11) == 0;
}

static int add_pem(SSL_CTX *context, int type, const uint8_t *text, size_t length)
{
	br_pem_decoder_context pem;
	gathered g = {api_allocate(context, length, AXTLS_MEMORY_CONTEXT), length, 0};
	bool wanted = false, inside = false, newline_given = false;
	int result = SSL_ERROR_INVALID_KEY;

	if (g.data == NULL) {
		return SSL_NOT_OK;
	}
	br_pem_decoder_init(&pem);
	while (length > 0 || !newline_given) {
		/* The last line may lack its end */
		size_t taken = length > 0 ? br_pem_decoder_push(&pem, text, length) : br_pem_decoder_push(&pem, "\n", 1);
		newline_given = length == 0 && taken > 0;
		text += length > 0 ? taken : 0;
		length -= length > 0 ? taken : 0;
		int event = br_pem_decoder_event(&pem);
		if (event == BR_PEM_BEGIN_OBJ) {
			wanted = is_wanted(type, br_pem_decoder_name(&pem));
			inside = true;
			g.used = 0;
			br_pem_decoder_setdest(&pem, wanted ? gather : NULL, &g);
		} else if (event == BR_PEM_END_OBJ) {
			inside = false;
			result = wanted ? add(context, type, g.data, g.used) : result;
			if (wanted && result != SSL_OK) {
				break;
			}
		} else if (event == BR_PEM_ERROR) {
			result = SSL_ERROR_INVALID_KEY;
			break;
		}
	}
	if (inside && result == SSL_OK) {
		result = SSL_ERROR_INVALID_KEY; /* the last one was cut off */
	}
	axtls_wipe(&pem, sizeof(pem));
	api_release(context, g.data, g.size, AXTLS_MEMORY_CONTEXT);
	return result;
}

int ssl_obj_memory_load(SSL_CTX *context, int type, const uint8_t *data, int length, const char *password)
{
	if (password != NULL || type == SSL_OBJ_PKCS12) {
		return SSL_ERROR_NOT_SUPPORTED;
	}
	if (length <= 0) {
		return SSL_NOT_OK;
	}
	/* DER begins with a SEQUENCE; text does not */
	return data[0] == 0x30 ? add(context, type, data, (size_t)length) : add_pem(context, type, data, (size_t)length);
}
