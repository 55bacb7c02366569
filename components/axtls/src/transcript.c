#include "transcript.h"

void transcript_init(transcript *t, const axtls_crypto *crypto)
{
	br_multihash_zero(t);
	br_multihash_setimpl(t, br_sha256_ID, &br_sha256_vtable);
	br_multihash_setimpl(t, br_sha384_ID, crypto->sha384);
	br_multihash_setimpl(t, br_sha512_ID, crypto->sha512);
	br_multihash_init(t);
}
