/** Keeps a chain while it is not known to be good; see x509/reorder.h. The search is in search.c. */
#include "reorder_internal.h"

static x509_reorder *self(const br_x509_class **class_pointer)
{
	return (x509_reorder *)(void *)class_pointer;
}

void x509_reorder_init(x509_reorder *reorder, x509_context *context, void *(*allocate)(size_t size),
					   void (*release)(void *block))
{
	memset(reorder, 0, sizeof(*reorder));
	reorder->vtable = &x509_reorder_vtable;
	reorder->context = context;
	reorder->allocate = allocate;
	reorder->release = release;
}

void x509_reorder_free(x509_reorder *reorder)
{
	while(reorder->first != NULL) {
		x509_reorder_entry *entry = reorder->first;
		reorder->first = entry->next;
		reorder->release(entry);
	}
	reorder->current = NULL;
	reorder->total = 0;
	reorder->keeping = false;
}

static void on_start_chain(const br_x509_class **class_pointer, const char *server_name)
{
	x509_reorder *reorder = self(class_pointer);
	x509_context *ctx = reorder->context;

	x509_reorder_free(reorder);
	x509_vtable.start_chain(&ctx->vtable, server_name);
	reorder->count = 0;
	reorder->processed = 0;
	reorder->keeping = ctx->config->check_chain;
}

/** The first pass may still end in a way that another order would change. */
static bool is_open(const x509_reorder *reorder)
{
	const x509_context *ctx = reorder->context;

	if((ctx->path_flags & X509_TRUSTED) != 0) {
		return false;
	}
	return ctx->details.error == X509_ERROR_NONE || (ctx->details.depth != 0 && x509_is_of_path(ctx->details.error));
}

/** Make room for a certificate. One that is too large is not kept; if there is no memory, none is. */
static void keep(x509_reorder *reorder, uint32_t length)
{
	if(length > X509_REORDER_BYTES - reorder->total) {
		reorder->keeping = reorder->keeping && reorder->first != NULL; // without the end entity the others are of no use
		return;
	}
	x509_reorder_entry *entry = reorder->allocate(sizeof(*entry) + length);
	if(entry == NULL) {
		x509_reorder_free(reorder);
		return;
	}
	entry->next = NULL;
	entry->length = (uint16_t)length;
	entry->used = 0;
	entry->position = reorder->count;
	x509_reorder_entry **end = &reorder->first;
	while(*end != NULL) {
		end = &(*end)->next;
	}
	*end = entry;
	reorder->current = entry;
	reorder->total = (uint16_t)(reorder->total + length);
}

static void on_start_certificate(const br_x509_class **class_pointer, uint32_t length)
{
	x509_reorder *reorder = self(class_pointer);

	x509_vtable.start_cert(&reorder->context->vtable, length);
	reorder->current = NULL;
	if(reorder->keeping && (reorder->count == X509_MAX_CHAIN || !is_open(reorder))) {
		x509_reorder_free(reorder);
	}
	if(reorder->keeping) {
		keep(reorder, length);
	}
	if(reorder->count < X509_MAX_CHAIN) {
		++reorder->count;
	}
}

static void on_append(const br_x509_class **class_pointer, const unsigned char *data, size_t length)
{
	x509_reorder *reorder = self(class_pointer);
	x509_reorder_entry *entry = reorder->current;

	x509_vtable.append(&reorder->context->vtable, data, length);
	if(entry == NULL) {
		return;
	}
	if(length > (size_t)(entry->length - entry->used)) {
		x509_reorder_free(reorder); // more than was announced
		return;
	}
	memcpy(entry->der + entry->used, data, length);
	entry->used = (uint16_t)(entry->used + length);
}

static void on_end_certificate(const br_x509_class **class_pointer)
{
	x509_reorder *reorder = self(class_pointer);
	x509_context *ctx = reorder->context;
	const x509_reorder_entry *entry = reorder->current;

	x509_vtable.end_cert(&ctx->vtable);
	reorder->current = NULL;
	if(entry != NULL && entry->used != entry->length) {
		x509_reorder_free(reorder);
	} else if(!is_open(reorder)) {
		x509_reorder_free(reorder); // the usual case: the memory is free again before the handshake goes on
	} else if(entry != NULL && (ctx->flags & X509_SKIP) == 0 && ctx->details.error == X509_ERROR_NONE) {
		reorder->processed = (uint16_t)(reorder->processed | 1u << entry->position);
	}
}

static unsigned on_end_chain(const br_x509_class **class_pointer)
{
	x509_reorder *reorder = self(class_pointer);
	x509_context *ctx = reorder->context;
	unsigned error = x509_vtable.end_chain(&ctx->vtable);

	if(reorder->keeping && reorder->first != NULL && is_open(reorder)) {
		error = x509_reorder_search(reorder, (x509_error)error);
	}
	x509_reorder_free(reorder);
	return error;
}

static const br_x509_pkey *on_get_key(const br_x509_class *const *class_pointer, unsigned *usages)
{
	const x509_reorder *reorder = (const x509_reorder *)(const void *)class_pointer;

	return x509_vtable.get_pkey(&reorder->context->vtable, usages);
}

const br_x509_class x509_reorder_vtable = {
	sizeof(x509_reorder), on_start_chain, on_start_certificate, on_append, on_end_certificate, on_end_chain, on_get_key,
};
