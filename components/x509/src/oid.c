#include "internal.h"

uint8_t x509_oid_find(x509_context *ctx, const x509_oid *table, size_t count)
{
	const uint8_t *oid = x509_scratch(ctx);

	for(size_t i = 0; i < count; ++i) {
		if(table[i].length == ctx->collected && memcmp(table[i].oid, oid, ctx->collected) == 0) {
			return table[i].value;
		}
	}
	return 0;
}
